// What one may ask to see, and the answers. Reads change nothing and are not logged; a reply waits
// until the state it saw is durable. Strings are copies: no view points into the desk.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/desk/configuration.h"
#include "engine/desk/facts.h"
#include "sched/priority.h"

namespace paceline::desk {

enum class QueryKind : uint8_t {
  ticket,      ///< `ticket` or `text` as external id → Answer::tickets (one), with clocks; and
               ///< its newest survey, if the desk remembers one
  tickets,     ///< filtered by `state`, `text` as queue name, `agent`; `after`, `limit` → tickets
  queues,      ///< → queues
  queue_peek,  ///< `text` as queue name, `limit` → tickets, most pressing first
  agents,      ///< → agents
  names,       ///< → names: what queue, agent, policy and reason positions in events mean
  kpi,         ///< `at_us` (0: now) → kpi
  status,      ///< → status
  clocks,      ///< clocks of tickets in memory, filtered by `text` as policy name, `state` as
               ///< ClockView state name in `agent`; `after`, `limit` count tickets → clocks
  why_clock,   ///< `ticket` or `text` as external id → clocks, each with its segments and rungs
  policies,    ///< → policies, every version
  migrate,     ///< what Migrate{select in `text`, policy in `agent`, `mode`} would change; `after`,
               ///< `limit` count tickets → changes
  repair,      ///< what Repair would change: `ticket` or `text`, else all by `after`, `limit`;
               ///< `mode` 1: newest calendars → changes
  offers,      ///< live ones, filtered by `text` as queue, `agent` → offers
  why_ticket,  ///< `ticket` or `text` as external id, `limit` candidates → why
  why_agent,   ///< `agent`, `limit` lines → why
  why_queue,   ///< `text`, `limit` lines → why
  hand_off,    ///< what `text` as queue or `agent` hands over: open tickets, most pressing first;
               ///< `limit` → tickets
  reassign,    ///< what Reassign{where in `text`} would move; `after`, `limit` → tickets
  board,  ///< a slice of the tickets in memory, the one behind `after`: → queues, counted over
          ///< it, at risk being what breaches within `at_us`; and tickets of `text` as queue
          ///< name, `limit` of them: `mode` 0 by their next breach, 1 those in breach
  cases,  ///< tickets as reports read them, without bodies and segments, those left out that
          ///< had ended before `at_us`; `mode` 0: in memory, `after` a ticket id; 1: in the
          ///< history file, `after` a position in it → tickets, and surveys that have ended; 2:
          ///< `after` a survey's number → surveys still on the desk, sent at `at_us` or later
  agent_time,  ///< over [`at_us`, `until_us`); `after` a position, `limit` → agent_times
  reporting,   ///< → reporting
};

struct Query {
  QueryKind kind = QueryKind::status;
  uint64_t ticket = 0;
  std::string text;
  std::string agent;
  uint8_t state = 0;         ///< State; none: any.
  uint64_t after = 0;        ///< Ticket id to continue after.
  uint32_t limit = 100;      ///< 1 … 1,000
  int64_t at_us = 0;         ///< Of board: a duration, at most a day.
  bool with_digest = false;  ///< Of status: reads the whole desk, on the shard.
  uint8_t mode = 0;      ///< MigrateMode; of repair: 1 is newest calendars; of cases: 1 is history.
  int64_t until_us = 0;  ///< Of agent_time: its end, not included; 0: now.
};

/// A stretch of a clock's life in one state under one policy; the last one has no end.
struct SegmentView {
  int64_t from_us = 0;
  int64_t to_us = 0;              ///< 0: still goes on.
  std::string state;              ///< running, paused, completed, cancelled
  std::string reason;             ///< Of the pending ticket, if it was pending.
  std::string policy;             ///< In force for the clock then, …
  uint32_t version = 0;           ///< … in this version (position in the policy table), …
  std::string calendar;           ///< … under this calendar …
  uint32_t calendar_version = 0;  ///< … in this version.
  int64_t consumed_us = 0;        ///< Business time it used.
  uint8_t cycle = 1;
  bool repaired = false;  ///< Written by a repair; earlier segments of the cycle are superseded.
  bool operator==(const SegmentView&) const = default;
};

/// A rung of a clock's ladder and where it stands in this cycle.
struct RungView {
  uint32_t share_bp = 0;  ///< 0: given as time left, `before_us`.
  int64_t before_us = 0;
  std::string notify;  ///< Recipients, joined by ", ".
  std::string action;  ///< notify, raise_priority, …
  bool passed = false;
  int64_t due_at_us = 0;          ///< Not passed and running: when it is due.
  int64_t next_action_at_us = 0;  ///< A repetition or a delayed action; 0: none.
  uint32_t repetitions = 0;
  bool operator==(const RungView&) const = default;
};

struct ClockView {
  uint64_t ticket = 0;
  std::string external_id;  ///< The ticket's.
  ClockKind kind = ClockKind::response;
  std::string label;
  std::string policy;
  uint32_t version = 0;  ///< Position of the policy's version.
  std::string calendar;
  uint32_t calendar_version = 0;
  std::string state;          ///< running, paused, completed, cancelled
  std::string verdict;        ///< met, breached, or empty while it runs; by the policy's rule …
  std::string verdict_final;  ///< … and by each of the three.
  std::string verdict_worst;
  std::string verdict_initial;
  int64_t target_us = 0;
  int64_t initial_target_us = 0;
  int64_t consumed_us = 0;        ///< Business time, as of the answer.
  int64_t elapsed_us = 0;         ///< Wall time since it started, pauses included.
  int64_t remaining_us = 0;       ///< Business time; negative: overrun.
  int64_t started_at_us = 0;      ///< Of this cycle.
  int64_t since_us = 0;           ///< Start of the newest segment …
  int64_t folded_us = 0;          ///< … and what was consumed before it.
  int64_t due_at_us = 0;          ///< 0 while paused or ended.
  int64_t breached_at_us = 0;     ///< 0: not breached.
  int64_t next_effect_at_us = 0;  ///< Next threshold or breach; 0: none.
  std::string next_effect;        ///< "75 %", "1h before", "breach"
  bool in_hours = true;           ///< Whether its calendar is open now.
  uint8_t cycle = 1;
  uint8_t signals = 0;  ///< Of gaming, raised in this cycle: downgrade, pause, change of policy.
  /// Oldest first, the newest 256; of why_clock and of archived tickets only.
  std::vector<SegmentView> segments;
  std::vector<RungView> rungs;  ///< Of why_clock only.
  bool operator==(const ClockView&) const = default;
};

/// A version of a policy and the clocks on it.
struct PolicyView {
  std::string name;
  uint32_t version = 0;
  ClockKind kind = ClockKind::response;
  std::string label;
  std::string when;
  Target target;
  std::string calendar;
  uint32_t calendar_version = 0;
  bool in_force = false;
  OnCalendarChange on_calendar_change = OnCalendarChange::immediate;
  uint64_t running = 0, paused = 0, completed = 0, cancelled = 0;  ///< Clocks in memory.
  bool operator==(const PolicyView&) const = default;
};

/// What a migration or a repair would do to one clock.
struct ClockChange {
  uint64_t ticket = 0;
  std::string external_id;
  ClockKind kind = ClockKind::response;
  std::string label;
  std::string policy;
  uint32_t version_before = 0, version_after = 0;
  int64_t target_before_us = 0, target_after_us = 0;
  int64_t consumed_before_us = 0, consumed_after_us = 0;
  int64_t due_before_us = 0, due_after_us = 0;            ///< 0: paused, ended or never.
  int64_t breached_before_us = 0, breached_after_us = 0;  ///< 0: not breached.
  bool operator==(const ClockChange&) const = default;
};

struct TicketView {
  uint64_t id = 0;
  uint32_t version = 0;
  uint8_t kind = 0, impact = 0, urgency = 0, priority = 0, vip = 0, sentiment = 0;
  State state = State::none;
  std::string reason;  ///< Of pending, or the code of a resolution.
  std::string queue, agent;
  std::string external_id, category, subcategory, service, config_item, channel, requester,
      requester_type, organisation, contract, body;
  int64_t recorded_at_us = 0, occurred_at_us = 0, first_response_at_us = 0, resolved_at_us = 0,
          closed_at_us = 0, touched_at_us = 0, enqueued_at_us = 0, press_at_us = 0,
          resume_at_us = 0;
  uint64_t follows = 0;      ///< The ticket it goes on from; 0: none.
  uint64_t merged_into = 0;  ///< The ticket it is a duplicate of; 0: none.
  std::string stage;
  int64_t promised_at_us = 0;
  uint8_t workaround = 0, major = 0;
  uint8_t reminders_sent = 0;  ///< In this pending spell.
  bool archived = false;       ///< Read from the history file.
  std::vector<ClockView> clocks;
  std::string language, confidentiality;
  uint8_t confidence = 0;
  uint8_t step = 0;          ///< Routing step while it waits, from 1.
  uint64_t parent = 0;       ///< Of a task.
  uint32_t tasks_open = 0;   ///< Its own tasks not yet ended.
  std::string routed_by;     ///< The rule that chose its first queue; empty: triage or stated.
  uint32_t hops = 0;         ///< Changes of group.
  uint32_t escalations = 0;  ///< Functional ones.
  uint32_t bounces = 0;
  uint32_t declines = 0;  ///< Since it came to this queue.
  uint8_t tier = 1;       ///< Of its queue; of an ended ticket the tier it ended at.
  uint8_t checklist_done = 0, checklist_of = 0;  ///< At the newest escalation.
  uint8_t marks = 0;                             ///< TicketMark.
  // Of cases only, oldest first. Positions of reasons and queues are those of `names`.
  std::vector<StateInterval> intervals;
  std::vector<QueueLeft> queues_left;
  bool operator==(const TicketView&) const = default;
};

/// What a case counts for against the limit of a page.
inline uint32_t case_weight(const TicketView& view) {
  return static_cast<uint32_t>(1 + (view.intervals.size() + view.queues_left.size()) / 64);
}

/// A requester asked once, and what they answered. Beside the tickets, since it may outlive its
/// ticket's stay in memory.
struct SurveyView {
  uint64_t number = 0;  ///< In the order in which the desk sent them, from 1.
  uint64_t ticket = 0;
  std::string queue, agent;  ///< Where and by whom it was resolved.
  int64_t sent_at_us = 0;    ///< When it was resolved.
  int64_t expires_at_us = 0;
  int64_t answered_at_us = 0;  ///< The first answer; 0: none.
  int64_t changed_at_us = 0;   ///< The answer that counts.
  uint8_t questions = 0;       ///< Bits of SurveyQuestion.
  int8_t score = -1;           ///< 1 … 5; −1: none.
  int8_t recommend = -1;       ///< 0 … 10; −1: none.
  bool low = false;            ///< An answer was 2 or less, if it was replaced or not.
  std::string comment;
  bool operator==(const SurveyView&) const = default;
};

struct OfferView {
  uint64_t offer = 0;
  uint64_t ticket = 0;
  std::string external_id, queue, agent;
  int64_t offered_at_us = 0, expires_at_us = 0;
  bool hand_over = false;  ///< The ticket stays with whoever has it until accepted.
  bool operator==(const OfferView&) const = default;
};

/// An agent as a ticket sees it: the first filter that fails, or how it compares.
struct CandidateView {
  std::string agent;
  std::string hindrance;  ///< Empty: could take it now. Else "capacity", "need", "away" …
  std::string detail;     ///< "holds 900 of 1,000, the ticket takes 500"; "vpn 2, vpn >= 4 asked"
  uint32_t rank = 0, surplus = 0, preferred = 0, preferred_of = 0;
  int32_t score = 0;  ///< Points of an external score.
  int64_t idle_since_us = 0;
  uint64_t used_milli = 0;
  uint32_t capacity_milli = 0;
  std::string state;
  bool operator==(const CandidateView&) const = default;
};

/// A line of a queue as an agent or supervisor sees it.
struct LineView {
  std::string queue;
  uint8_t step = 1;
  std::string need;
  std::string work;  ///< "1,000", "330 of chat, at most 3"
  std::string language, confidentiality;
  uint32_t waiting = 0;
  uint32_t able = 0;      ///< Agents who may serve it, logged in or not …
  uint32_t routable = 0;  ///< … of them routable …
  uint32_t free = 0;      ///< … of them with room.
  uint64_t head = 0;      ///< The most pressing ticket.
  std::string head_external_id;
  std::string hindrance;  ///< why_agent: why the agent does not take the head; why_queue: what it
                          ///< waits for.
  bool operator==(const LineView&) const = default;
};

/// A number or instant by its name, in the order in which it is to be read.
struct WhyTerm {
  enum class Kind : uint8_t { text, instant_us, duration_us, count };
  std::string name;
  Kind kind = Kind::text;
  std::string text;
  int64_t value = 0;
  bool operator==(const WhyTerm&) const = default;
};

struct Why {
  std::string subject;   ///< Ticket id, agent or queue.
  std::string sentence;  ///< The answer in one.
  std::vector<WhyTerm> terms;
  std::vector<CandidateView> candidates;  ///< Best first, then by hindrance.
  uint32_t candidates_left_out = 0;
  std::vector<LineView> lines;
  uint32_t lines_left_out = 0;
  std::vector<std::string> remedies;  ///< What would change the answer.
  bool operator==(const Why&) const = default;
};

struct QueueView {
  std::string name, group, need;
  uint8_t tier = 1, mode = 0, discipline = 0;
  uint32_t waiting = 0, in_hand = 0, pending = 0;
  int64_t oldest_enqueued_at_us = 0;  ///< 0: empty.
  uint32_t offered = 0;               ///< Under a live offer.
  uint32_t unroutable = 0;            ///< Waiting, and nobody at all can serve them.
  bool held = false;
  // Of board only.
  uint32_t at_risk = 0;        ///< Open, and a clock breaches soon.
  uint32_t breached = 0;       ///< Open, and a clock has breached.
  int64_t next_due_at_us = 0;  ///< When the next clock breaches; 0: none is running.
  bool operator==(const QueueView&) const = default;
};

struct AgentView {
  std::string name, groups, skills;
  bool logged_in = false;
  uint32_t capacity_milli = 0;
  uint64_t used_milli = 0;
  uint32_t tickets = 0;
  int64_t idle_since_us = 0;
  std::string state;  ///< logged_out, available, wrap_up, away, no_response, draining
  std::string code;   ///< Of away.
  int64_t since_us = 0;
  int64_t state_ends_at_us = 0;  ///< Of wrap_up, or when lost work is given up; 0: open.
  bool lost = false;             ///< Its session broke and has not come back.
  int64_t shift_ends_at_us = 0;  ///< 0: none.
  uint32_t offers = 0;
  uint32_t exclusions = 0;
  int64_t logged_in_us = 0, available_us = 0, busy_us = 0, wrap_up_us = 0, away_us = 0;
  std::string languages, clearances, channels, shift;
  bool operator==(const AgentView&) const = default;
};

/// What an agent spent its time on in a period, up to now where the period goes on.
struct AgentTimeView {
  std::string name;
  /// The period it is of: another one than asked for where time is kept by the day only, or no
  /// more.
  int64_t from_us = 0, to_us = 0;
  int64_t logged_in_us = 0, available_us = 0, busy_us = 0, wrap_up_us = 0, away_us = 0;
  int64_t scheduled_us = 0;  ///< Within its shifts, as they were then; 0: it had none.
  int64_t adherent_us = 0;   ///< Of that, doing what the shift asks for.
  bool operator==(const AgentTimeView&) const = default;
};

/// What the desk's configuration says of reports.
struct ReportingView {
  std::string calendar;  ///< Whose business days are working days; empty: none.
  uint32_t calendar_version = 0;
  sched::CalendarSpec spec;  ///< Of that version.
  std::vector<FigureTarget> targets;
  bool operator==(const ReportingView&) const = default;
};

/// Positions in Event → names.
struct Names {
  std::vector<std::string> queues, agents, policies, reasons;
  bool operator==(const Names&) const = default;
};

/// A share, published with what it is made of.
struct Ratio {
  uint64_t numerator = 0;
  uint64_t denominator = 0;
};

/// Exact nearest-rank percentiles x[ceil(p·n)] over n durations.
struct Percentiles {
  uint64_t n = 0;
  int64_t p50_us = 0, p90_us = 0, p99_us = 0;
  bool operator==(const Percentiles&) const = default;
};

struct PolicyVerdicts {
  std::string policy = {};
  uint64_t met = 0, breached = 0, cancelled = 0;  ///< Completed clocks.
  uint64_t running = 0, running_breached = 0;     ///< Running or paused, of them already breached.
  bool operator==(const PolicyVerdicts&) const = default;
};

/// All durations exact microseconds. State labels: New (not begun), Active, the pending reason,
/// Resolved, Closed, Cancelled.
struct Kpi {
  int64_t at_us = 0;
  uint64_t tickets = 0;
  uint64_t by_kind[3] = {};
  uint64_t by_priority[sched::priority_count] = {};
  uint64_t by_state[state_count] = {};
  Percentiles resolution[sched::priority_count];      ///< Index 0: all. resolved − origin.
  Percentiles first_response[sched::priority_count];  ///< Index 0: all. response − recorded.
  std::map<std::string, int64_t> state_us;            ///< Up to each ticket's newest event.
  uint64_t moves = 0, moved = 0, pingpong = 0, pingponged = 0;
  uint64_t reopens = 0, reopened = 0, closed_reopened = 0, resolved = 0;
  std::vector<PolicyVerdicts> policies;
  std::map<std::string, uint64_t> backlog;  ///< At `at_us`: neither resolved, closed nor cancelled.
  uint64_t backlog_total = 0;
  bool operator==(const Kpi&) const = default;
};

struct Status {
  std::string desk;
  int64_t now_us = 0;
  uint64_t tickets = 0, waiting = 0, archived = 0, events = 0, first_event = 0;
  uint64_t commands = 0, rejected = 0;
  uint64_t timers = 0;
  int64_t timer_lag_us_max = 0;
  uint64_t digest = 0;  ///< 0 unless asked for.
  uint64_t event_hash = 0;
  uint64_t configuration_version = 0;
  std::map<std::string, uint64_t> invariant_violations;  ///< Must stay 0.
  uint64_t text_bytes = 0;
  uint64_t opened = 0, resolved = 0, reopened = 0, breaches = 0;  ///< Since the desk began.
  bool operator==(const Status&) const = default;
};

struct Answer {
  QueryKind kind = QueryKind::status;
  uint16_t code = 0;  ///< Reject
  std::vector<TicketView> tickets;
  std::vector<QueueView> queues;
  std::vector<AgentView> agents;
  std::vector<ClockView> clocks;
  std::vector<PolicyView> policies;
  std::vector<ClockChange> changes;
  std::vector<OfferView> offers;
  std::vector<SurveyView> surveys;
  Why why;
  uint64_t next_after = 0;  ///< With `more`: the ticket, or place, to continue after.
  Names names;
  Kpi kpi;
  Status status;
  std::vector<AgentTimeView> agent_times;
  ReportingView reporting;
  bool more = false;
  bool operator==(const Answer&) const = default;
};

}  // namespace paceline::desk
