// The top-level tables of a configuration file, read but not yet given to desks. Private to the
// loader.
//
// Each read_… takes what it understands from the file and reports the rest; what it could not
// understand is left out, so that names defined beside an error are still known to later checks.
//
// Owner: one load.  Allocates: freely.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/config/diagnostics.h"
#include "engine/config/load.h"
#include "engine/config/table_reader.h"
#include "engine/desk/configuration.h"

namespace paceline::config {

/// An entry with the place it came from and the desk it belongs to (empty: all).
template <class T>
struct Entry {
  T value;
  std::string desk;
  uint32_t line = 0;
};

/// What [desk.NAME] says.
struct DeskSection {
  std::string name;
  desk::DeskSettings settings;
  std::string calendar;
  uint32_t line = 0;
};

struct Sections {
  ServerSettings server;
  std::vector<DeskSection> desks;
  std::vector<Entry<sched::CalendarSpec>> calendars;  ///< Also those with errors, for their names.
  std::vector<Entry<desk::RouteRule>> routes;
  std::vector<Entry<desk::PolicyDefinition>> policies;
  std::vector<Entry<desk::QueueDefinition>> queues;
  std::vector<Entry<desk::AgentDefinition>> agents;
  std::vector<desk::Criticality> criticalities;
  sched::PriorityMatrix matrix;
  bool has_desk_tables = false;  ///< Anything besides [server].
};

void read_server(TableReader& file, Diagnostics& diagnostics, Sections& sections);
void read_desks(TableReader& file, Diagnostics& diagnostics, Sections& sections);
void read_calendars(TableReader& file, Diagnostics& diagnostics, sched::Instant now,
                    std::string_view tzdata, Sections& sections);
void read_priority(TableReader& file, Diagnostics& diagnostics, Sections& sections);
void read_criticality(TableReader& file, Diagnostics& diagnostics, Sections& sections);
void read_routes(TableReader& file, Diagnostics& diagnostics, Sections& sections);
void read_policies(TableReader& file, Diagnostics& diagnostics, Sections& sections);
void read_queues(TableReader& file, Diagnostics& diagnostics, Sections& sections);
void read_agents(TableReader& file, Diagnostics& diagnostics, Sections& sections);

/// One desk's share of the sections, checked as a whole: names that lead nowhere, duplicates,
/// conditions, skills nobody has.
desk::Configuration configuration_of(const DeskSection& desk, const Sections& sections,
                                     Diagnostics& diagnostics);

/// Names of priorities, "P1" first.
inline constexpr std::string_view priority_names[] = {"P1", "P2", "P3", "P4", "P5"};

}  // namespace paceline::config
