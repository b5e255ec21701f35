// The second half of `calendar diff`: the open clocks of a desk and what the new calendar does to
// them.
//
// Owner: one thread.  Errors: Failure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "sched/calendar.h"
#include "tools/calendar_moves.h"
#include "tools/connection.h"

namespace paceline::tools {

struct MovedClock {
  desk::ClockView clock;
  CalendarMove move;
};

struct CalendarClocks {
  std::vector<MovedClock> moved;  ///< Running ones first, by their new deadline; then paused ones.
  uint64_t running = 0, paused = 0, later = 0, earlier = 0;
  uint64_t stay = 0, follow_later = 0, keep = 0, breach = 0, other_version = 0;
};

Got<CalendarClocks> clocks_moved(OpenedDesk& desk, const std::string& calendar,
                                 const sched::Calendar& before, const sched::Calendar& after);

std::string moved_text(const CalendarClocks& clocks);
nlohmann::ordered_json moved_json(const CalendarClocks& clocks);

}  // namespace paceline::tools
