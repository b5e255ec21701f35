// A scenario file: TOML in, a Scenario out, with the production configuration it names.
//
// The configuration is loaded unchanged, by the loader a server uses. Everything is checked here as
// far as the two files say it, so that a planner mends a file in one round: all errors are
// collected, in the loader's words and with its codes; those of scenarios alone are E25xx. Points
// of a clock ("08:00", "mon 08:00") are local time of the scenario's zone; what comes round is
// turned so that its cycle begins with the scenario, as scenario.h wants it.
//
// Owner: anyone.  Time: the scenario's start is the "now" at which calendars must still open.
// Allocates: freely.  Errors: file, line, code, what is wrong and how to mend it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/load.h"
#include "sim/scenario/scenario.h"

namespace paceline::sim {

struct ReadScenario {
  Scenario scenario;
  std::vector<config::ConfigError> noted;  ///< Warnings of both files.
};
using ScenarioResult = sched::Expected<ReadScenario, std::vector<config::ConfigError>>;

/// Takes a record of a CSV file; the first is its header.
using TakeRecord = std::function<void(uint64_t line, std::span<const std::string> fields)>;

/// Where the files come from that a scenario names. Paths are relative to its own folder.
struct ScenarioSources {
  std::function<config::LoadResult(const std::string& path, sched::Instant now)> configuration;
  /// Hands over the records of a CSV file; answers what is wrong with it, or nothing.
  std::function<std::string(const std::string& path, const TakeRecord& take)> records;
  std::string tzdata{config::system_tzdata};
};

/// Configurations from the disk; no recorded streams, for reading CSV is not ours.
ScenarioSources files_on_disk();

/// `file` is for messages, and its folder is where others are looked for.
ScenarioResult read_scenario(std::string_view text, const std::string& file,
                             const ScenarioSources& sources);
ScenarioResult read_scenario_file(const std::string& path, const ScenarioSources& sources);

}  // namespace paceline::sim
