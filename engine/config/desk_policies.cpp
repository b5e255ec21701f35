// The policies of a desk, checked against its calendars and queues and against each other.
#include <fmt/format.h>

#include <map>
#include <set>
#include <tuple>

#include "engine/config/desk_checks.h"
#include "engine/config/target.h"
#include "engine/desk/limits.h"
#include "engine/desk/policy_defaults.h"

namespace paceline::config {
namespace {

using PolicyEntry = Entry<desk::PolicyDefinition>;
constexpr std::string_view always_open = "24x7";

std::string subject_of(const PolicyEntry& entry) { return "policy " + in_quotes(entry.value.name); }

/// Working days are those of the desk where the policy names no calendar.
std::string_view calendar_of(const desk::PolicyDefinition& policy, std::string_view desks,
                             const DeskChecks& checks) {
  if (!policy.calendar.empty()) return policy.calendar;
  const bool in_days = policy.target.kind == desk::TargetKind::end_of_business_day;
  return in_days && checks.has_business_days(desks) ? desks : always_open;
}

void check_calendars(const PolicyEntry& entry, std::string_view desks, DeskChecks& checks) {
  const desk::PolicyDefinition& policy = entry.value;
  const std::string_view calendar = calendar_of(policy, desks, checks);
  if (!checks.calendar(calendar, entry.line_of("calendar"), subject_of(entry))) return;
  if (policy.target.kind == desk::TargetKind::end_of_business_day &&
      !checks.has_business_days(calendar))
    checks.error(code::no_business_days, entry.line_of("target"),
                 fmt::format("{}: target = \"{}\" counts business days, and {} has none: "
                             "name a calendar with a week",
                             subject_of(entry), print(policy.target), calendar));
}

void check_conditions(const PolicyEntry& entry, DeskChecks& checks) {
  for (const auto& [key, condition] : desk::conditions_of(entry.value))
    checks.condition(*condition, key, entry.line_of(key), subject_of(entry));
}

void check_rungs(const PolicyEntry& entry, DeskChecks& checks) {
  for (size_t i = 0; i < entry.value.rungs.size(); ++i) {
    const desk::Rung& rung = entry.value.rungs[i];
    const uint32_t line = entry.line_of(fmt::format("rung {}", i));
    const std::string subject = subject_of(entry) + ": escalate";
    if (!rung.queue.empty()) checks.queue(rung.queue, line, subject);
    if (!rung.calendar.empty()) checks.calendar(rung.calendar, line, subject);
  }
}

/// The first policy of a clock and label that matches wins, so what follows one that always
/// matches never does.
class Order {
 public:
  explicit Order(DeskChecks& checks) : checks_(checks) {}

  void add(const PolicyEntry& entry) {
    const desk::PolicyDefinition& policy = entry.value;
    const std::pair clock(policy.clock, policy.label);
    if (clocks_.insert(clock).second && clocks_.size() == desk::clocks_per_ticket_max + 1)
      checks_.error(code::too_many_clocks, entry.line,
                    fmt::format("{}: it is the clock and label number {} of {}, and a ticket has "
                                "at most {} clocks: let policies share a clock and label",
                                subject_of(entry), clocks_.size(), checks_.subject(),
                                desk::clocks_per_ticket_max));
    const auto unconditional = first_.find({clock.first, clock.second, {}});
    const auto same = first_.find({clock.first, clock.second, policy.when});
    if (unconditional != first_.end())
      warn(entry,
           fmt::format("{} comes first and has no condition", subject_of(*unconditional->second)));
    else if (same != first_.end())
      warn(entry,
           fmt::format("{} comes first and has the same condition", subject_of(*same->second)));
    else
      first_.emplace(std::tuple(clock.first, clock.second, policy.when), &entry);
  }

 private:
  void warn(const PolicyEntry& entry, const std::string& why) {
    checks_.warn(code::unreachable, entry.line,
                 fmt::format("{}: no ticket can come under it: {}", subject_of(entry), why));
  }

  DeskChecks& checks_;
  std::set<std::pair<desk::ClockKind, std::string>> clocks_;
  std::map<std::tuple<desk::ClockKind, std::string, std::string>, const PolicyEntry*> first_;
};

}  // namespace

void finish_policies(const Sections& sections, DeskChecks& checks,
                     desk::Configuration& configuration) {
  const std::string& desks = configuration.settings.calendar;
  Order order(checks);
  for (const PolicyEntry& entry : sections.policies) {
    if (!checks.belongs(entry)) continue;
    check_calendars(entry, desks, checks);
    check_conditions(entry, checks);
    check_rungs(entry, checks);
    order.add(entry);
  }
  for (desk::PolicyDefinition& policy : configuration.policies)
    policy.calendar = std::string(calendar_of(policy, desks, checks));
}

}  // namespace paceline::config
