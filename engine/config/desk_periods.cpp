// Periods of a desk: its own, and how long a ticket may be pending for each reason.
#include <fmt/format.h>

#include <algorithm>

#include "engine/config/desk_checks.h"

namespace paceline::config {
namespace {

constexpr uint16_t reopen_window_days = 5;
constexpr uint16_t max_pause_days = 10;

class Periods {
 public:
  Periods(const Sections& sections, DeskChecks& checks, desk::DeskSettings& settings)
      : sections_(sections), checks_(checks), settings_(settings) {}

  void finish() {
    const DeskSection& desk = checks_.desk();
    const auto line_of = [&](std::string_view key) {
      const auto found = desk.lines.find(key);
      return found == desk.lines.end() ? desk.line : found->second;
    };
    calendar_known_ = settings_.calendar.empty() ||
                      checks_.calendar(settings_.calendar, line_of("calendar"), checks_.subject());
    has_days_ = checks_.has_business_days(settings_.calendar);
    if (has_days_ && desk.lines.count("reopen_window") == 0)
      settings_.reopen_window = {0, reopen_window_days};
    check(settings_.auto_close, "auto_close", line_of("auto_close"), checks_.subject());
    check(settings_.reopen_window, "reopen_window", line_of("reopen_window"), checks_.subject());
    finish_pauses();
    finish_pending();
  }

 private:
  void check(const desk::Period& period, std::string_view key, uint32_t line,
             const std::string& subject) {
    if (period.business_days == 0 || has_days_ || !calendar_known_) return;
    const std::string written = fmt::format("{} = \"{}bd\"", key, period.business_days);
    if (settings_.calendar.empty())
      checks_.error(code::no_business_days, line,
                    fmt::format("{}: {} counts business days, and {} has no calendar: add calendar "
                                "= \"NAME\" to it, or write hours or days (d)",
                                subject, written, checks_.subject()));
    else
      checks_.error(code::no_business_days, line,
                    fmt::format("{}: {} counts business days, and the calendar of {}, {}, has no "
                                "business days: name a calendar with a week",
                                subject, written, checks_.subject(), settings_.calendar));
  }

  static std::string subject_of(const PendingSection& section) {
    return "pending " + in_quotes(section.reason.empty() ? "default" : section.reason);
  }
  static uint32_t line_of(const PendingSection& section, std::string_view key) {
    const auto found = section.lines.find(key);
    return found == section.lines.end() ? section.line : found->second;
  }

  /// A reason that states its pauses has no others.
  void finish_pauses() {
    for (const PendingSection& section : sections_.pending) {
      if (!section.pauses || section.reason.empty()) continue;
      auto& rules = settings_.pauses;
      rules.erase(std::remove_if(rules.begin(), rules.end(),
                                 [&](const auto& rule) { return rule.reason == section.reason; }),
                  rules.end());
      checks_.condition(section.when, "when", line_of(section, "when"), subject_of(section));
      if (*section.pauses != 0) rules.push_back({section.reason, *section.pauses, section.when});
    }
  }

  void finish_pending() {
    desk::PendingRule others;
    if (has_days_) others.max_pause = {0, max_pause_days};
    const auto stated =
        std::find_if(sections_.pending.begin(), sections_.pending.end(),
                     [](const PendingSection& section) { return section.reason.empty(); });
    if (stated != sections_.pending.end()) fill(others, *stated);
    for (const PendingSection& section : sections_.pending) {
      if (section.reason.empty()) continue;
      desk::PendingRule rule = others;
      rule.reason = section.reason;
      fill(rule, section);
      if (section.max_pause || section.remind_every || section.reminders)
        settings_.pending.push_back(std::move(rule));
    }
    if (!others.max_pause.none() || !others.remind_every.none())
      settings_.pending.push_back(std::move(others));
  }

  /// What the section states replaces what all others have.
  void fill(desk::PendingRule& rule, const PendingSection& section) {
    const std::string subject = subject_of(section);
    if (section.max_pause) {
      rule.max_pause = *section.max_pause;
      check(rule.max_pause, "max_pause", line_of(section, "max_pause"), subject);
    }
    if (section.remind_every) {
      rule.remind_every = *section.remind_every;
      check(rule.remind_every, "remind_every", line_of(section, "remind_every"), subject);
    }
    if (section.reminders) rule.reminders = *section.reminders;
    if (rule.reminders != 0 && rule.remind_every.none())
      checks_.error(code::missing, line_of(section, "reminders"),
                    subject +
                        ": reminders needs to know how far apart they are: add for example "
                        "remind_every = \"2bd\"");
  }

  const Sections& sections_;
  DeskChecks& checks_;
  desk::DeskSettings& settings_;
  bool calendar_known_ = false;
  bool has_days_ = false;  // its calendar has a week
};

}  // namespace

void finish_periods(const Sections& sections, DeskChecks& checks, desk::DeskSettings& settings) {
  Periods(sections, checks, settings).finish();
}

}  // namespace paceline::config
