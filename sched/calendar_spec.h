// What a calendar is, as data: opening hours in local time, exceptions, yearly rules, validity, and
// the algebra over other calendars.
//
// A specification holds all that compiling needs, zones as explicit transitions and operands whole,
// so that Calendar::compile() is a pure function of it and a replay never asks this machine's
// tzdata or another document.
//
// What opens on a local date is said by the first of these that speaks of it: `closed`, `open`,
// `yearly` (where several of its days fall on the date, closed wins, else their hours add up),
// `week`. Outside the validity nothing opens. An interval belongs to the date it opens on.
//
// Owner: whoever made it.  Allocates: its lists.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sched/base/archive.h"
#include "sched/base/time.h"

namespace paceline::sched {

/// A zone resolved to explicit transitions.
struct ZoneTransition {
  Instant at;            ///< From this instant on (inclusive) …
  int32_t offset_s = 0;  ///< … local time is UTC plus this.
  bool operator==(const ZoneTransition&) const = default;
};
struct Zone {
  std::string name = "UTC";                 ///< IANA name.
  std::string tzdata_version;               ///< Release the transitions come from, e.g. "2025b".
  int32_t first_offset_s = 0;               ///< Before the first transition.
  std::vector<ZoneTransition> transitions;  ///< Ascending.
  bool operator==(const Zone&) const = default;
};

/// Local wall time, in seconds since the opening day's midnight. close_s > 86,400 crosses midnight
/// and belongs to the opening day.
struct WeeklyInterval {
  uint8_t weekday = 0;  ///< 0 is Monday.
  uint32_t open_s = 0;
  uint32_t close_s = 0;
  bool operator==(const WeeklyInterval&) const = default;
};

struct LocalDate {
  int16_t year = 1970;
  uint8_t month = 1;
  uint8_t day = 1;
  friend constexpr auto operator<=>(LocalDate, LocalDate) = default;
};

/// One interval of the hours that replace a date's own.
struct DateInterval {
  LocalDate date;
  uint32_t open_s = 0;
  uint32_t close_s = 0;
  bool operator==(const DateInterval&) const = default;
};

/// A day that comes back every year, or nearly: 29 February and a fifth Monday do so now and then.
struct YearlyDay {
  enum class Kind : uint8_t { month_day, weekday_of_month, easter };
  Kind kind = Kind::month_day;
  uint8_t month = 1;        ///< Not for easter.
  uint8_t day = 1;          ///< month_day
  uint8_t weekday = 0;      ///< weekday_of_month; 0 is Monday.
  uint8_t nth = 1;          ///< weekday_of_month: 1 to 5; 0 is the last.
  int16_t offset_days = 0;  ///< easter: from Easter Sunday (Western) to the day.
  friend constexpr auto operator<=>(const YearlyDay&, const YearlyDay&) = default;
};

/// One interval of a yearly day's hours; with close_s = 0 the day is closed.
struct YearlyInterval {
  YearlyDay on;
  uint32_t open_s = 0;
  uint32_t close_s = 0;
  bool operator==(const YearlyInterval&) const = default;
};

/// How `operands` make up a calendar. `minus`: the first without all the others.
enum class Algebra : uint8_t { none, union_of, intersect, minus };

struct CalendarSpec {
  std::string name;
  bool always_open = false;  ///< 24×7: needs no zone and no week.
  Zone zone;                 ///< Of an algebra: where its business days begin and end.
  std::vector<WeeklyInterval> week;
  std::vector<LocalDate> closed;  ///< Local dates on which no interval opens.
  std::vector<DateInterval> open;
  std::vector<YearlyInterval> yearly;
  std::optional<LocalDate> valid_from;  ///< The first local date on which anything opens.
  std::optional<LocalDate> valid_to;    ///< The first one on which nothing does any more.
  Algebra algebra = Algebra::none;      ///< Else only name, zone and operands count.
  std::vector<CalendarSpec> operands;
  bool operator==(const CalendarSpec&) const = default;
};

/// Loading, it is for compile() to say whether it is one.
void persist(Archive& archive, CalendarSpec& spec, size_t depth = 0);

/// The built-in "24x7".
CalendarSpec round_the_clock();

enum class CalendarError : uint8_t {
  no_open_time,       ///< No interval at all, or every one empty.
  interval_inverted,  ///< close ≤ open, or longer than 24 h.
  weekday_unknown,    ///< Not 0…6.
  date_invalid,       ///< A date that does not exist, of a list or a yearly day.
  transitions_unsorted,
  offset_invalid,      ///< An offset beyond ±26 h.
  too_many_intervals,  ///< More than `week_intervals_max`.
  too_many_exceptions,
  validity_inverted,  ///< valid_to ≤ valid_from.
  operands_invalid,   ///< None, operands without an algebra, too many, too deep or too large.
};

/// Bounds on what a document from outside can make compile() do.
inline constexpr size_t week_intervals_max = 336;
inline constexpr size_t exceptions_max = 10'000;       ///< `closed` and `open` each.
inline constexpr size_t yearly_max = 1'000;            ///< Intervals.
inline constexpr size_t algebra_depth_max = 8;         ///< Algebras within one another.
inline constexpr size_t algebra_operands_max = 64;     ///< In all, those of operands included.
inline constexpr size_t compile_work_max = 8'000'000;  ///< Of work_to_compile().

/// The first thing compile() would refuse, but for the calendar that is never open.
std::optional<CalendarError> problem_in(const CalendarSpec& spec);

/// How many intervals compile() has to handle, about.
size_t work_to_compile(const CalendarSpec& spec);

}  // namespace paceline::sched
