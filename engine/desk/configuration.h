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
#include "engine/desk/figure_target.h"
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
  uint8_t min_confidence = 0;  ///< Skipped for tickets whose attributes automation is less sure of.
  bool enabled = true;
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

/// A stage of a queue's relaxation: the need, and when the next one begins.
struct RoutingStep {
  std::string need;      ///< "network >= 6 && (vpn >= 4 || !contractor >= 1)"
  int64_t wait_us = 0;   ///< Until it has waited this long in this queue; 0: not by waiting.
  int64_t slack_us = 0;  ///< Or until due_at is this near; 0: not by slack.
  bool operator==(const RoutingStep&) const = default;
};

/// Skills that are liked and never asked for.
struct PreferredTerm {
  std::string need;
  uint8_t points = 1;  ///< 1 … 15; all terms of a queue together at most 15.
  bool operator==(const PreferredTerm&) const = default;
};

/// Whom a queue prefers among those who can: after fit and preferred points, …
enum class ChoiceOrder : uint8_t { longest_idle, least_loaded, occupancy };

/// A ticket goes on to another queue.
struct Overflow {
  int64_t wait_us = 0;    ///< After waiting this long here; or …
  uint32_t size = 0;      ///< … where more than this wait; or …
  bool no_agent = false;  ///< … where nobody who could serve it is logged in, looked at on arrival
                          ///< and each time it has waited `wait_us` (5 minutes where not stated).
  std::string queue;
  bool operator==(const Overflow&) const = default;
};

/// Whose requester, or requester and configuration item, the last resolver is remembered for.
enum class StickyBy : uint8_t { nobody, requester, requester_and_config_item };
struct Sticky {
  StickyBy by = StickyBy::nobody;
  int64_t ttl_us = 7 * sched::day.us;
  int64_t wait_us = 10 * sched::minute.us;  ///< Held for that agent while logged in.
  int64_t min_slack_us = 0;                 ///< But no longer than due_at less this.
  bool operator==(const Sticky&) const = default;
};

/// What happens at the end of the working day of the queue's region.
enum class SunMode : uint8_t {
  hold,     ///< Waits for the next opening where the slack allows, else as transfer.
  requeue,  ///< Whatever waits goes on to the next region.
  transfer  ///< So does what is in hand. P1 and major incidents go on in every mode.
};
struct FollowTheSun {
  std::string calendar;  ///< The region's; empty: none.
  std::string queue;     ///< Of the next region.
  SunMode mode = SunMode::hold;
  bool operator==(const FollowTheSun&) const = default;
};

struct QueueDefinition {
  std::string name;
  std::string group;
  std::string need;  ///< "network >= 2 && vpn >= 4"; of the only step where there are no steps.
  uint8_t tier = 1;
  QueueMode mode = QueueMode::push;
  Discipline discipline = Discipline::pressing_time;
  uint32_t weight_milli = 1'000;                   ///< Of a ticket that no WorkRule is about.
  int64_t default_horizon_us = 5 * sched::day.us;  ///< due_at of a ticket without a clock.
  HeadStart head_start;

  std::vector<RoutingStep> steps;  ///< The last is permanent; each accepts whom the one before did.
  std::vector<PreferredTerm> preferred;
  bool best_fit = true;  ///< The least over-qualified first.
  ChoiceOrder choice = ChoiceOrder::longest_idle;
  uint32_t share = 0;  ///< Weight among the queues of an agent; 0 on all: one global order.
  std::vector<Overflow> overflows;
  Sticky sticky;
  int64_t window_us = 0;   ///< Arrivals are collected this long and matched together; 0: at once.
  int64_t min_fit_us = 0;  ///< An agent's shift must last this much longer, but for strict classes.
  uint32_t keep_free = 0;  ///< Nothing is given out unless more agents than this are free for it.

  bool auto_accept = true;       ///< Offer and acceptance are one step.
  int64_t offer_timeout_us = 0;  ///< 0: 20 s for voice and chat, 60 s for P1, else 5 min.
  uint8_t fan_out = 1;           ///< Agents offered a ticket at once, 1 … 8.
  uint8_t declines_max = 3;      ///< Of one ticket, then it goes to the coordinators.
  int64_t cool_off_us = 30 * sched::minute.us;  ///< After a decline or expiry, for the pair.
  int64_t grace_us = 0;    ///< Work of a lost agent is kept so long; 0: 30 s for voice and chat,
                           ///< else 15 min.
  bool keep_lost = false;  ///< And then kept on, instead of requeued.
  int64_t wrap_up_min_us = 0;
  int64_t wrap_up_max_us = 0;  ///< 0: no wrap-up.

