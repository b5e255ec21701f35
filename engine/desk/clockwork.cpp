#include "engine/desk/clockwork.h"

#include <algorithm>

namespace paceline::desk {

using sched::ClockState;
using sched::Instant;
using sched::SlaClock;

namespace {

constexpr uint32_t none = TicketStore::none;

uint8_t verdict_flags(const SlaClock& clock) {
  return static_cast<uint8_t>((clock.consumed_us > clock.target_us ? clock_missed : 0) |
                              (clock.breached ? clock_had_breached : 0));
}

}  // namespace

uint32_t Clockwork::clocks_earned(const FieldValues& values) const {
  if (!rules_.has_policies()) return 0;
  uint32_t earned = 0;
  for (int kind = 0; kind < clock_kind_count; ++kind) {
    if (rules_.policy_for(static_cast<ClockKind>(kind), values) != Rulebook::none) ++earned;
  }
  return earned;
}

void Clockwork::attach(uint32_t slot, const FieldValues& values, int64_t now_us) {
  if (!rules_.has_policies()) return;
  for (int kind = 0; kind < clock_kind_count; ++kind) {
    const uint32_t policy = rules_.policy_for(static_cast<ClockKind>(kind), values);
    if (policy == Rulebook::none) continue;  // a clock already running keeps its policy
    uint32_t clock = store_.hot(slot).first_clock;
    while (clock != none && store_.clock(clock).kind != kind) clock = store_.clock(clock).next;
    if (clock == none) {
      const bool answered = store_.detail(slot).first_response_at_us != 0;
      if (static_cast<ClockKind>(kind) == ClockKind::response && answered) continue;
      start(slot, policy, now_us);
      continue;
    }
    SlaClock& record = store_.clock(clock);
    if (!record.live() || record.policy == policy) continue;
    const PolicyDefinition& own = rules_.policy(record.policy).definition;
    // A newer version of its own policy is for new clocks; this one stays on its terms.
    if (own.name == rules_.policy(policy).definition.name) continue;
    if (own.on_priority_change == OnPriorityChange::keep) continue;
    retarget(slot, clock, policy, now_us);
  }
}

void Clockwork::start(uint32_t slot, uint32_t policy_position, int64_t now_us) {
  const uint32_t clock = store_.add_clock(slot);
  if (clock == none) return;  // decided before: clocks_earned() fits
  const Policy& policy = rules_.policy(policy_position);
  SlaClock& record = store_.clock(clock);
  record.policy = static_cast<uint16_t>(policy_position);
  record.kind = static_cast<uint8_t>(policy.definition.clock);
  int64_t origin_us = now_us;
  const int64_t occurred_us = store_.detail(slot).occurred_at_us;
  if (policy.definition.origin == ClockOrigin::occurred && occurred_us != 0 &&
      occurred_us < now_us) {
    const int64_t backdate_us_max = rules_.settings().max_backdate_us;
    if (backdate_us_max == 0 || now_us - occurred_us <= backdate_us_max) origin_us = occurred_us;
  }
  record.start(policy.terms(), Instant{origin_us});
  Event event = about(slot, clock, EventKind::clock_started, now_us);
  if (pauses_now(slot, policy)) {
    record.pause(policy.terms(), Instant{now_us});
  } else {
    event.value_us = deadline_us(clock);
  }
  write(slot, event);
}

void Clockwork::retarget(uint32_t slot, uint32_t clock, uint32_t policy_position, int64_t now_us) {
  SlaClock& record = store_.clock(clock);
  const uint32_t before = record.policy;
  const Policy& policy = rules_.policy(policy_position);
  record.retarget(rules_.policy(before).terms(), policy.terms(),
                  static_cast<uint16_t>(policy_position), Instant{now_us});
  Event event = about(slot, clock, EventKind::clock_retargeted, now_us);
  event.reason = before;
  event.flags = record.breached ? clock_had_breached : 0;
  event.value_us = record.state == ClockState::running ? deadline_us(clock) : 0;
  write(slot, event);
  // Carried over the new target: that is a breach as of now, at no earlier instant.
  if (record.consumed_us >= record.target_us && !record.breached && !record.over_at_start) {
    breach(slot, clock, now_us);
  }
}

void Clockwork::pause_or_resume(uint32_t slot, int64_t now_us) {
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = store_.clock(clock).next) {
    SlaClock& record = store_.clock(clock);
    if (!record.live()) continue;
    const Policy& policy = rules_.policy(record.policy);
    const bool pause = pauses_now(slot, policy);
    if (pause && record.state == ClockState::running) {
      record.pause(policy.terms(), Instant{now_us});
      breach_if_over(slot, clock, now_us);
      Event event = about(slot, clock, EventKind::clock_paused, now_us);
      event.value_us = record.consumed_us;
      write(slot, event);
    } else if (!pause && record.state == ClockState::paused) {
      record.resume(policy.terms(), Instant{now_us});
      Event event = about(slot, clock, EventKind::clock_resumed, now_us);
      event.value_us = deadline_us(clock);
      write(slot, event);
    }
  }
}

void Clockwork::stop(uint32_t slot, ClockKind kind, int64_t now_us) {
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = store_.clock(clock).next) {
    const SlaClock& record = store_.clock(clock);
    if (record.live() && record.kind == static_cast<uint8_t>(kind)) complete(slot, clock, now_us);
  }
}

