// Everything that may happen on a desk. An event is the whole truth of a change.
//
// A plain record of fixed size with the layout of its namesake in wire/paceline.fbs. Names
// (queues, agents, reasons, policies) are table positions, resolved by a `names` query.
#pragma once

#include <cstdint>
#include <string_view>

namespace paceline::desk {

enum class State : uint8_t {
  none,
  recorded,  ///< Exists for an instant only, before routing.
  queued,    ///< Waits for an agent.
  assigned,  ///< An agent has it; work has not begun.
  in_progress,
  pending,  ///< Waits for someone else, with a reason.
  resolved,
  closed,
  cancelled,
};
inline constexpr int state_count = 9;

/// What a clock measures. Kinds differ in what starts, stops and pauses them where a policy does
/// not say (policy_defaults.h).
enum class ClockKind : uint8_t {
  response,    ///< To the first public answer by a human.
  resolution,  ///< To the solution.
  triage,      ///< To category and queue.
  own,         ///< To an owner (TTO).
  update,      ///< To the next public update, once answered.
  ola,         ///< A group's share: from entering it to leaving it.
  uc,          ///< A vendor's share: while awaiting_vendor.
  approval,    ///< While awaiting_approval.
  stage,       ///< A stage of a workflow; the policy says when.
  mi_update,   ///< To the next update of a major incident's stakeholders.
  review,      ///< From the end of a major incident to its published review.
};
inline constexpr int clock_kind_count = 11;
inline constexpr std::string_view clock_kind_names[clock_kind_count] = {
    "response", "resolution", "triage", "own",       "update", "ola",
    "uc",       "approval",   "stage",  "mi_update", "review"};
constexpr uint32_t bit(ClockKind kind) { return 1U << static_cast<unsigned>(kind); }
inline constexpr uint32_t all_clock_kinds = (1U << clock_kind_count) - 1;

enum class EventKind : uint8_t {
  ticket_recorded,
  ticket_updated,
  ticket_messaged,  ///< `flags`: MessageFlag.
  ticket_queued,    ///< `reason`: the routing rule, or none for triage.
  ticket_assigned,
  ticket_started,
  ticket_requeued,
  ticket_pended,  ///< `value_us`: resume_at or 0.
  ticket_resumed,
  ticket_resolved,  ///< `previous_state` resolved: restated; `fields`: 1 + the reason position of
                    ///< the article it cites, 0: none.
  ticket_reopened,
  ticket_closed,
  ticket_cancelled,
  ticket_linked,       ///< `value_us`: the ticket it goes on from.
  ticket_archived,     ///< Left memory for the history file.
  ticket_merged,       ///< A duplicate: `value_us`: the ticket it went into.
  ticket_reminded,     ///< The requester is to be reminded; `value_us`: the how-manyeth time.
  ticket_imported,     ///< Taken over with its past; `value_us`: recorded_at.
  clock_started,       ///< `value_us`: due instant, or 0 while paused.
  clock_paused,        ///< `value_us`: business time consumed.
  clock_resumed,       ///< `value_us`: due instant.
  clock_threshold,     ///< `at_us`: the due instant of the threshold; `threshold_bp` its share, 0
                       ///< for one given as time left; `fields`: its rung, from 1.
  clock_breached,      ///< `at_us`: the exact instant of the breach.
  clock_retargeted,    ///< `value_us`: the new due instant or 0 while paused; `reason`: policy
                       ///< before; `fields`: bits of the rungs skipped.
  clock_completed,     ///< `value_us`: business time consumed; `flags`: ClockFlag.
  clock_cancelled,     ///< likewise
  clock_caught_up,     ///< What fell due in down-time, in one: `fields`: bits of the rungs passed,
                       ///< `value_us`: the exact instant of the breach, 0 if none.
  clock_escalated,     ///< A rung acts: `fields`: its rung, `value_us`: 1 for the first time, …
  clock_acknowledged,  ///< `fields`: the highest rung it silences.
  clock_repaired,      ///< `value_us`: business time consumed as rebuilt; `flags` as completed.
  agent_defined,
  agent_logged_in,
  agent_logged_out,
  agent_over_capacity,
  queue_defined,
  policy_loaded,         ///< A configuration took effect; `value_us`: its version.
  policy_migrated,       ///< Every clock that a Migrate meant has been moved; `value_us`: how many.
  calendar_changed,      ///< Open clocks follow a calendar's new version; `value_us`: how many.
  ticket_unroutable,     ///< Nobody at all can serve it; `reason`: what is missing, "vpn >= 4".
  ticket_relaxed,        ///< `fields`: the routing step it waits at from now on, from 1.
  ticket_aged,           ///< Has waited for max_wait behind strict classes.
  ticket_held,           ///< Waits for `agent` only; `value_us`: until when, 0: no limit.
  ticket_offered,        ///< `value_us`: the offer's number; `fields`: seconds until it runs out;
                         ///< `reason`: a hand-over's note.
  ticket_accepted,       ///< `value_us`: the offer. ticket_assigned follows.
  ticket_declined,       ///< `value_us`: the offer.
  ticket_offer_expired,  ///< `value_us`: the offer; `at_us`: when it ran out.
  ticket_rescinded,      ///< `value_us`: the offer; `reason`: why it was taken back.
  ticket_escalated,      ///< `queue`: where to; `value_us`: checklist items done, `fields`: of …
  ticket_bounced,        ///< `queue`: back to; `value_us`: the how-manyeth time between the two;
                         ///< `fields`: 1 + the reason of the rule that routed it, 0: none did.
  ticket_handed_off,     ///< To `agent` (by name) or `queue` (at the end of a region's day).
  queue_overflow,        ///< The ticket goes to `queue`; `reason`: overflow_wait, _size, _no_agent.
  queue_held,            ///< `fields`: 1 held, 0 goes on.
  route_switched,        ///< `reason`: the rule; `fields`: 1 on, 0 off.
  agent_state_changed,  ///< `fields`: AgentState, `threshold_bp`: the one before, `value_us`: since
                        ///< when; `reason`: code of away.
  agent_session_lost,   ///< `value_us`: until when its work is kept for it, 0: nothing to keep.
  agent_reconciled,     ///< `value_us`: tickets requeued; `fields`: tickets the desk had elsewhere.
  tickets_reassigned,   ///< Every ticket that a Reassign meant has moved; `value_us`: how many.
  gaming_signal,  ///< A change that figures may look better for than they should: `reason` which,
                  ///< `value_us`: business time consumed of the clock, `threshold_bp`: after how
                  ///< much of its target it counts.
  engine_clock_jump,  ///< The server's wall clock left its monotonic one: `value_us`: by how much;
                      ///< `flags`: 1 if time goes on without it until somebody confirms it.
  csat_sent,  ///< The requester is to be asked; `value_us`: the survey's token, `fields`: seconds
              ///< until it runs out, `threshold_bp`: SurveyQuestion, `queue`, `agent`: who
              ///< resolved it.
  csat_answered,  ///< `value_us`: the token; `fields`: the score, 0: none; `threshold_bp`: 1 + the
                  ///< recommendation, 0: none; `flags`: 1 if it replaces an answer.
  csat_low,       ///< The score is 2 or less, for the first time in this survey; as answered.
};
inline constexpr int event_kind_count = 62;

/// Bits: what a survey asks for.
enum SurveyQuestion : uint8_t {
  question_csat = 1,  ///< "How satisfied are you?", 1 … 5.
  question_nps = 2,   ///< "Would you recommend us?", 0 … 10.
};
inline constexpr uint8_t all_questions = question_csat | question_nps;

enum class AgentState : uint8_t { logged_out, available, wrap_up, away, no_response, draining };
inline constexpr std::string_view agent_state_names[] = {"logged_out", "available",   "wrap_up",
                                                         "away",       "no_response", "draining"};

/// Bits of Event::flags.
enum MessageFlag : uint8_t {
  message_public = 1,
  message_automatic = 2,
  message_by_agent = 4,  ///< Neither requester nor bot nor system.
  message_by_requester = 8,
  message_by_bot = 16,
};
enum ClockFlag : uint8_t {
  clock_missed = 1,           ///< Verdict breached, by the policy's rule.
  clock_had_breached = 2,     ///< A breach was announced in this cycle.
  clock_late = 4,             ///< Was due before it could be: passed at arming.
  clock_superseded = 8,       ///< Ended by a restart under another policy.
  clock_duplicate = 16,       ///< Ended by a merge.
  clock_missed_final = 32,    ///< Consumed beyond the target that was last in force.
  clock_missed_initial = 64,  ///< Beyond the target it started with.
  clock_missed_worst = 128,   ///< Beyond any target it ever had.
};

enum class Cause : uint8_t { command, timer, match, configuration };

struct Event {
  static constexpr uint32_t none = 0xffff'ffff;

