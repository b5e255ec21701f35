// Every reason to say no. A new one exists only if a caller would act on it differently.
//
// The order below is the order in which a verb's checks are made (contract; lifecycle_test).
#pragma once

#include <cstdint>
#include <string_view>

#include "sched/base/expected.h"

namespace paceline::desk {

enum class Reject : uint16_t {
  none = 0,
  // Session and permission.
  already_answered = 1,  ///< A number older than the reply window.
  number_gap = 2,        ///< Numbers are dense per (session, desk).
  sessions_full = 3,
  permission_denied = 4,
  // Form.
  field_invalid = 10,  ///< An enum out of range, text not allowed here, a bad instant.
  field_required = 11,
  expression_invalid = 12,  ///< A need or predicate that does not parse.
  configuration_invalid = 13,
  configuration_incomplete = 14,  ///< Commit without begin, chunks missing, hash differs.
  score_out_of_scale = 15,        ///< Satisfaction is 1 … 5, a recommendation 0 … 10.
  // Identity.
  ticket_unknown = 20,
  queue_unknown = 21,
  agent_unknown = 22,
  external_id_taken = 23,
  version_conflict = 24,  ///< expected_version is not the ticket's.
  route_unknown = 25,
  offer_gone = 26,        ///< Answered, run out or withdrawn; or there never was one.
  offer_of_another = 27,  ///< The offer is another agent's.
  survey_unknown = 28,    ///< No such token, or the ticket has no survey.
  // State.
  ticket_not_assigned = 31,
  ticket_not_pending = 32,
  ticket_already_pending = 33,
  ticket_in_progress = 34,
  ticket_already_resolved = 35,
  ticket_not_resolved = 36,  ///< Only a resolved, closed or cancelled ticket can be reopened.
  ticket_closed = 37,
  ticket_cancelled = 38,
  agent_already_logged_in = 39,
  agent_not_logged_in = 40,
  migration_under_way = 41,  ///< One Migrate at a time: ask again when it has ended.
  rung_not_reached = 42,     ///< Nothing of the ladder to acknowledge.
  nothing_waiting = 43,      ///< For this agent, now: `why agent` says why.
  agent_not_in_wrap_up = 44,
  wrap_up_extended_before = 45,
  code_unknown = 46,  ///< The desk declares its codes of away, and this is none.
  ticket_not_offered = 47,
  escalation_nowhere = 48,    ///< The queue does not say where to, nor does the command.
  checklist_incomplete = 49,  ///< What the queue asks for before escalating is not all done.
  ticket_not_moved = 60,      ///< Nowhere to bounce back to.
  bounce_window_over = 61,
  tasks_open = 62,  ///< Its tasks are to be ended first.
  reassign_under_way = 63,
  scores_full = 64,
  survey_expired = 65,
  survey_answered = 66,     ///< And the time in which an answer may be changed is over.
  question_not_asked = 67,  ///< By this survey.
  // Capacity.
  tickets_full = 50,
  clocks_full = 51,
  text_full = 52,
  dictionary_full = 53,
  queues_full = 54,
  agents_full = 55,
  offers_full = 56,
  work_kinds_full = 57,  ///< More than 64 distinct kinds of work.
  intervals_full = 58,
  ticket_intervals_full = 59,  ///< Of this ticket: it can only be ended, and followed by another.
};

/// "ticket_already_pending"; for messages, scripts and JSON.
std::string_view name(Reject reject);

template <class T>
using Result = sched::Expected<T, Reject>;

}  // namespace paceline::desk
