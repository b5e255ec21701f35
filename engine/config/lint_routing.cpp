// Routing that loads and can hardly be meant: steps that bring nobody, orders that cannot be
// compared, offers that are never made, tickets handed to a region that sleeps.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/config/condition_space.h"
#include "engine/config/lint_desk.h"
#include "engine/config/routing_words.h"
#include "engine/config/table_reader.h"
#include "engine/config/target.h"
#include "engine/config/team.h"
#include "engine/config/units.h"

namespace paceline::config {
namespace {

using desk::QueueDefinition;
using sched::Instant;

std::string elapsed(int64_t us) { return print(sched::Duration{us}); }

class Routing {
 public:
  explicit Routing(const LintDesk& desk)
      : desk_(desk),
        settings_(desk.configuration.settings),
        teams_(desk.configuration),
        space_(desk.configuration.settings.matrix) {
    for (const desk::AgentDefinition& agent : desk.configuration.agents)
      for (const auto& [skill, level] : agent.skills) skills_.insert(skill);
  }

  void check() {
    for (const QueueDefinition& queue : desk_.configuration.queues) {
      undecided(queue);
      steps(queue);
      waits(queue);
      offers(queue);
      sticky(queue);
      work(queue);
      sun(queue);
    }
    order();
    strict();
  }

 private:
  static std::string subject(const QueueDefinition& queue) {
    return "queue " + in_quotes(queue.name);
  }
  uint32_t line(const QueueDefinition& queue, std::string_view key) const {
    return desk_.line("queue", queue.name, key);
  }
  void add(std::string_view code, const QueueDefinition& queue, std::string_view key,
           std::string what, std::string why, std::string how) const {
    desk_.add(code, line(queue, key), subject(queue) + ": " + std::move(what), std::move(why),
              std::move(how));
  }

  /// What the loader could not decide.
  void undecided(const QueueDefinition& queue) const {
    const auto note = [&](size_t step, std::string_view what) {
      desk_.result.undecided.push_back(fmt::format("{}: {} is too much to decide", subject(queue),
                                                   fmt::format(fmt::runtime(what), step)));
    };
    for (size_t i = 0; i < queue.step_count(); ++i) {
      const desk::NamedNeed need = parsed(queue.step_need(i));
      if (!desk::can_be_met(need)) note(i + 1, "whether anybody can meet the need of step {}");
      if (i == 0) continue;
      if (!desk::accepts_all_of(need, parsed(queue.step_need(i - 1))))
        note(i + 1, "whether step {} accepts whom the one before did");
    }
  }

  /// That nobody meets the last step the loader has said.
  void steps(const QueueDefinition& queue) {
    if (desk_.configuration.agents.empty() || queue.mode == desk::QueueMode::manual) return;
    std::set<std::string> told;
    const size_t last = queue.step_count() - 1;
    if (!teams_.anybody(queue.group, parsed(queue.step_need(last)))) return;
    for (size_t i = 0; i <= last; ++i) {
      const desk::NamedNeed need = parsed(queue.step_need(i));
      const std::string key = queue.steps.empty() ? "need" : fmt::format("step {}", i + 1);
      unknown_skills(queue, need, key, told);
      if (i != last && !teams_.anybody(queue.group, need))
        add(code::idle_step, queue, key, key + " finds nobody",
            fmt::format("no agent of group {} meets {}, so tickets only wait for the next step",
                        in_quotes(queue.group), in_quotes(queue.step_need(i))),
            "ask for less, or remove the step");
    }
    for (size_t i = 0; i < queue.preferred.size(); ++i)
      unknown_skills(queue, parsed(queue.preferred[i].need), fmt::format("preferred {}", i + 1),
                     told);
  }

  static desk::NamedNeed parsed(const std::string& need) { return desk::parse_need(need).value(); }

  void unknown_skills(const QueueDefinition& queue, const desk::NamedNeed& need,
                      const std::string& key, std::set<std::string>& told) const {
    for (const std::string& skill : need.names) {
      if (skills_.count(skill) != 0 || !told.insert(skill).second) continue;
      add(code::skill_of_nobody, queue, key,
          fmt::format("{} asks for skill {}", key, in_quotes(skill)), "no agent has it",
          "give it to an agent, or leave it out");
    }
  }

