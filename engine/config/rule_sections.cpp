// [priority.matrix], [criticality.…], [[route]] and [[policy]].
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/config/sections.h"

namespace paceline::config {
namespace {

constexpr std::string_view level_names[] = {"high", "medium", "low"};
constexpr uint32_t threshold_bp_max = 100'000;
constexpr size_t thresholds_max = 32;
constexpr int64_t target_us_max = 366 * sched::day.us;

/// `route 3`, or with its name once that is known.
std::string numbered(std::string_view kind, size_t index) {
  return fmt::format("{} {}", kind, index + 1);
}

void read_matrix_row(TableReader& matrix, std::string_view key,
                     std::array<sched::Priority, 3>& row) {
  const Node::Member* member = matrix.find(key);
  if (member == nullptr) {
    matrix.error(
        code::missing, matrix.line(),
        fmt::format("{} is missing: add for example {} = [\"P1\", \"P2\", \"P3\"]", key, key));
    return;
  }
  const Node& value = member->value;
  if (value.kind != Node::Kind::array || value.elements.size() != 3) {
    matrix.error(
        code::wrong_type, member->line,
        fmt::format("{} must list three priorities, for urgency high, medium and low", key));
    return;
  }
  for (size_t column = 0; column < 3; ++column) {
    const Node& cell = value.elements[column];
    const auto found = std::find(std::begin(priority_names), std::end(priority_names), cell.text);
    if (cell.kind != Node::Kind::text || found == std::end(priority_names))
      matrix.error(code::wrong_value, cell.line,
                   fmt::format("{} has an entry that is no priority: use P1 to P5", key));
    else
      row[column] = static_cast<sched::Priority>(found - std::begin(priority_names) + 1);
  }
}

/// Thresholds in percent, as basis points.
class Thresholds {
 public:
  Thresholds(TableReader& policy, Diagnostics& diagnostics)
      : policy_(policy), diagnostics_(diagnostics) {}

  std::vector<uint32_t> read() {
    if (const Node::Member* member = policy_.find("thresholds")) {
      if (member->value.kind != Node::Kind::array)
        policy_.wrong_type("thresholds", member->value, "a list of percentages such as [50, 100]");
      for (const Node& element : member->value.elements) add(element, "thresholds");
    }
    read_escalate();
    if (found_.size() > thresholds_max)
      policy_.error(code::wrong_value, policy_.line(),
                    "it has more than 32 thresholds: remove some");
    return {found_.begin(), found_.end()};
  }

 private:
  void add(const Node& percent, std::string_view key) {
    const auto bp = scaled(percent, 100, threshold_bp_max);
    if (!bp)
      policy_.error(
          code::wrong_value, percent.line,
          fmt::format("{}: a threshold is a percentage of the target, 0.01 to 1000", key));
    else
      found_.insert(*bp);
  }

