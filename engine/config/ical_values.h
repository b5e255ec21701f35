// Values of iCalendar properties. Private to the reader of iCalendar files.
//
// Owner: anyone.  Errors: what is wrong and how to mend it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/config/ical.h"
#include "engine/config/ical_lines.h"

namespace paceline::config {

/// SUMMARY on one line, without control characters, at most 200 bytes.
std::string ical_text(std::string_view escaped);

/// "20261225", "20261225T090000", "20261225T090000Z"; TZID from the line's parameters.
sched::Expected<IcalTime, std::string> ical_time(const IcalLine& line, std::string_view value);

/// "P1D", "P1W", "PT12H", in seconds; not negative.
std::optional<int64_t> ical_duration(std::string_view value);

/// An RRULE of FREQ=YEARLY whose days a yearly day can say and whose first is `start`.
sched::Expected<IcalYearly, std::string> ical_rule(std::string_view value, const IcalTime& start);

}  // namespace paceline::config
