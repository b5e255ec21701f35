// A version of a policy, compiled: conditions, pauses, thresholds, calendars.
//
// A version never changes once a clock may be on it. What a new configuration says otherwise is
// another version; a calendar's new version makes its successor, which open clocks may follow.
//
// Owner: shard thread.  Allocates: when compiled.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/desk/configuration.h"
#include "engine/desk/predicate.h"
#include "sched/base/expected.h"
#include "sched/sla_clock.h"

namespace paceline::desk {

/// Set in every mask of changed fields that says "all": unconditional policies react to that.
// It is the bit of Field::requester, too: another requester has every condition evaluated.
inline constexpr uint32_t always_field = 1U << 31;

struct Policy {
  static constexpr uint32_t none = 0xffff'ffff;

  PolicyDefinition definition;
  std::vector<PauseRule> pause_rules;  ///< As they stood when it was made; part of the version.
  const sched::Calendar* calendar = nullptr;
  uint32_t calendar_version = 0;  ///< Position in the table of calendars.
  uint32_t successor = none;      ///< The same under the calendar's next version.
  uint32_t in_force_as = none;    ///< The version of this name now in force; none: deactivated.
  uint8_t track = 0;              ///< Its (clock, label); a ticket has at most one clock of each.
  bool cyclic = false;
  bool cancel_when_start_false = false;

  // Compiled anew with each configuration: a literal may name what has come into being since.
  Predicate when, start, stop, cancel, reset, pause_when, resume_when;
  struct Pause {
    uint32_t reason;
    Predicate when;
  };
  std::vector<Pause> pauses;                           ///< By reason, ascending.
  std::vector<sched::Threshold> thresholds;            ///< Of the rungs, in their order.
  std::vector<const sched::Calendar*> rung_calendars;  ///< null: acts at once.
  uint32_t fields = 0;                                 ///< Bits of every field its conditions read.

  sched::ClockTerms terms() const { return {calendar, thresholds}; }
  ClockKind kind() const { return definition.clock; }

  bool starts(const FieldValues& values) const {
    return start.holds(values) && !stop.holds(values) && !cancels(values);
  }
  bool cancels(const FieldValues& values) const {
    return !definition.cancel.empty() && cancel.holds(values);
  }
  bool resets(const FieldValues& values) const { return has_reset && reset.holds(values); }
  /// Whether a clock in this state is to be paused.
  bool pauses_now(const FieldValues& values) const;
  bool resumes_now(const FieldValues& values) const {
    return !pauses_now(values) && (definition.resume_when.empty() || resume_when.holds(values));
  }
  /// Whether it would be paused while pending for `reason`, other fields as in `values`.
  bool pauses_on(uint32_t reason, const FieldValues& values) const;
  /// A pause does not move a target that is an instant, unless the policy says so.
  bool never_pauses() const;

  bool has_reset = false;
  bool has_pause_when = false;

  /// What the target comes to for a cycle that starts at `origin` with `carried` already used:
  /// business time in the calendar. A deadline that is an instant stays where it is whatever was
  /// carried. none: the ticket has no promised instant, or no deadline before the horizon.
  struct Amount {
    bool any = false;
    int64_t us = 0;
  };
  Amount target_from(sched::Instant origin, int64_t promised_at_us, int64_t carried_us = 0) const;
};

/// What is wrong with a definition by itself, its conditions included; empty if nothing.
std::string problem_with(const PolicyDefinition& policy, const ObjectCatalogue& objects);

/// Compiles every condition of `policy.definition`. Requires problem_with() to be empty.
void compile_conditions(Policy& policy, const ValueResolver& resolve,
                        const ObjectCatalogue& objects,
                        const std::function<uint32_t(std::string_view)>& reason);

}  // namespace paceline::desk
