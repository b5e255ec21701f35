#include "engine/desk/clockwork.h"

#include <algorithm>

#include "engine/desk/policy_defaults.h"
#include "sched/base/check.h"

namespace paceline::desk {

using sched::ClockState;
using sched::Instant;
using sched::SlaClock;

namespace {

State state_of(const FieldValues& values) {
  return static_cast<State>(values.value[static_cast<size_t>(Field::state)]);
}

/// Nothing runs in a ticket that has ended.
bool terminal(const FieldValues& values) {
  const State state = state_of(values);
  return state == State::closed || state == State::cancelled;
}

}  // namespace

uint32_t message_value(const Event& event) {
  enum : uint32_t { none, requester, agent, bot, automatic, internal };  // as the field's names
  if (event.kind != EventKind::ticket_messaged) return none;
  if ((event.flags & message_public) == 0) return internal;
  if ((event.flags & message_automatic) != 0) return automatic;
  if ((event.flags & message_by_agent) != 0) return agent;
  if ((event.flags & message_by_requester) != 0) return requester;
  return (event.flags & message_by_bot) != 0 ? bot : automatic;
}

// The state machine.

void Clockwork::react(uint32_t slot, const FieldValues& settled, const Change& change,
                      int64_t now_us) {
  if (rules_.track_count() == 0) return;
  if (change.message == 0 && !change.moved) return follow(slot, settled, settled, change, now_us);
  FieldValues values = settled;
  values.value[static_cast<size_t>(Field::message)] = change.message;
  values.value[static_cast<size_t>(Field::moved)] = change.moved ? 1 : 0;
  follow(slot, values, settled, change, now_us);
}

void Clockwork::follow(uint32_t slot, const FieldValues& values, const FieldValues& settled,
                       const Change& change, int64_t now_us) {
  if (change.reopened) reopen(slot, settled, now_us);
  if (change.downgraded) {
    for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
         clock = clocks_.clock(clock).next) {
      if (clocks_.clock(clock).live()) signal(slot, clock, Signal::downgrade, now_us);
    }
  }
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = clocks_.clock(clock).next) {
    const SlaClock& record = clocks_.clock(clock);
    if (!record.live()) continue;
    const Policy& policy = rules_.policy(record.policy);
    if (((policy.fields | rules_.track_fields(policy.track)) & change.fields) == 0) continue;
    step(slot, clock, values, settled, change, now_us);
  }
  if (!terminal(settled)) attach_missing(slot, settled, change, now_us);
}

void Clockwork::step(uint32_t slot, uint32_t clock, const FieldValues& values,
                     const FieldValues& settled, const Change& change, int64_t now_us) {
  const Policy& policy = rules_.policy(clocks_.clock(clock).policy);
  if (policy.stop.holds(values)) return complete(slot, clock, now_us);
  if (terminal(settled) || policy.cancels(values) ||
      (policy.cancel_when_start_false && !policy.start.holds(settled))) {
    return cancel(slot, clock, now_us, 0);
  }
  if (policy.resets(values)) {
    complete(slot, clock, now_us);
    const uint32_t next = rules_.policy_for(policy.track, settled);
    const uint32_t position = next == Rulebook::none ? clocks_.clock(clock).policy : next;
    if (rules_.policy(position).starts(settled)) begin(slot, clock, position, settled, now_us);
    return;
  }
  if ((rules_.choice_fields(policy.track) & change.fields) != 0) {
    const uint32_t wanted = rules_.policy_for(policy.track, settled);
    // A newer version of its own policy is for new clocks; this one stays on its terms.
    if (wanted != Rulebook::none &&
        rules_.policy(wanted).definition.name != policy.definition.name) {
      const bool kept = policy.definition.on_priority_change == OnPriorityChange::keep;
      if (change.updated && change.same_priority && !kept) {
        signal(slot, clock, Signal::policy_swap, now_us);
      }
      switch (policy.definition.on_priority_change) {
        case OnPriorityChange::carry:
          retarget(slot, clock, wanted, Retarget::carry, settled, now_us);
          break;
        case OnPriorityChange::retroactive:
          retarget(slot, clock, wanted, Retarget::retroactive, settled, now_us);
          break;
        case OnPriorityChange::restart:
          cancel(slot, clock, now_us, clock_superseded);
          begin(slot, clock, wanted, settled, now_us);
          return;
        case OnPriorityChange::keep:
          break;
      }
    }
  }
  pause_or_resume(slot, clock, values, now_us);
}

