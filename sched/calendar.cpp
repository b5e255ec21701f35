#include "sched/calendar.h"

#include <algorithm>
#include <bit>

#include "sched/calendar_intervals.h"
#include "sched/local_time.h"

namespace paceline::sched {
namespace {

constexpr int64_t day_s = 86'400;
constexpr int time_shift = 36;  // a bucket of time is 2^36 µs, 19 hours
constexpr int date_shift = 4;   // a bucket of dates is 16 of them
constexpr int64_t first_date = Calendar::first_instant.us / day.us - 3;

}  // namespace

Expected<Calendar, CalendarError> Calendar::compile(const CalendarSpec& spec) {
  Calendar calendar;
  if (spec.always_open) return calendar;
  if (const auto error = problem_in(spec)) return Unexpected{*error};
  const OpenHours hours = open_hours(spec);
  const Intervals& intervals = hours.intervals;
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

  calendar.zone_ = spec.zone;
  calendar.day_dates_.reserve(hours.days.size());
  calendar.day_closes_s_.reserve(hours.days.size());
  for (const BusinessDay& each : hours.days) {
    calendar.day_dates_.push_back(static_cast<uint16_t>(each.date - first_date));
    calendar.day_closes_s_.push_back(
        static_cast<uint32_t>((each.closes_us - first_instant.us) / second.us));
    const size_t buckets = (calendar.day_dates_.back() >> date_shift) + size_t{1};
    calendar.day_by_date_.resize(std::max(buckets, calendar.day_by_date_.size()),
                                 static_cast<uint16_t>(calendar.day_dates_.size() - 1));
  }
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

Instant Calendar::next_close(Instant t) const {
  if (always_open_) return never;
  const Instant open = next_open(t);
  if (open == never) return never;
  const Opening* opening = &openings_[last_opened(open.us)];
  return {opening->open_us + (opening[1].before_us - opening->before_us)};
}

Instant Calendar::next_change(Instant t) const { return open_at(t) ? next_close(t) : next_open(t); }

Instant Calendar::end_of_business_day(Instant t, uint32_t n, uint32_t cut_off_s) const {
  DCHECK(n >= 1 && cut_off_s <= day_s);
  if (!has_business_days() || n == 0 || t >= horizon) return never;
  // The clocks may have shown a later date before, but never by more than a day and a bit.
  const int64_t search_from =
      t < first_instant ? 0 : std::max<int64_t>(local_date(zone_, t) - 2 - first_date, 0);
  const auto bucket = static_cast<size_t>(search_from >> date_shift);
  if (bucket >= day_by_date_.size()) return never;
  size_t first = day_by_date_[bucket];
  while (first < day_dates_.size() && day_dates_[first] < search_from) ++first;
  LocalTimeConverter clock(zone_);
  const auto past = [&](size_t at) {
    const int64_t date = first_date + day_dates_[at];
    return closing_of(at) <= t || clock.closing(date * day_s + cut_off_s) < t;
  };
  while (first < day_dates_.size() && past(first)) ++first;
  if (n > day_dates_.size() - first) return never;
  return closing_of(first + n - 1);
}

std::vector<Span> Calendar::differences(const Calendar& other, Instant from, Instant to,
                                        size_t max) const {
  std::vector<Span> spans;
  for (Instant t = from; t < to && spans.size() < max;) {
    const Instant end = std::min({next_change(t), other.next_change(t), to});
    if (open_at(t) != other.open_at(t)) spans.push_back({t, end});
    t = end;
  }
  return spans;
}

}  // namespace paceline::sched
