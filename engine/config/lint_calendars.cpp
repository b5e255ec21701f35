// Calendars that give no cover, and targets that do not fit them.
#include <fmt/format.h>

#include <algorithm>

#include "engine/config/lint_desk.h"
#include "engine/config/table_reader.h"
#include "engine/config/target.h"
#include "engine/config/units.h"

namespace paceline::config {
namespace {

using sched::Calendar;
using sched::Instant;

constexpr sched::Duration soon = sched::day * 30;
constexpr sched::Duration looked_at = sched::day * 400;  // as far as the loader asks

void add_operands(const sched::CalendarSpec& spec, std::set<std::string>& used) {
  for (const sched::CalendarSpec& operand : spec.operands) {
    used.insert(operand.name);
    add_operands(operand, used);
  }
}

std::set<std::string> used_calendars(const desk::Configuration& configuration) {
  std::set<std::string> used = {configuration.settings.calendar};
  for (const desk::PolicyDefinition& policy : configuration.policies) {
    used.insert(policy.calendar);
    for (const desk::Rung& rung : policy.rungs) used.insert(rung.calendar);
  }
  for (const desk::QueueDefinition& queue : configuration.queues) used.insert(queue.sun.calendar);
  for (const desk::AgentDefinition& agent : configuration.agents) used.insert(agent.shift);
  for (const sched::CalendarSpec& spec : configuration.calendars) add_operands(spec, used);
  return used;
}

std::string date_of(Instant at) { return print(at).substr(0, 10); }

std::string users_of(const desk::Configuration& configuration, const std::string& calendar) {
  std::string users;
  for (const desk::PolicyDefinition& policy : configuration.policies) {
    if (policy.calendar != calendar) continue;
    users += (users.empty() ? "" : ", ") + subject(policy);
  }
  for (const desk::QueueDefinition& queue : configuration.queues)
    if (queue.sun.calendar == calendar)
      users += (users.empty() ? "queue " : ", queue ") + in_quotes(queue.name);
  const auto shifts =
      std::count_if(configuration.agents.begin(), configuration.agents.end(),
                    [&](const desk::AgentDefinition& agent) { return agent.shift == calendar; });
  if (shifts != 0)
    users += fmt::format("{}the shifts of {} agents", users.empty() ? "" : ", ", shifts);
  return users;
}

void check_cover(const LintDesk& desk, const sched::CalendarSpec& spec) {
  const Calendar& calendar = desk.calendar(spec.name);
  const std::string what = "calendar " + in_quotes(spec.name);
  const uint32_t line = desk.line("calendar", spec.name);
  const Instant opens = calendar.next_open(desk.now);
  if (opens == sched::never) return;  // of a file of the past
  if (opens > desk.now + soon)
    desk.add(code::rarely_opens, line, what + " has no open time in the next 30 days",
             fmt::format("it opens at {}, and no clock in it moves before", print(opens)),
             "add opening hours, or name another calendar where it is used");
  const Instant ends = last_opening_before(calendar, desk.now, desk.now + looked_at);
  if (ends == sched::never) return;
  const std::string users = users_of(desk.configuration, spec.name);
  desk.add(code::calendar_ends, desk.line("calendar", spec.name, "valid_to"),
           fmt::format("{} never opens after {}", what, date_of(ends)),
           users.empty()
               ? "what counts in it stands still from then on"
               : fmt::format("clocks of {} that are not done by then are never due", users),
           "remove valid_to or move it on, and name the calendar that follows");
}

int64_t longest_opening(const Calendar& calendar, Instant now) {
  int64_t longest_us = 0;
  for (Instant at = calendar.next_open(now); at != sched::never && at < now + lint_year;) {
    const Instant closes = calendar.next_close(at);
    if (closes == sched::never) break;
    longest_us = std::max(longest_us, (closes - at).us);
    at = calendar.next_open(closes);
  }
  return longest_us;
}

/// Clocks that people expect to run out on the day they start.
bool is_short(desk::ClockKind kind) {
  return kind == desk::ClockKind::response || kind == desk::ClockKind::own ||
         kind == desk::ClockKind::triage || kind == desk::ClockKind::update;
}

void check_target(const LintDesk& desk, const desk::PolicyDefinition& policy) {
  const Calendar& calendar = desk.calendar(policy.calendar);
  const uint32_t line = desk.line("policy", policy.name, "target");
  const bool is_span = policy.target.kind == desk::TargetKind::duration;
  if (policy.target.kind == desk::TargetKind::instant && policy.target.us <= desk.now.us)
    desk.add(code::never_due, line,
             fmt::format("{}: its target {} is past", subject(policy), print(policy.target)),
             "every clock that starts now is breached at once", "write an instant to come");
  if (calendar.always_open()) return;
  if (is_span && is_short(policy.clock)) {
    const int64_t longest_us = longest_opening(calendar, desk.now);
    if (longest_us != 0 && policy.target.us > longest_us)
      desk.add(code::longer_than_opening, line,
               fmt::format("{}: its target {} is longer than calendar {} is ever open at a stretch",
                           subject(policy), print(policy.target), in_quotes(policy.calendar)),
               fmt::format("the longest opening of the next year is {}, so it is never due on the "
                           "day it starts",
                           print(sched::BusinessDuration{longest_us})),
               "shorten it, or write business days (1bd) where that is meant");
  }
  if (!is_span && policy.target.kind != desk::TargetKind::end_of_business_day) return;
  for (const Instant start : edges({&calendar}, desk.now)) {
    if (due(policy.target, calendar, start) != sched::never) continue;
    desk.add(code::never_due, line,
             fmt::format("{}: its target {} is never reached in calendar {}", subject(policy),
                         print(policy.target), in_quotes(policy.calendar)),
             fmt::format("a clock that starts at {} finds too little open time left", print(start)),
             "shorten the target, or open the calendar further");
    return;
  }
}

void check_business_days(const LintDesk& desk) {
  if (!desk.configuration.settings.calendar.empty()) return;
  const auto counts_days = [](const desk::PolicyDefinition& policy) {
    return policy.target.kind == desk::TargetKind::end_of_business_day;
  };
  const auto& policies = desk.configuration.policies;
  const auto found = std::find_if(policies.begin(), policies.end(), counts_days);
  if (found == policies.end()) return;
  desk.add(code::no_desk_calendar, desk.line("policy", found->name, "target"),
           fmt::format("desk {} counts business days and has no calendar of its own",
                       in_quotes(desk.name)),
           fmt::format("{} counts those of calendar {}, while reopen_window and the pending "
                       "periods of the desk go by the wall clock",
                       subject(*found), in_quotes(found->calendar)),
           fmt::format("add calendar = {} to [desk.{}]", in_quotes(found->calendar), desk.name));
}

}  // namespace

void lint_calendars(const LintDesk& desk) {
  const std::set<std::string> used = used_calendars(desk.configuration);
  for (const sched::CalendarSpec& spec : desk.configuration.calendars) {
    if (used.count(spec.name) != 0) check_cover(desk, spec);
  }
  for (const desk::PolicyDefinition& policy : desk.configuration.policies)
    check_target(desk, policy);
  check_business_days(desk);
}

void lint_unused_calendars(std::span<const LintDesk> desks) {
  std::set<std::string> used;
  for (const LintDesk& desk : desks) used.merge(used_calendars(desk.configuration));
  const LintDesk& first = desks.front();
  for (const sched::CalendarSpec& spec : first.configuration.calendars) {
    if (used.count(spec.name) != 0) continue;
    first.add(code::unused_calendar, first.line("calendar", spec.name),
              fmt::format("calendar {} is not used", in_quotes(spec.name)),
              "no policy, ladder, desk, queue, shift or other calendar names it",
              "name it where it was meant, or remove it");
  }
}

}  // namespace paceline::config