  void waits(const QueueDefinition& queue) const {
    int64_t wait_us = 0;
    for (size_t i = 0; i < queue.steps.size(); ++i) {
      const desk::RoutingStep& step = queue.steps[i];
      if (step.wait_us != 0 && step.wait_us <= wait_us)
        add(code::waits_out_of_order, queue, fmt::format("step {}", i + 1),
            fmt::format("step {} is over before it begins", i + 1),
            fmt::format("it lasts until a wait of {}, counted from entering the queue as {} of a "
                        "step before it is",
                        elapsed(step.wait_us), elapsed(wait_us)),
            "let the waits of steps grow");
      wait_us = std::max(wait_us, step.wait_us);
    }
  }

  /// What the file states of offers where none are made.
  void offers(const QueueDefinition& queue) const {
    const bool pushes = queue.mode == desk::QueueMode::push;
    for (const std::string_view key : {"fan_out", "offer_timeout"}) {
      if (desk_.places.key_line("queue", queue.name, key, desk_.name) == 0) continue;
      if (!pushes)
        add(code::no_offers, queue, key, fmt::format("{} has no effect", key),
            queue.mode == desk::QueueMode::pull ? "agents ask for the tickets of a pull queue"
                                                : "tickets of a manual queue are assigned by hand",
            "remove it, or let the queue push");
      else if (queue.auto_accept)
        add(code::no_offers, queue, key, fmt::format("{} has no effect", key),
            "auto_accept is on, so tickets are assigned at once",
            "add auto_accept = false, or remove it");
    }
    if (!pushes && !queue.auto_accept)
      add(code::no_offers, queue, "auto_accept", "auto_accept = false has no effect",
          queue.mode == desk::QueueMode::pull ? "who asks for a ticket of a pull queue has it"
                                              : "tickets of a manual queue are assigned by hand",
          "remove it, or let the queue push");
    if (pushes && !queue.auto_accept && queue.offer_timeout_us != 0 &&
        queue.cool_off_us < queue.offer_timeout_us)
      add(code::short_cool_off, queue, "cool_off",
          fmt::format("cool_off of {} is shorter than offer_timeout of {}",
                      elapsed(queue.cool_off_us), elapsed(queue.offer_timeout_us)),
          "who lets an offer run out may be offered the same ticket again at once",
          "make cool_off longer, 30m is the default");
  }

  void sticky(const QueueDefinition& queue) {
    if (queue.sticky.by == desk::StickyBy::nobody) return;
    for (const desk::PolicyDefinition& policy : desk_.configuration.policies) {
      const bool urges = policy.clock == desk::ClockKind::response ||
                         policy.clock == desk::ClockKind::resolution ||
                         policy.clock == desk::ClockKind::own;
      if (!urges || policy.target.kind != desk::TargetKind::duration ||
          policy.target.us >= queue.sticky.wait_us)
        continue;
      const desk::Predicate when = space_.parse(policy.when);
      const ConditionSpace::Term in_queue{&when, space_.number(desk::Field::queue, queue.name),
                                          space_.number(desk::Field::group, queue.group)};
      if (space_.any({in_queue}, {}) != ConditionSpace::Answer::some) continue;
      add(code::long_sticky_wait, queue, "sticky",
          fmt::format("sticky waits {} for one agent", elapsed(queue.sticky.wait_us)),
          fmt::format("policy {} has a target of {}", in_quotes(policy.name), print(policy.target)),
          "wait less, or state min_slack");
      return;
    }
  }

  /// Work that others may take and the members of this group cannot.
  void work(const QueueDefinition& queue) const {
    const Team& team = teams_.of(queue.group);
    if (queue.mode == desk::QueueMode::manual || team.empty()) return;
    for (const desk::WorkRule& rule : settings_.work) {
      uint32_t most = 0;
      for (const desk::AgentDefinition* agent : team) {
        const auto& channels = agent->channels;
        if (rule.channel.empty() || channels.empty() ||
            std::find(channels.begin(), channels.end(), rule.channel) != channels.end())
          most = std::max(most, agent->capacity_milli);
      }
      // Those of a channel that nobody here takes go to other queues.
      if (most == 0 || most >= rule.weight_milli) continue;
      desk_.add(code::heavy_work, desk_.line("work", selector_text(rule), "weight"),
                fmt::format("work for {} is too heavy for group {}", selector_text(rule),
                            in_quotes(queue.group)),
                fmt::format("it weighs {}, and nobody there has capacity for more than {}, so such "
                            "tickets of queue {} wait for ever",
                            milli_text(rule.weight_milli), milli_text(most), in_quotes(queue.name)),
                "lower weight, or raise an agent's capacity");
    }
  }

