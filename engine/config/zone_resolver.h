// IANA zone name → explicit transitions, read once from the system's tzdata.
//
// A replay must not depend on the tzdata of the machine it runs on, so a configuration carries its
// zones resolved: every transition of the TZif file (version 2 and later, 64-bit), then those that
// follow from the file's footer rule, up to 2100. The date library stops where the file's list
// ends (2037 at best), hence our own reader; a test compares the two up to there.
//
// Owner: anyone.  Allocates: for the answer.  Errors: a message with a suggestion.
#pragma once

#include <string>
#include <string_view>

#include "sched/base/expected.h"
#include "sched/calendar.h"

namespace paceline::config {

inline constexpr std::string_view system_tzdata = "/usr/share/zoneinfo";

/// Transitions from 1970 (or the first in the file) to 2100. `UTC` needs no file.
sched::Expected<sched::Zone, std::string> resolve_zone(std::string_view name,
                                                       std::string_view tzdata = system_tzdata);

/// The release, as "2025b"; "unknown" if the folder does not say.
std::string tzdata_version(std::string_view tzdata = system_tzdata);

/// The transitions of one TZif file's content; `name` and version are the caller's to fill in.
sched::Expected<sched::Zone, std::string> read_tzif(std::string_view bytes);

}  // namespace paceline::config
