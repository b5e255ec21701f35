// Everything one may ask of a desk.
//
// The structs are plain records with the layout of their namesakes in wire/paceline.fbs (the codec
// asserts it), so a verified frame is used in place: nothing is copied or converted between the
// socket, the log and the rules. Texts of one command lie one behind the other in the frame's text,
// from `text_at` on, in the order of the command's `…_size` fields.
//
// A ticket is addressed by `ticket` or, where that is 0, by its external id. `expected_version`
// 0 means any. Instants are microseconds since the epoch, 0 where not stated.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "sched/base/ids.h"
#include "sched/base/time.h"

namespace paceline::desk {

/// A task is a part of another ticket, worked on by a group of its own beside it.
enum class TicketKind : uint8_t { incident, service_request, task };
enum class Sentiment : uint8_t { none, negative, neutral, positive };
enum class AuthorKind : uint8_t { requester, agent, bot, system };
/// push: the desk offers; manual: only explicit assignment; pull: agents ask with Next.
enum class QueueMode : uint8_t { push, manual, pull };
/// What stands first in a queue: the least due_at − head_start, enqueued_at, (priority,
/// enqueued_at), due_at, or enqueued_at − head_start.
enum class Discipline : uint8_t { pressing_time, fifo, strict_priority, edf, priority_minutes };

enum class CommandKind : uint8_t {
  open,
  update,
  message,
  assign,
  start,
  requeue,
  pend,
  resume,
  resolve,
  close,
  reopen,
  cancel,
  define_queue,
  define_agent,
  log_in,
  log_out,
  config_begin,
  config_chunk,
  config_commit,
  acknowledge,
  merge,
  import_ticket,
  migrate,
  repair,
  accept,
  decline,
  withdraw,
  set_agent_state,
  next,
  escalate,
  bounce,
  hand_over,
  reassign,
  switch_route,
  hold_queue,
  score,
  reconcile,
  rate,
};
inline constexpr int command_kind_count = 38;

/// Texts of Open and Update, in the order in which they lie in the frame's text.
enum class TextField : uint8_t {
  external_id,  ///< Open: optional, unique among tickets in memory. Update: addresses the ticket.
  category,
  subcategory,
  service,
  config_item,
  channel,
  requester_type,
  organisation,
  contract,
  stage,     ///< Where a workflow kept elsewhere stands, for clocks on it: "approval", "fulfil".
  language,  ///< The requester's, as agents' languages are named: "de".
  confidentiality,  ///< Only agents with this clearance see the ticket: "hr".
  requester,        ///< Never interned, like external_id and body.
  body,
  queue,  ///< Open: this queue instead of the routing rules. Update: not allowed.
};
inline constexpr size_t text_field_count = 15;

/// Bits of Update::fields and Event::fields: texts by TextField, then these.
enum class FieldBit : uint8_t {
  kind = 16,
  impact,
  urgency,
  vip,
  sentiment,
  priority,
  workaround,
  major,
  promised_at,
  confidence,
};
constexpr uint32_t bit(TextField field) { return 1U << static_cast<unsigned>(field); }
constexpr uint32_t bit(FieldBit field) { return 1U << static_cast<unsigned>(field); }

struct Open {
  int64_t occurred_at_us = 0;  ///< When it happened, if not now; kept as data.
  int64_t promised_at_us = 0;  ///< What the requester was promised; a target may be this instant.
  /// The ticket it goes on from, which may be in the history file; of a task the ticket it is part
  /// of, which must be open.
  uint64_t follows = 0;
  uint32_t text_at = 0;
  std::array<uint16_t, text_field_count> sizes{};
  uint8_t kind = 0;        ///< TicketKind
  uint8_t impact = 0;      ///< sched::Impact; none: derived from criticality, else medium.
  uint8_t urgency = 0;     ///< sched::Urgency
  uint8_t vip = 0;         ///< 0 or 1
  uint8_t sentiment = 0;   ///< Sentiment
  uint8_t workaround = 0;  ///< 0 or 1: a workaround was accepted.
  uint8_t major = 0;       ///< 0 or 1: declared a major incident.
  uint8_t confidence = 0;  ///< Of attributes that automation filled in: 1 … 100 %; 0: a human did.
  std::array<uint8_t, 6> reserved{};
};
static_assert(sizeof(Open) == 72);

/// Sets the attributes whose bit is in `fields`; a text of size 0 clears. `fields` 0 is a touch:
/// the ticket was worked on, nothing we keep changed.
struct Update {
  uint64_t ticket = 0;
  int64_t promised_at_us = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint32_t fields = 0;
  std::array<uint16_t, text_field_count> sizes{};
  uint8_t kind = 0;
  uint8_t impact = 0;
  uint8_t urgency = 0;
  uint8_t vip = 0;
  uint8_t sentiment = 0;
  uint8_t workaround = 0;
  uint8_t major = 0;
  uint8_t confidence = 0;
  std::array<uint8_t, 6> reserved{};
};
static_assert(sizeof(Update) == 72);

/// Someone wrote to or about the ticket. The text itself stays with the front system.
struct Message {
  uint64_t ticket = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  uint8_t author_kind = 0;  ///< AuthorKind
  uint8_t is_public = 0;    ///< 0 or 1: the requester can see it.
  uint8_t automatic = 0;    ///< 0 or 1: an acknowledgement no human wrote.
  std::array<uint8_t, 3> reserved{};
};
static_assert(sizeof(Message) == 24);

/// Gives the ticket to an agent by hand. On a resolved or closed ticket: corrects the record only.
struct Assign {
  uint64_t ticket = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  uint16_t agent_size = 0;
  std::array<uint8_t, 4> reserved{};
};
static_assert(sizeof(Assign) == 24);

/// Work begins. In a manual queue also without an agent: the group works on it.
struct Start {
  uint64_t ticket = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  std::array<uint8_t, 6> reserved{};
};
static_assert(sizeof(Start) == 24);

/// To another queue, or back to its own; the agent is released. On a resolved or closed ticket:
/// corrects the owning queue only.
struct Requeue {
  uint64_t ticket = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  uint16_t queue_size = 0;  ///< Empty: its own queue.
  uint16_t reason_size = 0;
  std::array<uint8_t, 2> reserved{};
};
static_assert(sizeof(Requeue) == 24);

struct Pend {
  uint64_t ticket = 0;
  int64_t resume_at_us = 0;  ///< 0: until resumed.
  int64_t max_pause_us = 0;  ///< Elapsed time after which it resumes; 0: as the reason's rule says.
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  /// Required. A pending ticket may be pended again with another reason.
  uint16_t reason_size = 0;
  uint8_t reminders = 0;  ///< Before it resolves by itself; 0: as the reason's rule says.
  std::array<uint8_t, 3> reserved{};
};
static_assert(sizeof(Pend) == 40);

struct Resume {
  uint64_t ticket = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  std::array<uint8_t, 6> reserved{};
};
static_assert(sizeof(Resume) == 24);

/// May cite an article of the knowledge base (CommandFrame::resolve_article).
struct Resolve {
  uint64_t ticket = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  uint16_t code_size = 0;
  uint8_t restate = 0;  ///< 1: on a resolved ticket, states the resolution anew, as of now.
  std::array<uint8_t, 3> reserved{};
};
static_assert(sizeof(Resolve) == 24);

struct Close {
  uint64_t ticket = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  uint16_t code_size = 0;
  std::array<uint8_t, 4> reserved{};
};
static_assert(sizeof(Close) == 24);

struct Reopen {
  uint64_t ticket = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  uint16_t reason_size = 0;
  std::array<uint8_t, 4> reserved{};
};
static_assert(sizeof(Reopen) == 24);

struct Cancel {
  uint64_t ticket = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  uint16_t reason_size = 0;
  std::array<uint8_t, 4> reserved{};
};
static_assert(sizeof(Cancel) == 24);

/// Creates the queue, or changes it: a queue with this name keeps its tickets.
struct DefineQueue {
  uint32_t text_at = 0;
  uint32_t weight_milli = 1'000;  ///< Capacity one of its tickets takes, in milli-units.
  uint16_t name_size = 0;
  uint16_t group_size = 0;  ///< The team that owns it; its members are the agents of the group.
  uint16_t need_size = 0;   ///< "network >= 2 && vpn >= 4"; empty: any member of the group.
  uint8_t mode = 0;         ///< QueueMode
  uint8_t discipline = 0;   ///< Discipline
  uint8_t tier = 1;
  std::array<uint8_t, 7> reserved{};
};
static_assert(sizeof(DefineQueue) == 24);

/// Creates the agent, logged out, or changes groups, skills and capacity.
struct DefineAgent {
  uint32_t text_at = 0;
  uint32_t capacity_milli = 1'000;
  uint16_t name_size = 0;
  uint16_t groups_size = 0;  ///< Comma-separated.
  uint16_t skills_size = 0;  ///< "network:6,vpn:4"
  std::array<uint8_t, 2> reserved{};
};
static_assert(sizeof(DefineAgent) == 16);

struct LogIn {
  uint32_t text_at = 0;
  uint16_t agent_size = 0;
  std::array<uint8_t, 2> reserved{};
};
static_assert(sizeof(LogIn) == 8);

/// Tickets in hand stay with the agent; nothing new is given.
struct LogOut {
  uint32_t text_at = 0;
  uint16_t agent_size = 0;
  std::array<uint8_t, 2> reserved{};
};
static_assert(sizeof(LogOut) == 8);

/// A configuration travels as begin, chunks and commit: a document may be larger than a frame.
struct ConfigBegin {
  uint32_t bytes = 0;
  std::array<uint8_t, 4> reserved{};
};
static_assert(sizeof(ConfigBegin) == 8);

struct ConfigChunk {
  uint32_t text_at = 0;
  uint32_t size = 0;
};
static_assert(sizeof(ConfigChunk) == 8);

struct ConfigCommit {
  uint64_t hash = 0;  ///< XXH3-64 of the whole document.
};
static_assert(sizeof(ConfigCommit) == 8);

/// Someone on a rung of a ladder has seen it: what rungs up to this one still would repeat or do
/// later is dropped, until the next threshold.
struct Acknowledge {
  static constexpr uint8_t any_clock = 255;

