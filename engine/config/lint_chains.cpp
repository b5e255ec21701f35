// Chains of OLAs that cannot fit into the SLA they serve.
//
// A ticket of a route begins in its queue and may be handed up once per tier, to the group whose
// OLA is the longest there. Each group uses its OLA up before it hands on: the worst that still
// keeps every OLA. If the sum of that ends after the deadline, from any opening or closing of a
// year, the SLA is missed although nobody was late. Only what one ticket can meet counts:
// conditions are decided together, for each kind and priority by itself.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "engine/config/condition_space.h"
#include "engine/config/lint_desk.h"
#include "engine/config/table_reader.h"
#include "engine/config/target.h"
#include "engine/config/units.h"

namespace paceline::config {
namespace {

using sched::Instant;
using Term = ConditionSpace::Term;
using Policies = std::vector<const desk::PolicyDefinition*>;

struct Hop {
  const desk::QueueDefinition* queue;
  const desk::PolicyDefinition* ola;
};

class Chains {
 public:
  explicit Chains(const LintDesk& desk) : desk_(desk), space_(desk.configuration.settings.matrix) {
    for (const desk::PolicyDefinition& policy : desk.configuration.policies) {
      if (policy.clock == desk::ClockKind::resolution) slas_[policy.label].push_back(&policy);
      if (policy.clock == desk::ClockKind::ola) olas_[policy.label].push_back(&policy);
      when_.emplace(&policy, space_.parse(policy.when));
    }
    for (const desk::QueueDefinition& queue : desk.configuration.queues)
      tiers_[queue.tier].push_back(&queue);
  }

  void check() {
    if (olas_.empty() || slas_.empty()) return;
    std::vector<desk::Predicate> earlier;
    for (const desk::RouteRule& route : desk_.configuration.routes) {
      if (!route.enabled) continue;
      const desk::Predicate own = space_.parse(route.when);
      const auto queue =
          std::find_if(desk_.configuration.queues.begin(), desk_.configuration.queues.end(),
                       [&](const desk::QueueDefinition& each) { return each.name == route.queue; });
      if (queue != desk_.configuration.queues.end()) {
        routed_ = {{&own}};
        not_routed_.clear();
        for (const desk::Predicate& each : earlier) not_routed_.push_back({&each});
        check_route(route, *queue);
      }
      if (route.min_confidence == 0) earlier.push_back(own);  // else some tickets pass it by
    }
  }

 private:
  static constexpr std::string_view kinds[] = {"incident", "service_request"};

  Term at(const desk::PolicyDefinition& policy, const desk::QueueDefinition& queue) {
    return {&when_.at(&policy), space_.number(desk::Field::queue, queue.name),
            space_.number(desk::Field::group, queue.group)};
  }

  void check_route(const desk::RouteRule& route, const desk::QueueDefinition& queue) {
    std::set<uint32_t> priorities;
    for (const auto& row : desk_.configuration.settings.matrix.cell)
      for (const sched::Priority each : row) priorities.insert(static_cast<uint32_t>(each));
    for (uint32_t kind = 0; kind < std::size(kinds); ++kind) {
      for (const uint32_t priority : priorities) {
        fixed_ = {};
        fixed_.set(desk::Field::kind, kind);
        fixed_.set(desk::Field::priority, priority);
        who_ = fmt::format("a P{} {} of {}", priority, kinds[kind], subject_of(route));
        for (const auto& [label, policies] : slas_) check_slas(policies, queue);
      }
    }
  }

  static std::string subject_of(const desk::RouteRule& route) {
    return route.name.starts_with("route ") ? route.name : "route " + in_quotes(route.name);
  }

  void check_slas(const Policies& policies, const desk::QueueDefinition& queue) {
    for (const desk::PolicyDefinition* sla : policies) {
      std::vector<Term> all_of = routed_, none_of = not_routed_;
      first_match(policies, *sla, queue, all_of, none_of);
      const auto answer = space_.any(all_of, none_of, fixed_);
      if (answer == ConditionSpace::Answer::too_large)
        desk_.result.undecided.push_back(fmt::format(
            "{}: which OLAs serve it is too much to decide for {}", subject(*sla), who_));
      if (answer != ConditionSpace::Answer::some) continue;
      measure(*sla, chain(all_of, none_of, queue));
    }
  }

  void first_match(const Policies& policies, const desk::PolicyDefinition& wanted,
                   const desk::QueueDefinition& queue, std::vector<Term>& all_of,
                   std::vector<Term>& none_of) {
    for (const desk::PolicyDefinition* each : policies) {
      if (each == &wanted) break;
      none_of.push_back(at(*each, queue));
    }
    all_of.push_back(at(wanted, queue));
  }

