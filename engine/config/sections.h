// The top-level tables of a configuration file, read but not yet given to desks. Private to the
// loader.
//
// Each read_… takes what it understands from the file and reports the rest; what it could not
// understand is left out, so that names defined beside an error are still known to later checks.
//
// Owner: one load.  Allocates: freely.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/diagnostics.h"
#include "engine/config/load.h"
#include "engine/config/table_reader.h"
#include "engine/desk/configuration.h"

namespace paceline::config {

using Lines = std::map<std::string, uint32_t, std::less<>>;

/// An entry with the place it came from and the desk it belongs to (empty: all).
template <class T>
struct Entry {
  T value;
  std::string desk;
  uint32_t line = 0;
  Lines lines = {};  ///< Of the keys that are looked at again once all names are known.

  uint32_t line_of(std::string_view key) const {
    const auto found = lines.find(key);
    return found == lines.end() ? line : found->second;
  }
};

/// What [desk.NAME] says.
struct DeskSection {
  std::string name;
  desk::DeskSettings settings;
  uint32_t line = 0;
  Lines lines = {};  ///< Of the keys it states.
};

/// What [pending.REASON] says; [pending.default] has no reason. Nothing where a key is not stated.
struct PendingSection {
  std::string reason;
  std::optional<uint32_t> pauses;  ///< Bits by ClockKind.
  std::string when;
  std::optional<desk::Period> max_pause;
  std::optional<desk::Period> remind_every;
  std::optional<uint8_t> reminders;
  uint32_t line = 0;
  Lines lines = {};
};

struct Sections {
  ServerSettings server;
  std::vector<DeskSection> desks;
  std::vector<Entry<sched::CalendarSpec>> calendars;  ///< Also those with errors, for their names.
  std::vector<PendingSection> pending;
  std::vector<Entry<desk::RouteRule>> routes;
  std::vector<Entry<desk::PolicyDefinition>> policies;
  std::vector<Entry<desk::QueueDefinition>> queues;
  std::vector<Entry<desk::AgentDefinition>> agents;
  std::vector<Entry<desk::WorkRule>> work;
  std::vector<Entry<desk::AwayCode>> away;
  std::vector<desk::Criticality> criticalities;
  std::vector<desk::ReferencedObject> objects;
  sched::PriorityMatrix matrix;
  std::vector<desk::FigureTarget> targets;  ///< Of every desk that does not state its own.
  bool has_desk_tables = false;             ///< Anything besides [server].
};

void read_server(TableReader& file, Diagnostics& diagnostics, Sections& sections);
void read_desks(TableReader& file, Diagnostics& diagnostics, Sections& sections);
/// The survey of a desk's table.
void read_survey(TableReader& desk, Diagnostics& diagnostics, desk::SurveySettings& settings);
void read_calendars(TableReader& file, Diagnostics& diagnostics, sched::Instant now,
                    std::string_view tzdata, Sections& sections);
/// Of [targets] or [desk.NAME.targets]: band by figure.
std::vector<desk::FigureTarget> read_targets(const Node::Member& member, const std::string& subject,
                                             Diagnostics& diagnostics);
void read_priority(TableReader& file, Diagnostics& diagnostics, Sections& sections);
void read_criticality(TableReader& file, Diagnostics& diagnostics, Sections& sections);
/// [service.NAME], [config_item.NAME] and [requester.NAME].
void read_objects(TableReader& file, Diagnostics& diagnostics, Sections& sections);
void read_pending(TableReader& file, Diagnostics& diagnostics, Sections& sections);
void read_routes(TableReader& file, Diagnostics& diagnostics, Sections& sections);
void read_policies(TableReader& file, Diagnostics& diagnostics, Sections& sections);
void read_queues(TableReader& file, Diagnostics& diagnostics, Sections& sections);
void read_agents(TableReader& file, Diagnostics& diagnostics, Sections& sections);
void read_work(TableReader& file, Diagnostics& diagnostics, Sections& sections);
void read_away(TableReader& file, Diagnostics& diagnostics, Sections& sections);

/// Parts of a queue. What is looked at again has its line as "need", "step 1", "preferred 1",
/// "overflow 1", "sticky", "escalate_to", "follow_the_sun".
void read_queue_routing(TableReader& table, Diagnostics& diagnostics,
                        Entry<desk::QueueDefinition>& entry);
void read_queue_offers(TableReader& table, Diagnostics& diagnostics, desk::QueueDefinition& queue);
void read_queue_tiers(TableReader& table, Diagnostics& diagnostics,
                      Entry<desk::QueueDefinition>& entry);

/// One desk's share of the sections, checked as a whole: names that lead nowhere, duplicates,
/// conditions, skills nobody has.
desk::Configuration configuration_of(const DeskSection& desk, const Sections& sections,
                                     Diagnostics& diagnostics);

/// Thresholds and the steps of escalate as the rungs of one ladder; `lines` gets "rung 0", ….
std::vector<desk::Rung> read_rungs(TableReader& policy, Diagnostics& diagnostics, Lines& lines);

/// In the order of desk::ClockKind.
inline constexpr std::string_view clock_names[] = {"response", "resolution", "triage", "own",
                                                   "update",   "ola",        "uc",     "approval",
                                                   "stage",    "mi_update",  "review"};
static_assert(std::size(clock_names) == desk::clock_kind_count);

/// Weights and capacities go up to 1,000 units.
inline constexpr uint32_t units_milli_max = 1'000'000;

/// Names of priorities, "P1" first.
inline constexpr std::string_view priority_names[] = {"P1", "P2", "P3", "P4", "P5"};

}  // namespace paceline::config
