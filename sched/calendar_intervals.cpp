#include "sched/calendar_intervals.h"

#include <algorithm>

#include "sched/calendar.h"
#include "sched/calendar_days.h"
#include "sched/local_time.h"

namespace paceline::sched {
namespace {

constexpr int64_t day_s = 86'400;
constexpr int64_t span_begin_us = Calendar::first_instant.us;
constexpr int64_t span_end_us = Calendar::horizon.us;

void add_day(std::vector<BusinessDay>& days, int64_t date, int64_t closes_us) {
  if (days.empty() || days.back().date < date)
    days.push_back({date, closes_us});
  else
    days.back().closes_us = std::max(days.back().closes_us, closes_us);
}

/// Each occurrence of each interval of week and exceptions, converted once, then merged.
OpenHours of_days(const CalendarSpec& spec) {
  const int64_t first = span_begin_us / day.us - 3;  // a zone's day and a night's length earlier
  const int64_t last = span_end_us / day.us + 3;
  CalendarDays plan(spec, first, last);
  LocalTimeConverter opens(spec.zone);  // two, so that each meets ascending times
  LocalTimeConverter closes(spec.zone);
  OpenHours hours;
  hours.intervals.reserve(static_cast<size_t>(last - first) * spec.week.size() / 7 + 64);
  for (int64_t date = first; date <= last; ++date) {
    for (const DayHours& each : plan.on(date).hours) {
      const int64_t open_us = opens.opening(date * day_s + each.open_s).us;
      const int64_t close_us = closes.closing(date * day_s + each.close_s).us;
      const Interval clipped{std::max(open_us, span_begin_us), std::min(close_us, span_end_us)};
      if (clipped.open_us >= clipped.close_us) continue;
      hours.intervals.push_back(clipped);
      add_day(hours.days, date, clipped.close_us);
    }
  }
  merge(hours.intervals);
  return hours;
}

Intervals intervals_of(const CalendarSpec& spec) {
  if (spec.always_open) return {{span_begin_us, span_end_us}};
  if (spec.algebra == Algebra::none) return of_days(spec).intervals;
  Intervals result = intervals_of(spec.operands[0]);
  for (size_t i = 1; i < spec.operands.size(); ++i) {
    const Intervals operand = intervals_of(spec.operands[i]);
    switch (spec.algebra) {
      case Algebra::none:
        break;
      case Algebra::union_of:
        result = union_of(result, operand);
        break;
      case Algebra::intersect:
        result = intersection(result, operand);
        break;
      case Algebra::minus:
        result = difference(result, operand);
        break;
    }
  }
  return result;
}

/// What an algebra leaves has no opening days of its own. An interval of at most 24 hours belongs
/// to the date it opens on, a longer one is cut at every local midnight.
std::vector<BusinessDay> days_of(const Intervals& intervals, const Zone& zone) {
  std::vector<BusinessDay> days;
  LocalTimeConverter midnights(zone);
  for (const Interval& interval : intervals) {
    int64_t date = local_date(zone, {interval.open_us});
    if (interval.close_us - interval.open_us <= day.us) {
      add_day(days, date, interval.close_us);
      continue;
    }
    for (int64_t from_us = interval.open_us; from_us < interval.close_us; ++date) {
      const int64_t to_us = std::min(midnights.closing((date + 1) * day_s).us, interval.close_us);
      if (to_us <= from_us) continue;  // a date that the clocks left out
      add_day(days, date, to_us);
      from_us = to_us;
    }
  }
  return days;
}

}  // namespace

void merge(Intervals& intervals) {
  std::sort(intervals.begin(), intervals.end(),
            [](const Interval& a, const Interval& b) { return a.open_us < b.open_us; });
  size_t kept = 0;
  for (const Interval& interval : intervals) {
    if (kept > 0 && interval.open_us <= intervals[kept - 1].close_us)
      intervals[kept - 1].close_us = std::max(intervals[kept - 1].close_us, interval.close_us);
    else
      intervals[kept++] = interval;
  }
  intervals.resize(kept);
}

Intervals union_of(const Intervals& a, const Intervals& b) {
  Intervals all = a;
  all.insert(all.end(), b.begin(), b.end());
  merge(all);
  return all;
}

Intervals intersection(const Intervals& a, const Intervals& b) {
  Intervals common;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const Interval both{std::max(a[i].open_us, b[j].open_us),
                        std::min(a[i].close_us, b[j].close_us)};
    if (both.open_us < both.close_us) common.push_back(both);
    a[i].close_us < b[j].close_us ? ++i : ++j;
  }
  return common;
}

Intervals difference(const Intervals& a, const Intervals& b) {
  Intervals left;
  size_t j = 0;
  for (const Interval& interval : a) {
    int64_t from_us = interval.open_us;
    while (j < b.size() && b[j].close_us <= from_us) ++j;
    for (size_t k = j; k < b.size() && b[k].open_us < interval.close_us; ++k) {
      if (b[k].open_us > from_us) left.push_back({from_us, b[k].open_us});
      from_us = b[k].close_us;
    }
    if (from_us < interval.close_us) left.push_back({from_us, interval.close_us});
  }
  return left;
}

OpenHours open_hours(const CalendarSpec& spec) {
  if (spec.algebra == Algebra::none) return of_days(spec);
  OpenHours hours;
  hours.intervals = intervals_of(spec);
  hours.days = days_of(hours.intervals, spec.zone);
  return hours;
}

}  // namespace paceline::sched
