#include "engine/desk/configuration.h"
#include "engine/desk/event.h"
#include "engine/desk/reject.h"

namespace paceline::desk {

std::string_view name(Reject reject) {
  switch (reject) {
    case Reject::none:
      return "none";
    case Reject::already_answered:
      return "already_answered";
    case Reject::number_gap:
      return "number_gap";
    case Reject::sessions_full:
      return "sessions_full";
    case Reject::permission_denied:
      return "permission_denied";
    case Reject::field_invalid:
      return "field_invalid";
    case Reject::field_required:
      return "field_required";
    case Reject::expression_invalid:
      return "expression_invalid";
    case Reject::configuration_invalid:
      return "configuration_invalid";
    case Reject::configuration_incomplete:
      return "configuration_incomplete";
    case Reject::ticket_unknown:
      return "ticket_unknown";
    case Reject::queue_unknown:
      return "queue_unknown";
    case Reject::agent_unknown:
      return "agent_unknown";
    case Reject::external_id_taken:
      return "external_id_taken";
    case Reject::version_conflict:
      return "version_conflict";
    case Reject::route_unknown:
      return "route_unknown";
    case Reject::offer_gone:
      return "offer_gone";
    case Reject::offer_of_another:
      return "offer_of_another";
    case Reject::ticket_not_assigned:
      return "ticket_not_assigned";
    case Reject::ticket_not_pending:
      return "ticket_not_pending";
    case Reject::ticket_already_pending:
      return "ticket_already_pending";
    case Reject::ticket_in_progress:
      return "ticket_in_progress";
    case Reject::ticket_already_resolved:
      return "ticket_already_resolved";
    case Reject::ticket_not_resolved:
      return "ticket_not_resolved";
    case Reject::ticket_closed:
      return "ticket_closed";
    case Reject::ticket_cancelled:
      return "ticket_cancelled";
    case Reject::agent_already_logged_in:
      return "agent_already_logged_in";
    case Reject::agent_not_logged_in:
      return "agent_not_logged_in";
    case Reject::migration_under_way:
      return "migration_under_way";
    case Reject::rung_not_reached:
      return "rung_not_reached";
    case Reject::nothing_waiting:
      return "nothing_waiting";
    case Reject::agent_not_in_wrap_up:
      return "agent_not_in_wrap_up";
    case Reject::wrap_up_extended_before:
      return "wrap_up_extended_before";
    case Reject::code_unknown:
      return "code_unknown";
    case Reject::ticket_not_offered:
      return "ticket_not_offered";
    case Reject::escalation_nowhere:
      return "escalation_nowhere";
    case Reject::checklist_incomplete:
      return "checklist_incomplete";
    case Reject::ticket_not_moved:
      return "ticket_not_moved";
    case Reject::bounce_window_over:
      return "bounce_window_over";
    case Reject::tasks_open:
      return "tasks_open";
    case Reject::reassign_under_way:
      return "reassign_under_way";
    case Reject::scores_full:
      return "scores_full";
    case Reject::tickets_full:
      return "tickets_full";
    case Reject::clocks_full:
      return "clocks_full";
    case Reject::text_full:
      return "text_full";
    case Reject::dictionary_full:
      return "dictionary_full";
    case Reject::queues_full:
      return "queues_full";
    case Reject::agents_full:
      return "agents_full";
    case Reject::offers_full:
      return "offers_full";
    case Reject::work_kinds_full:
      return "work_kinds_full";
    case Reject::intervals_full:
      return "intervals_full";
    case Reject::ticket_intervals_full:
      return "ticket_intervals_full";
  }
  return "unknown";
}

std::string_view name(EventKind kind) {
  switch (kind) {
    case EventKind::ticket_recorded:
      return "ticket.recorded";
    case EventKind::ticket_updated:
      return "ticket.updated";
    case EventKind::ticket_messaged:
      return "ticket.messaged";
    case EventKind::ticket_queued:
      return "ticket.queued";
    case EventKind::ticket_assigned:
      return "ticket.assigned";
    case EventKind::ticket_started:
      return "ticket.started";
    case EventKind::ticket_requeued:
      return "ticket.requeued";
    case EventKind::ticket_pended:
      return "ticket.pended";
    case EventKind::ticket_resumed:
      return "ticket.resumed";
    case EventKind::ticket_resolved:
      return "ticket.resolved";
    case EventKind::ticket_reopened:
      return "ticket.reopened";
    case EventKind::ticket_closed:
      return "ticket.closed";
    case EventKind::ticket_cancelled:
      return "ticket.cancelled";
    case EventKind::ticket_linked:
      return "ticket.linked";
    case EventKind::ticket_archived:
      return "ticket.archived";
    case EventKind::ticket_merged:
      return "ticket.merged";
    case EventKind::ticket_reminded:
      return "ticket.reminded";
    case EventKind::ticket_imported:
      return "ticket.imported";
    case EventKind::clock_started:
      return "clock.started";
    case EventKind::clock_paused:
      return "clock.paused";
    case EventKind::clock_resumed:
      return "clock.resumed";
    case EventKind::clock_threshold:
      return "clock.threshold";
    case EventKind::clock_breached:
      return "clock.breached";
    case EventKind::clock_retargeted:
      return "clock.retargeted";
    case EventKind::clock_completed:
      return "clock.completed";
    case EventKind::clock_cancelled:
      return "clock.cancelled";
    case EventKind::clock_caught_up:
      return "clock.caught_up";
    case EventKind::clock_escalated:
      return "clock.escalated";
    case EventKind::clock_acknowledged:
      return "clock.acknowledged";
    case EventKind::clock_repaired:
      return "clock.repaired";
    case EventKind::agent_defined:
      return "agent.defined";
    case EventKind::agent_logged_in:
      return "agent.logged_in";
    case EventKind::agent_logged_out:
      return "agent.logged_out";
    case EventKind::agent_over_capacity:
      return "agent.over_capacity";
    case EventKind::queue_defined:
      return "queue.defined";
    case EventKind::policy_loaded:
      return "policy.loaded";
    case EventKind::policy_migrated:
      return "policy.migrated";
    case EventKind::calendar_changed:
      return "calendar.changed";
    case EventKind::ticket_unroutable:
      return "ticket.unroutable";
    case EventKind::ticket_relaxed:
      return "ticket.relaxed";
    case EventKind::ticket_aged:
      return "ticket.aged";
    case EventKind::ticket_held:
      return "ticket.held";
    case EventKind::ticket_offered:
      return "ticket.offered";
    case EventKind::ticket_accepted:
      return "ticket.accepted";
    case EventKind::ticket_declined:
      return "ticket.declined";
    case EventKind::ticket_offer_expired:
      return "ticket.offer_expired";
    case EventKind::ticket_rescinded:
      return "ticket.rescinded";
    case EventKind::ticket_escalated:
      return "ticket.escalated";
    case EventKind::ticket_bounced:
      return "ticket.bounced";
    case EventKind::ticket_handed_off:
      return "ticket.handed_off";
    case EventKind::queue_overflow:
      return "queue.overflow";
    case EventKind::queue_held:
      return "queue.held";
    case EventKind::route_switched:
      return "route.switched";
    case EventKind::agent_state_changed:
      return "agent.state";
    case EventKind::agent_session_lost:
      return "agent.session_lost";
    case EventKind::agent_reconciled:
      return "agent.reconciled";
    case EventKind::tickets_reassigned:
      return "tickets.reassigned";
    case EventKind::gaming_signal:
      return "gaming.signal";
    case EventKind::engine_clock_jump:
      return "engine.clock_jump";
  }
  return "unknown";
}

std::string_view name(State state) {
  switch (state) {
    case State::none:
      return "none";
    case State::recorded:
      return "recorded";
    case State::queued:
      return "queued";
    case State::assigned:
      return "assigned";
    case State::in_progress:
      return "in_progress";
    case State::pending:
      return "pending";
    case State::resolved:
      return "resolved";
    case State::closed:
      return "closed";
    case State::cancelled:
      return "cancelled";
  }
  return "unknown";
}

std::string_view name(ClockKind clock) { return clock_kind_names[static_cast<size_t>(clock)]; }

std::string_view name(RungAction action) { return rung_action_names[static_cast<size_t>(action)]; }

std::string_view name(Cause cause) {
  switch (cause) {
    case Cause::command:
      return "command";
    case Cause::timer:
      return "timer";
    case Cause::match:
      return "match";
    case Cause::configuration:
      return "configuration";
  }
  return "unknown";
}

}  // namespace paceline::desk
