// Refuses to compile if a record of the desk and its namesake in paceline.fbs differ in the place
// of a field: decode_commands() uses the one as the other.
#include <cstddef>

#include "engine/desk/command.h"
#include "engine/desk/configuration.h"
#include "engine/desk/event.h"
#include "engine/desk/query.h"
#include "wire/schema.h"

namespace paceline::wire {

// Explicit instantiations may name private members, which is what flatc makes of a struct's fields.
template <int line, size_t ours, size_t theirs>
struct SameOffset {
  static_assert(ours == theirs, "the field lies elsewhere in paceline.fbs");
  static constexpr int at = line;
};
template <int line, size_t ours, size_t theirs>
struct SameSize {
  static_assert(ours == theirs, "the struct has another size or alignment in paceline.fbs");
  static constexpr int at = line;
};

#define SAME_STRUCT(type)                                                          \
  template struct SameSize<__COUNTER__, sizeof(desk::type), sizeof(schema::type)>; \
  template struct SameSize<__COUNTER__, alignof(desk::type), alignof(schema::type)>
#define SAME_FIELD(type, field)                                        \
  template struct SameOffset<__COUNTER__, offsetof(desk::type, field), \
                             offsetof(schema::type, field##_)>

SAME_STRUCT(Open);
SAME_FIELD(Open, occurred_at_us);
SAME_FIELD(Open, promised_at_us);
SAME_FIELD(Open, follows);
SAME_FIELD(Open, text_at);
SAME_FIELD(Open, sizes);
SAME_FIELD(Open, kind);
SAME_FIELD(Open, impact);
SAME_FIELD(Open, urgency);
SAME_FIELD(Open, vip);
SAME_FIELD(Open, sentiment);
SAME_FIELD(Open, workaround);
SAME_FIELD(Open, major);
SAME_FIELD(Open, confidence);
SAME_FIELD(Open, reserved);

SAME_STRUCT(Update);
SAME_FIELD(Update, ticket);
SAME_FIELD(Update, promised_at_us);
SAME_FIELD(Update, expected_version);
SAME_FIELD(Update, text_at);
SAME_FIELD(Update, fields);
SAME_FIELD(Update, sizes);
SAME_FIELD(Update, kind);
SAME_FIELD(Update, impact);
SAME_FIELD(Update, urgency);
SAME_FIELD(Update, vip);
SAME_FIELD(Update, sentiment);
SAME_FIELD(Update, workaround);
SAME_FIELD(Update, major);
SAME_FIELD(Update, confidence);
SAME_FIELD(Update, reserved);

#define SAME_ADDRESS(type)            \
  SAME_STRUCT(type);                  \
  SAME_FIELD(type, ticket);           \
  SAME_FIELD(type, expected_version); \
  SAME_FIELD(type, text_at);          \
  SAME_FIELD(type, external_id_size); \
  SAME_FIELD(type, reserved)

SAME_ADDRESS(Message);
SAME_FIELD(Message, author_kind);
SAME_FIELD(Message, is_public);
SAME_FIELD(Message, automatic);
SAME_ADDRESS(Assign);
SAME_FIELD(Assign, agent_size);
SAME_ADDRESS(Start);
SAME_ADDRESS(Requeue);
SAME_FIELD(Requeue, queue_size);
SAME_FIELD(Requeue, reason_size);
SAME_ADDRESS(Pend);
SAME_FIELD(Pend, resume_at_us);
SAME_FIELD(Pend, max_pause_us);
SAME_FIELD(Pend, reason_size);
SAME_FIELD(Pend, reminders);
SAME_ADDRESS(Resume);
SAME_ADDRESS(Resolve);
SAME_FIELD(Resolve, code_size);
SAME_FIELD(Resolve, restate);
SAME_ADDRESS(Close);
SAME_FIELD(Close, code_size);
SAME_ADDRESS(Reopen);
SAME_FIELD(Reopen, reason_size);
SAME_ADDRESS(Cancel);
SAME_FIELD(Cancel, reason_size);

SAME_ADDRESS(Acknowledge);
SAME_FIELD(Acknowledge, clock);
SAME_FIELD(Acknowledge, rung);
SAME_ADDRESS(Merge);
SAME_FIELD(Merge, into);
SAME_FIELD(Merge, into_external_id_size);
SAME_ADDRESS(Repair);
SAME_FIELD(Repair, newest);

SAME_STRUCT(ImportTicket);
SAME_FIELD(ImportTicket, recorded_at_us);
SAME_FIELD(ImportTicket, occurred_at_us);
SAME_FIELD(ImportTicket, promised_at_us);
SAME_FIELD(ImportTicket, text_at);
SAME_FIELD(ImportTicket, sizes);
SAME_FIELD(ImportTicket, history_size);
SAME_FIELD(ImportTicket, agent_size);
SAME_FIELD(ImportTicket, kind);
SAME_FIELD(ImportTicket, impact);
SAME_FIELD(ImportTicket, urgency);
SAME_FIELD(ImportTicket, vip);
SAME_FIELD(ImportTicket, sentiment);
SAME_FIELD(ImportTicket, workaround);
SAME_FIELD(ImportTicket, major);
SAME_FIELD(ImportTicket, reserved);

SAME_STRUCT(Migrate);
SAME_FIELD(Migrate, text_at);
SAME_FIELD(Migrate, select_size);
SAME_FIELD(Migrate, policy_size);
SAME_FIELD(Migrate, mode);
SAME_FIELD(Migrate, reserved);

SAME_STRUCT(Accept);
SAME_FIELD(Accept, offer);
SAME_FIELD(Accept, text_at);
SAME_FIELD(Accept, agent_size);
SAME_FIELD(Accept, reserved);
SAME_STRUCT(Decline);
SAME_FIELD(Decline, offer);
SAME_FIELD(Decline, text_at);
SAME_FIELD(Decline, agent_size);
SAME_FIELD(Decline, reason_size);
SAME_ADDRESS(Withdraw);
SAME_STRUCT(SetAgentState);
SAME_FIELD(SetAgentState, text_at);
SAME_FIELD(SetAgentState, agent_size);
SAME_FIELD(SetAgentState, code_size);
SAME_FIELD(SetAgentState, step);
SAME_FIELD(SetAgentState, requeue);
SAME_FIELD(SetAgentState, reserved);
SAME_STRUCT(Next);
SAME_FIELD(Next, text_at);
SAME_FIELD(Next, agent_size);
SAME_FIELD(Next, reserved);
SAME_STRUCT(Escalate);
SAME_FIELD(Escalate, ticket);
SAME_FIELD(Escalate, expected_version);
SAME_FIELD(Escalate, text_at);
SAME_FIELD(Escalate, external_id_size);
SAME_FIELD(Escalate, queue_size);
SAME_FIELD(Escalate, reason_size);
SAME_FIELD(Escalate, checklist_size);
SAME_ADDRESS(Bounce);
SAME_FIELD(Bounce, reason_size);
SAME_ADDRESS(HandOver);
SAME_FIELD(HandOver, agent_size);
SAME_FIELD(HandOver, note_size);
SAME_STRUCT(Reassign);
SAME_FIELD(Reassign, text_at);
SAME_FIELD(Reassign, where_size);
SAME_FIELD(Reassign, queue_size);
SAME_FIELD(Reassign, agent_size);
SAME_FIELD(Reassign, reason_size);
SAME_STRUCT(SwitchRoute);
SAME_FIELD(SwitchRoute, text_at);
SAME_FIELD(SwitchRoute, rule_size);
SAME_FIELD(SwitchRoute, on);
SAME_FIELD(SwitchRoute, reserved);
SAME_STRUCT(HoldQueue);
SAME_FIELD(HoldQueue, text_at);
SAME_FIELD(HoldQueue, queue_size);
SAME_FIELD(HoldQueue, held);
SAME_FIELD(HoldQueue, reserved);
SAME_ADDRESS(Score);
SAME_FIELD(Score, agent_size);
SAME_FIELD(Score, points);
SAME_STRUCT(Reconcile);
SAME_FIELD(Reconcile, text_at);
SAME_FIELD(Reconcile, agent_size);
SAME_FIELD(Reconcile, tickets_size);
SAME_ADDRESS(Rate);
SAME_FIELD(Rate, survey);
SAME_FIELD(Rate, comment_size);
SAME_FIELD(Rate, score);
SAME_FIELD(Rate, recommend);

SAME_STRUCT(DefineQueue);
SAME_FIELD(DefineQueue, text_at);
SAME_FIELD(DefineQueue, weight_milli);
SAME_FIELD(DefineQueue, name_size);
SAME_FIELD(DefineQueue, group_size);
SAME_FIELD(DefineQueue, need_size);
SAME_FIELD(DefineQueue, mode);
SAME_FIELD(DefineQueue, discipline);
SAME_FIELD(DefineQueue, tier);
SAME_FIELD(DefineQueue, reserved);

SAME_STRUCT(DefineAgent);
SAME_FIELD(DefineAgent, text_at);
SAME_FIELD(DefineAgent, capacity_milli);
SAME_FIELD(DefineAgent, name_size);
SAME_FIELD(DefineAgent, groups_size);
SAME_FIELD(DefineAgent, skills_size);
SAME_FIELD(DefineAgent, reserved);

SAME_STRUCT(LogIn);
SAME_FIELD(LogIn, text_at);
SAME_FIELD(LogIn, agent_size);
SAME_FIELD(LogIn, reserved);
SAME_STRUCT(LogOut);
SAME_FIELD(LogOut, text_at);
SAME_FIELD(LogOut, agent_size);
SAME_FIELD(LogOut, reserved);

SAME_STRUCT(ConfigBegin);
SAME_FIELD(ConfigBegin, bytes);
SAME_FIELD(ConfigBegin, reserved);
SAME_STRUCT(ConfigChunk);
SAME_FIELD(ConfigChunk, text_at);
SAME_FIELD(ConfigChunk, size);
SAME_STRUCT(ConfigCommit);
SAME_FIELD(ConfigCommit, hash);

SAME_STRUCT(Reply);
SAME_FIELD(Reply, code);
SAME_FIELD(Reply, reserved);
SAME_FIELD(Reply, version);
SAME_FIELD(Reply, ticket);
SAME_FIELD(Reply, next_ticket);

SAME_STRUCT(StateInterval);
SAME_FIELD(StateInterval, from_us);
SAME_FIELD(StateInterval, reason);
SAME_FIELD(StateInterval, state);

SAME_STRUCT(QueueLeft);
SAME_FIELD(QueueLeft, at_us);
SAME_FIELD(QueueLeft, queue);

SAME_STRUCT(Event);
SAME_FIELD(Event, sequence);
SAME_FIELD(Event, at_us);
SAME_FIELD(Event, noted_us);
SAME_FIELD(Event, value_us);
SAME_FIELD(Event, ticket);
SAME_FIELD(Event, queue);
SAME_FIELD(Event, agent);
SAME_FIELD(Event, policy);
SAME_FIELD(Event, reason);
SAME_FIELD(Event, fields);
SAME_FIELD(Event, version);
SAME_FIELD(Event, threshold_bp);
SAME_FIELD(Event, principal);
SAME_FIELD(Event, kind);
SAME_FIELD(Event, state);
SAME_FIELD(Event, previous_state);
SAME_FIELD(Event, priority);
SAME_FIELD(Event, clock);
SAME_FIELD(Event, cycle);
SAME_FIELD(Event, cause);
SAME_FIELD(Event, flags);

// The enumerators agree at their ends; between them they are listed in the same order.
static_assert(static_cast<int>(schema::CommandKind::MAX) == desk::command_kind_count - 1);
static_assert(static_cast<int>(schema::EventKind::MAX) == desk::event_kind_count - 1);
static_assert(static_cast<int>(schema::State::MAX) == desk::state_count - 1);
static_assert(static_cast<int>(schema::ClockKind::MAX) == desk::clock_kind_count - 1);
static_assert(static_cast<int>(schema::QueryKind::MAX) ==
              static_cast<int>(desk::QueryKind::reporting));
static_assert(static_cast<int>(schema::RungAction::MAX) ==
              static_cast<int>(desk::RungAction::open_bridge));
static_assert(static_cast<int>(schema::TargetKind::MAX) ==
              static_cast<int>(desk::TargetKind::promised));
static_assert(static_cast<int>(schema::TicketKind::MAX) ==
              static_cast<int>(desk::TicketKind::task));
static_assert(static_cast<int>(schema::QueueMode::MAX) == static_cast<int>(desk::QueueMode::pull));
static_assert(static_cast<int>(schema::Discipline::MAX) ==
              static_cast<int>(desk::Discipline::priority_minutes));
static_assert(static_cast<int>(schema::AgentStep::MAX) == static_cast<int>(desk::AgentStep::lost));
static_assert(static_cast<int>(schema::ChoiceOrder::MAX) ==
              static_cast<int>(desk::ChoiceOrder::occupancy));
static_assert(static_cast<int>(schema::StickyBy::MAX) ==
              static_cast<int>(desk::StickyBy::requester_and_config_item));
static_assert(static_cast<int>(schema::SunMode::MAX) == static_cast<int>(desk::SunMode::transfer));
static_assert(static_cast<int>(schema::LanguageRule::MAX) ==
              static_cast<int>(desk::LanguageRule::ignored));
static_assert(static_cast<int>(schema::WhyTermKind::MAX) ==
              static_cast<int>(desk::WhyTerm::Kind::count));
static_assert(static_cast<int>(schema::OnPriorityChange::MAX) ==
              static_cast<int>(desk::OnPriorityChange::keep));

}  // namespace paceline::wire