void Clockwork::stop_all(uint32_t slot, int64_t now_us) {
  stop(slot, ClockKind::response, now_us);
  stop(slot, ClockKind::resolution, now_us);
}

void Clockwork::complete(uint32_t slot, uint32_t clock, int64_t now_us) {
  SlaClock& record = store_.clock(clock);
  const Policy& policy = rules_.policy(record.policy);
  record.stop(policy.terms(), Instant{now_us});
  breach_if_over(slot, clock, now_us);
  Event event = about(slot, clock, EventKind::clock_completed, now_us);
  event.value_us = record.consumed_us;
  event.flags = verdict_flags(record);
  write(slot, event);
}

void Clockwork::breach_if_over(uint32_t slot, uint32_t clock, int64_t now_us) {
  const SlaClock& record = store_.clock(clock);
  if (record.consumed_us > record.target_us && !record.breached && !record.over_at_start) {
    breach(slot, clock, now_us);
  }
}

void Clockwork::breach(uint32_t slot, uint32_t clock, int64_t at_us) {
  SlaClock& record = store_.clock(clock);
  record.mark_breached(rules_.policy(record.policy).terms());
  store_.breached_at_us(clock) = at_us;
  write(slot, about(slot, clock, EventKind::clock_breached, at_us));
}

void Clockwork::cancel_all(uint32_t slot, int64_t now_us) {
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = store_.clock(clock).next) {
    SlaClock& record = store_.clock(clock);
    if (!record.live()) continue;
    record.cancel(rules_.policy(record.policy).terms(), Instant{now_us});
    Event event = about(slot, clock, EventKind::clock_cancelled, now_us);
    event.value_us = record.consumed_us;
    event.flags = verdict_flags(record);
    write(slot, event);
  }
}

void Clockwork::reopen(uint32_t slot, int64_t now_us) {
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = store_.clock(clock).next) {
    SlaClock& record = store_.clock(clock);
    if (record.state != ClockState::completed && record.state != ClockState::cancelled) continue;
    if (record.kind != static_cast<uint8_t>(ClockKind::resolution)) continue;
    record.reopen(rules_.policy(record.policy).terms(), Instant{now_us});
    if (store_.breached_at_us(clock) != 0) store_.breached_at_us(clock) = 0;
    Event event = about(slot, clock, EventKind::clock_started, now_us);
    event.value_us = deadline_us(clock);
    write(slot, event);
  }
}

Clockwork::Due Clockwork::next_due(uint32_t slot) const {
  Due first;
  SlaClock::Effect first_effect = SlaClock::Effect::threshold;
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = store_.clock(clock).next) {
    const SlaClock& record = store_.clock(clock);
    if (record.next_due_us == sched::never.us || record.next_due_us > first.at_us) continue;
    const SlaClock::Effect effect = record.next_effect(rules_.policy(record.policy).terms());
    if (record.next_due_us < first.at_us || effect < first_effect) {
      first = {record.next_due_us, clock};
      first_effect = effect;
    }
  }
  return first;
}

void Clockwork::fire(uint32_t slot, uint32_t clock) {
  SlaClock& record = store_.clock(clock);
  const Policy& policy = rules_.policy(record.policy);
  const sched::ClockTerms terms = policy.terms();
  const int64_t at_us = record.next_due_us;
  if (record.next_effect(terms) == SlaClock::Effect::threshold) {
    Event event = about(slot, clock, EventKind::clock_threshold, at_us);
    event.threshold_bp = terms.thresholds_bp[record.thresholds_fired];
    record.fire(terms);
    write(slot, event);
  } else {
    breach(slot, clock, at_us);
  }
}

int64_t Clockwork::due_at_us(uint32_t slot) const {
  int64_t due_us = sched::never.us;
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = store_.clock(clock).next) {
    if (store_.clock(clock).state != ClockState::running) continue;
    due_us = std::min(due_us, deadline_us(clock));
  }
  return due_us;
}

bool Clockwork::pauses_now(uint32_t slot, const Policy& policy) const {
  const Ticket& ticket = store_.hot(slot);
  return ticket.state == State::pending && policy.pauses_on(ticket.reason);
}

int64_t Clockwork::deadline_us(uint32_t clock) const {
  const SlaClock& record = store_.clock(clock);
  if (record.consumed_us > record.target_us && store_.breached_at_us(clock) != 0) {
    return store_.breached_at_us(clock);
  }
  return record.deadline(rules_.policy(record.policy).terms()).us;
}

Event Clockwork::about(uint32_t slot, uint32_t clock, EventKind kind, int64_t at_us) const {
  const Ticket& ticket = store_.hot(slot);
  const SlaClock& record = store_.clock(clock);
  Event event;
  event.kind = kind;
  event.at_us = at_us;
  event.ticket = ticket.id;
  event.queue = ticket.queue;
  event.agent = ticket.agent;
  event.policy = record.policy;
  event.version = ticket.version;
  event.state = ticket.state;
  event.previous_state = ticket.state;
  event.priority = static_cast<uint8_t>(ticket.priority);
  event.clock = static_cast<ClockKind>(record.kind);
  event.cycle = record.cycle;
  return event;
}

void Clockwork::write(uint32_t slot, const Event& event) {
  chronicle_.write(event, &store_.detail(slot), rules_.triage());
}

}  // namespace paceline::desk
