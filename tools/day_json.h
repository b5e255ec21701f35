// A recorded day as a file: JSON, an act a line (docs/SIMULATION.md has the schema).
//
// Owner: any thread.  Errors: a file that is none, with the act and the field.  Allocates: the day.
#pragma once

#include <string>

#include "sim/recorded/recorded_day.h"
#include "tools/failure.h"

namespace paceline::tools {

std::string day_json(const sim::RecordedDay& day);

/// Everything a replay counts on has been examined: numbers in range, places that lead somewhere.
Got<sim::RecordedDay> read_day(const std::string& path);

}  // namespace paceline::tools
