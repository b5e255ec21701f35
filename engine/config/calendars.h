// The calendars of a configuration file by themselves, whatever else the file says.
//
// For questions about calendars, also about the past: that one opens no more is no error here.
//
// Owner: anyone.  Allocates: freely.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/config/load.h"
#include "sched/calendar_spec.h"

namespace paceline::config {

using Calendars = sched::Expected<std::vector<sched::CalendarSpec>, std::vector<ConfigError>>;

/// In the file's order, without the built-in 24x7. `file` is only for messages.
Calendars calendars_in_text(std::string_view text, std::string_view file,
                            std::string_view tzdata = system_tzdata);
Calendars calendars_in_file(const std::string& path, std::string_view tzdata = system_tzdata);

}  // namespace paceline::config
