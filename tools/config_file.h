// A configuration file, read, with what is wrong shown.
//
// Owner: one thread.  Time: the machine's, to see that calendars still open.
#pragma once

#include <string>

#include "engine/config/load.h"
#include "tools/failure.h"
#include "tools/terminal.h"

namespace paceline::tools {

/// Shows warnings, and every error but the last, which is the failure.
Got<config::Loaded> read_config(const std::string& path, const Terminal& terminal);

}  // namespace paceline::tools
