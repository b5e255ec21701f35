#include "sched/calendar_spec.h"

#include <algorithm>

#include "sched/local_time.h"

namespace paceline::sched {
namespace {

constexpr uint32_t day_s = 86'400;
constexpr size_t years_compiled = 111;

bool exists(LocalDate date) {
  return date.year >= 1 && date.month >= 1 && date.month <= 12 && date.day >= 1 &&
         date.day <= days_in_month(date.year, date.month);
}

bool exists(const YearlyDay& on) {
  switch (on.kind) {
    case YearlyDay::Kind::month_day:
      return exists(LocalDate{2'000, on.month, on.day});  // a leap year
    case YearlyDay::Kind::weekday_of_month:
      return on.month >= 1 && on.month <= 12 && on.weekday <= 6 && on.nth <= 5;
    case YearlyDay::Kind::easter:
      return on.offset_days >= -366 && on.offset_days <= 366;
  }
  return false;
}

bool inverted(uint32_t open_s, uint32_t close_s) {
  return open_s >= day_s || close_s <= open_s || close_s - open_s > day_s;
}

std::optional<CalendarError> problem_in(const Zone& zone) {
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

std::optional<CalendarError> problem_in_days(const CalendarSpec& spec) {
  if (spec.week.size() > week_intervals_max) return CalendarError::too_many_intervals;
  for (const WeeklyInterval& interval : spec.week) {
    if (interval.weekday > 6) return CalendarError::weekday_unknown;
    if (inverted(interval.open_s, interval.close_s)) return CalendarError::interval_inverted;
  }
  if (spec.closed.size() > exceptions_max || spec.open.size() > exceptions_max ||
      spec.yearly.size() > yearly_max)
    return CalendarError::too_many_exceptions;
  for (const LocalDate date : spec.closed)
    if (!exists(date)) return CalendarError::date_invalid;
  for (const DateInterval& interval : spec.open) {
    if (!exists(interval.date)) return CalendarError::date_invalid;
    if (inverted(interval.open_s, interval.close_s)) return CalendarError::interval_inverted;
  }
  for (const YearlyInterval& interval : spec.yearly) {
    if (!exists(interval.on)) return CalendarError::date_invalid;
    const bool closed = interval.open_s == 0 && interval.close_s == 0;
    if (!closed && inverted(interval.open_s, interval.close_s))
      return CalendarError::interval_inverted;
  }
  if ((spec.valid_from && !exists(*spec.valid_from)) || (spec.valid_to && !exists(*spec.valid_to)))
    return CalendarError::date_invalid;
  if (spec.valid_from && spec.valid_to && *spec.valid_to <= *spec.valid_from)
    return CalendarError::validity_inverted;
  return std::nullopt;
}

std::optional<CalendarError> problem_in(const CalendarSpec& spec, size_t depth, size_t& operands) {
  if (spec.always_open) return std::nullopt;
  if (auto error = problem_in(spec.zone)) return error;
  if (spec.algebra == Algebra::none)
    return spec.operands.empty() ? problem_in_days(spec) : CalendarError::operands_invalid;
  operands += spec.operands.size();
  if (spec.operands.empty() || depth == algebra_depth_max || operands > algebra_operands_max)
    return CalendarError::operands_invalid;
  for (const CalendarSpec& operand : spec.operands)
    if (auto error = problem_in(operand, depth + 1, operands)) return error;
  return std::nullopt;
}

}  // namespace

CalendarSpec round_the_clock() {
  CalendarSpec spec;
  spec.name = "24x7";
  spec.always_open = true;
  return spec;
}

std::optional<CalendarError> problem_in(const CalendarSpec& spec) {
  size_t operands = 0;
  if (auto error = problem_in(spec, 0, operands)) return error;
  if (work_to_compile(spec) > compile_work_max) return CalendarError::operands_invalid;
  return std::nullopt;
}

size_t work_to_compile(const CalendarSpec& spec) {
  size_t work = spec.week.size() * 53 * years_compiled + spec.closed.size() + spec.open.size() +
                spec.yearly.size() * years_compiled;
  for (const CalendarSpec& operand : spec.operands) work += work_to_compile(operand);
  return work;
}

void persist(Archive& archive, CalendarSpec& spec, size_t depth) {
  if (!archive.require(depth <= algebra_depth_max, "a calendar is made of too many others")) return;
  auto& [name, always_open, zone, week, closed, open, yearly, valid_from, valid_to, algebra,
         operands] = spec;
  archive.fields(name, always_open, zone.name, zone.tzdata_version, zone.first_offset_s,
                 zone.transitions, week, closed, open, yearly, valid_from, valid_to);
  archive.choice(algebra, Algebra::minus);
  archive.each(operands, [&](CalendarSpec& operand) { persist(archive, operand, depth + 1); });
}

}  // namespace paceline::sched
