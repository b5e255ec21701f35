// A configuration file, read, with what is wrong shown.
//
// Owner: one thread.  Time: the machine's, to see that calendars still open.
#pragma once

#include <string>
#include <vector>

#include "engine/config/load.h"
#include "tools/failure.h"
#include "tools/terminal.h"

namespace paceline::tools {

/// Shows every error but the last, which is the failure.
Failure config_failure(const std::vector<config::ConfigError>& errors, const Terminal& terminal);

/// A file and its text, for what speaks of lines.
struct ReadConfig {
  std::string text;
  config::Loaded loaded;
};
/// Shows errors as read_config() does, and no warnings.
Got<ReadConfig> read_config_quietly(const std::string& path, const Terminal& terminal);

/// Shows warnings, and every error but the last, which is the failure.
Got<config::Loaded> read_config(const std::string& path, const Terminal& terminal);

}  // namespace paceline::tools
