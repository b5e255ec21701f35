// What the board says: the figures of a desk as a supervisor reads them.
//
// Pure arithmetic over a reading and, for what is per minute, an earlier one. Times are the desk's.
// What nobody can know (a rate of one reading, the slack of a queue without a running clock) is
// nothing, never zero.
//
// Owner: any thread; pure.  Allocates: the view.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tools/board_reading.h"

namespace paceline::tools {

/// One queue, or all of them.
struct BoardQueue {
  std::string name, group, need;
  uint8_t tier = 1, mode = 0;
  bool held = false;
  uint32_t waiting = 0, offered = 0, unroutable = 0, in_hand = 0, pending = 0;
  uint32_t at_risk = 0, breached = 0;
  std::optional<int64_t> oldest_us;                     ///< How long the longest has waited.
  std::optional<int64_t> slack_us;                      ///< To the next breach.
  uint32_t agents = 0, agents_on = 0, agents_free = 0;  ///< Of its group; logged in; with room.
  std::optional<uint32_t> occupancy_bp;                 ///< Of handling and waiting for work.
};

struct BoardAgent {
  std::string name, groups, skills, shift, state, code;
  int64_t shift_ends_at_us = 0;  ///< 0: none.
  bool lost = false;
  uint32_t tickets = 0, offers = 0;
  uint64_t used_milli = 0;
  uint32_t capacity_milli = 0;
  std::optional<int64_t> in_state_us;
  std::optional<uint32_t> occupancy_bp;
};

struct BoardTicket {
  uint64_t id = 0;
  std::string name;  ///< External id, else the number.
  uint8_t priority = 0;
  std::string state, queue, agent, clock, policy;
  int64_t at_us = 0;                ///< Of the next breach, or of the first one …
  std::optional<int64_t> slack_us;  ///< … from now: negative for one that has breached.
  std::optional<int64_t> waits_us;  ///< In its queue.
};

struct BoardAgentStates {
  uint32_t logged_out = 0, idle = 0, busy = 0, wrap_up = 0, away = 0, no_response = 0, draining = 0,
           lost = 0;
};

struct BoardView {
  std::string desk;
  int64_t at_us = 0;
  int64_t window_us = 0;
  BoardQueue total;  ///< Its agents: of the desk.
  BoardAgentStates states;
  std::optional<double> opened_per_minute, resolved_per_minute, breaches_per_minute;
  uint64_t used_milli = 0, capacity_milli = 0;  ///< Of agents logged in.
  int64_t timer_lag_us_max = 0;
  std::optional<int64_t> log_sync_us;  ///< Mean of one sync between the readings.
  int64_t log_sync_us_max = 0;
  uint64_t log_records_not_durable = 0;
  bool synced = true;  ///< Answers wait for the disk.
  uint64_t invariant_violations = 0;
  bool draining = false, clock_waits = false;
  std::vector<BoardQueue> queues;
  std::vector<BoardAgent> agents;
  std::vector<BoardTicket> at_risk;   ///< By their next breach, those beyond the window too.
  std::vector<BoardTicket> breached;  ///< Longest first.
};

/// `before`: sums of an earlier reading, or null.
BoardView board_view(const BoardReading& reading, const BoardSums* before, int64_t window_us);

/// A ticket with its next breach, or (`breached`) the first one it has had.
BoardTicket board_ticket(const desk::TicketView& ticket, int64_t now_us, bool breached);

/// One object; tools/docs/BOARD.md has the schema.
nlohmann::ordered_json board_json(const BoardView& view);

}  // namespace paceline::tools
