// The agents of a desk beside its queues: groups, shifts, skills and capacity.
//
// Agents may also be defined while the server runs, so who is missing here is a warning, and none
// is given where the file defines no agent at all.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "engine/config/desk_checks.h"
#include "engine/config/routing_words.h"
#include "engine/config/team.h"

namespace paceline::config {
namespace {

constexpr size_t work_kinds_max = 64;

class StaffChecks {
 public:
  StaffChecks(const Sections& sections, DeskChecks& checks,
              const desk::Configuration& configuration)
      : sections_(sections),
        checks_(checks),
        configuration_(configuration),
        teams_(teams_of(configuration)) {
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
    const auto team = teams_.find(queue.group);
    if (team == teams_.end()) {
      checks_.warn(code::nobody_can, entry.line,
                   fmt::format("{}: no agent is in group {}: its tickets will wait", subject,
                               in_quotes(queue.group)));
      return;
    }
    const uint32_t most = capacity_of(team->second);
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
    const bool anybody = std::any_of(
        team->second.begin(), team->second.end(), [&](const desk::AgentDefinition* agent) {
          return meets(*agent, *need) &&
                 (agent->capacity_milli >= queue.weight_milli || !weighs_by_queue());
        });
    if (anybody) return;
    for (const std::string& skill : need->names) {
      if (skills_.count(skill) != 0) continue;
      checks_.warn(code::nobody_can, entry.line,
                   fmt::format("{}: no agent has skill {}{}", subject, in_quotes(skill),
                               suggestion_from(skill, skills_)));
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

  /// A rule for every channel makes a kind for each one that tickets come by, so there may be more.
  void count_kinds_of_work() {
    using Kind = std::tuple<std::string, uint32_t, uint32_t, bool, bool>;
    std::set<Kind> kinds;
    for (const desk::WorkRule& rule : configuration_.settings.work)
      kinds.emplace(rule.channel, rule.weight_milli, rule.channel_max, rule.blocking,
                    rule.interruptible);
    if (weighs_by_queue())
      for (const desk::QueueDefinition& queue : configuration_.queues)
        kinds.emplace("", queue.weight_milli, 0, false, false);
    if (kinds.size() > work_kinds_max)
      checks_.error(code::never_fits, checks_.desk().line,
                    fmt::format("{}: its work rules and the weights of its queues make {} kinds of "
                                "work, and a desk tells at most {} apart: let some have the same "
                                "weight",
                                checks_.subject(), kinds.size(), work_kinds_max));
  }

  const Sections& sections_;
  DeskChecks& checks_;
  const desk::Configuration& configuration_;
  std::map<std::string_view, Team> teams_;
  Names skills_;
};

}  // namespace

void check_staff(const Sections& sections, DeskChecks& checks,
                 const desk::Configuration& configuration) {
  StaffChecks(sections, checks, configuration).check();
}

}  // namespace paceline::config
