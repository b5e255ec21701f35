#include "sched/calendar_days.h"

#include <algorithm>
#include <limits>

#include "sched/local_time.h"

namespace paceline::sched {
namespace {

int64_t days_of(LocalDate date) { return days_from_civil(date.year, date.month, date.day); }

/// An hour of an exception, before those of one date are put together.
struct Stated {
  int64_t date;
  DaySource source;  // in the order of precedence
  DayHours hours;
  friend auto operator<=>(const Stated&, const Stated&) = default;
};

std::vector<Stated> stated_in(const CalendarSpec& spec, int64_t first, int64_t last) {
  std::vector<Stated> stated;
  const auto add = [&](int64_t date, DaySource source, DayHours hours) {
    if (date >= first && date <= last) stated.push_back({date, source, hours});
  };
  for (const LocalDate date : spec.closed) add(days_of(date), DaySource::closed_date, {});
  for (const DateInterval& each : spec.open)
    add(days_of(each.date), DaySource::open_date, {each.open_s, each.close_s});
  if (!spec.yearly.empty()) {
    // A day before Easter may lie in the year before, and the last one in the year after.
    const int64_t last_year = civil_from_days(last).year + 1;
    for (int64_t year = civil_from_days(first).year - 1; year <= last_year; ++year) {
      for (const YearlyInterval& each : spec.yearly) {
        const auto date = date_in(each.on, year);
        if (!date) continue;
        const auto source = each.close_s == 0 ? DaySource::yearly_closed : DaySource::yearly_open;
        add(*date, source, {each.open_s, each.close_s});
      }
    }
  }
  std::sort(stated.begin(), stated.end());
  return stated;
}

}  // namespace

int64_t easter_sunday(int64_t year) {
  // The anonymous Gregorian computation (Meeus, Astronomical Algorithms).
  const int64_t a = year % 19;
  const int64_t b = year / 100;
  const int64_t c = year % 100;
  const int64_t h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  const int64_t l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
  const int64_t m = (a + 11 * h + 22 * l) / 451;
  const int64_t n = h + l - 7 * m + 114;
  return days_from_civil(year, static_cast<unsigned>(n / 31), static_cast<unsigned>(n % 31 + 1));
}

std::optional<int64_t> date_in(const YearlyDay& on, int64_t year) {
  if (on.kind == YearlyDay::Kind::easter) return easter_sunday(year) + on.offset_days;
  const unsigned length = days_in_month(year, on.month);
  if (on.kind == YearlyDay::Kind::month_day) {
    if (on.day > length) return std::nullopt;
    return days_from_civil(year, on.month, on.day);
  }
  const int64_t first = days_from_civil(year, on.month, 1);
  const unsigned days_to_weekday = (on.weekday + 7 - weekday_of(first)) % 7;
  if (on.nth == 0) return first + days_to_weekday + (length - 1 - days_to_weekday) / 7 * 7;
  const unsigned at = days_to_weekday + (on.nth - 1U) * 7;
  if (at >= length) return std::nullopt;
  return first + at;
}

CalendarDays::CalendarDays(const CalendarSpec& spec, int64_t first, int64_t last)
    : valid_from_(spec.valid_from ? days_of(*spec.valid_from)
                                  : std::numeric_limits<int64_t>::min()),
      valid_to_(spec.valid_to ? days_of(*spec.valid_to) : std::numeric_limits<int64_t>::max()) {
  for (const WeeklyInterval& each : spec.week)
    week_[each.weekday].push_back({each.open_s, each.close_s});
  for (auto& hours : week_) std::sort(hours.begin(), hours.end());
  for (const Stated& each : stated_in(spec, first, last)) {
    if (exceptions_.empty() || exceptions_.back().date != each.date)
      exceptions_.push_back({each.date, each.source, hours_.size(), 0});
    Exception& exception = exceptions_.back();
    if (exception.source != each.source || each.hours.close_s == 0) continue;
    hours_.push_back(each.hours);
    ++exception.count;
  }
}

const CalendarDays::Exception* CalendarDays::exception_on(int64_t date) {
  const auto earlier = [](const Exception& exception, int64_t than) {
    return exception.date < than;
  };
  if (hint_ > 0 && exceptions_[hint_ - 1].date >= date) hint_ = 0;
  if (hint_ < exceptions_.size() && exceptions_[hint_].date < date) {
    const auto from = exceptions_.begin() + static_cast<ptrdiff_t>(hint_);
    const auto found = std::lower_bound(from, exceptions_.end(), date, earlier);
    hint_ = static_cast<size_t>(found - exceptions_.begin());
  }
  if (hint_ == exceptions_.size() || exceptions_[hint_].date != date) return nullptr;
  return &exceptions_[hint_];
}

CalendarDays::Day CalendarDays::on(int64_t date) {
  if (date < valid_from_ || date >= valid_to_) return {DaySource::invalid, {}};
  if (const Exception* exception = exception_on(date))
    return {exception->source, std::span(hours_).subspan(exception->first, exception->count)};
  return {DaySource::week, week_[weekday_of(date)]};
}

}  // namespace paceline::sched
