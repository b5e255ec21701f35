#include "engine/config/desk_checks.h"

#include <fmt/format.h>

#include "engine/desk/predicate.h"

namespace paceline::config {

std::string suggestion_from(std::string_view wanted, const Names& names) {
  if (names.size() > 2'000) return {};  // too many to compare for one message
  const std::vector<std::string_view> views(names.begin(), names.end());
  return desk::suggestion(wanted, views);
}

DeskChecks::DeskChecks(const DeskSection& desk, const desk::Configuration& configuration,
                       Diagnostics& diagnostics)
    : desk_(desk), diagnostics_(diagnostics), objects_(configuration.objects) {
  for (const auto& calendar : configuration.calendars) {
    calendars_.insert(calendar.name);
    if (!calendar.always_open) calendars_with_a_week_.insert(calendar.name);
  }
  calendars_.insert("24x7");
  for (const auto& queue : configuration.queues) queues_.insert(queue.name);
  queues_.insert(configuration.settings.triage_queue);
}

void DeskChecks::unknown(uint32_t line, const std::string& subject, std::string_view kind,
                         std::string_view wanted, const Names& names) {
  if (diagnostics_.full()) return;
  diagnostics_.error(code::unknown_name, line,
                     fmt::format("{}: no {} {}{}", subject, kind, in_quotes(wanted),
                                 suggestion_from(wanted, names)));
}

void DeskChecks::condition(const std::string& text, std::string_view key, uint32_t line,
                           const std::string& subject) {
  const auto resolve = [&](desk::Field field, std::string_view value) -> uint32_t {
    if (field == desk::Field::queue) queue(value, line, fmt::format("{}: {}", subject, key));
    return 0;
  };
  const auto parsed = desk::Predicate::parse(text, resolve, &objects_);
  if (!parsed)
    diagnostics_.error(code::wrong_condition, line,
                       fmt::format("{}: {}, at character {}: {}", subject, key,
                                   parsed.error().at + 1, parsed.error().message));
}

bool DeskChecks::calendar(std::string_view name, uint32_t line, const std::string& subject) {
  if (calendars_.count(name) != 0) return true;
  unknown(line, subject, "calendar", name, calendars_);
  return false;
}

bool DeskChecks::queue(std::string_view name, uint32_t line, const std::string& subject) {
  if (queues_.count(name) != 0) return true;
  unknown(line, subject, "queue", name, queues_);
  return false;
}

bool DeskChecks::has_business_days(std::string_view calendar) const {
  return calendars_with_a_week_.count(calendar) != 0;
}

}  // namespace paceline::config