  uint64_t sequence = 0;  ///< Per desk, without gaps, from 1.
  int64_t at_us = 0;      ///< When it took effect; a clock's effect at its due instant.
  int64_t noted_us = 0;   ///< The batch's instant. noted_us − at_us is timer lag.
  int64_t value_us = 0;   ///< By kind, see above.
  uint64_t ticket = 0;
  uint32_t queue = none;
  uint32_t agent = none;
  uint32_t policy = none;
  uint32_t reason = none;
  uint32_t fields = 0;        ///< What an update changed.
  uint32_t version = 0;       ///< Of the ticket, after the change.
  uint32_t threshold_bp = 0;  ///< Basis points of the target.
  uint32_t principal = 0;     ///< Who asked, for Cause::command.
  EventKind kind = EventKind::ticket_recorded;
  State state = State::none;
  State previous_state = State::none;
  uint8_t priority = 0;
  ClockKind clock = ClockKind::response;
  uint8_t cycle = 0;
  Cause cause = Cause::command;
  uint8_t flags = 0;
};
static_assert(sizeof(Event) == 80);

/// "ticket.recorded"
std::string_view name(EventKind kind);
/// "in_progress"
std::string_view name(State state);
std::string_view name(ClockKind clock);
std::string_view name(Cause cause);

}  // namespace paceline::desk
