// The agents of a desk beside its queues: groups, shifts, skills and capacity.
//
// Agents may also be defined while the server runs, so who is missing here is a warning, and none
// is given where the file defines no agent at all.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/config/desk_checks.h"
#include "engine/config/routing_words.h"
#include "engine/config/team.h"
#include "engine/desk/line_book.h"

namespace paceline::config {
namespace {

class StaffChecks {
 public:
  StaffChecks(const Sections& sections, DeskChecks& checks,
              const desk::Configuration& configuration)
      : sections_(sections), checks_(checks), configuration_(configuration), teams_(configuration) {
    for (const desk::AgentDefinition& agent : configuration.agents)
      for (const auto& [skill, level] : agent.skills) skills_.insert(skill);
  }

  void check() {
    count_kinds_of_work();
    Names groups;
    for (const auto& entry : sections_.queues) {
      if (!checks_.belongs(entry)) continue;
      groups.insert(entry.value.group);
      if (configuration_.agents.empty() || entry.value.mode == desk::QueueMode::manual) continue;
      check_queue(entry);
    }
    for (const auto& entry : sections_.agents)
      if (checks_.belongs(entry)) check_agent(entry, groups);
    check_work();
  }

 private:
  void check_agent(const Entry<desk::AgentDefinition>& entry, const Names& groups) {
    const desk::AgentDefinition& agent = entry.value;
    const std::string subject = "agent " + in_quotes(agent.name);
    if (!agent.shift.empty()) checks_.calendar(agent.shift, entry.line_of("shift"), subject);
    if (configuration_.queues.empty()) return;
    for (const std::string& group : agent.groups) {
      if (groups.count(group) == 0)
        checks_.warn(code::nobody_can, entry.line,
                     fmt::format("{}: no queue belongs to group {}{}", subject, in_quotes(group),
                                 suggestion_from(group, groups)));
    }
  }

  void check_queue(const Entry<desk::QueueDefinition>& entry) {
    const desk::QueueDefinition& queue = entry.value;
    const std::string subject = "queue " + in_quotes(queue.name);
    const Team& team = teams_.of(queue.group);
    if (team.empty()) {
      checks_.warn(code::nobody_can, entry.line,
                   fmt::format("{}: no agent is in group {}: its tickets will wait", subject,
                               in_quotes(queue.group)));
      return;
    }
    const uint32_t most = capacity_of(team);
    if (most < queue.weight_milli && weighs_by_queue()) {
      checks_.error(code::never_fits, entry.line,
                    fmt::format("{}: its tickets weigh {}, and nobody in group {} has capacity for "
                                "more than {}: lower weight, or raise an agent's capacity",
                                subject, milli_text(queue.weight_milli), in_quotes(queue.group),
                                milli_text(most)));
      return;
    }
    const auto need = desk::parse_need(queue.step_need(queue.step_count() - 1));
    if (!need) return;
    if (teams_.anybody(queue.group, *need, weighs_by_queue() ? queue.weight_milli : 0)) return;
    for (const std::string& skill : need->names) {
      if (skills_.count(skill) != 0) continue;
      const std::string instead = suggestion_from(skill, skills_);
      checks_.warn(code::nobody_can, entry.line,
                   fmt::format("{}: no agent has skill {}{}", subject, in_quotes(skill),
                               instead.empty() ? ": its tickets will wait" : instead));
      return;
    }
    checks_.warn(
        code::nobody_can, entry.line,
        fmt::format("{}: no agent of group {} has the skills and the capacity for its tickets: "
                    "they will wait",
                    subject, in_quotes(queue.group)));
  }

  /// A rule for all work leaves no ticket the weight of its queue.
  bool weighs_by_queue() const {
    return std::none_of(configuration_.settings.work.begin(), configuration_.settings.work.end(),
                        [](const desk::WorkRule& rule) {
                          return rule.channel.empty() && rule.kind < 0 && rule.priority < 0;
                        });
  }

  static uint32_t capacity_of(const Team& team) {
    uint32_t most = 0;
    for (const desk::AgentDefinition* agent : team) most = std::max(most, agent->capacity_milli);
    return most;
  }

  void check_work() {
    Team everybody;
    for (const desk::AgentDefinition& agent : configuration_.agents) everybody.push_back(&agent);
    for (const auto& entry : sections_.work) {
      if (!checks_.belongs(entry)) continue;
      const desk::WorkRule& rule = entry.value;
      const std::string subject = "work for " + selector_text(rule);
      Team takes = everybody;
      if (!rule.channel.empty())
        takes.erase(std::remove_if(takes.begin(), takes.end(),
                                   [&](const desk::AgentDefinition* agent) {
                                     return !takes_channel(*agent, rule.channel);
                                   }),
                    takes.end());
      if (everybody.empty()) continue;
      if (takes.empty()) {
        checks_.warn(code::nobody_can, entry.line,
                     fmt::format("{}: no agent takes channel {}: such tickets will wait", subject,
                                 in_quotes(rule.channel)));
      } else if (const uint32_t most = capacity_of(takes); most < rule.weight_milli) {
        checks_.error(code::never_fits, entry.line,
                      fmt::format("{}: it weighs {}, and nobody who takes it has capacity for more "
                                  "than {}: lower weight, or raise an agent's capacity",
                                  subject, milli_text(rule.weight_milli), milli_text(most)));
      }
    }
  }

  static bool takes_channel(const desk::AgentDefinition& agent, const std::string& channel) {
    return agent.channels.empty() ||
           std::find(agent.channels.begin(), agent.channels.end(), channel) != agent.channels.end();
  }

  /// As the desk counts them: with channels, and with what must be left of a shift.
  void count_kinds_of_work() {
    const desk::DeskSettings& settings = configuration_.settings;
    std::map<std::string_view, uint32_t> channels;
    const auto number = [&](std::string_view channel) {
      return channels.emplace(channel, static_cast<uint32_t>(channels.size())).first->second;
    };
    for (const desk::WorkRule& rule : settings.work)
      if (!rule.channel.empty()) number(rule.channel);
    desk::WorkSources sources{
        .queues = {}, .rules = &settings.work, .agents_channels = {}, .channel_number = number};
    std::set<std::string_view> limited;
    for (const desk::AgentDefinition& agent : configuration_.agents)
      limited.insert(agent.channels.begin(), agent.channels.end());
    sources.agents_channels.assign(limited.begin(), limited.end());
    for (const std::string_view channel : limited) number(channel);

    desk::QueueDefinition triage;
    bool has_triage = false;
    for (const desk::QueueDefinition& queue : configuration_.queues) {
      sources.queues.push_back(&queue);
      has_triage = has_triage || queue.name == settings.triage_queue;
    }
    if (!has_triage) sources.queues.push_back(&triage);
    // Each channel makes a kind of its own at least.
    const size_t max = sched::Dispatcher::work_kinds_max;
    if (channels.size() < max && desk::kinds_of_work(sources, max).size() <= max) return;
    checks_.error(code::never_fits, checks_.desk().line,
                  fmt::format("{}: its work rules, the channels of its agents, and weight and "
                              "min_fit of its queues make more than {} kinds of work: let some "
                              "have the same weight",
                              checks_.subject(), max));
  }

  const Sections& sections_;
  DeskChecks& checks_;
  const desk::Configuration& configuration_;
  Teams teams_;
  Names skills_;
};

}  // namespace

void check_staff(const Sections& sections, DeskChecks& checks,
                 const desk::Configuration& configuration) {
  StaffChecks(sections, checks, configuration).check();
}

}  // namespace paceline::config
