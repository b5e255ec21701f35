// From a specification to open intervals in UTC, and the algebra over them. Private to sched.
//
// Owner: compile().  Allocates: the lists.
#pragma once

#include <cstdint>
#include <vector>

#include "sched/calendar_spec.h"

namespace paceline::sched {

struct Interval {
  int64_t open_us;
  int64_t close_us;
  bool operator==(const Interval&) const = default;
};

/// Ascending and disjoint, with a gap between one and the next.
using Intervals = std::vector<Interval>;

/// Overlapping intervals become one; so do touching ones, for there is no gap between them.
void merge(Intervals& intervals);

// Both arguments merged.
Intervals union_of(const Intervals& a, const Intervals& b);
Intervals intersection(const Intervals& a, const Intervals& b);
Intervals difference(const Intervals& a, const Intervals& b);

/// A local date on which something opens, and when the last of it closes.
struct BusinessDay {
  int64_t date;  // days since 1970-01-01
  int64_t closes_us;
};

struct OpenHours {
  Intervals intervals;
  std::vector<BusinessDay> days;  ///< Ascending, one a date.
};

/// Within the span that is compiled. Requires no problem_in(spec) and no always_open.
OpenHours open_hours(const CalendarSpec& spec);

}  // namespace paceline::sched
