// Cycles of a clock: how one begins, also in the past, and what a new one takes over from the last.
#include <algorithm>

#include "engine/desk/clockwork.h"
#include "sched/base/check.h"

namespace paceline::desk {

using sched::ClockState;
using sched::Instant;
using sched::SlaClock;

void Clockwork::begin(uint32_t slot, uint32_t clock, uint32_t position, const FieldValues& settled,
                      int64_t now_us, OnReopen carry) {
  const Policy& policy = rules_.policy(position);
  const bool first_cycle = clock == none;
  const int64_t origin = first_cycle ? std::min(origin_us(slot, policy), now_us) : now_us;
  auto target = policy.target_from(Instant{origin}, store_.known_side(slot).promised_at_us);
  if (!target.any) return;
  if (first_cycle) {
    clock = store_.add_clock(slot);
    if (clock == none) {  // commands that create clocks have asked for room; others go without
      ++not_attached_;
      return;
    }
  } else {
    close_cycle(clock, now_us, carry);
    target = policy.target_from(Instant{origin}, store_.known_side(slot).promised_at_us,
                                clocks_.past(clock)->carried_us);
  }
  SlaClock& record = clocks_.clock(clock);
  record.policy = static_cast<uint16_t>(position);
  const int64_t carried_us = first_cycle ? 0 : clocks_.past(clock)->carried_us;
  record.start(policy.terms(), target.us, Instant{now_us}, carried_us);
  if (ClockPast* past = clocks_.past(clock)) {
    past->started_at_us = now_us;
    past->initial_target_us = past->tightest_target_us = target.us;
    past->reason = reason_of(settled);
  } else if (reason_of(settled) != FieldValues::absent) {
    clocks_.make_past(clock).reason = reason_of(settled);
  }
  if (origin < now_us) return begin_in_the_past(slot, clock, origin, settled, now_us);
  Event event = about(slot, clock, EventKind::clock_started, now_us);
  event.fields = record.fired;
  const bool paused = policy.pauses_now(settled);
  event.value_us = paused ? 0 : deadline_us(clock);
  write(slot, event);
  if (paused) pause_or_resume(slot, clock, settled, now_us);
}

/// What has been passed since its origin is told in one event: the breach, at its exact instant, or
/// the highest threshold.
void Clockwork::begin_in_the_past(uint32_t slot, uint32_t clock, int64_t origin_us,
                                  const FieldValues& settled, int64_t now_us) {
  SlaClock& record = clocks_.clock(clock);
  const Policy& policy = rules_.policy(record.policy);
  const Rebuilt rebuilt = rebuild(
      slot, clock, {.rule = Under::Rule::policy, .policy = record.policy, .origin_us = origin_us},
      settled, now_us);
  adopt(clock, rebuilt, now_us, true);
  const uint32_t skipped = record.skip(policy.terms(), rebuilt.consumed_us);
  if (record.state == ClockState::running) record.arm(policy.terms());
  Event event = about(slot, clock, EventKind::clock_started, now_us);
  event.fields = skipped;
  event.value_us = record.state == ClockState::running ? deadline_us(clock) : 0;
  write(slot, event);
  if (rebuilt.breached_at_us != 0) {
    breach(slot, clock, rebuilt.breached_at_us, clock_late);
    return;
  }
  uint32_t highest = none;
  for (uint32_t which = 0; which < policy.thresholds.size(); ++which) {
    if ((skipped >> which & 1U) == 0) continue;
    const auto amount = [&](uint32_t of) {
      return sched::amount_us(policy.thresholds[of], record.target_us);
    };
    if (highest == none || amount(which) >= amount(highest)) highest = which;
  }
  if (highest == none) return;
  Event passed = about(slot, clock, EventKind::clock_threshold, now_us);
  passed.threshold_bp = policy.definition.rungs[highest].share_bp;
  passed.fields = highest + 1;
  passed.flags = clock_late;
  write(slot, passed);
  climb(slot, clock, highest, now_us);
}

/// Writes down what the cycle that ended was, and the time since; the next one begins.
void Clockwork::close_cycle(uint32_t clock, int64_t now_us, OnReopen carry) {
  SlaClock& record = clocks_.clock(clock);
  CHECK(record.ended());
  ClockPast& past = clocks_.make_past(clock);
  const ClockState ended_as = record.state;
  const int64_t ended_us = record.ended_at_us();
  const int64_t used_us = record.consumed_us;
  record.state = past.state_at_end;
  clocks_.end_segment(clock, used_us - past.folded_us);
  record.state = ended_as;
  record.since_us = ended_us;
  const int64_t since_us =
      carry == OnReopen::proceed && ended_us < now_us
          ? rules_.policy(record.policy).calendar->between(Instant{ended_us}, Instant{now_us}).us
          : 0;
  past.reason = none;
  clocks_.end_segment(clock, since_us);
  if (record.cycle < 255) ++record.cycle;
  past.breached_at_us = 0;
  past.breach_stands = false;
  past.signals = 0;
  past.deadline_kept_us = 0;
  past.folded_us = 0;
  past.carried_us = carry == OnReopen::restart ? 0 : used_us + since_us;
}

void Clockwork::reopen(uint32_t slot, const FieldValues& settled, int64_t now_us) {
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = clocks_.clock(clock).next) {
    const SlaClock& record = clocks_.clock(clock);
    const Policy& policy = rules_.policy(record.policy);
    if (!record.ended() || policy.kind() != ClockKind::resolution) continue;
    if (!policy.starts(settled)) continue;
    begin(slot, clock, record.policy, settled, now_us, policy.definition.on_reopen);
  }
}

int64_t Clockwork::origin_us(uint32_t slot, const Policy& policy) const {
  const TicketDetail& detail = store_.detail(slot);
  const int64_t recorded_us = detail.recorded_at_us;
  const int64_t occurred_us = store_.known_side(slot).occurred_at_us;
  if (policy.definition.origin == ClockOrigin::occurred && occurred_us != 0 &&
      occurred_us < recorded_us) {
    const int64_t backdate_us_max = rules_.settings().max_backdate_us;
    if (backdate_us_max == 0 || recorded_us - occurred_us <= backdate_us_max) return occurred_us;
  }
  const bool from_first_contact =
      policy.definition.on_priority_change == OnPriorityChange::retroactive && !policy.cyclic;
  return from_first_contact ? recorded_us : sched::never.us;
}

}  // namespace paceline::desk
