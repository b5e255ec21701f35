// [priority.matrix], [criticality.…] and [[route]].
#include <fmt/format.h>

#include <algorithm>

#include "engine/config/sections.h"

namespace paceline::config {
namespace {

constexpr std::string_view level_names[] = {"high", "medium", "low"};

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
    if (const auto confidence = table.integer("min_confidence", 0, 100))
      entry.value.min_confidence = static_cast<uint8_t>(*confidence);
    entry.value.enabled = table.boolean("enabled").value_or(true);
    entry.desk = table.text("desk").value_or("");
    table.finish();
    sections.routes.push_back(std::move(entry));
  }
}

}  // namespace paceline::config
