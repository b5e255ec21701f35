// What a clock is given, as people write it: `4h`, `2bd`, `end_of_business_day(2)`,
// `2026-03-27T16:00:00Z`, `promised_at`.
//
// Owner: anyone.  Allocates: for texts.  Errors: what is wrong and how to mend it.
#pragma once

#include <string>
#include <string_view>

#include "engine/desk/configuration.h"
#include "sched/base/expected.h"

namespace paceline::config {

/// At most 366 days, 366 working days, or an instant between 1990 and 2100.
sched::Expected<desk::Target, std::string> parse_target(std::string_view text);

/// The shortest text that parses to the same target; its cut-off is not part of it.
std::string print(const desk::Target& target);

}  // namespace paceline::config
