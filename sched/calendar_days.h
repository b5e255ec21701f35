// What opens on each local date of a specification: the week, and all that overrides it.
//
// Owner: one compilation, or one display.  Allocates: in the constructor.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sched/calendar_spec.h"

namespace paceline::sched {

/// Days since 1970-01-01 of Western Easter Sunday.
int64_t easter_sunday(int64_t year);

/// Days since 1970-01-01 of the day in that year; none if the year lacks it.
std::optional<int64_t> date_in(const YearlyDay& on, int64_t year);

/// Seconds since the local midnight.
struct DayHours {
  uint32_t open_s = 0;
  uint32_t close_s = 0;
  friend constexpr auto operator<=>(DayHours, DayHours) = default;
};

/// Why a date has its hours.
enum class DaySource : uint8_t {
  closed_date,
  open_date,
  yearly_closed,
  yearly_open,
  week,
  invalid
};

class CalendarDays {
 public:
  /// For dates first … last, in days since 1970-01-01. Requires no problem_in(spec), no algebra.
  CalendarDays(const CalendarSpec& spec, int64_t first, int64_t last);

  struct Day {
    DaySource source;
    std::span<const DayHours> hours;  ///< By opening; empty: nothing opens.
  };
  /// Cheapest for ascending dates.
  Day on(int64_t date);

 private:
  struct Exception {
    int64_t date;
    DaySource source;
    size_t first;  // of hours_
    size_t count;
  };
  const Exception* exception_on(int64_t date);

  int64_t valid_from_;
  int64_t valid_to_;
  std::array<std::vector<DayHours>, 7> week_;
  std::vector<Exception> exceptions_;  // ascending, one a date
  std::vector<DayHours> hours_;
  size_t hint_ = 0;  // no exception before this one is later than the last date asked
};

}  // namespace paceline::sched
