// Durations and instants as people write them: `4h30m`, `2026-03-27T16:00:00Z`.
//
// A unit is compulsory, for 15 means seconds to one reader and minutes to the next. A day (`d`) is
// 24 hours and so exists for elapsed time only: in business time nobody agrees what a day is.
//
// Owner: anyone.  Allocates: for texts.  Errors: what is wrong and how to mend it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sched/base/expected.h"
#include "sched/base/time.h"

namespace paceline::config {

/// `2d`, `4h30m`, `15m`, `20s`, `250ms`, `7us`: units from large to small, each at most once. At
/// most 100 years.
sched::Expected<sched::Duration, std::string> parse_duration(std::string_view text);

/// The same without `d`.
sched::Expected<sched::BusinessDuration, std::string> parse_business_duration(
    std::string_view text);

/// `5bd`: 5; at most 366. A working day ends when its calendar closes, so it is no duration.
sched::Expected<uint16_t, std::string> parse_business_days(std::string_view text);
/// Whether the text is meant as business days: digits, then `bd`.
bool is_business_days(std::string_view text);

/// `14:00` as seconds since midnight, 00:00 to 23:59.
sched::Expected<uint32_t, std::string> parse_time_of_day(std::string_view text);

/// The shortest text that parses to the same duration: `4h30m`; `0s`; `-5m`.
std::string print(sched::Duration duration);
std::string print(sched::BusinessDuration duration);  ///< Without `d`: `48h`.

/// RFC 3339 with up to six decimals: `2026-03-27T16:00:00Z`, `…16:00:00.25+01:00`. Years 1 … 9999.
sched::Expected<sched::Instant, std::string> parse_instant(std::string_view text);

/// In UTC, with as many decimals as needed; `never` for sched::never.
std::string print(sched::Instant instant);

}  // namespace paceline::config