void Clockwork::attach_missing(uint32_t slot, const FieldValues& settled, const Change& change,
                               int64_t now_us) {
  // A clock that has ended begins again only where a policy says so.
  uint32_t settled_tracks = 0;
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = clocks_.clock(clock).next) {
    const SlaClock& record = clocks_.clock(clock);
    const uint32_t track = rules_.policy(record.policy).track;
    if (record.live() || !rules_.track_cyclic(track)) settled_tracks |= 1U << track;
  }
  for (uint32_t track = 0; track < rules_.track_count(); ++track) {
    if ((settled_tracks >> track & 1U) != 0) continue;
    if ((rules_.track_fields(track) & change.fields) == 0) continue;
    const uint32_t clock = find(slot, track);
    const uint32_t wanted = rules_.policy_for(track, settled);
    if (wanted == Rulebook::none) continue;
    const Policy& policy = rules_.policy(wanted);
    if (clock != none && !policy.cyclic) continue;
    if (policy.starts(settled)) begin(slot, clock, wanted, settled, now_us);
  }
}

void Clockwork::end(uint32_t clock, ClockState state, int64_t now_us) {
  SlaClock& record = clocks_.clock(clock);
  const sched::ClockTerms terms = rules_.policy(record.policy).terms();
  if (ClockPast* past = clocks_.past(clock)) {
    past->folded_us = record.consumed_us;
    past->state_at_end = record.state;
    clocks_.remove_steps(clock);
  }
  if (state == ClockState::completed) {
    record.stop(terms, Instant{now_us});
  } else {
    record.cancel(terms, Instant{now_us});
  }
}

void Clockwork::complete(uint32_t slot, uint32_t clock, int64_t now_us) {
  const SlaClock& record = clocks_.clock(clock);
  end(clock, ClockState::completed, now_us);
  breach_if_over(slot, clock, now_us);
  Event event = about(slot, clock, EventKind::clock_completed, now_us);
  event.value_us = record.consumed_us;
  event.flags = verdict_flags(clock, record.consumed_us);
  write(slot, event);
}

void Clockwork::cancel(uint32_t slot, uint32_t clock, int64_t now_us, uint8_t flags) {
  const SlaClock& record = clocks_.clock(clock);
  end(clock, ClockState::cancelled, now_us);
  breach_if_over(slot, clock, now_us);
  Event event = about(slot, clock, EventKind::clock_cancelled, now_us);
  event.value_us = record.consumed_us;
  event.flags = verdict_flags(clock, record.consumed_us) | flags;
  write(slot, event);
}

void Clockwork::cancel_all(uint32_t slot, int64_t now_us, uint8_t flags) {
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = clocks_.clock(clock).next) {
    if (clocks_.clock(clock).live()) cancel(slot, clock, now_us, flags);
  }
}

void Clockwork::pause_or_resume(uint32_t slot, uint32_t clock, const FieldValues& values,
                                int64_t now_us) {
  SlaClock& record = clocks_.clock(clock);
  const uint32_t position = record.policy;
  const Policy& policy = rules_.policy(position);
  const uint32_t reason = reason_of(values);
  if (record.state == ClockState::running && policy.pauses_now(values)) {
    ClockPast& past = clocks_.make_past(clock);
    const int64_t before_us = record.consumed_us;
    const int64_t used_us = record.consumed(policy.terms(), Instant{now_us}).us - before_us;
    const bool used_up = before_us + used_us >= record.target_us;
    past.keep_deadline(used_up, used_up ? record.deadline(policy.terms()).us : 0);
    clocks_.end_segment(clock, used_us);
    record.pause(Instant{now_us}, before_us + used_us);
    past.reason = reason;
    breach_if_over(slot, clock, now_us);
    Event event = about(slot, clock, EventKind::clock_paused, now_us);
    event.value_us = record.consumed_us;
    write(slot, event);
    signal(slot, clock, Signal::pause, now_us);
    return;
  }
  if (record.state == ClockState::paused && policy.resumes_now(values)) {
    uint32_t armed = position;
    if (policy.definition.on_calendar_change == OnCalendarChange::next_arm) {
      armed = rules_.newest(position);
    }
    clocks_.end_segment(clock, 0);
    ClockPast& past = *clocks_.past(clock);
    const int64_t target_before_us = record.target_us;
    if (armed != position) {  // a deadline that is an instant is another amount of its open time
      const auto target = target_of(slot, clock, rules_.policy(armed));
      if (target.any) record.target_us = target.us;
      past.tightest_target_us = std::min(past.tightest_target_us, record.target_us);
    }
    if (record.consumed_us <= record.target_us) record.over_at_start = 0;
    record.policy = static_cast<uint16_t>(armed);
    record.resume(rules_.policy(armed).terms(), Instant{now_us});
    const bool used_up = record.consumed_us >= record.target_us;
    past.keep_deadline(used_up, now_us);
    past.reason = reason;
    shift_steps(clock, now_us);
    Event event = about(slot, clock, EventKind::clock_resumed, now_us);
    event.value_us = deadline_us(clock);
    write(slot, event);
    if (record.target_us != target_before_us && used_up && record.may_breach()) {
      breach(slot, clock, now_us);
    }
    return;
  }
  if (clocks_.reason(clock) != reason) {
    cut(clock, now_us);
    clocks_.make_past(clock).reason = reason;
  }
}

