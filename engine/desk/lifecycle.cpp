#include "engine/desk/lifecycle.h"

#include "sched/base/check.h"
#include "sched/calendar.h"

namespace paceline::desk {

using sched::Unexpected;

namespace {

/// Why a ticket that is no longer open cannot be worked on; none for an open one.
Reject ended(const Ticket& ticket) {
  switch (ticket.state) {
    case State::resolved:
      return Reject::ticket_already_resolved;
    case State::closed:
      return Reject::ticket_closed;
    case State::cancelled:
      return Reject::ticket_cancelled;
    default:
      return Reject::none;
  }
}

}  // namespace

Event about(const Ticket& ticket, EventKind kind) {
  Event event;
  event.kind = kind;
  event.ticket = ticket.id;
  event.queue = ticket.queue;
  event.agent = ticket.agent;
  event.reason = ticket.reason;
  event.state = ticket.state;
  event.previous_state = ticket.state;
  event.priority = static_cast<uint8_t>(ticket.priority);
  return event;
}

Result<Event> decide_message(const Ticket& ticket, const Message& message) {
  Event event = about(ticket, EventKind::ticket_messaged);
  const auto author = static_cast<AuthorKind>(message.author_kind);
  event.flags = static_cast<uint8_t>((message.is_public != 0 ? message_public : 0) |
                                     (message.automatic != 0 ? message_automatic : 0) |
                                     (author == AuthorKind::agent ? message_by_agent : 0) |
                                     (author == AuthorKind::requester ? message_by_requester : 0) |
                                     (author == AuthorKind::bot ? message_by_bot : 0));
  return event;
}

Result<Event> decide_assign(const Ticket& ticket, uint32_t agent) {
  if (ticket.state == State::cancelled) return Unexpected{Reject::ticket_cancelled};
  Event event = about(ticket, EventKind::ticket_assigned);
  event.agent = agent;
  if (ticket.state == State::queued || ticket.in_hand()) event.state = State::assigned;
  return event;
}

Result<Event> decide_start(const Ticket& ticket, bool manual) {
  if (ticket.state == State::pending) return Unexpected{Reject::ticket_already_pending};
  if (ticket.state == State::in_progress) return Unexpected{Reject::ticket_in_progress};
  if (const Reject no = ended(ticket); no != Reject::none) return Unexpected{no};
  if (ticket.state == State::queued && !manual) return Unexpected{Reject::ticket_not_assigned};
  Event event = about(ticket, EventKind::ticket_started);
  event.state = State::in_progress;
  return event;
}

Result<Event> decide_requeue(const Ticket& ticket, uint32_t queue, uint32_t reason) {
  if (ticket.state == State::cancelled) return Unexpected{Reject::ticket_cancelled};
  Event event = about(ticket, EventKind::ticket_requeued);
  event.queue = queue;
  if (ticket.open()) {
    event.reason = reason;
    event.state = State::queued;
    event.agent = Event::none;
  }
  return event;
}

Result<Event> decide_pend(const Ticket& ticket, const TicketSide& side, uint32_t reason,
                          int64_t resume_at_us, int64_t now_us) {
  if (resume_at_us != 0 && (resume_at_us <= now_us || resume_at_us > sched::Calendar::horizon.us)) {
    return Unexpected{Reject::field_invalid};
  }
  if (ticket.state == State::pending && ticket.reason == reason &&
      side.resume_at_us == resume_at_us) {
    return Unexpected{Reject::ticket_already_pending};
  }
  if (const Reject no = ended(ticket); no != Reject::none) return Unexpected{no};
  Event event = about(ticket, EventKind::ticket_pended);
  event.state = State::pending;
  event.reason = reason;
  event.value_us = resume_at_us;
  return event;
}

Result<Event> decide_resume(const Ticket& ticket) {
  if (const Reject no = ended(ticket); no != Reject::none) return Unexpected{no};
  if (ticket.state != State::pending) return Unexpected{Reject::ticket_not_pending};
  Event event = about(ticket, EventKind::ticket_resumed);
  event.reason = Event::none;
  event.state = ticket.before_pending == State::in_progress ? State::in_progress
                : ticket.agent != Ticket::none              ? State::assigned
                                                            : State::queued;
  return event;
}

Result<Event> decide_resolve(const Ticket& ticket, uint32_t code, bool restate, uint32_t article) {
  if (ticket.state == State::resolved && restate) {
    Event event = about(ticket, EventKind::ticket_resolved);
    event.reason = code;
    event.fields = article + 1;  // none wraps to 0
    return event;
  }
  if (const Reject no = ended(ticket); no != Reject::none) return Unexpected{no};
  Event event = about(ticket, EventKind::ticket_resolved);
  event.state = State::resolved;
  event.reason = code;
  event.fields = article + 1;
  return event;
}

Result<Event> decide_close(const Ticket& ticket, uint32_t code) {
  if (ticket.state == State::closed) return Unexpected{Reject::ticket_closed};
  if (ticket.state == State::cancelled) return Unexpected{Reject::ticket_cancelled};
  Event event = about(ticket, EventKind::ticket_closed);
  event.state = State::closed;
  if (code != Event::none || ticket.state != State::resolved) event.reason = code;
  return event;
}

Result<Event> decide_reopen(const Ticket& ticket, uint32_t reason) {
  if (ticket.open()) return Unexpected{Reject::ticket_not_resolved};
  Event event = about(ticket, EventKind::ticket_reopened);
  event.state = State::queued;
  event.agent = Event::none;
  event.reason = reason;
  return event;
}

Result<Event> decide_cancel(const Ticket& ticket, uint32_t reason) {
  if (const Reject no = ended(ticket); no != Reject::none) return Unexpected{no};
  Event event = about(ticket, EventKind::ticket_cancelled);
  event.state = State::cancelled;
  event.reason = reason;
  return event;
}

Result<Event> decide_merge(const Ticket& ticket, const Ticket& into, uint32_t code) {
  if (ticket.id == into.id) return Unexpected{Reject::field_invalid};
  if (ticket.state == State::closed) return Unexpected{Reject::ticket_closed};
  if (ticket.state == State::cancelled) return Unexpected{Reject::ticket_cancelled};
  if (const Reject no = ended(into); no != Reject::none) return Unexpected{no};
  Event event = about(ticket, EventKind::ticket_merged);
  event.state = State::closed;
  event.reason = code;
  event.value_us = static_cast<int64_t>(into.id);
  return event;
}

Result<Event> decide_move(const Ticket& ticket, EventKind kind, uint32_t queue, uint32_t reason) {
  if (const Reject no = ended(ticket); no != Reject::none) return Unexpected{no};
  Event event = about(ticket, kind);
  event.queue = queue;
  event.reason = reason;
  event.state = State::queued;
  event.agent = Event::none;
  return event;
}

Result<Event> decide_hand_off(const Ticket& ticket, uint32_t agent, uint32_t note) {
  if (const Reject no = ended(ticket); no != Reject::none) return Unexpected{no};
  Event event = about(ticket, EventKind::ticket_handed_off);
  event.agent = agent;
  if (ticket.state != State::pending) {
    event.state = State::assigned;
    event.reason = note;
  }
  return event;
}

Event decide_remind(const Ticket& ticket, uint32_t times) {
  Event event = about(ticket, EventKind::ticket_reminded);
  event.value_us = times;
  return event;
}

bool puts_in_queue(const Event& event) {
  return event.kind == EventKind::ticket_requeued || event.kind == EventKind::ticket_escalated ||
         event.kind == EventKind::ticket_bounced || event.kind == EventKind::ticket_handed_off;
}

bool begins_interval(const Ticket& ticket, const Event& event) {
  return event.state != ticket.state ||
         (event.state == State::pending && event.reason != ticket.reason);
}

void evolve(Ticket& ticket, TicketSide* side, const Event& event) {
  CHECK(event.ticket == ticket.id);
  ++ticket.version;
  if (event.kind == EventKind::ticket_pended && ticket.state != State::pending) {
    ticket.before_pending = ticket.state;
  }
  if ((event.kind == EventKind::ticket_assigned || event.kind == EventKind::ticket_handed_off) &&
      event.state == State::pending) {
    ticket.before_pending = State::assigned;  // whoever worked on it before does not any more
  }
  if (event.kind == EventKind::ticket_reopened) {
    ticket.reopened = 1;
    if (side != nullptr) side->merged_into = 0;
  }
  if (event.kind == EventKind::ticket_merged) {
    side->merged_into = static_cast<uint64_t>(event.value_us);
  }
  if (event.kind == EventKind::ticket_messaged && (event.flags & message_public) != 0) {
    const bool ours = (event.flags & (message_by_agent | message_by_bot)) != 0 &&
                      (event.flags & message_automatic) == 0;
    if (ours) ticket.ball_at_requester = 1;
    if ((event.flags & message_by_requester) != 0) ticket.ball_at_requester = 0;
  }
  if (event.kind == EventKind::ticket_pended) {
    side->resume_at_us = event.value_us;
  } else if (event.state != State::pending && side != nullptr) {
    side->resume_at_us = 0;
  }
  ticket.state = event.state;
  ticket.queue = event.queue;
  ticket.agent = event.agent;
  ticket.reason = event.reason;
}

}  // namespace paceline::desk
