// Local wall times to UTC, and the civil calendar's arithmetic.
//
// A local time that a change of offset left out maps to the instant of the change. One that occurs
// twice depends on what happens then: an opening takes the first occurrence, a closing the second;
// only a closing exactly where the repeated range begins takes the first, because its shift never
// reaches into the range. Hence 00:00–24:00 on seven days is continuous, and a shift that spans a
// change is as much longer or shorter as was worked.
//
// Owner: compile().  Allocates: never.
#pragma once

#include <cstdint>

#include "sched/calendar_spec.h"

namespace paceline::sched {

inline constexpr int32_t offset_s_max = 26 * 3'600;

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
constexpr int64_t days_from_civil(int64_t year, unsigned month, unsigned day_of_month) {
  year -= month <= 2 ? 1 : 0;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year =
      (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day_of_month - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

struct CivilDate {
  int64_t year = 1970;
  unsigned month = 1;
  unsigned day = 1;
};

/// The inverse.
constexpr CivilDate civil_from_days(int64_t days) {
  days += 719'468;
  const int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const int64_t day_of_era = days - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;  // March is 0
  const auto month =
      static_cast<unsigned>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {.year = year_of_era + era * 400 + (month <= 2 ? 1 : 0),
          .month = month,
          .day = static_cast<unsigned>(day_of_year - (153 * shifted_month + 2) / 5 + 1)};
}

constexpr bool leap_year(int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr unsigned days_in_month(int64_t year, unsigned month) {
  if (month == 2) return leap_year(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/// 0 is Monday. 1970-01-01 was a Thursday.
constexpr unsigned weekday_of(int64_t days) {
  return static_cast<unsigned>(((days + 3) % 7 + 7) % 7);
}

/// UTC plus this is what the local clock shows at `t`.
int32_t offset_s_at(const Zone& zone, Instant t);

/// The date the local clock shows at `t`, in days since 1970-01-01.
int64_t local_date(const Zone& zone, Instant t);

/// Converts local times of one zone; cheapest for ascending ones.
class LocalTimeConverter {
 public:
  /// Requires ascending transitions and offsets within ±offset_s_max. `zone` must outlive this.
  explicit LocalTimeConverter(const Zone& zone) : zone_(zone) {}

  /// `local_s`: seconds since 1970-01-01T00:00 on the local clock.
  Instant opening(int64_t local_s);
  Instant closing(int64_t local_s);

 private:
  /// Every instant at which the local clock shows a time.
  struct Occurrences {
    int count = 0;
    int64_t first_us = 0;
    int64_t last_us = 0;
    int64_t before_last_us = 0;
    bool last_is_turned_back = false;  ///< The last one is the instant of a change backwards.
    int64_t gap_us = 0;                ///< The change that left the time out, if count is 0.
  };
  Occurrences occurrences(int64_t local_s);

  const Zone& zone_;
  size_t hint_ = 0;  // no transition before this one matters to the last time asked
};

}  // namespace paceline::sched
