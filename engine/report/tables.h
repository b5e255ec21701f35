// Reports that are tables: by policy, by queue, by agent, by stretch of the day; and what is at
// risk.
//
// Owner: any thread; pure.  Allocates: the rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/report/question.h"

namespace paceline::report {

/// Clocks of one policy: completed and cancelled ones of the period, open ones as they are now.
struct PolicyRow {
  std::string policy;
  desk::ClockKind kind = desk::ClockKind::response;
  uint64_t met = 0, breached = 0, cancelled = 0;
  uint64_t running = 0, paused = 0, open_late = 0;
  Spread used;     ///< Business time of those completed.
  Spread overrun;  ///< Of those breached: time used − target.
  uint64_t completed() const { return met + breached; }
  uint64_t open() const { return running + paused; }
};
/// By name; the last row, named "all", is their sum.
std::vector<PolicyRow> policy_rows(const Question& question);

struct QueueRow {
  std::string queue, group;
  uint8_t tier = 1;
  uint64_t came = 0;                               ///< Visits that began in the period, …
  uint64_t left = 0;                               ///< … or ended by going to another queue.
  uint64_t resolved = 0;                           ///< Tickets that ended here, resolved.
  uint64_t waiting = 0, in_hand = 0, pending = 0;  ///< Now.
  int64_t oldest_us = 0;                           ///< Wait of the oldest that waits; 0: none.
  Spread stay;                                     ///< Of visits that ended in the period.
  Spread take;  ///< From coming here to being taken here, of visits that began in the period.
};
/// In the order of the desk's queues.
std::vector<QueueRow> queue_rows(const Question& question);

struct AgentRow {
  std::string agent, groups, state;
  uint64_t resolved = 0, reopened = 0, open = 0;
  Spread handling;  ///< Time in progress of those resolved.
  // In the period.
  int64_t logged_in_us = 0, available_us = 0, handling_us = 0, wrap_up_us = 0, away_us = 0;
  int64_t scheduled_us = 0, adherent_us = 0;
};
std::vector<AgentRow> agent_rows(const Question& question);

struct IntervalRow {
  int64_t from_us = 0;
  uint64_t recorded = 0, taken = 0, resolved = 0, reopened = 0, abandoned = 0;
  uint64_t met = 0, breached = 0;
  uint64_t backlog = 0;  ///< At its end.
  Spread wait;           ///< Of those taken in it.
};
inline constexpr size_t interval_rows_max = 100'000;
/// Every one of the period, from its start on. Requires at most interval_rows_max.
std::vector<IntervalRow> interval_rows(const Question& question, int64_t step_us);

/// An open clock and how long it still has.
struct RiskRow {
  const Case* ticket = nullptr;
  const ClockCase* clock = nullptr;
  int64_t left_us = 0;   ///< Elapsed time until due; negative: late for so long. Of a paused clock
                         ///< the business time left.
  uint32_t used_bp = 0;  ///< Of the target.
};
/// Running clocks by when they are due, those late first; then paused ones by what is left.
std::vector<RiskRow> risk_rows(const Question& question);

}  // namespace paceline::report