  /// A region that closes hands over to one that is open.
  void sun(const QueueDefinition& queue) const {
    if (queue.sun.calendar.empty()) return;
    const auto& queues = desk_.configuration.queues;
    const auto next = std::find_if(queues.begin(), queues.end(), [&](const QueueDefinition& each) {
      return each.name == queue.sun.queue;
    });
    if (next == queues.end() || next->sun.calendar.empty()) return;
    const sched::Calendar& own = desk_.calendar(queue.sun.calendar);
    const sched::Calendar& other = desk_.calendar(next->sun.calendar);
    Instant at = desk_.now;
    for (int ends = 0; ends < day_ends_looked_at; ++ends) {
      const Instant opens = own.next_open(at);
      if (opens == sched::never) return;
      at = own.end_of_business_day(opens, 1, day_s);  // not a break within the day
      if (at == sched::never || at <= opens) return;
      if (other.open_at(at)) continue;
      add(code::sleeping_region, queue, "follow_the_sun",
          "follow_the_sun hands over to a region that is closed",
          fmt::format("calendar {} closes at {}, and {} of queue {} opens at {}",
                      in_quotes(queue.sun.calendar), print(at), in_quotes(next->sun.calendar),
                      in_quotes(next->name), print(other.next_open(at))),
          "let the regions overlap, or hand over to another one");
      return;
    }
  }

  /// Queues that one agent serves in one order must say the same of what is pressing.
  void order() const {
    std::map<std::string, std::vector<const QueueDefinition*>> queues_of;
    for (const QueueDefinition& queue : desk_.configuration.queues)
      if (queue.mode != desk::QueueMode::manual) queues_of[queue.group].push_back(&queue);
    std::set<std::pair<std::string, std::string>> told;
    for (const desk::AgentDefinition& agent : desk_.configuration.agents) {
      const QueueDefinition* first = nullptr;
      for (const std::string& group : agent.groups) {
        const auto queues = queues_of.find(group);
        if (queues == queues_of.end()) continue;
        for (const QueueDefinition* queue : queues->second) {
          if (first == nullptr) first = queue;
          compare(*first, *queue, agent, told);
        }
      }
    }
  }

  void compare(const QueueDefinition& first, const QueueDefinition& queue,
               const desk::AgentDefinition& agent,
               std::set<std::pair<std::string, std::string>>& told) const {
    const bool shares = first.share != 0 && queue.share != 0;
    const bool half = (first.share == 0) != (queue.share == 0);
    const bool mixed = first.discipline != queue.discipline && !shares;
    if (!(mixed || half) || !told.emplace(first.name, queue.name).second) return;
    if (half)
      add(code::half_shared, queue, "share",
          fmt::format("{} a share and queue {} {}", queue.share != 0 ? "has" : "is without",
                      in_quotes(first.name), queue.share != 0 ? "has none" : "has one"),
          fmt::format("agent {} serves both, and a queue without share comes only where none "
                      "with one has work",
                      in_quotes(agent.name)),
          "state share for both, or for neither");
    else
      add(code::mixed_order, queue, "discipline",
          fmt::format("it is ordered by {} and queue {} by {}",
                      name_of(discipline_names, queue.discipline), in_quotes(first.name),
                      name_of(discipline_names, first.discipline)),
          fmt::format("agent {} serves both in one order, which cannot compare them",
                      in_quotes(agent.name)),
          "give them the same discipline, or a share each");
  }

  void strict() const {
    if (settings_.strict.empty() || settings_.aged_share_milli != 0) return;
    desk_.add(code::starvation, desk_.line("desk", desk_.name, "aged_share"),
              "strict classes are served first whatever waits behind them",
              "aged_share is 0, so nothing else is sure of ever being given to an agent",
              "leave aged_share at its 10%, or state no strict class");
  }

  static constexpr int day_ends_looked_at = 400;
  static constexpr uint32_t day_s = 86'400;

  const LintDesk& desk_;
  const desk::DeskSettings& settings_;
  Teams teams_;
  std::set<std::string> skills_;
  ConditionSpace space_;
};

}  // namespace

void lint_routing(const LintDesk& desk) { Routing(desk).check(); }

}  // namespace paceline::config
