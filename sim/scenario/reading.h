// One scenario file while it is read: what the parts of the reader share. Private to the reader.
//
// Owner: one reading.  Allocates: freely.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/diagnostics.h"
#include "engine/config/table_reader.h"
#include "sched/calendar.h"
#include "sim/scenario/read.h"

namespace paceline::sim {

/// Codes of errors that only scenarios have; the others are the configuration's.
namespace code {
inline constexpr std::string_view no_desk = "E2501";
inline constexpr std::string_view wrong_rate = "E2502";
inline constexpr std::string_view wrong_law = "E2503";
inline constexpr std::string_view wrong_share = "E2504";
inline constexpr std::string_view unknown_name = "E2505";
inline constexpr std::string_view wrong_time = "E2506";
inline constexpr std::string_view wrong_record = "E2507";
inline constexpr std::string_view wrong_staff = "E2508";
inline constexpr std::string_view nothing_to_do = "E2509";
inline constexpr std::string_view unread_column = "W2501";
inline constexpr std::string_view never_there = "W2502";
}  // namespace code

using Names = std::vector<std::string>;

/// What a scenario may refer to. Of the configuration nothing is known if it does not load.
struct KnownNames {
  bool configuration = false;
  Names queues, agents, groups, calendars, away_codes;
  Names demands, busyness, lines;
  std::set<std::string> categories, channels;  ///< That some demand has.
};

struct Reading {
  config::Diagnostics& diagnostics;
  const ScenarioSources& sources;
  std::string folder;  ///< With its separator; empty: the current one.
  Scenario scenario;
  KnownNames known;

  // The local clock at the start.
  unsigned weekday = 0;  ///< 0 is Monday.
  int64_t of_day_us = 0;

  std::map<std::string, bool, std::less<>> opens = {};  ///< Calendars by whether they open in time.

  std::string path_of(const std::string& name) const {
    return name.starts_with('/') ? name : folder + name;
  }
};

/// [scenario], and the configuration it names. Errors of that are answered: they have lines of
/// their own.
std::vector<config::ConfigError> read_frame(config::TableReader& file, Reading& reading,
                                            std::vector<config::ConfigError>& noted);
void read_busyness(config::TableReader& file, Reading& reading);
void read_lines(config::TableReader& file, Reading& reading);
void read_demands(config::TableReader& file, Reading& reading);
void read_work(config::TableReader& file, Reading& reading);
void read_outcomes(config::TableReader& file, Reading& reading);
void read_teams(config::TableReader& file, Reading& reading);

/// Parts of a demand.
void read_rate(config::TableReader& table, Reading& reading, Demand& demand);
void read_recorded(config::TableReader& table, Reading& reading, Demand& demand);

/// The text under the key, which must be one of `names`: `no queue "vnp": did you mean "vpn"?`.
/// Empty if it is absent or wrong; then it is reported, but for names that nobody knows because the
/// configuration did not load (`known` false).
std::string read_name(config::TableReader& table, std::string_view key, std::string_view kind,
                      const Names& names, bool known);
/// Reports a name that leads nowhere.
bool leads_somewhere(config::TableReader& table, uint32_t line, std::string_view kind,
                     const std::string& name, const Names& names, bool known);

}  // namespace paceline::sim
