// A calendar as one walks it: day by day and minute by minute, openings and closings converted by
// looking at what the local clock shows at every minute around them, an algebra minute by minute.
// Slow and obvious; for whole minutes only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include "sched/base/check.h"
#include "sched/calendar.h"

namespace paceline::tests {

/// The date as one writes it, and what one can say of it, counted from 1970-01-01 on.
struct WalkedDate {
  int year = 1970, month = 1, day = 1;
  int weekday = 3;  // a Thursday

  static int month_length(int year, int month) {
    constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return lengths[month - 1] + (month == 2 && leap ? 1 : 0);
  }
  void step() {
    weekday = (weekday + 1) % 7;
    if (++day <= month_length(year, month)) return;
    day = 1;
    if (++month > 12) month = 1, ++year;
  }
  bool is(sched::LocalDate date) const {
    return year == date.year && month == date.month && day == date.day;
  }
  bool before(sched::LocalDate date) const {
    return std::tuple(year, month, day) <
           std::tuple<int, int, int>(date.year, date.month, date.day);
  }
};

/// Month and day of Easter Sunday by Gauss's rule with its two exceptions, 1900 to 2099.
inline std::pair<int, int> easter_by_gauss(int year) {
  const int d = (19 * (year % 19) + 24) % 30;
  const int e = (2 * (year % 4) + 4 * (year % 7) + 6 * d + 5) % 7;
  int march = 22 + d + e;
  if (march == 57) march = 50;
  if (d == 28 && e == 6 && year % 19 > 10) march = 49;
  return march <= 31 ? std::pair(3, march) : std::pair(4, march - 31);
}

class CalendarModel {
 public:
  /// Walks [from, to); both whole minutes.
  CalendarModel(const sched::CalendarSpec& spec, sched::Instant from, sched::Instant to)
      : spec_(spec), from_min_(from.us / minute_us), to_min_(to.us / minute_us) {
    open_.assign(static_cast<size_t>(to_min_ - from_min_), spec.always_open);
    if (spec.always_open) return;
    show_local_minutes();
    if (spec.algebra == sched::Algebra::none)
      walk_days();
    else
      combine();
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

  /// The n-th business day's closing; -1 if not within the walk. Not for an algebra.
  int64_t end_of_business_day_us(int64_t t_us, uint32_t n, uint32_t cut_off_s) const {
    for (const auto& [day, closes] : closings_) {
      if (closes * minute_us <= t_us) continue;
      if (closing(day * 1'440 + cut_off_s / 60) * minute_us < t_us) continue;
      if (--n == 0) return closes * minute_us;
    }
    return -1;
  }

  bool open_at_minute(int64_t m) const { return open_[static_cast<size_t>(m - from_min_)]; }

 private:
  static constexpr int64_t minute_us = sched::minute.us;
  static constexpr int64_t margin_min = 8 * 1'440;

  using Hours = std::vector<std::pair<int64_t, int64_t>>;  // minutes since midnight

  void walk_days() {
    WalkedDate date;
    const int64_t first_day = from_min_ / 1'440 - 3;
    for (int64_t day = 0; day <= to_min_ / 1'440 + 3; ++day, date.step()) {
      if (day < first_day) continue;
      int64_t last_closing = 0;
      for (const auto& [open, close] : hours_of(date)) {
        const int64_t opens = opening(day * 1'440 + open);
        const int64_t closes = closing(day * 1'440 + close);
        if (opens < closes) last_closing = std::max(last_closing, closes);
        for (int64_t m = std::max(opens, from_min_); m < std::min(closes, to_min_); ++m)
          open_[static_cast<size_t>(m - from_min_)] = true;
      }
      if (last_closing != 0) closings_.emplace_back(day, last_closing);
    }
  }

  Hours hours_of(const WalkedDate& date) const {
    if (spec_.valid_from && date.before(*spec_.valid_from)) return {};
    if (spec_.valid_to && !date.before(*spec_.valid_to)) return {};
    for (const sched::LocalDate closed : spec_.closed)
      if (date.is(closed)) return {};
    Hours hours;
    for (const sched::DateInterval& each : spec_.open)
      if (date.is(each.date)) hours.emplace_back(each.open_s / 60, each.close_s / 60);
    if (!hours.empty()) return hours;
    bool yearly = false, yearly_closed = false;
    for (const sched::YearlyInterval& each : spec_.yearly) {
      if (!falls_on(date, each.on)) continue;
      yearly = true;
      if (each.close_s == 0)
        yearly_closed = true;
      else
        hours.emplace_back(each.open_s / 60, each.close_s / 60);
    }
    if (yearly_closed) return {};
    if (yearly) return hours;
    for (const sched::WeeklyInterval& each : spec_.week)
      if (each.weekday == date.weekday) hours.emplace_back(each.open_s / 60, each.close_s / 60);
    return hours;
  }

  static bool falls_on(WalkedDate date, const sched::YearlyDay& on) {
    if (on.kind == sched::YearlyDay::Kind::easter) {
      // Walk from each Easter about to the date, and see whether it is as many days away.
      for (int year = date.year - 1; year <= date.year + 1; ++year) {
        const auto [month, day] = easter_by_gauss(year);
        const sched::LocalDate easter{static_cast<int16_t>(year), static_cast<uint8_t>(month),
                                      static_cast<uint8_t>(day)};
        const int64_t distance =
            days_to(date) - days_to({easter.year, easter.month, easter.day, 0});
        if (distance == on.offset_days) return true;
      }
      return false;
    }
    if (date.month != on.month) return false;
    if (on.kind == sched::YearlyDay::Kind::month_day) return date.day == on.day;
    if (date.weekday != on.weekday) return false;
    if (on.nth == 0) return date.day + 7 > WalkedDate::month_length(date.year, date.month);
    return (date.day - 1) / 7 + 1 == on.nth;
  }

  static int64_t days_to(const WalkedDate& date) {
    int64_t days = 0;
    for (int year = 1970; year < date.year; ++year)
      for (int month = 1; month <= 12; ++month) days += WalkedDate::month_length(year, month);
    for (int month = 1; month < date.month; ++month)
      days += WalkedDate::month_length(date.year, month);
    return days + date.day - 1;
  }

  void combine() {
    std::vector<CalendarModel> operands;
    for (const sched::CalendarSpec& operand : spec_.operands)
      operands.emplace_back(operand, sched::Instant{from_min_ * minute_us},
                            sched::Instant{to_min_ * minute_us});
    for (size_t m = 0; m < open_.size(); ++m) {
      bool open = operands[0].open_[m];
      for (size_t i = 1; i < operands.size(); ++i) {
        const bool other = operands[i].open_[m];
        if (spec_.algebra == sched::Algebra::union_of) open = open || other;
        if (spec_.algebra == sched::Algebra::intersect) open = open && other;
        if (spec_.algebra == sched::Algebra::minus) open = open && !other;
      }
      open_[m] = open;
    }
  }

  void show_local_minutes() {
    const auto& transitions = spec_.zone.transitions;
    int64_t offset_s = spec_.zone.first_offset_s;
    size_t next = 0;
    for (int64_t m = from_min_ - margin_min; m < to_min_ + margin_min; ++m) {
      for (; next < transitions.size() && transitions[next].at.us <= m * minute_us; ++next)
        offset_s = transitions[next].offset_s;
      shown_.push_back(m + offset_s / 60);
    }
  }

  int64_t local_minute(int64_t utc_min) const {
    return shown_.at(static_cast<size_t>(utc_min - (from_min_ - margin_min)));
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
  std::vector<int64_t> shown_;  // local minutes, from a margin before `from` on
  std::vector<bool> open_;
  std::vector<std::pair<int64_t, int64_t>> closings_;  // day, minute
};

}  // namespace paceline::tests