  uint64_t ticket = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  uint8_t clock = any_clock;  ///< ClockKind
  uint8_t rung = 0;           ///< Counted from 1, lowest first; 0: the highest reached.
  std::array<uint8_t, 4> reserved{};
};
static_assert(sizeof(Acknowledge) == 24);

/// The ticket is a duplicate: it closes, its clocks are cancelled and count for nothing. `into`
/// must be open. Texts: the ticket's external id, then the other's.
struct Merge {
  uint64_t ticket = 0;
  uint64_t into = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  uint16_t into_external_id_size = 0;
  std::array<uint8_t, 4> reserved{};
};
static_assert(sizeof(Merge) == 32);

/// Takes a ticket over from another desk with its past, silently: clocks have used what the history
/// says, thresholds and breaches that are past are marked and not announced. Administrators only.
///
/// Texts: the text fields, then the history, then the agent's name. The history is
/// `STATE[:REASON]@INSTANT_US` joined by ';', oldest first, the first one at `recorded_at_us`;
/// states are queued, assigned, in_progress, pending (with its reason), resolved, closed and
/// cancelled, and `responded@INSTANT_US` says when the requester had the first answer.
struct ImportTicket {
  int64_t recorded_at_us = 0;  ///< Required.
  int64_t occurred_at_us = 0;
  int64_t promised_at_us = 0;
  uint32_t text_at = 0;
  std::array<uint16_t, text_field_count> sizes{};
  uint16_t history_size = 0;
  uint16_t agent_size = 0;  ///< Required where the last state is assigned or in progress.
  uint8_t kind = 0;
  uint8_t impact = 0;
  uint8_t urgency = 0;
  uint8_t vip = 0;
  uint8_t sentiment = 0;
  uint8_t workaround = 0;
  uint8_t major = 0;
  std::array<uint8_t, 3> reserved{};
};
static_assert(sizeof(ImportTicket) == 72);

enum class MigrateMode : uint8_t { carry, retroactive };

/// Puts running clocks of former policy versions under the version in force, some tickets in each
/// batch. Texts: a condition over ticket fields (empty: every ticket), a policy's name (empty:
/// all).
struct Migrate {
  uint32_t text_at = 0;
  uint16_t select_size = 0;
  uint16_t policy_size = 0;
  uint8_t mode = 0;  ///< MigrateMode
  std::array<uint8_t, 7> reserved{};
};
static_assert(sizeof(Migrate) == 16);

/// Rebuilds the ticket's clocks from their segments, as a pure function of segments, policies and
/// calendars; what differs is written anew, nothing is deleted. Administrators only.
struct Repair {
  uint64_t ticket = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  uint8_t newest = 0;  ///< 1: under the newest version of each calendar, else the recorded ones.
  std::array<uint8_t, 5> reserved{};
};
static_assert(sizeof(Repair) == 24);

/// The agent takes what it was offered. An offer that was answered, ran out or was withdrawn is
/// `offer_gone`.
struct Accept {
  uint64_t offer = 0;  ///< As ticket.offered says.
  uint32_t text_at = 0;
  uint16_t agent_size = 0;  ///< If stated, the offer must be this agent's.
  std::array<uint8_t, 2> reserved{};
};
static_assert(sizeof(Accept) == 16);

/// The ticket keeps its place; this agent is not offered it again during the queue's cool-off.
struct Decline {
  uint64_t offer = 0;
  uint32_t text_at = 0;
  uint16_t agent_size = 0;   ///< As of Accept.
  uint16_t reason_size = 0;  ///< Required.
};
static_assert(sizeof(Decline) == 16);

/// Takes the ticket's live offers back; it waits again at its place.
struct Withdraw {
  uint64_t ticket = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  std::array<uint8_t, 6> reserved{};
};
static_assert(sizeof(Withdraw) == 24);

enum class AgentStep : uint8_t {
  available,       ///< From any state but logged out; ends a wrap-up that may end.
  away,            ///< Auxiliary state with a code.
  extend_wrap_up,  ///< Once, by its maximum again.
  drain,           ///< No new work.
  lost,            ///< Its session broke: what it has is kept for the queue's grace, then requeued.
};

struct SetAgentState {
  uint32_t text_at = 0;
  uint16_t agent_size = 0;
  uint16_t code_size = 0;  ///< Of away, required: "lunch".
  uint8_t step = 0;        ///< AgentStep
  uint8_t requeue = 0;     ///< 1, of drain: tickets in hand go back to their queues.
  std::array<uint8_t, 2> reserved{};
};
static_assert(sizeof(SetAgentState) == 12);

/// The agent asks for work: the same rules as for what is offered, and queues of mode pull as well.
/// The reply's ticket is what it was given.
struct Next {
  uint32_t text_at = 0;
  uint16_t agent_size = 0;
  std::array<uint8_t, 2> reserved{};
};
static_assert(sizeof(Next) == 8);

/// To those who can do more. The clocks go on.
struct Escalate {
  uint64_t ticket = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  uint16_t queue_size = 0;      ///< Empty: where the ticket's queue escalates to.
  uint16_t reason_size = 0;     ///< Required.
  uint16_t checklist_size = 0;  ///< What has been done, by comma: "symptoms,steps_tried".
};
static_assert(sizeof(Escalate) == 24);

/// The queue it was escalated or requeued to sends it back.
struct Bounce {
  uint64_t ticket = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  uint16_t reason_size = 0;  ///< Required.
  std::array<uint8_t, 4> reserved{};
};
static_assert(sizeof(Bounce) == 24);

/// Offers the ticket to a named agent, who must accept; until then it stays where it is.
struct HandOver {
  uint64_t ticket = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  uint16_t agent_size = 0;
  uint16_t note_size = 0;  ///< Required; at most 255 bytes, kept like a reason.
  std::array<uint8_t, 2> reserved{};
};
static_assert(sizeof(HandOver) == 24);

/// Moves every open ticket for which a condition holds, some in each batch. Administrators only.
struct Reassign {
  uint32_t text_at = 0;
  uint16_t where_size = 0;  ///< Required; `agent == ada` is a condition, too.
  uint16_t queue_size = 0;  ///< One of queue and agent.
  uint16_t agent_size = 0;
  uint16_t reason_size = 0;
};
static_assert(sizeof(Reassign) == 12);

/// Turns a routing rule off or on again, at once. Administrators only.
struct SwitchRoute {
  uint32_t text_at = 0;
  uint16_t rule_size = 0;
  uint8_t on = 0;
  uint8_t reserved = 0;
};
static_assert(sizeof(SwitchRoute) == 8);

/// Stops or goes on giving out a queue's tickets. Administrators only.
struct HoldQueue {
  uint32_t text_at = 0;
  uint16_t queue_size = 0;
  uint8_t held = 0;
  uint8_t reserved = 0;
};
static_assert(sizeof(HoldQueue) == 8);

/// What something outside thinks of an agent for this ticket. At most 8 agents of one ticket have a
/// score; 0 forgets it.
struct Score {
  uint64_t ticket = 0;
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  uint16_t agent_size = 0;
  int8_t points = 0;  ///< −15 … 15 off the agent's rank.
  std::array<uint8_t, 3> reserved{};
};
static_assert(sizeof(Score) == 24);

/// The front system says what the agent really holds. What the desk has in its hand beside that is
/// requeued; of what it has not, what waits becomes the agent's, and the first that another has is
/// the reply's ticket.
struct Reconcile {
  uint32_t text_at = 0;
  uint16_t agent_size = 0;
  uint16_t tickets_size = 0;  ///< Ticket ids, by comma; empty: nothing.
};
static_assert(sizeof(Reconcile) == 8);

/// The requester's answer to a survey. One answer each; within the desk's `change_within` of the
/// first another one replaces it.
struct Rate {
  static constexpr int8_t not_stated = -1;

