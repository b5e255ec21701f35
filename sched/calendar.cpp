#include "sched/calendar.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "sched/local_time.h"

namespace paceline::sched {
namespace {

constexpr int64_t day_s = 86'400;
constexpr int time_shift = 36;  // a bucket of time is 2^36 µs, 19 hours

struct Interval {
  int64_t open_us;
  int64_t close_us;
};

std::optional<CalendarError> week_error(const std::vector<WeeklyInterval>& week) {
  if (week.empty()) return CalendarError::no_open_time;
  if (week.size() > Calendar::week_intervals_max) return CalendarError::too_many_intervals;
  for (const WeeklyInterval& interval : week) {
    if (interval.weekday > 6) return CalendarError::weekday_unknown;
    if (interval.open_s >= day_s || interval.close_s <= interval.open_s ||
        interval.close_s - interval.open_s > day_s)
      return CalendarError::interval_inverted;
  }
  return std::nullopt;
}

std::optional<CalendarError> zone_error(const Zone& zone) {
  const auto beyond = [](int32_t offset_s) {
    return offset_s > offset_s_max || offset_s < -offset_s_max;
  };
  if (beyond(zone.first_offset_s)) return CalendarError::offset_invalid;
  for (size_t i = 0; i < zone.transitions.size(); ++i) {
    if (i > 0 && zone.transitions[i].at <= zone.transitions[i - 1].at)
      return CalendarError::transitions_unsorted;
    if (beyond(zone.transitions[i].offset_s)) return CalendarError::offset_invalid;
  }
  return std::nullopt;
}

bool exists(LocalDate date) {
  return date.month >= 1 && date.month <= 12 && date.day >= 1 &&
         date.day <= days_in_month(date.year, date.month);
}

/// Days since 1970-01-01, ascending.
std::optional<std::vector<int64_t>> closed_days(const std::vector<LocalDate>& dates) {
  std::vector<int64_t> days;
  days.reserve(dates.size());
  for (const LocalDate date : dates) {
    if (!exists(date)) return std::nullopt;
    days.push_back(days_from_civil(date.year, date.month, date.day));
  }
  std::sort(days.begin(), days.end());
  return days;
}

/// Each occurrence of each weekly interval, in UTC, within the span that is compiled; unmerged.
std::vector<Interval> occurrences(const CalendarSpec& spec, const std::vector<int64_t>& closed) {
  std::vector<WeeklyInterval> week = spec.week;
  std::sort(week.begin(), week.end(), [](const WeeklyInterval& a, const WeeklyInterval& b) {
    return a.weekday != b.weekday ? a.weekday < b.weekday : a.open_s < b.open_s;
  });

  const int64_t span_begin = Calendar::first_instant.us;
  const int64_t span_end = Calendar::horizon.us;
  const int64_t first_day = span_begin / day.us - 3;  // a zone's day and a night's length earlier
  const int64_t last_day = span_end / day.us + 3;
  LocalTimeConverter opens(spec.zone);  // two, so that each meets ascending times
  LocalTimeConverter closes(spec.zone);
  std::vector<Interval> intervals;
  intervals.reserve(static_cast<size_t>(last_day - first_day) * week.size() / 7 + week.size());
  auto next_closed = std::lower_bound(closed.begin(), closed.end(), first_day);
  for (int64_t date = first_day; date <= last_day; ++date) {
    while (next_closed != closed.end() && *next_closed < date) ++next_closed;
    if (next_closed != closed.end() && *next_closed == date) continue;
    for (const WeeklyInterval& interval : week) {
      if (interval.weekday != weekday_of(date)) continue;
      const int64_t open_us = opens.opening(date * day_s + interval.open_s).us;
      const int64_t close_us = closes.closing(date * day_s + interval.close_s).us;
      const Interval clipped{std::max(open_us, span_begin), std::min(close_us, span_end)};
      if (clipped.open_us < clipped.close_us) intervals.push_back(clipped);
    }
  }
  return intervals;
}

/// Overlapping intervals become one; so do touching ones, for there is no gap between them.
void merge(std::vector<Interval>& intervals) {
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

}  // namespace

Expected<Calendar, CalendarError> Calendar::compile(const CalendarSpec& spec) {
  Calendar calendar;
  if (spec.always_open) return calendar;
  if (const auto error = week_error(spec.week)) return Unexpected{*error};
  if (const auto error = zone_error(spec.zone)) return Unexpected{*error};
  const auto closed = closed_days(spec.closed);
  if (!closed) return Unexpected{CalendarError::date_invalid};

  std::vector<Interval> intervals = occurrences(spec, *closed);
  merge(intervals);
  if (intervals.empty()) return Unexpected{CalendarError::no_open_time};

  calendar.always_open_ = false;
  calendar.openings_.reserve(intervals.size() + 2);
  calendar.openings_.push_back({first_instant.us, 0});
  int64_t before_us = 0;
  for (const Interval& interval : intervals) {
    calendar.openings_.push_back({interval.open_us, before_us});
    before_us += interval.close_us - interval.open_us;
  }
  calendar.openings_.push_back({never.us, before_us});
  calendar.index();
  return calendar;
}

void Calendar::index() {
  size_t at = 0;
  for (int64_t bucket = 0; bucket <= (horizon - first_instant).us >> time_shift; ++bucket) {
    const int64_t from_us = first_instant.us + (bucket << time_shift);
    while (openings_[at + 1].open_us <= from_us) ++at;
    by_time_.push_back(static_cast<uint32_t>(at));
  }

  const int64_t total_us = openings_.back().before_us;
  const int64_t mean_us = total_us / static_cast<int64_t>(openings_.size());
  work_shift_ = static_cast<int>(std::bit_width(static_cast<uint64_t>(mean_us) | 1));
  at = 0;
  for (int64_t bucket = 0; bucket <= total_us >> work_shift_; ++bucket) {
    const int64_t from_us = (bucket << work_shift_) + 1;
    while (at + 2 < openings_.size() && openings_[at + 1].before_us < from_us) ++at;
    by_work_.push_back(static_cast<uint32_t>(at));
  }
}

size_t Calendar::last_opened(int64_t t_us) const {
  size_t at = by_time_[static_cast<size_t>((t_us - first_instant.us) >> time_shift)];
  while (openings_[at + 1].open_us <= t_us) ++at;
  return at;
}

size_t Calendar::last_before(int64_t work_us) const {
  size_t at = by_work_[static_cast<size_t>(work_us >> work_shift_)];
  // A bucket's entry holds just after the bucket's start; exactly at it one less may be due.
  while (openings_[at].before_us >= work_us) --at;
  while (openings_[at + 1].before_us < work_us) ++at;
  return at;
}

int64_t Calendar::work_until(int64_t t_us) const {
  if (t_us <= first_instant.us) return 0;
  if (t_us >= horizon.us) return openings_.back().before_us;
  const Opening* opening = &openings_[last_opened(t_us)];
  return std::min(opening->before_us + (t_us - opening->open_us), opening[1].before_us);
}

Instant Calendar::add(Instant t, BusinessDuration d) const {
  if (d.us <= 0) return t;
  if (always_open_) return t.us > 0 && d.us > never.us - t.us ? never : Instant{t.us + d.us};
  const int64_t worked_us = work_until(t.us);
  if (d.us > openings_.back().before_us - worked_us) return never;
  const int64_t work_us = worked_us + d.us;
  const Opening& opening = openings_[last_before(work_us)];
  return {opening.open_us + (work_us - opening.before_us)};
}

BusinessDuration Calendar::between(Instant a, Instant b) const {
  DCHECK(a <= b);
  if (always_open_) return {b.us - a.us};
  return {work_until(b.us) - work_until(a.us)};
}

bool Calendar::open_at(Instant t) const {
  if (always_open_) return true;
  if (t < first_instant || t >= horizon) return false;
  const Opening* opening = &openings_[last_opened(t.us)];
  return t.us - opening->open_us < opening[1].before_us - opening->before_us;
}

Instant Calendar::next_open(Instant t) const {
  if (always_open_ || open_at(t)) return t;
  if (t >= horizon) return never;
  const size_t at = t < first_instant ? 0 : last_opened(t.us);
  return {openings_[at + 1].open_us};
}

}  // namespace paceline::sched
