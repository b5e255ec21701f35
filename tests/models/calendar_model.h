// A calendar as one walks it: minute by minute, openings and closings converted by looking at what
// the local clock shows at every minute around them. Slow and obvious; for whole minutes only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

#include "sched/calendar.h"

namespace paceline::tests {

class CalendarModel {
 public:
  /// Walks [from, to); both whole minutes.
  CalendarModel(const sched::CalendarSpec& spec, sched::Instant from, sched::Instant to)
      : spec_(spec), from_min_(from.us / minute_us), to_min_(to.us / minute_us) {
    open_.assign(static_cast<size_t>(to_min_ - from_min_), false);
    std::set<int64_t> closed;
    for (const sched::LocalDate date : spec.closed) closed.insert(day_number(date));
    for (int64_t day = from_min_ / 1'440 - 3; day <= to_min_ / 1'440 + 3; ++day) {
      if (closed.count(day) != 0) continue;
      for (const sched::WeeklyInterval& interval : spec.week) {
        if ((day + 3) % 7 != interval.weekday) continue;  // 1970-01-01 was a Thursday
        const int64_t opens = opening(day * 1'440 + interval.open_s / 60);
        const int64_t closes = closing(day * 1'440 + interval.close_s / 60);
        for (int64_t m = std::max(opens, from_min_); m < std::min(closes, to_min_); ++m)
          open_[static_cast<size_t>(m - from_min_)] = true;
      }
    }
  }

  /// Requires from ≤ a ≤ b ≤ to.
  int64_t between_us(int64_t a_us, int64_t b_us) const {
    int64_t sum_us = 0;
    for (int64_t m = a_us / minute_us; m * minute_us < b_us; ++m) {
      if (!open_at_minute(m)) continue;
      sum_us += std::min(b_us, (m + 1) * minute_us) - std::max(a_us, m * minute_us);
    }
    return sum_us;
  }

  /// The earliest instant by which d > 0 was worked; -1 if not before `to`.
  int64_t add_us(int64_t t_us, int64_t d_us) const {
    for (int64_t m = t_us / minute_us; m < to_min_; ++m) {
      if (!open_at_minute(m)) continue;
      const int64_t begin_us = std::max(t_us, m * minute_us);
      const int64_t left_us = (m + 1) * minute_us - begin_us;
      if (d_us <= left_us) return begin_us + d_us;
      d_us -= left_us;
    }
    return -1;
  }

  bool open_at_minute(int64_t m) const { return open_[static_cast<size_t>(m - from_min_)]; }

 private:
  static constexpr int64_t minute_us = sched::minute.us;

  /// Counted day by day, so that it shares nothing with the arithmetic under test.
  static int64_t day_number(sched::LocalDate date) {
    constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t days = 0;
    const auto leap = [](int year) {
      return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    };
    for (int year = 1970; year < date.year; ++year) days += leap(year) ? 366 : 365;
    for (int month = 1; month < date.month; ++month)
      days += lengths[month - 1] + (month == 2 && leap(date.year) ? 1 : 0);
    return days + date.day - 1;
  }

  int64_t local_minute(int64_t utc_min) const {
    int64_t offset_s = spec_.zone.first_offset_s;
    for (const sched::ZoneTransition& transition : spec_.zone.transitions) {
      if (transition.at.us <= utc_min * minute_us) offset_s = transition.offset_s;
    }
    return utc_min + offset_s / 60;
  }

  std::vector<int64_t> shown_at(int64_t local_min) const {
    std::vector<int64_t> minutes;
    for (int64_t m = local_min - 27 * 60; m <= local_min + 27 * 60; ++m) {
      if (local_minute(m) == local_min) minutes.push_back(m);
    }
    return minutes;
  }

  int64_t first_minute_past(int64_t local_min) const {
    int64_t m = local_min - 27 * 60;
    while (local_minute(m) <= local_min) ++m;
    return m;
  }

  int64_t opening(int64_t local_min) const {
    const std::vector<int64_t> minutes = shown_at(local_min);
    return minutes.empty() ? first_minute_past(local_min) : minutes.front();
  }

  int64_t closing(int64_t local_min) const {
    const std::vector<int64_t> minutes = shown_at(local_min);
    if (minutes.empty()) return first_minute_past(local_min);
    const bool clock_jumped_here =
        local_minute(minutes.back() - 1) + 1 != local_minute(minutes.back());
    return minutes.size() > 1 && clock_jumped_here ? minutes.front() : minutes.back();
  }

  sched::CalendarSpec spec_;
  int64_t from_min_;
  int64_t to_min_;
  std::vector<bool> open_;
};

}  // namespace paceline::tests
