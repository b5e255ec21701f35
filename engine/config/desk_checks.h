// What one desk's share of a file is checked with once all its names are known. Private to the
// loader.
//
// Owner: one load.  Allocates: for names and messages.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "engine/config/sections.h"
#include "engine/desk/objects.h"

namespace paceline::config {

using Names = std::set<std::string, std::less<>>;

/// `: did you mean "uk"?` or what there is to choose from.
std::string suggestion_from(std::string_view wanted, const Names& names);

class DeskChecks {
 public:
  /// `configuration` has its calendars, queues, objects and settings.
  DeskChecks(const DeskSection& desk, const desk::Configuration& configuration,
             Diagnostics& diagnostics);

  template <class T>
  bool belongs(const Entry<T>& entry) const {
    return entry.desk.empty() || entry.desk == desk_.name;
  }
  const DeskSection& desk() const { return desk_; }
  /// `desk "emea"`
  std::string subject() const { return "desk " + in_quotes(desk_.name); }

  /// Each reports what is wrong.
  void condition(const std::string& text, std::string_view key, uint32_t line,
                 const std::string& subject);
  bool calendar(std::string_view name, uint32_t line, const std::string& subject);
  bool queue(std::string_view name, uint32_t line, const std::string& subject);

  /// Of a calendar with a week, which 24x7 is not, nor is one that does not exist.
  bool has_business_days(std::string_view calendar) const;
  void error(std::string_view code, uint32_t line, std::string message) {
    diagnostics_.error(code, line, std::move(message));
  }
  void warn(std::string_view code, uint32_t line, std::string message) {
    diagnostics_.warn(code, line, std::move(message));
  }

 private:
  void unknown(uint32_t line, const std::string& subject, std::string_view kind,
               std::string_view wanted, const Names& names);

  const DeskSection& desk_;
  Diagnostics& diagnostics_;
  Names calendars_;
  Names calendars_with_a_week_;
  Names queues_;
  desk::ObjectCatalogue objects_;
};

/// The desk's own periods, [pending.…] and the defaults that depend on its calendar.
void finish_periods(const Sections& sections, DeskChecks& checks, desk::DeskSettings& settings);

/// Needs of queues and the skills in them.
void check_needs(const Sections& sections, DeskChecks& checks,
                 const desk::Configuration& configuration);
/// Agents beside queues: groups, shifts, capacity.
void check_staff(const Sections& sections, DeskChecks& checks,
                 const desk::Configuration& configuration);
/// Escalation, overflow, follow-the-sun.
void check_flows(const Sections& sections, DeskChecks& checks,
                 const desk::Configuration& configuration);

/// The queue of follow-ups, and surveys that nobody gets.
void check_survey(DeskChecks& checks, const desk::Configuration& configuration);

/// Checks the policies of the desk and gives those without a calendar theirs.
void finish_policies(const Sections& sections, DeskChecks& checks,
                     desk::Configuration& configuration);

}  // namespace paceline::config
