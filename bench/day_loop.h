// A week of two intervals a day, as a compiled calendar and as the loop over days that most
// implementations are: from the present day on, subtract each day's open time until the target is
// used up. The loop works in UTC, for it could not do more, so it has the easier task.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "sched/base/check.h"
#include "sched/calendar.h"

namespace paceline::sched {

/// Mon–Fri 09:00–12:30 and 13:30–17:30, UTC, with closed days.
class DayLoop {
 public:
  explicit DayLoop(std::vector<int64_t> closed_days) : closed_(std::move(closed_days)) {}

  Instant add(Instant t, BusinessDuration d) const {
    int64_t left_us = d.us;
    for (int64_t date = t.us / day.us;; ++date) {
      if (!open_on(date)) continue;
      for (const auto& [open_us, close_us] : intervals) {
        const int64_t from_us = std::max(t.us, date * day.us + open_us);
        const int64_t to_us = date * day.us + close_us;
        if (from_us >= to_us) continue;
        if (left_us <= to_us - from_us) return {from_us + left_us};
        left_us -= to_us - from_us;
      }
    }
  }

  Instant end_of_business_day(Instant t, uint32_t n, uint32_t cut_off_s) const {
    for (int64_t date = t.us / day.us;; ++date) {
      if (!open_on(date) || date * day.us + cut_off_s * second.us < t.us) continue;
      if (--n == 0) return {date * day.us + intervals[1].second};
    }
  }

  BusinessDuration between(Instant a, Instant b) const {
    int64_t sum_us = 0;
    for (int64_t date = a.us / day.us; date * day.us < b.us; ++date) {
      if (!open_on(date)) continue;
      for (const auto& [open_us, close_us] : intervals) {
        const int64_t from_us = std::max(a.us, date * day.us + open_us);
        const int64_t to_us = std::min(b.us, date * day.us + close_us);
        sum_us += std::max<int64_t>(0, to_us - from_us);
      }
    }
    return {sum_us};
  }

 private:
  static constexpr std::pair<int64_t, int64_t> intervals[] = {
      {9 * hour.us, 12 * hour.us + 30 * minute.us},
      {13 * hour.us + 30 * minute.us, 17 * hour.us + 30 * minute.us}};
  bool open_on(int64_t date) const {
    return (date + 3) % 7 < 5 && !std::binary_search(closed_.begin(), closed_.end(), date);
  }
  std::vector<int64_t> closed_;
};

inline constexpr int64_t day_20260101 = 20'454;

inline Calendar two_interval_week() {
  CalendarSpec spec;
  spec.name = "bench";
  for (uint8_t weekday = 0; weekday < 5; ++weekday) {
    spec.week.push_back({weekday, 9 * 3'600, 12 * 3'600 + 1'800});
    spec.week.push_back({weekday, 13 * 3'600 + 1'800, 17 * 3'600 + 1'800});
  }
  spec.closed = {{2026, 1, 1}, {2026, 4, 3}, {2026, 4, 6}, {2026, 12, 25}};
  auto calendar = Calendar::compile(spec);
  CHECK(calendar.has_value());
  return *std::move(calendar);
}
inline DayLoop two_interval_loop() {
  return DayLoop({day_20260101, day_20260101 + 92, day_20260101 + 95, day_20260101 + 358});
}

}  // namespace paceline::sched
