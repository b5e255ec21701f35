// A desk's configuration as data: what a TOML file says, with zones resolved and units applied.
//
// It reaches the desk as a document in the log (ConfigBegin, ConfigChunk, ConfigCommit), so a
// replay meets the rules then in force. Expressions stay text here; the desk compiles them, by the
// same code that `config check` uses, and refuses the whole document if one does not compile.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/desk/command.h"
#include "engine/desk/event.h"
#include "sched/base/expected.h"
#include "sched/base/time.h"
#include "sched/calendar.h"
#include "sched/priority.h"

namespace paceline::desk {

/// First match wins; no match goes to triage.
struct RouteRule {
  std::string name;  ///< For events and explanations; "route 3" where the file gives none.
  std::string when;  ///< Predicate over ticket fields (predicate.h).
  std::string queue;
  bool operator==(const RouteRule&) const = default;
};

enum class OnPriorityChange : uint8_t { carry, keep };
enum class ClockOrigin : uint8_t { recorded, occurred };

/// First match per clock kind wins, in the order of the file.
struct PolicyDefinition {
  std::string name;
  std::string when;
  ClockKind clock = ClockKind::resolution;
  int64_t target_us = 0;                ///< Business time in `calendar`; 1 µs … 1 year.
  std::string calendar = "24x7";        ///< "24x7" is built in.
  std::vector<std::string> pause;       ///< Pending reasons that pause this clock.
  std::vector<uint32_t> thresholds_bp;  ///< Basis points of the target, ascending, ≤ 100,000.
  OnPriorityChange on_priority_change = OnPriorityChange::carry;
  ClockOrigin origin = ClockOrigin::recorded;
  bool operator==(const PolicyDefinition&) const = default;
};

/// press_at = due_at − head_start, a sum of these.
struct HeadStart {
  int64_t priority_us[sched::priority_count] = {};
  int64_t vip_us = 0;
  int64_t reopened_us = 0;
  int64_t negative_us = 0;  ///< Negative sentiment.
  bool operator==(const HeadStart&) const = default;
};

struct QueueDefinition {
  std::string name;
  std::string group;
  std::string need;  ///< "network >= 2 && vpn >= 4"
  uint8_t tier = 1;
  QueueMode mode = QueueMode::push;
  Discipline discipline = Discipline::pressing_time;
  uint32_t weight_milli = 1'000;
  int64_t default_horizon_us = 5 * sched::day.us;  ///< due_at of a ticket without a clock.
  HeadStart head_start;
  bool operator==(const QueueDefinition&) const = default;
};

struct AgentDefinition {
  std::string name;
  std::vector<std::string> groups;
  std::vector<std::pair<std::string, uint8_t>> skills;  ///< Level 1 … 100.
  uint32_t capacity_milli = 1'000;
  bool operator==(const AgentDefinition&) const = default;
};

/// Impact of a ticket that does not state one. The configuration item is asked before the service.
struct Criticality {
  bool of_config_item = false;  ///< else of a service
  std::string name;
  sched::Impact impact = sched::Impact::medium;
  bool operator==(const Criticality&) const = default;
};

struct DeskSettings {
  sched::PriorityMatrix matrix;
  int64_t auto_close_us = 3 * sched::day.us;     ///< After resolving; 0: never.
  int64_t reopen_window_us = 7 * sched::day.us;  ///< A closed ticket stays in memory this long.
  int64_t stale_after_us = 15 * sched::minute.us;
  int64_t max_backdate_us = 7 * sched::day.us;  ///< For ClockOrigin::occurred; 0: any.
  std::string triage_queue = "triage";
  std::vector<sched::Priority> strict = {sched::Priority::p1};  ///< Served before everything else.
  bool operator==(const DeskSettings& other) const {
    return matrix.cell == other.matrix.cell && auto_close_us == other.auto_close_us &&
           reopen_window_us == other.reopen_window_us && stale_after_us == other.stale_after_us &&
           max_backdate_us == other.max_backdate_us && triage_queue == other.triage_queue &&
           strict == other.strict;
  }
};

struct Configuration {
  DeskSettings settings;
  std::vector<sched::CalendarSpec> calendars;
  std::vector<RouteRule> routes;
  std::vector<PolicyDefinition> policies;
  std::vector<QueueDefinition> queues;
  std::vector<AgentDefinition> agents;
  std::vector<Criticality> criticalities;
  bool operator==(const Configuration&) const = default;
};

/// Reads the document of a ConfigCommit. Pure; given by wire to the runtime, by it to the desk.
using ConfigurationDecoder =
    sched::Expected<Configuration, std::string> (*)(std::span<const std::byte> document);

}  // namespace paceline::desk
