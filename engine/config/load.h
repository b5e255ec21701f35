// The configuration file: TOML in, a server's settings and one desk::Configuration per desk out.
//
// Everything is checked here, so that what a desk is given is known to be usable: unknown keys,
// units, names that lead nowhere, conditions that do not parse, calendars that never open. All
// errors of a file are collected, each with its line, for a file is mended faster in one round.
//
// The tables at the top level (calendar, policy, queue, route, agent, priority, criticality) apply
// to every [desk.NAME] of the file, or to a desk "main" if the file names none; an entry of a list
// may say `desk = "emea"` to belong to that one only. A file with [server] alone has no desk.
//
// Owner: anyone.  Time: `now`, to see that calendars still open.  Allocates: freely.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/config/zone_resolver.h"
#include "engine/desk/configuration.h"
#include "sched/base/expected.h"
#include "sched/base/time.h"

namespace paceline::config {

enum class Durability : uint8_t { sync, interval, none };
enum class ServerClock : uint8_t { wall, commands };

/// What the file does not say is left to the command line and its defaults.
struct ServerSettings {
  std::vector<std::string> listen;  ///< "unix:PATH", "tcp:HOST:PORT"; may be empty.
  std::string admin;                ///< "HOST:PORT" or empty.
  std::string data;                 ///< Folder, or empty.
  Durability durability = Durability::sync;
  sched::Duration sync_interval = sched::microsecond * 100'000;  ///< Of Durability::interval.
  ServerClock clock = ServerClock::wall;
  sched::Duration max_jump = sched::minute * 5;
  bool waits_on_clock_jump = false;
  uint32_t shards = 1;
  bool pin_threads = false;
  uint32_t log_segment_mib = 64;
  uint32_t snapshot_log_mib = 1'024;             ///< 0: not for the log's size.
  sched::Duration snapshot_every = sched::hour;  ///< 0: not for the time.
};

/// None, or not so often that nothing else is done.
constexpr bool serves_as_snapshot_every(sched::Duration every) {
  return every.us == 0 || every >= sched::microsecond * 10'000;
}

struct ConfigError {
  std::string code;  ///< "E2104"; stable, for scripts.
  std::string file;
  uint32_t line = 0;  ///< 0: the file as a whole.
  std::string message;
};

struct Loaded {
  ServerSettings server;
  std::vector<std::pair<std::string, desk::Configuration>> desks;  ///< In the file's order.
  std::vector<ConfigError> noted;     ///< What is worth a warning, in the file's order.
  std::vector<std::string> warnings;  ///< The same, one line each, as shown() makes them.
};

/// `desk.toml:12: E2104 calendar "uk" has no open time after 2026-12-31: …`
std::string shown(const ConfigError& error);

/// A file's text, at most as long as parse_document() takes and one byte more.
sched::Expected<std::string, std::vector<ConfigError>> read_text(const std::string& path);

using LoadResult = sched::Expected<Loaded, std::vector<ConfigError>>;

/// `file` is only for messages.
LoadResult load_text(std::string_view text, std::string_view file, sched::Instant now,
                     std::string_view tzdata = system_tzdata);
LoadResult load_file(const std::string& path, sched::Instant now,
                     std::string_view tzdata = system_tzdata);

}  // namespace paceline::config
