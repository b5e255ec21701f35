// Timers of the floor: one armed node per ticket, the earliest of its clocks' effects and of its
// own (resume, auto-close, retention).
#include <algorithm>

#include "engine/desk/floor.h"
#include "engine/desk/lifecycle.h"
#include "sched/base/check.h"

namespace paceline::desk {

using sched::Instant;

uint32_t Floor::fire_due(Instant until, uint32_t budget) {
  const CauseScope scope(chronicle_, Cause::timer);
  uint32_t fired = 0;
  while (fired < budget && wheel_.next_due() <= until) {
    const Instant due = wheel_.next_due();
    const uint32_t slot = wheel_.pop(until, [&](uint32_t node) { return store_.hot(node).id; });
    CHECK(slot != sched::TimerWheel::none);
    fire(slot, due.us);
    settle();
    trim_closed();
    ++fired;
  }
  return fired;
}

void Floor::fire_due_of(uint32_t slot) {
  const uint64_t id = store_.hot(slot).id;
  while (store_.hot(slot).id == id && wheel_.armed(slot) && wheel_.due(slot) < now_) {
    const CauseScope scope(chronicle_, Cause::timer);
    const int64_t due_us = wheel_.due(slot).us;
    wheel_.cancel(slot);
    fire(slot, due_us);
    settle();
  }
}

void Floor::trim_closed() {
  while (closed_count_ > limits_.closed_max) archive(closed_first_);
}

/// When the ticket's life goes on by itself: resume, auto-close or retention.
int64_t Floor::life_due_us(uint32_t slot) const {
  const Ticket& ticket = store_.hot(slot);
  const TicketDetail& detail = store_.detail(slot);
  const DeskSettings& settings = rules_.settings();
  switch (ticket.state) {
    case State::pending:
      return detail.resume_at_us != 0 ? detail.resume_at_us : sched::never.us;
    case State::resolved:
      return settings.auto_close_us != 0 ? detail.resolved_at_us + settings.auto_close_us
                                         : sched::never.us;
    case State::closed:
    case State::cancelled:
      return detail.closed_at_us + settings.reopen_window_us;
    default:
      return sched::never.us;
  }
}

void Floor::rearm(uint32_t slot) {
  const int64_t due_us = std::min(clockwork_.next_due(slot).at_us, life_due_us(slot));
  if (due_us == sched::never.us) {
    wheel_.cancel(slot);
  } else if (!wheel_.armed(slot) || wheel_.due(slot).us != due_us) {
    wheel_.schedule(slot, Instant{due_us});
  }
}

/// One effect of the ticket, due at `due_us`: resume before threshold, breach, auto-close and
/// retention, should several fall on one instant.
void Floor::fire(uint32_t slot, int64_t due_us) {
  const Ticket& ticket = store_.hot(slot);
  const bool life = life_due_us(slot) <= due_us;
  Event event;
  if (life && ticket.state == State::pending) {
    event = decide_resume(ticket).value();
  } else if (const Clockwork::Due due = clockwork_.next_due(slot); due.at_us <= due_us) {
    clockwork_.fire(slot, due.clock);
    rearm(slot);
    return;
  } else if (life && ticket.state == State::resolved) {
    event = decide_close(ticket, Event::none).value();
  } else if (life) {
    archive(slot);
    return;
  } else {
    rearm(slot);  // settings changed since it was armed
    return;
  }
  // A shorter setting may have made it due before the ticket's newest event.
  event.at_us = std::max(due_us, store_.detail(slot).touched_at_us);
  change(slot, event);
}

void Floor::archive(uint32_t slot) {
  wheel_.cancel(slot);
  ArchivedTicket archived;
  archived.facts = facts(slot);
  store_.intervals(slot, archived.intervals);
  archived.view = view(slot);
  archived.view.archived = true;
  const Ticket& ticket = store_.hot(slot);
  Event event;
  event.kind = EventKind::ticket_archived;
  event.ticket = ticket.id;
  event.queue = ticket.queue;
  event.agent = ticket.agent;
  event.state = ticket.state;
  event.previous_state = ticket.state;
  event.priority = static_cast<uint8_t>(ticket.priority);
  event.version = ticket.version;
  write(slot, event);
  unlink_closed(slot);
  store_.remove(slot);
  ++archived_;
  outcome_->archived.push_back(std::move(archived));
}

}  // namespace paceline::desk
