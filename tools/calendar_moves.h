// What a new version of a calendar does to the deadlines of clocks that are open.
//
// A clock that follows its calendar at once keeps what it used until now and goes on under the new
// version; one whose target is an instant or the end of a business day has that reckoned anew. This
// is what the desk does on such a configuration, said before it happens.
//
// Owner: any thread; pure.  Time: as of each clock's answer.
#pragma once

#include <cstdint>

#include "engine/desk/query.h"
#include "sched/calendar.h"

namespace paceline::tools {

enum class MoveKind : uint8_t {
  stays,       ///< Due when it was.
  moves,       ///< Running: due at another instant.
  on_resume,   ///< Paused: would be due at another instant if it went on now.
  next_pause,  ///< Running: follows when it goes on after its next pause.
  never,       ///< Keeps the calendar it has.
};

struct CalendarMove {
  MoveKind kind = MoveKind::stays;
  int64_t old_due_us = 0;  ///< 0: never.
  int64_t new_due_us = 0;
  bool breaches = false;       ///< What it used by now is its new target, or more.
  bool other_version = false;  ///< It is not under the old calendar: another came since.
};

/// `clock` is running or paused and under `policy`; `promised_at_us` is its ticket's. `now` is for
/// clocks that have not begun: the others say when their answer was given.
CalendarMove calendar_move(const desk::ClockView& clock, const desk::PolicyView& policy,
                           int64_t promised_at_us, const sched::Calendar& before,
                           const sched::Calendar& after, sched::Instant now);

}  // namespace paceline::tools
