#include "engine/desk/metrics.h"

#include <algorithm>

#include "sched/sla_clock.h"

namespace paceline::desk {

namespace {

void count_up(uint16_t& counter) {
  if (counter < 0xffff) ++counter;
}

void fold_queue(const Event& event, TicketStore& store, uint32_t slot, uint32_t triage) {
  TicketDetail& detail = store.detail(slot);
  if (event.queue == triage || event.queue == detail.last_queue) return;
  if (detail.last_queue != Ticket::none) {
    count_up(detail.moves);
    TicketSide& side = store.side(slot);
    if (side.queue_before == event.queue) count_up(side.pingpongs);
    side.queue_before = detail.last_queue;
  }
  detail.last_queue = event.queue;
}

/// Looking for an agent is not work on the ticket.
bool touches(EventKind kind) {
  return kind <= EventKind::calendar_changed || kind == EventKind::ticket_escalated ||
         kind == EventKind::ticket_bounced || kind == EventKind::ticket_handed_off;
}

bool is_of_clock(EventKind kind) {
  return kind >= EventKind::clock_started && kind <= EventKind::clock_repaired;
}

/// A clock taken over with its past was never counted.
void count_down(uint64_t& counter) {
  if (counter > 0) --counter;
}

bool is_human_answer(const Event& event) {
  constexpr uint8_t wanted = message_public | message_by_agent;
  return (event.flags & (wanted | message_automatic)) == wanted;
}

}  // namespace

void Metrics::fold(const Event& event) {
  ++counts_[static_cast<size_t>(event.kind)];
  if (event.cause == Cause::timer) {
    timer_lag_us_max_ = std::max(timer_lag_us_max_, event.noted_us - event.at_us);
  }
  if (is_of_clock(event.kind)) fold_clock(event);
}

void Metrics::fold(const Event& event, TicketStore& store, uint32_t slot, uint32_t triage) {
  fold(event);
  if (event.kind == EventKind::clock_escalated) store.detail(slot).escalated_up = 1;
  if (is_of_clock(event.kind) || event.kind == EventKind::ticket_archived || !touches(event.kind)) {
    return;
  }
  TicketDetail& detail = store.detail(slot);
  detail.touched_at_us = event.at_us;
  switch (event.kind) {
    case EventKind::ticket_recorded:
      detail.recorded_at_us = event.at_us;
      break;
    case EventKind::ticket_queued:
    case EventKind::ticket_requeued:
    case EventKind::ticket_escalated:
    case EventKind::ticket_bounced:
    case EventKind::ticket_handed_off:
      fold_queue(event, store, slot, triage);
      break;
    case EventKind::ticket_messaged:
      if (detail.first_response_at_us == 0 && is_human_answer(event)) {
        detail.first_response_at_us = event.at_us;
      }
      if (detail.resolved_at_us == 0 && (event.flags & message_by_requester) != 0) {
        detail.followed_up = 1;
      }
      break;
    case EventKind::ticket_resolved:
      detail.resolved_at_us = event.at_us;
      break;
    case EventKind::ticket_reopened:
      if (event.previous_state == State::resolved) count_up(store.side(slot).reopens);
      if (event.previous_state == State::closed) count_up(store.side(slot).closed_reopens);
      detail.closed_at_us = 0;
      break;
    case EventKind::ticket_imported:
      fold_queue(event, store, slot, triage);
      break;
    case EventKind::ticket_closed:
    case EventKind::ticket_cancelled:
    case EventKind::ticket_merged:
      detail.closed_at_us = event.at_us;
      break;
    default:
      break;
  }
}

void Metrics::fold_clock(const Event& event) {
  if (event.kind == EventKind::clock_paused || event.kind == EventKind::clock_resumed) return;
  PolicyVerdicts& verdicts = verdicts_of(event.policy);
  const bool had_breached = (event.flags & clock_had_breached) != 0;
  switch (event.kind) {
    case EventKind::clock_started:
      ++verdicts.running;
      if (had_breached) ++verdicts.running_breached;
      break;
    case EventKind::clock_breached:
      ++verdicts.running_breached;
      break;
    case EventKind::clock_caught_up:
      if (event.value_us != 0) ++verdicts.running_breached;
      break;
    case EventKind::clock_repaired:
      fold_repair(event);
      break;
    case EventKind::clock_retargeted: {
      // A clock that went on under its calendar's new version at a resume told nobody: the versions
      // of one policy are right together only.
      PolicyVerdicts& before = verdicts_of(event.reason);
      --before.running;
      ++verdicts.running;
      if (had_breached) {
        --before.running_breached;
        ++verdicts.running_breached;
      }
      break;
    }
    case EventKind::clock_completed:
    case EventKind::clock_cancelled:
      --verdicts.running;
      if (had_breached) --verdicts.running_breached;
      if (event.kind == EventKind::clock_cancelled) {
        ++verdicts.cancelled;
      } else if ((event.flags & clock_missed) != 0) {
        ++verdicts.breached;
      } else {
        ++verdicts.met;
      }
      break;
    default:
      break;
  }
}

/// The clock counts as what it is now; `fields` are its flags, `reason` its policy before.
void Metrics::fold_repair(const Event& event) {
  const auto flags_before = static_cast<uint8_t>(event.fields);
  PolicyVerdicts& before = verdicts_of(event.reason);
  PolicyVerdicts& after = verdicts_of(event.policy);
  const bool breached_before = (flags_before & clock_had_breached) != 0;
  const bool breached_after = (event.flags & clock_had_breached) != 0;
  switch (static_cast<sched::ClockState>(event.threshold_bp)) {
    case sched::ClockState::running:
    case sched::ClockState::paused:
      count_down(before.running);
      ++after.running;
      if (breached_before) count_down(before.running_breached);
      if (breached_after) ++after.running_breached;
      break;
    case sched::ClockState::completed:
      count_down((flags_before & clock_missed) != 0 ? before.breached : before.met);
      ++((event.flags & clock_missed) != 0 ? after.breached : after.met);
      break;
    default:
      break;
  }
}

PolicyVerdicts& Metrics::verdicts_of(uint32_t policy) {
  if (policy >= verdicts_.size()) verdicts_.resize(policy + 1);
  return verdicts_[policy];
}

void Metrics::persist(sched::Archive& archive) {
  archive.part("metrics", 1, event_kind_count);
  archive.value(counts_);
  archive.each(verdicts_, [&](PolicyVerdicts& verdicts) {
    archive.fields(verdicts.policy, verdicts.met, verdicts.breached, verdicts.cancelled,
                   verdicts.running, verdicts.running_breached);
  });
  archive.value(timer_lag_us_max_);
}

void Metrics::add_to(sched::Digest& digest) const {
  for (const uint64_t count : counts_) digest.add(count);
  for (const PolicyVerdicts& verdicts : verdicts_) {
    for (const uint64_t count : {verdicts.met, verdicts.breached, verdicts.cancelled,
                                 verdicts.running, verdicts.running_breached}) {
      digest.add(count);
    }
  }
}

}  // namespace paceline::desk