  uint64_t ticket = 0;  ///< Without a survey: the newest of this ticket.
  uint64_t survey = 0;  ///< Its token, as csat.sent says; then the ticket need not be stated.
  uint32_t expected_version = 0;
  uint32_t text_at = 0;
  uint16_t external_id_size = 0;
  uint16_t comment_size = 0;      ///< At most 1,000 bytes; in the requester's words.
  int8_t score = not_stated;      ///< 1 … 5, of a survey that asks for satisfaction.
  int8_t recommend = not_stated;  ///< 0 … 10, of one that asks whether they would recommend.
  std::array<uint8_t, 2> reserved{};
};
static_assert(sizeof(Rate) == 32);

/// Numbers commands densely per (session, desk); chosen by the client, 0 is none.
struct SessionId {
  uint64_t value = 0;
  friend constexpr auto operator<=>(SessionId, SessionId) = default;
};

enum class Role : uint32_t { work = 1, administrator = 2 };

/// What came in one frame: commands of one session for one desk, in `order`; the n-th command of a
/// kind is the n-th element of that kind's span. Everything has been verified: kinds and counts
/// agree, texts lie inside `text` and are UTF-8, enums and flags are in range.
/// The spans point into the frame's buffer, which outlives the batch.
struct CommandFrame {
  sched::DeskNumber desk;
  SessionId session;
  uint32_t principal = 0;
  uint32_t roles = 0;  ///< Bits of Role.
  uint64_t first_number = 0;
  std::span<const CommandKind> order;
  std::string_view text;

