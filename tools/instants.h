// Instants and durations as people write them. Local time exists only here and in calendars.
//
// Owner: any thread; pure.  Allocates: texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sched/base/time.h"
#include "sched/calendar.h"

namespace paceline::tools {

/// Wall time without a zone, as microseconds since 1970-01-01T00:00 of the same wall.
struct WallTime {
  int64_t us = 0;
};

/// Days since 1970-01-01; nothing if there is no such date.
std::optional<int64_t> days_from_date(int64_t year, unsigned month, unsigned day);

/// The first instant at which clocks in the zone show `wall`; a time the spring change leaves out
/// is the instant of the change.
sched::Instant to_instant(WallTime wall, const sched::Zone& zone);

/// "2026-03-08T00:00[:SS[.ffffff]]" or with a blank for the T; Z or ±HH:MM may follow, without one
/// it is UTC. A date alone is its midnight.
std::optional<sched::Instant> parse_instant(std::string_view text);

/// "2026-03-08T00:00:00Z", with microseconds only where there are any.
std::string format_instant(sched::Instant at);

/// "1h 30m", "2d 4h", "45s", "0.25s"; the two largest units that matter.
std::string format_duration(int64_t us);

/// Every unit down to the microsecond: "1d 2h 3m 4.000005s".
std::string format_exact(int64_t us);

/// Hours, rounded half away from zero to `decimals` digits.
double hours(int64_t us, int decimals);

}  // namespace paceline::tools
