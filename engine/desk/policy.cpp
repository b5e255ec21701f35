#include "engine/desk/policy.h"

#include <algorithm>

#include "engine/desk/limits.h"
#include "engine/desk/policy_defaults.h"
#include "sched/base/check.h"

namespace paceline::desk {
namespace {

constexpr int64_t target_us_max = 366 * sched::day.us;
constexpr int64_t duration_us_max = 100 * 366 * sched::day.us;
constexpr uint32_t share_bp_max = 100'000;
constexpr uint16_t business_days_max = 366;
constexpr uint32_t day_s = 86'400;

uint32_t no_numbers(Field, std::string_view) { return 0; }

std::string problem_with_target(const Target& target) {
  switch (target.kind) {
    case TargetKind::duration:
      if (target.us < 1 || target.us > target_us_max) {
        return "target must be between 1 microsecond and 366 days";
      }
      break;
    case TargetKind::end_of_business_day:
      if (target.business_days < 1 || target.business_days > business_days_max) {
        return "target must be between 1 and 366 business days";
      }
      if (target.cut_off_s >= day_s) return "cut_off is a time of day";
      break;
    case TargetKind::instant:
      if (target.us <= 0 || target.us >= sched::Calendar::horizon.us) {
        return "target must be an instant before 2100";
      }
      break;
    case TargetKind::promised:
      break;
  }
  return {};
}

std::string problem_with_rungs(const std::vector<Rung>& rungs) {
  if (rungs.size() > rungs_max) return "has more than 32 thresholds";
  uint32_t share_bp = 0;
  for (const Rung& rung : rungs) {
    if (rung.share_bp > share_bp_max) return "a threshold must lie between 0.01 % and 1,000 %";
    if (rung.share_bp == 0 && (rung.before_us < 1 || rung.before_us > duration_us_max)) {
      return "a threshold is a share of the target or time left to the deadline";
    }
    if (rung.share_bp != 0 && rung.share_bp <= share_bp) return "thresholds must ascend";
    if (rung.share_bp != 0) share_bp = rung.share_bp;
    if (rung.repeat_us < 0 || rung.repeat_us > duration_us_max) return "repeat is out of range";
    if (rung.repeat_us != 0 && rung.repeat_us < sched::second.us) {
      return "repeat must be at least a second";
    }
    if ((rung.action == RungAction::reassign) != !rung.queue.empty()) {
      return "a rung that reassigns, and no other, names a queue";
    }
    if (rung.retarget && rung.action != RungAction::raise_priority) {
      return "only a rung that raises the priority retargets";
    }
  }
  return {};
}

}  // namespace

std::string problem_with(const PolicyDefinition& policy, const ObjectCatalogue& objects) {
  if (policy.name.empty()) return "a policy has no name";
  const std::string subject = "policy \"" + policy.name + "\": ";
  if (std::string problem = problem_with_target(policy.target); !problem.empty()) {
    return subject + problem;
  }
  if (std::string problem = problem_with_rungs(policy.rungs); !problem.empty()) {
    return subject + problem;
  }
  const bool says_itself = policy.clock == ClockKind::stage || policy.clock == ClockKind::review;
  if (says_itself && (policy.start.empty() || policy.stop.empty())) {
    return subject + "a clock of this kind needs start and stop conditions";
  }
  for (const auto& [what, condition] : conditions_of(policy)) {
    const auto parsed = Predicate::parse(*condition, no_numbers, &objects);
    if (!parsed) return subject + std::string(what) + ": " + parsed.error().message;
  }
  return {};
}

void compile_conditions(Policy& policy, const ValueResolver& resolve,
                        const ObjectCatalogue& objects,
                        const std::function<uint32_t(std::string_view)>& reason) {
  const PolicyDefinition& definition = policy.definition;
  const KindDefaults& defaults = defaults_of(definition.clock);
  const auto compile = [&](std::string_view own, std::string_view otherwise) {
    Predicate predicate =
        Predicate::parse(own.empty() ? otherwise : own, resolve, &objects).value();
    policy.fields |= predicate.fields();
    return predicate;
  };
  policy.fields = always_field;
  policy.when = compile(definition.when, "");
  policy.start = compile(definition.start, defaults.start);
  policy.stop = compile(stop_condition(definition), "");
  policy.cancel = compile(definition.cancel, "");
  policy.reset = compile(definition.reset, defaults.reset);
  policy.pause_when = compile(definition.pause_when, defaults.pause_when);
  policy.resume_when = compile(definition.resume_when, "");
  policy.has_reset = !definition.reset.empty() || !defaults.reset.empty();
  policy.has_pause_when = !definition.pause_when.empty() || !defaults.pause_when.empty();
  policy.cyclic = defaults.cyclic;
  policy.cancel_when_start_false = definition.cancel_when_start_false < 0
                                       ? defaults.cancel_when_start_false
                                       : definition.cancel_when_start_false != 0;

  policy.pauses.clear();
  for (const PauseRule& rule : policy.pause_rules) {
    const uint32_t number = reason(rule.reason);
    if (number == FieldValues::absent) continue;  // no room for it: no ticket can have it either
    policy.pauses.push_back({number, compile(rule.when, "")});
    policy.fields |= bit(Field::state) | bit(Field::reason);
  }
  std::stable_sort(
      policy.pauses.begin(), policy.pauses.end(),
      [](const Policy::Pause& a, const Policy::Pause& b) { return a.reason < b.reason; });
  policy.thresholds.clear();
  for (const Rung& rung : definition.rungs) {
    policy.thresholds.push_back({rung.share_bp, rung.before_us});
  }
}

bool Policy::pauses_on(uint32_t reason, const FieldValues& values) const {
  auto rule = std::lower_bound(pauses.begin(), pauses.end(), reason,
                               [](const Pause& pause, uint32_t r) { return pause.reason < r; });
  for (; rule != pauses.end() && rule->reason == reason; ++rule) {
    if (rule->when.holds(values)) return true;
  }
  return false;
}

bool Policy::never_pauses() const {
  const bool fixed = definition.target.kind == TargetKind::instant ||
                     definition.target.kind == TargetKind::promised;
  return fixed && !definition.pause_moves_fixed;
}

bool Policy::pauses_now(const FieldValues& values) const {
  if (never_pauses()) return false;
  if (values.value[static_cast<size_t>(Field::state)] == static_cast<uint32_t>(State::pending) &&
      pauses_on(values.value[static_cast<size_t>(Field::reason)], values)) {
    return true;
  }
  return has_pause_when && pause_when.holds(values);
}

Policy::Amount Policy::target_from(sched::Instant origin, int64_t promised_at_us,
                                   int64_t carried_us) const {
  const Target& target = definition.target;
  sched::Instant deadline = sched::never;
  switch (target.kind) {
    case TargetKind::duration:
      return {true, target.us};
    case TargetKind::end_of_business_day:
      deadline = calendar->end_of_business_day(origin, target.business_days, target.cut_off_s);
      break;
    case TargetKind::instant:
      deadline = {target.us};
      break;
    case TargetKind::promised:
      if (promised_at_us == 0) return {};
      deadline = {promised_at_us};
      break;
  }
  if (deadline == sched::never) return {};
  const int64_t ahead_us = deadline < origin ? -calendar->between(deadline, origin).us
                                             : calendar->between(origin, deadline).us;
  return {true, std::max<int64_t>(0, carried_us + ahead_us)};
}

}  // namespace paceline::desk
