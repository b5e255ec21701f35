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
#include <vector>

#include "sched/base/expected.h"
#include "sched/base/time.h"
#include "sched/calendar_spec.h"

namespace paceline::sched {

/// From an instant to a later one, the end not included.
struct Span {
  Instant from;
  Instant to;
  bool operator==(const Span&) const = default;
};

class Calendar {
 public:
  /// The span a calendar is compiled for. Earlier time is closed; later is `never`. It begins a
  /// month early, so that 1990 is whole in every zone.
  static constexpr Instant first_instant{628'473'600'000'000};  // 1989-12-01T00:00Z
  static constexpr Instant horizon{4'102'444'800'000'000};      // 2100-01-01T00:00Z

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

  /// End of the interval that is open at `t`, else of the next one; `never` if none.
  Instant next_close(Instant t) const;

  /// False for 24×7, which has no days.
  bool has_business_days() const { return !day_dates_.empty(); }

  /// Closing time of the n-th business day, n ≥ 1. A business day is a local date on which an
  /// interval opens; its closing time is the end of its last interval, also past midnight. The
  /// first one is the first that has not closed by `t` and whose cut-off (seconds since midnight,
  /// at most 24 h, local time, as a closing where it occurs twice) is not past: at the cut-off
  /// itself the day still counts. `never` if there is none.
  Instant end_of_business_day(Instant t, uint32_t n, uint32_t cut_off_s) const;

  /// The first `max` spans of [from, to) in which exactly one of the two is open; a span ends where
  /// it becomes the other one.
  std::vector<Span> differences(const Calendar& other, Instant from, Instant to, size_t max) const;

  /// What compiling it took.
  size_t interval_count() const { return openings_.empty() ? 0 : openings_.size() - 2; }

 private:
  /// An opening and the open time before it. The interval's length is the difference to the next
  /// one's open time, so a look-up reads one cache line.
  struct Opening {
    int64_t open_us;
    int64_t before_us;
  };

  Instant closing_of(size_t at) const {
    return first_instant + second * int64_t{day_closes_s_[at]};
  }
  size_t last_opened(int64_t t_us) const;     // the last opening at or before t
  size_t last_before(int64_t work_us) const;  // the last opening with before_us < work
  int64_t work_until(int64_t t_us) const;     // open time from first_instant to t
  Instant next_change(Instant t) const;       // the next opening or closing after t
  void index();

  bool always_open_ = true;
  std::vector<Opening> openings_;  // ascending, between two sentinels of zero length
  std::vector<uint32_t> by_time_;  // last_opened() at the start of each bucket of time
  std::vector<uint32_t> by_work_;  // last_before() just after the start of each bucket of work
  int work_shift_ = 0;             // a bucket of work is this power of two, about one interval

  // Business days, ascending; apart, so that the search reads dates only.
  Zone zone_;
  std::vector<uint16_t> day_dates_;     // days since first_date
  std::vector<uint16_t> day_by_date_;   // first of them at or after the start of 16 dates
  std::vector<uint32_t> day_closes_s_;  // closing times are whole seconds since first_instant
};

}  // namespace paceline::sched
