// The life of a ticket: one decide() per verb, and evolve().
//
//                    ┌────────────────────── requeue ──────────────────────┐
//                    ▼                                                     │
//   recorded ──▶ queued ──assign──▶ assigned ──start──▶ in_progress ───────┤
//                    │                  │                    │             │
//                    └───────── pend ───┴──────▶ pending ◀───┘             │
//                                                  │ resume: back          │
//          any open state ── resolve ──▶ resolved ──close──▶ closed        │
//          any open state ── close ────────────────────────▶ closed        │
//          any open state ── cancel ──▶ cancelled                          │
//          any open state, resolved ── merge ──▶ closed                    │
//          resolved, closed, cancelled ── reopen ──▶ queued ───────────────┘
//
// decide() says what a command would do; pure: same ticket, command and time, same answer. It
// checks in the order of Reject. evolve() makes it so; it cannot fail and never chooses.
// Attributes are set by the desk's update, which changes no state.
#pragma once

#include <cstdint>

#include "engine/desk/command.h"
#include "engine/desk/event.h"
#include "engine/desk/reject.h"
#include "engine/desk/ticket.h"

namespace paceline::desk {

/// An event that leaves the ticket as it is.
Event about(const Ticket& ticket, EventKind kind);

/// The event a verb brings about; sequence, instants and cause are the chronicle's to fill in.
Result<Event> decide_message(const Ticket& ticket, const Message& message);
/// On a resolved or closed ticket the record is corrected and the state stays.
Result<Event> decide_assign(const Ticket& ticket, uint32_t agent);
/// `manual`: the ticket's queue is one whose group works without naming an agent.
Result<Event> decide_start(const Ticket& ticket, bool manual);
/// On a resolved or closed ticket the record is corrected and the state stays.
Result<Event> decide_requeue(const Ticket& ticket, uint32_t queue, uint32_t reason);
Result<Event> decide_pend(const Ticket& ticket, const TicketSide& side, uint32_t reason,
                          int64_t resume_at_us, int64_t now_us);
Result<Event> decide_resume(const Ticket& ticket);
/// `article`: reason position of what it cites, or none.
Result<Event> decide_resolve(const Ticket& ticket, uint32_t code, bool restate,
                             uint32_t article = Event::none);
Result<Event> decide_close(const Ticket& ticket, uint32_t code);
Result<Event> decide_reopen(const Ticket& ticket, uint32_t reason);
Result<Event> decide_cancel(const Ticket& ticket, uint32_t reason);
/// `code`: the reason that says duplicate.
Result<Event> decide_merge(const Ticket& ticket, const Ticket& into, uint32_t code);

/// Like a requeue, of an open ticket, for another reason than that somebody asked.
Result<Event> decide_move(const Ticket& ticket, EventKind kind, uint32_t queue, uint32_t reason);
/// Another agent has it from now on, and begins anew. Of an open ticket.
Result<Event> decide_hand_off(const Ticket& ticket, uint32_t agent, uint32_t note);

/// Requires a pending ticket.
Event decide_remind(const Ticket& ticket, uint32_t times);

/// Whether the event puts the ticket into a state, or a pending reason, it is not in yet.
bool begins_interval(const Ticket& ticket, const Event& event);
/// Whether it is a move, be it to the queue in which the ticket is.
bool puts_in_queue(const Event& event);

/// Applies a ticket event to the record.
/// `side`: there for pended and merged, else as the ticket has it.
void evolve(Ticket& ticket, TicketSide* side, const Event& event);

}  // namespace paceline::desk