  std::string escalate_to;             ///< A queue; empty: nowhere.
  std::vector<std::string> checklist;  ///< What is to be done before escalating.
  bool checklist_required = true;      ///< Else it is only scored.
  int64_t no_touch_us = 0;             ///< Escalates what nobody touched for so long; 0: never.
  bool escalate_unroutable = false;
  int64_t bounce_window_us = 4 * sched::hour.us;  ///< 0: bounces are always allowed.
  FollowTheSun sun;
  bool operator==(const QueueDefinition&) const = default;

  /// The steps there are: `steps`, or `need` alone.
  size_t step_count() const { return steps.empty() ? 1 : steps.size(); }
  const std::string& step_need(size_t step) const {
    return steps.empty() ? need : steps[step].need;
  }
};

struct AgentDefinition {
  std::string name;
  std::vector<std::string> groups;
  std::vector<std::pair<std::string, uint8_t>> skills;  ///< Level 1 … 100.
  uint32_t capacity_milli = 1'000;
  std::vector<std::string> languages;
  std::vector<std::string> clearances;
  std::vector<std::string> channels;  ///< Empty: every one.
  std::string shift;  ///< A calendar whose open hours are the agent's shifts; empty: always.
  bool operator==(const AgentDefinition&) const = default;
};

/// What a ticket of this channel and kind takes of its agent. First match wins.
struct WorkRule {
  std::string channel;   ///< Empty: any.
  int8_t kind = -1;      ///< TicketKind; −1: any.
  int8_t priority = -1;  ///< sched::Priority; −1: any.
  uint32_t weight_milli = 1'000;
  uint32_t channel_max = 0;
  bool blocking = false;
  bool interruptible = false;
  bool operator==(const WorkRule&) const = default;
};

/// A code with which an agent may be away.
struct AwayCode {
  std::string name;
  bool planned = true;
  bool routable = false;  ///< Still given work: "coaching".
  bool operator==(const AwayCode&) const = default;
};

enum class LanguageRule : uint8_t { preferred, required, ignored };

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

/// How long a survey may be open for answers.
inline constexpr int64_t survey_valid_us_max = 366 * sched::day.us;

/// Whom a desk asks whether they were satisfied, once their ticket is resolved.
struct SurveySettings {
  uint8_t questions = 0;                  ///< Bits of SurveyQuestion; 0: no surveys.
  uint32_t sampling_milli = 1'000;        ///< Of the resolutions.
  int64_t quiet_us = 14 * sched::day.us;  ///< One requester is asked no sooner again.
  int64_t valid_us = 7 * sched::day.us;
  int64_t change_within_us = sched::hour.us;  ///< Of the first answer; 0: it is final.
  std::string follow_up;  ///< The queue that a task for each low answer goes to; empty: no task.
  bool operator==(const SurveySettings&) const = default;
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

  std::string coordinator_queue;    ///< What nobody wants goes there; empty: triage.
  uint32_t aged_share_milli = 100;  ///< Of assignments, for what waits behind strict classes …
  int64_t max_wait_us = sched::day.us;  ///< … longer than this.
  LanguageRule language = LanguageRule::preferred;
  std::vector<WorkRule> work;
  std::vector<AwayCode> away_codes;    ///< Empty: any code, unplanned and not routable.
  uint32_t pending_share_milli = 100;  ///< Of its weight that a pending ticket takes.
  uint8_t no_response_after = 2;       ///< Offers run out in a row.
  int64_t drain_lead_us = 0;           ///< Before the end of a shift; 0: drains at its end.
  uint32_t ramp_items = 0;             ///< Given after log-in in the first ramp_us; 0: no ramp.
  int64_t ramp_us = 0;
  uint32_t occupancy_low_milli = 750;  ///< The band agents are kept in by ChoiceOrder::occupancy.
  uint32_t occupancy_high_milli = 850;
  /// An agent set free takes from the lines it suits best, the most pressing of those; else the
  /// most pressing of all. Strict classes and what has aged come first in either case.
  bool best_suited_first = false;
  SurveySettings survey;
  std::vector<FigureTarget> targets;  ///< For reports; each figure once.
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
