// What a board is made of: one round of questions to a server, and what an earlier round is kept
// for.
//
// A round asks for the desk's status, the queues and tickets slice by slice, the agents and the
// server's figures. They are instants apart: a ticket that moves meanwhile may be counted where it
// was.
//
// Owner: one thread.  Time: the desk's, in the answers.  Errors: wire::ClientError.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "engine/desk/query.h"
#include "wire/client.h"

namespace paceline::tools {

/// What one round is asked for.
struct BoardQuestion {
  int64_t window_us = 30 * sched::minute.us;  ///< A breach this near is at risk.
  uint32_t tickets = 200;                     ///< In each list.
  bool breached = false;                      ///< The list of those in breach as well.
  wire::Timeout timeout = wire::Client::default_timeout;
};

struct BoardReading {
  desk::Status status;
  std::vector<desk::QueueView> queues;
  std::vector<desk::AgentView> agents;
  std::vector<desk::TicketView> due;        ///< By their next breach.
  std::vector<desk::TicketView> breached;   ///< In breach, longest first.
  std::map<std::string, uint64_t> figures;  ///< The server's.
  bool draining = false;
  wire::Durability durability = wire::Durability::sync;
};

wire::Called<BoardReading> read_board(wire::Client& client, sched::DeskNumber desk,
                                      const BoardQuestion& question);

/// Adds the queues and tickets of one slice to those before it; `limit` tickets are kept.
void add_slice(BoardReading& reading, desk::Answer&& slice, bool breached, uint32_t limit);

/// What rates and occupancy are reckoned from: sums that only grow.
struct BoardSums {
  int64_t at_us = 0;
  uint64_t opened = 0, resolved = 0, breaches = 0;
  uint64_t log_syncs = 0, log_sync_us = 0;
  /// Time spent handling, and handling or waiting for work, by agent.
  std::map<std::string, std::pair<int64_t, int64_t>> agents;
};

BoardSums sums_of(const BoardReading& reading);

/// Sums of readings up to a minute old, so that a rate is one over a minute, or as long as there
/// is.
class BoardPast {
 public:
  static constexpr int64_t span_us = sched::minute.us;

  void add(BoardSums sums);
  /// What to compare the newest with; null before there are two readings.
  const BoardSums* base() const { return sums_.size() < 2 ? nullptr : &sums_.front(); }

 private:
  std::deque<BoardSums> sums_;
};

/// The instant of the next breach of an open ticket, and of which clock; null if none is running.
const desk::ClockView* next_due(const desk::TicketView& ticket);
/// The clock that has been in breach the longest; null if none is.
const desk::ClockView* first_breached(const desk::TicketView& ticket);

}  // namespace paceline::tools
