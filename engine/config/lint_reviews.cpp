// Reviews that closing the ticket would cut off.
#include <fmt/format.h>

#include "engine/config/condition_space.h"
#include "engine/config/lint_desk.h"
#include "engine/config/target.h"
#include "engine/config/units.h"

namespace paceline::config {
namespace {

using sched::Instant;

std::string print(const desk::Period& period) {
  return period.business_days != 0 ? fmt::format("{}bd", period.business_days)
                                   : config::print(sched::Duration{period.us});
}

Instant closes_at(const LintDesk& desk, Instant resolved) {
  const desk::DeskSettings& settings = desk.configuration.settings;
  const desk::Period& period = settings.auto_close;
  if (period.business_days == 0) return resolved + sched::Duration{period.us};
  return desk.calendar(settings.calendar)
      .end_of_business_day(resolved, period.business_days, desk::Target{}.cut_off_s);
}

}  // namespace

void lint_reviews(const LintDesk& desk) {
  const desk::DeskSettings& settings = desk.configuration.settings;
  if (settings.auto_close.none()) return;
  ConditionSpace space(settings.matrix);
  const desk::Predicate resolved = space.parse("state == resolved");
  for (const desk::PolicyDefinition& policy : desk.configuration.policies) {
    if (policy.clock != desk::ClockKind::review) continue;
    // Only a review that begins with the resolution races against the closing that follows it.
    const desk::Predicate start = space.parse(policy.start);
    if (space.any({{&start}}, {{&resolved}}) != ConditionSpace::Answer::none) continue;
    const sched::Calendar& calendar = desk.calendar(policy.calendar);
    std::set<const sched::Calendar*> calendars = {&calendar};
    if (!settings.calendar.empty()) calendars.insert(&desk.calendar(settings.calendar));
    for (const Instant at : edges(calendars, desk.now)) {
      const Instant due_at = due(policy.target, calendar, at);
      const Instant closed_at = closes_at(desk, at);
      if (due_at == sched::never || closed_at >= due_at) continue;
      desk.add(code::review_cut_off, desk.line("policy", policy.name, "target"),
               fmt::format("{}: the ticket is closed before its review is due", subject(policy)),
               fmt::format("a ticket resolved at {} is closed at {} (auto_close = \"{}\"), which "
                           "ends a clock due at {}",
                           config::print(at), config::print(closed_at), print(settings.auto_close),
                           config::print(due_at)),
               fmt::format("make auto_close longer, or the target {} shorter",
                           config::print(policy.target)));
      break;
    }
  }
}

}  // namespace paceline::config
