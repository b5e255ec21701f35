// What one may ask to see, and the answers. Reads change nothing and are not logged; a reply waits
// until the state it saw is durable. Strings are copies: no view points into the desk.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/desk/facts.h"
#include "sched/priority.h"

namespace paceline::desk {

enum class QueryKind : uint8_t {
  ticket,      ///< `ticket` or `text` as external id → Answer::tickets (one), with clocks
  tickets,     ///< filtered by `state`, `text` as queue name, `agent`; `after`, `limit` → tickets
  queues,      ///< → queues
  queue_peek,  ///< `text` as queue name, `limit` → tickets, most pressing first
  agents,      ///< → agents
  names,       ///< → names: what queue, agent, policy and reason positions in events mean
  kpi,         ///< `at_us` (0: now) → kpi
  status,      ///< → status
};

struct Query {
  QueryKind kind = QueryKind::status;
  uint64_t ticket = 0;
  std::string text;
  std::string agent;
  uint8_t state = 0;     ///< State; none: any.
  uint64_t after = 0;    ///< Ticket id to continue after.
  uint32_t limit = 100;  ///< 1 … 1,000
  int64_t at_us = 0;
  bool with_digest = false;  ///< Of status: reads the whole desk, on the shard.
};

struct ClockView {
  ClockKind kind = ClockKind::response;
  std::string policy;
  std::string calendar;
  std::string state;    ///< running, paused, completed, cancelled
  std::string verdict;  ///< met, breached, or empty while it runs
  int64_t target_us = 0;
  int64_t consumed_us = 0;     ///< Business time, as of the answer.
  int64_t due_at_us = 0;       ///< 0 while paused or ended.
  int64_t breached_at_us = 0;  ///< 0: not breached.
  uint8_t cycle = 1;
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
  uint64_t follows = 0;   ///< The ticket it goes on from; 0: none.
  bool archived = false;  ///< Read from the history file.
  std::vector<ClockView> clocks;
};

struct QueueView {
  std::string name, group, need;
  uint8_t tier = 1, mode = 0, discipline = 0;
  uint32_t waiting = 0, in_hand = 0, pending = 0;
  int64_t oldest_enqueued_at_us = 0;  ///< 0: empty.
};

struct AgentView {
  std::string name, groups, skills;
  bool logged_in = false;
  uint32_t capacity_milli = 0;
  uint64_t used_milli = 0;
  uint32_t tickets = 0;
  int64_t idle_since_us = 0;
};

/// Positions in Event → names.
struct Names {
  std::vector<std::string> queues, agents, policies, reasons;
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
};

struct PolicyVerdicts {
  std::string policy = {};
  uint64_t met = 0, breached = 0, cancelled = 0;  ///< Completed clocks.
  uint64_t running = 0, running_breached = 0;     ///< Running or paused, of them already breached.
};

/// All durations exact microseconds. State labels: New (not begun), Active, the pending reason,
/// Resolved, Closed, Cancelled.
struct Kpi {
  int64_t at_us = 0;
  uint64_t tickets = 0;
  uint64_t by_kind[2] = {};
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
};

struct Answer {
  QueryKind kind = QueryKind::status;
  uint16_t code = 0;  ///< Reject
  std::vector<TicketView> tickets;
  std::vector<QueueView> queues;
  std::vector<AgentView> agents;
  Names names;
  Kpi kpi;
  Status status;
  bool more = false;
};

}  // namespace paceline::desk