  /// The longest OLA a ticket of these conditions can have in the queue, over all labels.
  std::optional<Hop> hop(const std::vector<Term>& all_of, const std::vector<Term>& none_of,
                         const desk::QueueDefinition& queue) {
    std::optional<Hop> longest;
    for (const auto& [label, policies] : olas_) {
      for (const desk::PolicyDefinition* ola : policies) {
        std::vector<Term> all = all_of, none = none_of;
        first_match(policies, *ola, queue, all, none);
        if (space_.any(all, none, fixed_) != ConditionSpace::Answer::some) continue;
        const Hop found{&queue, ola};
        if (!longest || ends(found, desk_.now) > ends(*longest, desk_.now)) longest = found;
      }
    }
    return longest;
  }

  std::vector<Hop> chain(const std::vector<Term>& all_of, const std::vector<Term>& none_of,
                         const desk::QueueDefinition& first) {
    std::vector<Hop> hops;
    if (const auto own = hop(all_of, none_of, first)) hops.push_back(*own);
    for (const auto& [tier, queues] : tiers_) {
      if (tier <= first.tier) continue;
      std::optional<Hop> longest;
      for (const desk::QueueDefinition* queue : queues) {
        const auto found = hop(all_of, none_of, *queue);
        if (found && (!longest || ends(*found, desk_.now) > ends(*longest, desk_.now)))
          longest = found;
      }
      if (longest) hops.push_back(*longest);
    }
    return hops;
  }

  Instant ends(const Hop& hop, Instant start) const {
    return due(hop.ola->target, desk_.calendar(hop.ola->calendar), start);
  }

  void measure(const desk::PolicyDefinition& sla, const std::vector<Hop>& hops) {
    if (hops.empty()) return;
    std::string route_up;
    std::set<const sched::Calendar*> calendars = {&desk_.calendar(sla.calendar)};
    for (const Hop& hop : hops) {
      calendars.insert(&desk_.calendar(hop.ola->calendar));
      route_up += fmt::format("{}{} {} ({})", route_up.empty() ? "" : ", then ", hop.queue->name,
                              print(hop.ola->target), hop.ola->calendar);
    }
    if (!measured_.emplace(sla.name, route_up).second) return;
    struct Worst {
      Instant start, used_up, deadline;
      int64_t over_us = 0;
    } worst;
    size_t starts = 0, missed = 0;
    for (const Instant start : edges(calendars, desk_.now)) {
      const Instant deadline = due(sla.target, desk_.calendar(sla.calendar), start);
      Instant used_up = start;
      for (const Hop& hop : hops)
        if (used_up != sched::never) used_up = ends(hop, used_up);
      if (deadline == sched::never || used_up == sched::never) continue;
      ++starts;
      if (used_up <= deadline) continue;
      // Beyond the deadline, but not in open time: that is no breach.
      const int64_t over_us = desk_.calendar(sla.calendar).between(deadline, used_up).us;
      if (over_us == 0) continue;
      ++missed;
      if (over_us > worst.over_us) worst = {start, used_up, deadline, over_us};
    }
    if (missed == 0) return;
    desk_.add(
        code::chain_too_long, desk_.line("policy", sla.name, "target"),
        fmt::format("{}: its OLA chain does not fit into {}", subject(sla), print(sla.target)),
        fmt::format("{} that starts at {} and goes through {} keeps every OLA until {}, {} "
                    "of its calendar after its deadline {}; so from {} of {} starts of a year",
                    who_, print(worst.start), route_up, print(worst.used_up),
                    print(sched::BusinessDuration{worst.over_us}), print(worst.deadline), missed,
                    starts),
        "shorten the OLAs, or agree on a longer target");
  }

  const LintDesk& desk_;
  ConditionSpace space_;
  std::map<std::string, Policies> slas_, olas_;  // by label, each the first that matches
  std::map<const desk::PolicyDefinition*, desk::Predicate> when_;
  std::map<uint8_t, std::vector<const desk::QueueDefinition*>> tiers_;
  std::set<std::pair<std::string, std::string>> measured_;

  // Of the route at hand.
  std::vector<Term> routed_, not_routed_;
  ConditionSpace::Fixed fixed_;
  std::string who_;
};

}  // namespace

void lint_chains(const LintDesk& desk) { Chains(desk).check(); }

}  // namespace paceline::config
