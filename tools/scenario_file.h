// A scenario file, read with the files it names, with what is wrong shown.
//
// Owner: one thread.
#pragma once

#include <string>

#include "sim/scenario/read.h"
#include "tools/failure.h"
#include "tools/terminal.h"

namespace paceline::tools {

/// Configurations from the disk, and recorded streams as CSV, compressed or not.
sim::ScenarioSources scenario_sources();

/// Shows warnings, and every error but the last, which is the failure.
Got<sim::Scenario> read_scenario(const std::string& path, const Terminal& terminal);

}  // namespace paceline::tools
