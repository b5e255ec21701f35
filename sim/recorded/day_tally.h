// What a day came to, counted from a desk's events: the same for a live desk and a replay.
//
// Owner: one thread.  Time: microseconds.  Allocates: for each ticket.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "engine/desk/event.h"

namespace paceline::sim {

struct DayFigures {
  uint64_t tickets = 0;
  uint64_t assignments = 0;
  uint64_t answered = 0;                     ///< Tickets that were assigned.
  int64_t wait_us = 0;                       ///< Of those together, until they first were.
  int64_t wait_p50_us = 0, wait_p90_us = 0;  ///< Nearest rank.
  uint64_t offers = 0, declined = 0, expired = 0;
  uint64_t requeued = 0, escalated = 0, pended = 0, reopened = 0;
  uint64_t resolved = 0, cancelled = 0;
  uint64_t clocks_met = 0, clocks_missed = 0;
  uint64_t unfinished = 0;  ///< Neither resolved nor cancelled at the end.
  bool operator==(const DayFigures&) const = default;
};

class DayTally {
 public:
  explicit DayTally(int64_t counts_from_us) : from_us_(counts_from_us) {}
  void hear(const desk::Event& event);
  DayFigures figures() const;

 private:
  struct Ticket {
    int64_t came_us = 0;
    bool answered = false;
    bool open = true;
  };
  int64_t from_us_;
  DayFigures counts_;
  std::map<uint64_t, Ticket> tickets_;
  std::vector<int64_t> waits_us_;
};

}  // namespace paceline::sim
