// A desk's configuration as data: what a TOML file says, with zones resolved and units applied.
//
// It reaches the desk as a document in the log (ConfigBegin, ConfigChunk, ConfigCommit), so a
// replay meets the rules then in force. Expressions stay text here; the desk compiles them, by the
// same code that `config check` uses, and refuses the whole document if one does not compile.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
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

/// What a clock does when its ticket comes under another policy.
enum class OnPriorityChange : uint8_t { carry, retroactive, restart, keep };
/// What a running clock does when its calendar has a new version.
enum class OnCalendarChange : uint8_t { immediate, next_arm, never };
/// What a new cycle begins with: what was used before the end, nothing, or that and the time since.
enum class OnReopen : uint8_t { resume, restart, proceed };
/// Which target the verdict is about: the last one, any it ever had, or the first.
enum class VerdictRule : uint8_t { final_target, worst, initial };
enum class ClockOrigin : uint8_t { recorded, occurred };
enum class MergeOrigin : uint8_t { own, earliest };
enum class TargetKind : uint8_t {
  duration,             ///< Business time in the calendar; wall time where that is 24x7.
  end_of_business_day,  ///< Closing time of the n-th working day.
  instant,              ///< The instant the policy says.
  promised,             ///< The ticket's promised_at; no clock without one.
};

struct Target {
  TargetKind kind = TargetKind::duration;
  int64_t us = 0;               ///< duration: 1 µs … 366 days; instant: since the epoch.
  uint16_t business_days = 0;   ///< end_of_business_day: 1 … 366.
  uint32_t cut_off_s = 50'400;  ///< Local time from which a start counts as of the next day.
  bool operator==(const Target&) const = default;
};

/// What the desk itself carries out is raising the priority and reassigning; the others are for who
/// reads the event.
enum class RungAction : uint8_t { notify, raise_priority, reassign, add_watcher, open_bridge };
inline constexpr std::string_view rung_action_names[] = {"notify", "raise_priority", "reassign",
                                                         "add_watcher", "open_bridge"};
std::string_view name(RungAction action);

/// One threshold of a clock, and who hears of it.
struct Rung {
  uint32_t share_bp = 0;            ///< Basis points of the target, 1 … 100,000; else 0 and …
  int64_t before_us = 0;            ///< … calendar time left to the deadline.
  std::vector<std::string> notify;  ///< Recipients: "agent", "lead", … Empty: a plain threshold.
  RungAction action = RungAction::notify;
  std::string queue;        ///< Of reassign.
  std::string calendar;     ///< The action waits until this is open; empty: at once.
  int64_t repeat_us = 0;    ///< In the action's calendar; 0: once.
  uint16_t repeat_max = 0;  ///< Repetitions after the first; 0: until acknowledged or ended.
  bool retarget = false;    ///< Of raise_priority: policies read the raised priority.
  bool acts() const { return !notify.empty() || action != RungAction::notify; }
  bool operator==(const Rung&) const = default;
};

/// First match per (clock, label) wins, in the order of the file.
struct PolicyDefinition {
  std::string name;
  std::string when;
  ClockKind clock = ClockKind::resolution;
  std::string label;  ///< Tells several clocks of one kind on a ticket apart: stages, vendors.
  Target target;
  std::string calendar = "24x7";  ///< "24x7" is built in.

  /// Conditions over ticket fields; an empty one is the kind's own (policy_defaults.h).
  std::string start, stop, cancel, reset, pause_when, resume_when;
  int8_t cancel_when_start_false = -1;  ///< 0, 1; −1: as the kind.
  bool pause_stated = false;            ///< `pause` replaces the desk's pause rules …
  std::vector<std::string> pause;       ///< … by these pending reasons.
  bool pause_moves_fixed = false;       ///< Whether a pause moves a target that is an instant.
  bool bot_counts = false;              ///< A bot's public message counts as an answer.
  bool automatic_counts = false;        ///< So does an automatic acknowledgement.

  std::vector<Rung> rungs;  ///< At most 32; shares ascend.

  OnPriorityChange on_priority_change = OnPriorityChange::carry;
  OnCalendarChange on_calendar_change = OnCalendarChange::immediate;
  OnReopen on_reopen = OnReopen::resume;
  VerdictRule verdict = VerdictRule::final_target;
  ClockOrigin origin = ClockOrigin::recorded;
  MergeOrigin merge_origin = MergeOrigin::own;
  bool operator==(const PolicyDefinition&) const = default;
};

/// Elapsed time, or the closing time of the n-th working day of the desk's calendar.
struct Period {
  int64_t us = 0;
  uint16_t business_days = 0;  ///< Where not 0, `us` means nothing.
  bool none() const { return us == 0 && business_days == 0; }
  bool operator==(const Period&) const = default;
};

/// Which clocks a pending reason pauses; several rules may name one reason.
struct PauseRule {
  std::string reason;
  uint32_t clocks = 0;  ///< Bits by ClockKind.
  std::string when;     ///< Only tickets for which this holds.
  bool operator==(const PauseRule&) const = default;
};

/// How long a ticket may be pending for a reason. The rule without a reason is for all others.
struct PendingRule {
  std::string reason;
  Period max_pause;       ///< Then it resumes; none: never.
  Period remind_every;    ///< none: no reminders.
  uint8_t reminders = 0;  ///< After these, and one more period, it resolves with `no_reply`.
  bool operator==(const PendingRule&) const = default;
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

enum class ObjectKind : uint8_t { service, config_item, requester };
inline constexpr std::string_view object_kind_names[] = {"service", "config_item", "requester"};

/// What tickets refer to by name, and what conditions may read of it (objects.h).
struct ReferencedObject {
  ObjectKind kind = ObjectKind::service;
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;  ///< Each name once; none empty.
  bool operator==(const ReferencedObject&) const = default;
};

/// The pause rules of a desk that states none (policy_defaults.cpp).
std::vector<PauseRule> default_pause_rules();

struct DeskSettings {
  sched::PriorityMatrix matrix;
  std::string calendar;                           ///< For business days; empty: there are none.
  Period auto_close = {3 * sched::day.us, 0};     ///< After resolving; none: never.
  Period reopen_window = {7 * sched::day.us, 0};  ///< A closed ticket stays in memory this long.
  int64_t stale_after_us =
      15 * sched::minute.us;                    ///< Older thresholds of a down-time are one event.
  int64_t max_backdate_us = 7 * sched::day.us;  ///< For ClockOrigin::occurred; 0: any.
  std::string triage_queue = "triage";
  std::vector<sched::Priority> strict = {sched::Priority::p1};  ///< Served before everything else.
  std::vector<PauseRule> pauses = default_pause_rules();
  std::vector<PendingRule> pending;
  bool operator==(const DeskSettings&) const = default;
};

struct Configuration {
  DeskSettings settings;
  std::vector<sched::CalendarSpec> calendars;
  std::vector<RouteRule> routes;
  std::vector<PolicyDefinition> policies;
  std::vector<QueueDefinition> queues;
  std::vector<AgentDefinition> agents;
  std::vector<Criticality> criticalities;
  std::vector<ReferencedObject> objects;
  bool operator==(const Configuration&) const = default;
};

/// Reads the document of a ConfigCommit. Pure; given by wire to the runtime, by it to the desk.
using ConfigurationDecoder =
    sched::Expected<Configuration, std::string> (*)(std::span<const std::byte> document);

}  // namespace paceline::desk