/// Ends the segment under way; another begins in the same state.
void Clockwork::cut(uint32_t clock, int64_t now_us) {
  SlaClock& record = clocks_.clock(clock);
  const sched::ClockTerms terms = rules_.policy(record.policy).terms();
  const int64_t used_us = record.consumed(terms, Instant{now_us}).us - record.consumed_us;
  const bool used_up = record.consumed_us + used_us >= record.target_us;
  const int64_t deadline =
      used_up && record.state == ClockState::running ? record.deadline(terms).us : 0;
  ClockPast& past = clocks_.make_past(clock);
  clocks_.end_segment(clock, used_us);
  record.cut(terms, Instant{now_us});
  if (record.state != ClockState::running) return;
  past.keep_deadline(used_up, deadline);
}

void Clockwork::signal(uint32_t slot, uint32_t clock, Signal what, int64_t now_us) {
  constexpr uint32_t shares_bp[] = {8'000, 9'000, 8'000};
  constexpr std::string_view reasons[] = {signal_downgrade, signal_pause, signal_policy_swap};
  const auto which = static_cast<size_t>(what);
  const SlaClock& record = clocks_.clock(clock);
  const int64_t used_us = record.consumed(rules_.policy(record.policy).terms(), Instant{now_us}).us;
  if (muted_ || used_us < sched::share_amount_us(record.target_us, shares_bp[which])) return;
  ClockPast& past = clocks_.make_past(clock);
  if ((past.signals >> which & 1U) != 0) return;
  past.signals |= static_cast<uint8_t>(1U << which);
  Event event = about(slot, clock, EventKind::gaming_signal, now_us);
  event.reason = rules_.reasons().find(reasons[which]);
  event.threshold_bp = shares_bp[which];
  event.value_us = used_us;
  write(slot, event);
}

void Clockwork::breach_if_over(uint32_t slot, uint32_t clock, int64_t now_us) {
  const SlaClock& record = clocks_.clock(clock);
  if (record.consumed_us > record.target_us && record.may_breach()) breach(slot, clock, now_us);
}

void Clockwork::breach(uint32_t slot, uint32_t clock, int64_t at_us, uint8_t flags) {
  SlaClock& record = clocks_.clock(clock);
  clocks_.make_past(clock).breached_at_us = at_us;
  record.fire(rules_.policy(record.policy).terms(), SlaClock::Effect::breach);
  Event event = about(slot, clock, EventKind::clock_breached, at_us);
  event.flags = flags;
  write(slot, event);
}

// Timers.

Clockwork::Due Clockwork::next_due(uint32_t slot) const {
  Due first;
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = clocks_.clock(clock).next) {
    const SlaClock& record = clocks_.clock(clock);
    if (record.state != ClockState::running) continue;
    if (record.edge_us != sched::never.us && record.edge_us <= first.at_us) {
      const SlaClock::Effect effect = record.next_effect(rules_.policy(record.policy).terms());
      const Effect kind =
          effect.which == SlaClock::Effect::breach ? Effect::breach : Effect::threshold;
      if (record.edge_us < first.at_us || kind < first.effect) {
        first = {record.edge_us, clock, kind, effect.which};
      }
    }
    if (record.has_steps == 0) continue;
    for (uint32_t at = clocks_.first_step(clock); at != none; at = clocks_.step(at).next) {
      const RungStep& step = clocks_.step(at);
      const bool lower = step.due_us == first.at_us && first.effect == Effect::rung &&
                         first.clock == clock && step.rung < clocks_.step(first.which).rung;
      if (step.due_us < first.at_us || lower) first = {step.due_us, clock, Effect::rung, at};
    }
  }
  return first;
}

