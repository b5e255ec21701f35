// What a clock of each kind does where its policy does not say: the conditions that start, stop and
// reset it, and the pending reasons that pause it.
//
//   kind        starts                        stops                          resets
//   response    at once                       first answer; resolved
//   resolution  at once                       resolved, closed
//   triage      at once                       category known and queue found
//   own         queued                        an agent has it; resolved
//   update      requester wrote (answered     public answer; resolved
//               once before)
//   ola         in a group's queue            another group's; resolved
//   uc          pending for awaiting_vendor   no longer
//   approval    pending for awaiting_approval no longer
//   stage       (the policy says)             (the policy says)
//   mi_update   declared major                resolved, no longer major      public message
//   review      (the policy says)             (the policy says)
//
// A cyclic kind begins anew whenever its start condition holds again; the others once, and anew
// only when the ticket is reopened (resolution). Closing or cancelling a ticket ends what still
// lives.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/configuration.h"

namespace paceline::desk {

struct KindDefaults {
  std::string_view start, stop, reset, pause_when;
  bool cyclic = false;
  bool cancel_when_start_false = false;
};

const KindDefaults& defaults_of(ClockKind kind);

/// A condition that a policy states, by its key; the text is empty where it states none.
struct StatedCondition {
  std::string_view key;
  const std::string* text;
};
/// All of them, in the order of the documentation. `policy` must outlive them.
std::array<StatedCondition, 7> conditions_of(const PolicyDefinition& policy);

/// The stop condition of `policy`: its own, else its kind's, bots and acknowledgements counted in
/// as it says.
std::string stop_condition(const PolicyDefinition& policy);

/// The pending reasons by name that other parts of the desk give themselves.
inline constexpr std::string_view reason_no_reply = "no_reply";
inline constexpr std::string_view reason_duplicate = "duplicate";
inline constexpr std::string_view reason_escalation = "escalation";
inline constexpr std::string_view reason_overflow_wait = "overflow_wait";
inline constexpr std::string_view reason_overflow_size = "overflow_size";
inline constexpr std::string_view reason_overflow_no_agent = "overflow_no_agent";
inline constexpr std::string_view reason_declined = "declined";      ///< By as many as may.
inline constexpr std::string_view reason_agent_lost = "agent_lost";  ///< Beyond the grace.
inline constexpr std::string_view reason_agent_away = "agent_away";
inline constexpr std::string_view reason_drained = "drained";
inline constexpr std::string_view reason_changed = "changed";    ///< Of what an offer was about.
inline constexpr std::string_view reason_accepted = "accepted";  ///< By another.
inline constexpr std::string_view reason_withdrawn = "withdrawn";
inline constexpr std::string_view reason_no_touch = "no_touch";
inline constexpr std::string_view reason_unroutable = "unroutable";
inline constexpr std::string_view reason_bounced_twice = "bounced_twice";
inline constexpr std::string_view reason_end_of_day = "end_of_day";
inline constexpr std::string_view reason_parent_ended = "parent_ended";
inline constexpr std::string_view reason_reconciled = "reconciled";
inline constexpr std::string_view reason_session_lost = "session_lost";
inline constexpr std::string_view reason_no_response = "no_response";
/// What a gaming.signal says was done.
inline constexpr std::string_view signal_downgrade = "downgrade_after_80";
inline constexpr std::string_view signal_pause = "pause_after_90";
inline constexpr std::string_view signal_policy_swap = "policy_swap_after_80";
inline constexpr std::string_view own_reasons[] = {
    reason_no_reply,      reason_duplicate,         reason_escalation, reason_overflow_wait,
    reason_overflow_size, reason_overflow_no_agent, reason_declined,   reason_agent_lost,
    reason_agent_away,    reason_drained,           reason_changed,    reason_accepted,
    reason_withdrawn,     reason_no_touch,          reason_unroutable, reason_bounced_twice,
    reason_end_of_day,    reason_parent_ended,      reason_reconciled, reason_session_lost,
    reason_no_response,   signal_downgrade,         signal_pause,      signal_policy_swap};
}  // namespace paceline::desk
