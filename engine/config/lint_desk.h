// What the checks of lint share: one desk of the file, its calendars compiled, and where findings
// go. Private to lint.
//
// Owner: one lint.  Allocates: for findings.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/lint.h"
#include "engine/desk/configuration.h"
#include "sched/calendar.h"

namespace paceline::config {

namespace code {
inline constexpr std::string_view never_holds = "W2906";
inline constexpr std::string_view rarely_opens = "W2910";
inline constexpr std::string_view longer_than_opening = "W2911";
inline constexpr std::string_view never_due = "W2912";
inline constexpr std::string_view chain_too_long = "W2913";
inline constexpr std::string_view nobody_told = "W2914";
inline constexpr std::string_view reason_misspelt = "W2915";
inline constexpr std::string_view pauses_nothing = "W2916";
inline constexpr std::string_view calendar_ends = "W2917";
inline constexpr std::string_view no_desk_calendar = "W2918";
inline constexpr std::string_view action_waits = "W2919";
inline constexpr std::string_view review_cut_off = "W2920";
inline constexpr std::string_view two_spellings = "W2921";
inline constexpr std::string_view unused_calendar = "W2922";
inline constexpr std::string_view skill_of_nobody = "W2923";
inline constexpr std::string_view idle_step = "W2924";
inline constexpr std::string_view waits_out_of_order = "W2925";
inline constexpr std::string_view mixed_order = "W2926";
inline constexpr std::string_view half_shared = "W2927";
inline constexpr std::string_view starvation = "W2928";
inline constexpr std::string_view no_offers = "W2929";
inline constexpr std::string_view short_cool_off = "W2930";
inline constexpr std::string_view long_sticky_wait = "W2931";
inline constexpr std::string_view heavy_work = "W2932";
inline constexpr std::string_view sleeping_region = "W2933";
}  // namespace code

using CompiledCalendars = std::map<std::string, sched::Calendar, std::less<>>;

/// How far ahead calendars are looked at.
inline constexpr sched::Duration lint_year = sched::day * 366;

struct LintDesk {
  const std::string& name;
  const desk::Configuration& configuration;
  const Places& places;
  const CompiledCalendars& calendars;  ///< 24x7 too.
  sched::Instant now;
  LintResult& result;

  const sched::Calendar& calendar(std::string_view wanted) const {
    return calendars.find(wanted)->second;
  }
  uint32_t line(std::string_view kind, std::string_view of) const {
    return places.line(kind, of, name);
  }
  uint32_t line(std::string_view kind, std::string_view of, std::string_view key) const {
    return places.nearest_line(kind, of, key, name);
  }
  uint32_t line(const desk::PolicyDefinition& policy, const desk::Rung& rung) const;
  void add(std::string_view code, uint32_t line, std::string what, std::string why,
           std::string how) const;
};

/// `policy "P1 resolution"`
std::string subject(const desk::PolicyDefinition& policy);

/// When the calendar opens for the last time before `until`, which is then about to be passed;
/// never if it goes on opening after that.
sched::Instant last_opening_before(const sched::Calendar& calendar, sched::Instant now,
                                   sched::Instant until);

/// Every instant within a year at which one of them opens or closes, and now; at most some 20,000.
std::vector<sched::Instant> edges(const std::set<const sched::Calendar*>& calendars,
                                  sched::Instant now);

/// Where a clock of this target that starts at `start` is due.
sched::Instant due(const desk::Target& target, const sched::Calendar& calendar,
                   sched::Instant start);

void lint_conditions(const LintDesk& desk);
void lint_calendars(const LintDesk& desk);
/// Of all desks of the file, at least one: they share the calendars.
void lint_unused_calendars(std::span<const LintDesk> desks);
void lint_ladders(const LintDesk& desk);
void lint_pauses(const LintDesk& desk);
void lint_chains(const LintDesk& desk);
void lint_reviews(const LintDesk& desk);
void lint_routing(const LintDesk& desk);

}  // namespace paceline::config
