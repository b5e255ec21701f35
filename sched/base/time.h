// Instants and the two kinds of duration. There is no now(): time is always an argument.
//
// Internal time is int64 microseconds since the Unix epoch, UTC, no leap seconds. Elapsed time
// (Duration) and time inside a calendar's open hours (BusinessDuration) are different types, so
// `instant + business_duration` does not compile; `calendar.add(instant, business_duration)` does.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace paceline::sched {

struct Duration {
  int64_t us = 0;
  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return {a.us + b.us}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {a.us - b.us}; }
  friend constexpr Duration operator*(Duration a, int64_t n) { return {a.us * n}; }
};

struct BusinessDuration {
  int64_t us = 0;
  friend constexpr auto operator<=>(BusinessDuration, BusinessDuration) = default;
  friend constexpr BusinessDuration operator+(BusinessDuration a, BusinessDuration b) {
    return {a.us + b.us};
  }
  friend constexpr BusinessDuration operator-(BusinessDuration a, BusinessDuration b) {
    return {a.us - b.us};
  }
};

struct Instant {
  int64_t us = 0;
  friend constexpr auto operator<=>(Instant, Instant) = default;
  friend constexpr Instant operator+(Instant t, Duration d) { return {t.us + d.us}; }
  friend constexpr Instant operator-(Instant t, Duration d) { return {t.us - d.us}; }
  friend constexpr Duration operator-(Instant a, Instant b) { return {a.us - b.us}; }
};

inline constexpr Duration microsecond{1};
inline constexpr Duration second{1'000'000};
inline constexpr Duration minute{60 * second.us};
inline constexpr Duration hour{60 * minute.us};
inline constexpr Duration day{24 * hour.us};

/// Later than every instant; what a calendar answers when the time asked for never opens.
inline constexpr Instant never{std::numeric_limits<int64_t>::max()};

}  // namespace paceline::sched