int64_t Clockwork::next_due_us(uint32_t slot) const {
  int64_t due_us = sched::never.us;
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = clocks_.clock(clock).next) {
    const SlaClock& record = clocks_.clock(clock);
    if (record.state != ClockState::running) continue;
    due_us = std::min(due_us, record.edge_us);
    if (record.has_steps == 0) continue;
    for (uint32_t at = clocks_.first_step(clock); at != none; at = clocks_.step(at).next) {
      due_us = std::min(due_us, clocks_.step(at).due_us);
    }
  }
  return due_us;
}

void Clockwork::fire(uint32_t slot, const Due& due, int64_t now_us, int64_t change_us) {
  if (due.at_us < stale_before_us_) {
    return catch_up(slot, due.clock, std::min(stale_before_us_, change_us), now_us);
  }
  switch (due.effect) {
    case Effect::rung:
      fire_step(slot, due.clock, due.which);
      break;
    case Effect::breach:
      breach(slot, due.clock, due.at_us);
      break;
    case Effect::threshold: {
      SlaClock& record = clocks_.clock(due.clock);
      const Policy& policy = rules_.policy(record.policy);
      record.fire(policy.terms(), due.which);
      Event event = about(slot, due.clock, EventKind::clock_threshold, due.at_us);
      event.threshold_bp = policy.definition.rungs[due.which].share_bp;
      event.fields = due.which + 1;
      write(slot, event);
      climb(slot, due.clock, due.which, due.at_us);
      break;
    }
  }
}

// What can be seen.

int64_t Clockwork::due_at_us(uint32_t slot) const {
  int64_t due_us = sched::never.us;
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = clocks_.clock(clock).next) {
    const SlaClock& record = clocks_.clock(clock);
    if (record.state != ClockState::running) continue;
    const ClockKind kind = rules_.policy(record.policy).kind();
    if (kind != ClockKind::response && kind != ClockKind::resolution) continue;
    due_us = std::min(due_us, deadline_us(clock));
  }
  return due_us;
}

Policy::Amount Clockwork::target_of(uint32_t slot, uint32_t clock, const Policy& policy) const {
  const ClockPast* past = clocks_.past(clock);
  return policy.target_from(Instant{clocks_.started_at_us(clock)},
                            store_.known_side(slot).promised_at_us,
                            past == nullptr ? 0 : past->carried_us);
}

int64_t Clockwork::deadline_us(uint32_t clock) const {
  const SlaClock& record = clocks_.clock(clock);
  if (const ClockPast* past = clocks_.past(clock);
      past != nullptr && past->deadline_kept_us != 0 && record.consumed_us >= record.target_us) {
    return past->deadline_kept_us;
  }
  return record.deadline(rules_.policy(record.policy).terms()).us;
}

uint8_t Clockwork::verdict_flags(uint32_t clock, int64_t consumed_us) const {
  const SlaClock& record = clocks_.clock(clock);
  if (record.past == none && record.breached == 0) {  // it never had another target
    constexpr uint8_t every_rule =
        clock_missed | clock_missed_final | clock_missed_initial | clock_missed_worst;
    return consumed_us > record.target_us ? every_rule : 0;
  }
  const bool final_target = consumed_us > record.target_us;
  const bool initial = consumed_us > clocks_.initial_target_us(clock);
  const bool worst = final_target || initial || record.breached != 0 ||
                     consumed_us > clocks_.tightest_target_us(clock);
  bool missed = final_target;
  switch (rules_.policy(record.policy).definition.verdict) {
    case VerdictRule::final_target:
      break;
    case VerdictRule::worst:
      missed = worst;
      break;
    case VerdictRule::initial:
      missed = initial;
      break;
  }
  return static_cast<uint8_t>(
      (missed ? clock_missed : 0) | (record.breached != 0 ? clock_had_breached : 0) |
      (final_target ? clock_missed_final : 0) | (initial ? clock_missed_initial : 0) |
      (worst ? clock_missed_worst : 0));
}

uint32_t Clockwork::find(uint32_t slot, uint32_t track) const {
  uint32_t clock = store_.hot(slot).first_clock;
  while (clock != none && rules_.policy(clocks_.clock(clock).policy).track != track) {
    clock = clocks_.clock(clock).next;
  }
  return clock;
}

Event Clockwork::about(uint32_t slot, uint32_t clock, EventKind kind, int64_t at_us) const {
  const Ticket& ticket = store_.hot(slot);
  const SlaClock& record = clocks_.clock(clock);
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
  event.clock = rules_.policy(record.policy).kind();
  event.cycle = record.cycle;
  return event;
}

void Clockwork::write(uint32_t slot, const Event& event) {
  if (!muted_) chronicle_.write(event, store_, slot, rules_.triage());
}

}  // namespace paceline::desk
