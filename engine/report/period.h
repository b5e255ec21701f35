// Stretches of time that reports are about.
//
// Owner: any thread; pure.  Time: always an argument.
#pragma once

#include <cstdint>

#include "sched/base/time.h"

namespace paceline::report {

/// From `from_us` on, up to and without `to_us`.
struct Period {
  int64_t from_us = 0;
  int64_t to_us = 0;
  bool holds(int64_t at_us) const { return at_us >= from_us && at_us < to_us; }
};

/// Days since 1970-01-01; times before it round down too.
constexpr int64_t day_of(int64_t at_us) {
  const int64_t day = at_us / sched::day.us;
  return at_us % sched::day.us < 0 ? day - 1 : day;
}
/// 0 is Monday.
constexpr int64_t weekday_of(int64_t day) { return ((day + 3) % 7 + 7) % 7; }
/// The Monday 00:00 UTC of its week.
constexpr int64_t week_of(int64_t at_us) {
  const int64_t day = day_of(at_us);
  return (day - weekday_of(day)) * sched::day.us;
}

/// `days` working days later: Monday to Friday in UTC, at the same time of day. What begins at a
/// week-end counts from Monday 00:00.
constexpr int64_t working_days_after(int64_t at_us, int64_t days) {
  int64_t day = day_of(at_us);
  int64_t time_us = at_us - day * sched::day.us;
  if (weekday_of(day) >= 5) {
    day += 7 - weekday_of(day);
    time_us = 0;
  }
  for (; days > 0; --days) {
    ++day;
    if (weekday_of(day) == 5 && (days > 1 || time_us > 0)) day += 2;
  }
  return day * sched::day.us + time_us;
}

}  // namespace paceline::report
