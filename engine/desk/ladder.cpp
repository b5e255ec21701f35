// The ladder of a clock: who hears of a threshold, again and again where a rung says so.
//
// (ticket, clock, cycle, rung, how-manyeth time) names each act of a rung, and each happens at most
// once. A rung of a policy that is no longer in force stays silent.
#include <algorithm>
#include <limits>

#include "engine/desk/clockwork.h"
#include "sched/base/check.h"

namespace paceline::desk {

using sched::ClockState;
using sched::Instant;
using sched::SlaClock;

namespace {

const sched::Calendar always_open;

const sched::Calendar& calendar_of(const Policy& policy, uint32_t rung) {
  const sched::Calendar* calendar = policy.rung_calendars[rung];
  return calendar == nullptr ? always_open : *calendar;
}

}  // namespace

void Clockwork::climb(uint32_t slot, uint32_t clock, uint32_t rung, int64_t at_us) {
  const Policy& policy = rules_.policy(clocks_.clock(clock).policy);
  if (muted_ || policy.in_force_as == Policy::none || !policy.definition.rungs[rung].acts()) return;
  const int64_t open_us = calendar_of(policy, rung).next_open(Instant{at_us}).us;
  if (open_us == at_us) return act(slot, clock, rung, at_us, 1);
  if (open_us != sched::never.us) {
    clocks_.add_step(clock, {.due_us = open_us, .rung = static_cast<uint8_t>(rung)});
  }
}

void Clockwork::act(uint32_t slot, uint32_t clock, uint32_t rung, int64_t at_us, uint16_t times) {
  const uint32_t position = clocks_.clock(clock).policy;
  const Policy& policy = rules_.policy(position);
  const Rung& definition = policy.definition.rungs[rung];
  Event event = about(slot, clock, EventKind::clock_escalated, at_us);
  event.threshold_bp = definition.share_bp;
  event.fields = rung + 1;
  event.value_us = times;
  write(slot, event);
  if (times == 1 && (definition.action == RungAction::raise_priority ||
                     definition.action == RungAction::reassign)) {
    consequences_.push_back({position, rung});
  }
  const bool again = definition.repeat_us != 0 && clocks_.clock(clock).live() &&
                     (definition.repeat_max == 0 || times <= definition.repeat_max) &&
                     times < std::numeric_limits<uint16_t>::max();
  if (!again) return;
  const int64_t next_us = calendar_of(policy, rung).add(Instant{at_us}, {definition.repeat_us}).us;
  if (next_us != sched::never.us) {
    clocks_.add_step(clock, {.due_us = next_us, .done = times, .rung = static_cast<uint8_t>(rung)});
  }
}

void Clockwork::fire_step(uint32_t slot, uint32_t clock, uint32_t at) {
  const RungStep step = clocks_.step(at);
  clocks_.remove_step(clock, at);
  const Policy& policy = rules_.policy(clocks_.clock(clock).policy);
  // Under another policy since, or one that was taken out of force: the rung is no more.
  if (policy.in_force_as == Policy::none || step.rung >= policy.definition.rungs.size()) return;
  if (!policy.definition.rungs[step.rung].acts()) return;
  act(slot, clock, step.rung, step.due_us, static_cast<uint16_t>(step.done + 1));
}

/// What fell due while the clock was paused is due anew from here.
void Clockwork::shift_steps(uint32_t clock, int64_t now_us) {
  const Policy& policy = rules_.policy(clocks_.clock(clock).policy);
  for (uint32_t at = clocks_.first_step(clock); at != none; at = clocks_.step(at).next) {
    RungStep& step = clocks_.step(at);
    if (step.due_us >= now_us || step.rung >= policy.definition.rungs.size()) continue;
    const sched::Calendar& calendar = calendar_of(policy, step.rung);
    const int64_t repeat_us = step.done == 0 ? 0 : policy.definition.rungs[step.rung].repeat_us;
    step.due_us = repeat_us == 0 ? calendar.next_open(Instant{now_us}).us
                                 : calendar.add(Instant{now_us}, {repeat_us}).us;
  }
}

bool Clockwork::acknowledge(uint32_t slot, uint8_t kind, uint8_t rung) {
  bool any = false;
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = clocks_.clock(clock).next) {
    const SlaClock& record = clocks_.clock(clock);
    const Policy& policy = rules_.policy(record.policy);
    const bool wanted =
        kind == Acknowledge::any_clock || policy.kind() == static_cast<ClockKind>(kind);
    if (!record.live() || !wanted) continue;
    uint32_t reached = 0;
    for (uint32_t which = 0; which < policy.thresholds.size(); ++which) {
      if ((record.fired >> which & 1U) != 0) reached = which + 1;
    }
    if (reached == 0 || rung > reached) continue;
    const uint32_t up_to = rung == 0 ? reached : rung;
    for (uint32_t at = clocks_.first_step(clock); at != none;) {
      const RungStep step = clocks_.step(at);
      if (step.rung < up_to) clocks_.remove_step(clock, at);
      at = step.next;
    }
    Event event = about(slot, clock, EventKind::clock_acknowledged, 0);
    event.fields = up_to;
    write(slot, event);
    any = true;
  }
  return any;
}

// Down-time.

/// Everything of this clock that fell due before `before_us`, in one event. Only the highest rung
/// passed acts, now.
void Clockwork::catch_up(uint32_t slot, uint32_t clock, int64_t before_us, int64_t now_us) {
  SlaClock& record = clocks_.clock(clock);
  const Policy& policy = rules_.policy(record.policy);
  const sched::ClockTerms terms = policy.terms();
  Event event = about(slot, clock, EventKind::clock_caught_up, now_us);
  uint32_t highest = none;
  while (record.next_due_us() < before_us) {
    const SlaClock::Effect effect = record.next_effect(terms);
    const int64_t at_us = record.edge_us;
    if (effect.which == SlaClock::Effect::breach) {
      clocks_.make_past(clock).breached_at_us = at_us;
      event.value_us = at_us;
    } else {
      event.fields |= 1U << effect.which;
      event.threshold_bp = policy.definition.rungs[effect.which].share_bp;
      if (policy.definition.rungs[effect.which].acts()) highest = effect.which;
    }
    record.fire(terms, effect.which);
  }
  for (uint32_t at = clocks_.first_step(clock); at != none;) {
    const RungStep step = clocks_.step(at);
    if (step.due_us < before_us) {
      clocks_.remove_step(clock, at);
      if (highest == none || step.rung > highest) highest = step.rung;
    }
    at = step.next;
  }
  event.flags = record.breached != 0 ? clock_had_breached : 0;
  write(slot, event);
  if (highest != none && highest < policy.definition.rungs.size()) {
    climb(slot, clock, highest, now_us);
  }
}

void Clockwork::pass_silently(uint32_t slot, int64_t until_us) {
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = clocks_.clock(clock).next) {
    SlaClock& record = clocks_.clock(clock);
    const sched::ClockTerms terms = rules_.policy(record.policy).terms();
    while (record.next_due_us() <= until_us) {
      const SlaClock::Effect effect = record.next_effect(terms);
      if (effect.which == SlaClock::Effect::breach) {
        clocks_.make_past(clock).breached_at_us = record.edge_us;
      }
      record.fire(terms, effect.which);
    }
  }
}

}  // namespace paceline::desk