  std::span<const Open> open;
  std::span<const Update> update;
  std::span<const Message> message;
  std::span<const Assign> assign;
  std::span<const Start> start;
  std::span<const Requeue> requeue;
  std::span<const Pend> pend;
  std::span<const Resume> resume;
  std::span<const Resolve> resolve;
  std::span<const Close> close;
  std::span<const Reopen> reopen;
  std::span<const Cancel> cancel;
  std::span<const DefineQueue> define_queue;
  std::span<const DefineAgent> define_agent;
  std::span<const LogIn> log_in;
  std::span<const LogOut> log_out;
  std::span<const ConfigBegin> config_begin;
  std::span<const ConfigChunk> config_chunk;
  std::span<const ConfigCommit> config_commit;
  std::span<const Acknowledge> acknowledge;
  std::span<const Merge> merge;
  std::span<const ImportTicket> import_ticket;
  std::span<const Migrate> migrate;
  std::span<const Repair> repair;
  std::span<const Accept> accept;
  std::span<const Decline> decline;
  std::span<const Withdraw> withdraw;
  std::span<const SetAgentState> set_agent_state;
  std::span<const Next> next;
  std::span<const Escalate> escalate;
  std::span<const Bounce> bounce;
  std::span<const HandOver> hand_over;
  std::span<const Reassign> reassign;
  std::span<const SwitchRoute> switch_route;
  std::span<const HoldQueue> hold_queue;
  std::span<const Score> score;
  std::span<const Reconcile> reconcile;
  std::span<const Rate> rate;

  /// Sizes of the articles that the resolves cite, the n-th of the n-th; their texts come last of
  /// the command's. Empty: none cites any.
  std::span<const uint16_t> resolve_article;
};

/// Commands stamped with one instant: the unit of apply, log, durability and replay.
struct Batch {
  sched::Instant ts;
  std::span<const CommandFrame> frames;  ///< Of this desk only.
};

/// The answer to one command.
struct Reply {
  uint16_t code = 0;  ///< Reject; 0 is done.
  uint16_t reserved = 0;
  uint32_t version = 0;  ///< The ticket's, after the command.
  uint64_t ticket = 0;   ///< The ticket the command was about.
  uint64_t next_ticket =
      0;  ///< What the agent this command set free was given at once, if anything.
};
static_assert(sizeof(Reply) == 24);

}  // namespace paceline::desk
