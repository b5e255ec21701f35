// Opening hours of a UTC calendar as a plain list of openings, walked from the front for every
// question. Weekly intervals and closed dates only: what else a calendar can say is compared in
// calendar_model.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sched/calendar.h"
#include "sched/local_time.h"

namespace paceline::tests {

class OpeningHours {
 public:
  struct Opening {
    int64_t from_us, to_us;
    bool last_of_day;
  };

  /// The days [first_day, first_day + days), counted from `midnight_us`, a Monday.
  OpeningHours(const sched::CalendarSpec& spec, int64_t midnight_us, int first_day, int days) {
    if (spec.always_open) {
      openings_ = {{0, sched::Calendar::horizon.us, false}};
      return;
    }
    for (int day = first_day; day < first_day + days; ++day) {
      const int64_t begins_us = midnight_us + day * sched::day.us;
      if (closed_on(spec, begins_us)) continue;
      const size_t before = openings_.size();
      for (const sched::WeeklyInterval& hours : spec.week) {
        if (hours.weekday != ((day % 7) + 7) % 7) continue;
        openings_.push_back({begins_us + hours.open_s * sched::second.us,
                             begins_us + hours.close_s * sched::second.us, false});
      }
      if (openings_.size() > before) openings_.back().last_of_day = true;
    }
  }

  int64_t between_us(int64_t from_us, int64_t to_us) const {
    int64_t sum_us = 0;
    for (const Opening& opening : openings_) {
      sum_us +=
          std::max<int64_t>(0, std::min(to_us, opening.to_us) - std::max(from_us, opening.from_us));
    }
    return sum_us;
  }
  /// The earliest instant by which `work_us` was worked.
  int64_t add_us(int64_t from_us, int64_t work_us) const {
    if (work_us == 0) return from_us;
    for (const Opening& opening : openings_) {
      const int64_t begins_us = std::max(from_us, opening.from_us);
      if (begins_us >= opening.to_us) continue;
      if (work_us <= opening.to_us - begins_us) return begins_us + work_us;
      work_us -= opening.to_us - begins_us;
    }
    return sched::never.us;
  }
  int64_t next_open_us(int64_t from_us) const {
    for (const Opening& opening : openings_) {
      if (from_us < opening.to_us) return std::max(from_us, opening.from_us);
    }
    return sched::never.us;
  }
  /// Closing time of the n-th day whose cut-off is not past.
  int64_t end_of_business_day_us(int64_t from_us, uint32_t n, uint32_t cut_off_s) const {
    for (const Opening& opening : openings_) {
      const int64_t midnight_us = opening.from_us / sched::day.us * sched::day.us;
      if (!opening.last_of_day || midnight_us + cut_off_s * sched::second.us < from_us) continue;
      if (--n == 0) return opening.to_us;
    }
    return sched::never.us;
  }

 private:
  static bool closed_on(const sched::CalendarSpec& spec, int64_t midnight_us) {
    for (const sched::LocalDate& date : spec.closed) {
      const int64_t days = sched::days_from_civil(date.year, date.month, date.day);
      if (days * sched::day.us == midnight_us) return true;
    }
    return false;
  }
  std::vector<Opening> openings_;
};

}  // namespace paceline::tests
