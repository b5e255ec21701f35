// Random specifications of calendars, in whole minutes, for comparison with the model.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>

#include "sched/calendar_spec.h"

namespace paceline::tests {

class RandomCalendar {
 public:
  explicit RandomCalendar(std::mt19937_64& random) : random_(random) {}

  /// Exceptions and validity fall into `year` and the next one.
  sched::CalendarSpec days(sched::Zone zone, int16_t year) {
    sched::CalendarSpec spec;
    spec.name = "random";
    spec.zone = std::move(zone);
    step_min_ = below(2) == 0 ? 30 : 1;  // round times meet transitions more often
    for (uint64_t i = 1 + below(12); i > 0; --i) {
      const auto [open_s, close_s] = hours();
      spec.week.push_back({static_cast<uint8_t>(below(7)), open_s, close_s});
    }
    for (uint64_t i = below(8); i > 0; --i) spec.closed.push_back(date(year));
    for (uint64_t i = below(6); i > 0; --i) {
      const auto [open_s, close_s] = hours();
      spec.open.push_back({date(year), open_s, close_s});
      if (below(3) == 0)
        spec.open.push_back({spec.open.back().date, 0, std::min(86'400U, 600 + open_s)});
    }
    for (uint64_t i = below(8); i > 0; --i) {
      const auto [open_s, close_s] = hours();
      const bool closed = below(2) == 0;
      spec.yearly.push_back({yearly_day(), closed ? 0 : open_s, closed ? 0 : close_s});
    }
    if (below(4) == 0)
      spec.valid_from = sched::LocalDate{year, 1, static_cast<uint8_t>(1 + below(28))};
    if (below(4) == 0)
      spec.valid_to =
          sched::LocalDate{static_cast<int16_t>(year + 1), 2, static_cast<uint8_t>(1 + below(28))};
    return spec;
  }

  /// An algebra over calendars of several zones, sometimes over another algebra.
  template <class SomeZone>
  sched::CalendarSpec algebra(SomeZone some_zone, int16_t year, int depth = 2) {
    sched::CalendarSpec spec;
    spec.name = "algebra";
    spec.algebra = static_cast<sched::Algebra>(1 + below(3));
    for (uint64_t i = 1 + below(3); i > 0; --i) {
      const uint64_t kind = below(8);
      if (kind == 0)
        spec.operands.push_back(sched::round_the_clock());
      else if (kind == 1 && depth > 0)
        spec.operands.push_back(algebra(some_zone, year, depth - 1));
      else
        spec.operands.push_back(days(some_zone(), year));
    }
    spec.zone = spec.operands[0].zone;
    return spec;
  }

 private:
  uint64_t below(uint64_t bound) { return random_() % bound; }

  std::pair<uint32_t, uint32_t> hours() {
    const uint64_t open_min = below(1'440 / step_min_) * step_min_;
    const uint64_t length_min = (1 + below(1'440 / step_min_)) * step_min_;
    return {static_cast<uint32_t>(open_min * 60),
            static_cast<uint32_t>((open_min + length_min) * 60)};
  }
  sched::LocalDate date(int16_t year) {
    return {static_cast<int16_t>(year + (below(8) == 0 ? 1 : 0)),
            static_cast<uint8_t>(1 + below(12)), static_cast<uint8_t>(1 + below(28))};
  }
  sched::YearlyDay yearly_day() {
    sched::YearlyDay on;
    on.kind = static_cast<sched::YearlyDay::Kind>(below(3));
    if (on.kind == sched::YearlyDay::Kind::easter) {
      on.offset_days = static_cast<int16_t>(static_cast<int>(below(130)) - 65);
      return on;
    }
    on.month = static_cast<uint8_t>(1 + below(12));
    if (on.kind == sched::YearlyDay::Kind::month_day) {
      on.day = static_cast<uint8_t>(1 + below(on.month == 2 ? 29 : 30));
      return on;
    }
    on.weekday = static_cast<uint8_t>(below(7));
    on.nth = static_cast<uint8_t>(below(6));
    return on;
  }

  std::mt19937_64& random_;
  uint64_t step_min_ = 1;
};

}  // namespace paceline::tests
