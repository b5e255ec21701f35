// Holidays of an iCalendar file as a [calendar.NAME] to review.
//
// Whole days become closed dates and yearly days. What an event of a part of a day means for the
// opening hours nobody can know: it is listed in a comment, with the date to write hours for.
//
// Owner: anyone.  Allocates: for the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/config/load.h"

namespace paceline::config {

struct IcalImport {
  std::string toml;
  std::vector<std::string> warnings;  ///< One line each.
};

/// `zone`: of the calendar; empty: X-WR-TIMEZONE, else UTC. `file` is only for messages.
sched::Expected<IcalImport, std::vector<ConfigError>> import_ical(
    std::string_view text, std::string_view file, std::string_view zone, std::string_view name,
    std::string_view tzdata = system_tzdata);

}  // namespace paceline::config
