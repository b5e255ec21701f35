// Opening hours, closed dates and zone transitions: the sole bridge between elapsed and business
// time.
//
// A calendar is compiled once to sorted UTC open intervals with prefix sums, so that add() and
// between() are look-ups, not loops over days: nothing here can run for ever. Local time exists
// only in the specification; each opening and closing is converted to UTC once, by rules that give
// every wall time, the missing and the repeated included, exactly one instant (compile()).
//
// Owner: any thread once compiled (immutable).  Allocates: in compile() only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sched/base/expected.h"
#include "sched/base/time.h"

namespace paceline::sched {

/// A zone resolved to explicit transitions, so that a replay never asks this machine's tzdata.
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

struct CalendarSpec {
  std::string name;
  bool always_open = false;  ///< 24×7: needs no zone and no week.
  Zone zone;
  std::vector<WeeklyInterval> week;
  std::vector<LocalDate> closed;  ///< Local dates on which no interval opens.
  bool operator==(const CalendarSpec&) const = default;
};

enum class CalendarError : uint8_t {
  no_open_time,       ///< No interval at all, or every one empty.
  interval_inverted,  ///< close ≤ open, or longer than 24 h.
  weekday_unknown,    ///< Not 0…6.
  date_invalid,       ///< A closed date that does not exist.
  transitions_unsorted,
  offset_invalid,      ///< An offset beyond ±26 h.
  too_many_intervals,  ///< More than `week_intervals_max`.
};

class Calendar {
 public:
  /// The span a calendar is compiled for. Earlier time is closed; later is `never`.
  static constexpr Instant first_instant{631'152'000'000'000};  // 1990-01-01T00:00Z
  static constexpr Instant horizon{4'102'444'800'000'000};      // 2100-01-01T00:00Z

  /// Bounds what a document from outside can make compile() allocate.
  static constexpr size_t week_intervals_max = 336;

  /// 24×7: every instant is open.
  Calendar() = default;

  static Expected<Calendar, CalendarError> compile(const CalendarSpec& spec);

  /// A(t, d): the earliest instant u with between(t, u) = d; `never` if none before the horizon.
  /// add(t, 0) = t.
  Instant add(Instant t, BusinessDuration d) const;

  /// B(a, b): open time in [a, b). Requires a ≤ b.
  BusinessDuration between(Instant a, Instant b) const;

  bool open_at(Instant t) const;
  bool always_open() const { return always_open_; }

  /// First instant at or after `t` that is open; `never` if none.
  Instant next_open(Instant t) const;

 private:
  /// An opening and the open time before it. The interval's length is the difference to the next
  /// one's open time, so a look-up reads one cache line.
  struct Opening {
    int64_t open_us;
    int64_t before_us;
  };

  size_t last_opened(int64_t t_us) const;     // the last opening at or before t
  size_t last_before(int64_t work_us) const;  // the last opening with before_us < work
  int64_t work_until(int64_t t_us) const;     // open time from first_instant to t
  void index();

  bool always_open_ = true;
  std::vector<Opening> openings_;  // ascending, between two sentinels of zero length
  std::vector<uint32_t> by_time_;  // last_opened() at the start of each bucket of time
  std::vector<uint32_t> by_work_;  // last_before() just after the start of each bucket of work
  int work_shift_ = 0;             // a bucket of work is this power of two, about one interval
};

}  // namespace paceline::sched
