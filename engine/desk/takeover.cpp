// Taking a ticket over with its past: its life is played on the real clocks, muted.
#include "engine/desk/floor.h"

namespace paceline::desk {

void Floor::take_over(uint32_t slot, uint32_t queue, uint32_t agent,
                      std::span<const PastStep> past) {
  Ticket& ticket = store_.hot(slot);
  TicketDetail& detail = store_.detail(slot);
  derive_priority(slot, field_values(slot));
  ticket.version = 1;
  detail.recorded_at_us = past.front().at_us;
  ticket.state = State::queued;
  ticket.queue = queue == none ? rules_.route(field_values(slot), ticket.confidence).queue : queue;
  clockwork_.set_muted(true);
  for (const PastStep& step : past) {
    clockwork_.pass_silently(slot, step.at_us - 1);
    detail.touched_at_us = step.at_us;
    if (step.state == State::none) {
      detail.first_response_at_us = step.at_us;
      ticket.ball_at_requester = 1;
    } else {
      if (step.state == State::pending) ticket.before_pending = ticket.state;
      const bool held = step.state == State::assigned || step.state == State::in_progress;
      if (held || step.state == State::resolved) ticket.agent = agent;
      if (step.state == State::queued) ticket.agent = none;
      if (step.state == State::queued) ticket.enqueued_at_us = step.at_us;
      if (step.state == State::resolved) detail.resolved_at_us = step.at_us;
      const bool ended = step.state == State::closed || step.state == State::cancelled;
      detail.closed_at_us = ended ? step.at_us : 0;
      ticket.state = step.state;
      ticket.reason = step.reason;
      store_.begin_interval(slot, step.at_us, step.state,
                            step.state == State::pending ? step.reason : none);
    }
    clockwork_.react(slot, field_values(slot), {}, step.at_us);
  }
  clockwork_.pass_silently(slot, now_.us);
  clockwork_.set_muted(false);

  Event imported;
  imported.kind = EventKind::ticket_imported;
  imported.ticket = ticket.id;
  imported.queue = ticket.queue;
  imported.agent = ticket.agent;
  imported.reason = ticket.reason;
  imported.state = imported.previous_state = ticket.state;
  imported.priority = static_cast<uint8_t>(ticket.priority);
  imported.value_us = detail.recorded_at_us;
  imported.version = ticket.version;
  const int64_t touched_us = detail.touched_at_us;
  write(slot, imported);
  detail.touched_at_us = touched_us;  // its newest change is in the past
  clockwork_.announce(slot, now_.us);
  follow_counts(ticket, State::none, none, none);
  follow_load(slot, none, {});
  follow_agent(slot, State::none, none);
  ticket.order = ++last_order_;
  const int64_t max_wait_us = rules_.settings().max_wait_us;
  ticket.aged = any_strict_ && max_wait_us != 0 && ticket.enqueued_at_us + max_wait_us <= now_.us;
  if (ticket.state == State::queued) enqueue(slot);
  if (ticket.state == State::closed || ticket.state == State::cancelled) link_closed(slot);
  rearm(slot);
}

}  // namespace paceline::desk