  void read_escalate() {
    const Node::Member* member = policy_.find("escalate");
    for (const Node* node : policy_.tables("escalate")) {
      TableReader step(*node, node->line, policy_.subject() + ": escalate", diagnostics_);
      if (const Node::Member* at = step.find("at"))
        add(at->value, "escalate: at");
      else if (step.find("before") == nullptr)
        step.error(code::missing, step.line(), "at is missing: add for example at = 75");
      if (const Node::Member* before = step.find("before"))
        step.error(code::not_supported, before->line,
                   "before is not supported in this version: give a percentage with at");
      if (step.texts("notify").empty() && step.find("notify") == nullptr)
        step.error(code::missing, step.line(),
                   "notify is missing: add for example notify = [\"lead\"]");
      const auto repeat = step.duration("repeat");
      if (repeat && repeat->us < sched::minute.us)
        step.error(code::wrong_duration, step.find("repeat")->line, "repeat must be at least 1m");
      step.integer("max", 1, 1'000);
      if (step.find("max") != nullptr && step.find("repeat") == nullptr)
        step.error(code::missing, step.line(),
                   "max limits repeat: add for example repeat = \"2h\"");
      step.finish();
    }
    if (member != nullptr)
      diagnostics_.warn(code::not_sent, member->line,
                        policy_.subject() +
                            ": escalate raises threshold events; this version "
                            "sends no notification for them yet");
  }

  TableReader& policy_;
  Diagnostics& diagnostics_;
  std::set<uint32_t> found_;
};

desk::PolicyDefinition read_policy(TableReader& table, Diagnostics& diagnostics) {
  desk::PolicyDefinition policy;
  policy.name = table.required_text("name", "P1 resolution");
  if (!policy.name.empty()) table.set_subject("policy " + in_quotes(policy.name));
  policy.when = table.text("when").value_or("");
  if (table.find("clock") == nullptr) table.required_text("clock", "resolution");
  constexpr std::string_view clocks[] = {"response", "resolution"};
  if (const auto clock = table.one_of("clock", clocks))
    policy.clock = static_cast<desk::ClockKind>(*clock);
  if (table.find("target") == nullptr) table.required_text("target", "4h");
  if (const auto target = table.business_duration("target")) {
    policy.target_us = target->us;
    if (target->us < 1 || target->us > target_us_max)
      table.error(code::wrong_duration, table.find("target")->line,
                  "target must be more than nothing and at most a year");
  }
  if (const auto calendar = table.text("calendar")) policy.calendar = *calendar;
  policy.pause = table.texts("pause");
  constexpr std::string_view changes[] = {"carry", "keep"};
  if (const auto change = table.one_of("on_priority_change", changes))
    policy.on_priority_change = static_cast<desk::OnPriorityChange>(*change);
  constexpr std::string_view origins[] = {"recorded", "occurred"};
  if (const auto origin = table.one_of("origin", origins))
    policy.origin = static_cast<desk::ClockOrigin>(*origin);
  policy.thresholds_bp = Thresholds(table, diagnostics).read();
  return policy;
}

}  // namespace

void read_priority(TableReader& file, Diagnostics& diagnostics, Sections& sections) {
  const Node::Member* member = file.find("priority");
  if (member == nullptr) return;
  sections.has_desk_tables = true;
  TableReader priority(member->value, member->line, "priority", diagnostics);
  if (const Node::Member* node = priority.find("matrix")) {
    TableReader matrix(node->value, node->line, "priority.matrix", diagnostics);
    for (size_t row = 0; row < 3; ++row)
      read_matrix_row(matrix, level_names[row], sections.matrix.cell[row]);
    matrix.finish();
  }
  priority.finish();
}

void read_criticality(TableReader& file, Diagnostics& diagnostics, Sections& sections) {
  const Node::Member* member = file.find("criticality");
  if (member == nullptr) return;
  sections.has_desk_tables = true;
  TableReader criticality(member->value, member->line, "criticality", diagnostics);
  for (const std::string_view of : {"config_item", "service"}) {
    const Node::Member* node = criticality.find(of);
    if (node == nullptr) continue;
    // Keys are names of services and configuration items: every one is known.
    TableReader table(node->value, node->line, fmt::format("criticality.{}", of), diagnostics);
    for (const Node::Member& entry : node->value.members) {
      const auto level =
          std::find(std::begin(level_names), std::end(level_names), entry.value.text);
      if (level == std::end(level_names))
        table.error(code::wrong_value, entry.line,
                    fmt::format("{}: write \"high\", \"medium\" or \"low\"", in_quotes(entry.key)));
      else
        sections.criticalities.push_back(
            {of == "config_item", entry.key,
             static_cast<sched::Impact>(level - std::begin(level_names) + 1)});
    }
  }
  criticality.finish();
}

void read_routes(TableReader& file, Diagnostics& diagnostics, Sections& sections) {
  for (const Node* node : file.tables("route")) {
    sections.has_desk_tables = true;
    Entry<desk::RouteRule> entry{
        .value = {.name = numbered("route", sections.routes.size()), .when = {}, .queue = {}},
        .desk = {},
        .line = node->line};
    TableReader table(*node, node->line, entry.value.name, diagnostics);
    if (table.find("name") != nullptr) {
      entry.value.name = table.required_text("name", "network");
      table.set_subject("route " + in_quotes(entry.value.name));
    }
    entry.value.when = table.text("when").value_or("");
    entry.value.queue = table.required_text("queue", "network-l1");
    entry.desk = table.text("desk").value_or("");
    table.finish();
    sections.routes.push_back(std::move(entry));
  }
}

void read_policies(TableReader& file, Diagnostics& diagnostics, Sections& sections) {
  for (const Node* node : file.tables("policy")) {
    sections.has_desk_tables = true;
    TableReader table(*node, node->line, numbered("policy", sections.policies.size()), diagnostics);
    Entry<desk::PolicyDefinition> entry{read_policy(table, diagnostics), {}, node->line};
    entry.desk = table.text("desk").value_or("");
    table.finish();
    sections.policies.push_back(std::move(entry));
  }
}

}  // namespace paceline::config
