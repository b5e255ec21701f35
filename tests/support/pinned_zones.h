// Zones with their transitions written out, so that tests do not move with the system's tzdata.
//
// From tzdata 2026f, for 2026 and 2027 (Apia: 2010 to 2012, when it skipped a day).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sched/calendar.h"

namespace paceline::tests {

inline sched::Zone pinned_zone(std::string name, int32_t first_offset_s,
                               const std::vector<std::pair<int64_t, int32_t>>& transitions) {
  sched::Zone zone{.name = std::move(name),
                   .tzdata_version = "2026f",
                   .first_offset_s = first_offset_s,
                   .transitions = {}};
  for (const auto& [at_s, offset_s] : transitions)
    zone.transitions.push_back({sched::Instant{at_s * sched::second.us}, offset_s});
  return zone;
}

inline std::vector<sched::Zone> pinned_zones() {
  return {
      pinned_zone("Europe/London", 0,
                  {{1774746000, 3600}, {1792890000, 0}, {1806195600, 3600}, {1824944400, 0}}),
      pinned_zone(
          "America/New_York", -18000,
          {{1772953200, -14400}, {1793512800, -18000}, {1805007600, -14400}, {1825567200, -18000}}),
      pinned_zone(
          "Australia/Lord_Howe", 39600,
          {{1775314800, 37800}, {1791041400, 39600}, {1806764400, 37800}, {1822491000, 39600}}),
      pinned_zone("Asia/Kolkata", 19800, {}),
      pinned_zone("America/Havana", -18000, {{1772946000, -14400}, {1825563600, -18000}}),
      pinned_zone("Africa/Casablanca", 3600,
                  {{1771120800, 0}, {1774144800, 3600}, {1789866000, 0}}),
      pinned_zone(
          "Asia/Gaza", 7200,
          {{1774656000, 10800}, {1792796400, 7200}, {1806105600, 10800}, {1824850800, 7200}}),
      pinned_zone("Antarctica/Troll", 0,
                  {{1774746000, 7200}, {1792890000, 0}, {1806195600, 7200}, {1824944400, 0}}),
      pinned_zone("Pacific/Apia", -39600,
                  {{1285498800, -36000},
                   {1301752800, -39600},
                   {1316872800, -36000},
                   {1325239200, 50400},
                   {1333202400, 46800},
                   {1348927200, 50400}}),
      pinned_zone("Asia/Kathmandu", 20700, {}),
      pinned_zone(
          "America/St_Johns", -12600,
          {{1772947800, -9000}, {1793507400, -12600}, {1805002200, -9000}, {1825561800, -12600}}),
      pinned_zone("Europe/Dublin", 0,
                  {{1774746000, 3600}, {1792890000, 0}, {1806195600, 3600}, {1824944400, 0}}),
      pinned_zone(
          "Pacific/Auckland", 46800,
          {{1775311200, 43200}, {1790431200, 46800}, {1806760800, 43200}, {1821880800, 46800}}),
  };
}

/// Requires that the zone is among pinned_zones().
inline sched::Zone pinned_zone(const std::string& name) {
  for (const sched::Zone& zone : pinned_zones()) {
    if (zone.name == name) return zone;
  }
  CHECK(name.empty() && "no such pinned zone");
  return {};
}

}  // namespace paceline::tests
