// [[work]] and [[away]]: what tickets take of their agents, and why agents may be away.
#include <fmt/format.h>

#include "engine/config/routing_words.h"
#include "engine/config/sections.h"

namespace paceline::config {
namespace {

constexpr int64_t channel_max_max = 10'000;

desk::WorkRule read_rule(TableReader& table) {
  desk::WorkRule rule;
  if (table.find("channel") != nullptr) rule.channel = table.required_text("channel", "chat");
  if (const auto kind = table.one_of("kind", kind_names)) rule.kind = static_cast<int8_t>(*kind);
  if (const auto priority = table.one_of("priority", priority_names))
    rule.priority = static_cast<int8_t>(*priority + 1);
  if (const auto weight = table.thousandths("weight", units_milli_max)) rule.weight_milli = *weight;
  if (table.find("weight") == nullptr)
    table.error(code::missing, table.line(),
                "weight is missing: add for example weight = 0.33, a third of an agent of capacity "
                "1");
  if (const auto max = table.integer("max", 1, channel_max_max))
    rule.channel_max = static_cast<uint32_t>(*max);
  rule.blocking = table.boolean("blocking").value_or(false);
  rule.interruptible = table.boolean("interruptible").value_or(false);
  if (rule.blocking && rule.interruptible)
    table.error(code::wrong_value, table.find("interruptible")->line,
                "blocking work allows no other beside it and interruptible work does not stand in "
                "its way: keep one of them");
  return rule;
}

}  // namespace

void read_work(TableReader& file, Diagnostics& diagnostics, Sections& sections) {
  for (const Node* node : file.tables("work")) {
    sections.has_desk_tables = true;
    TableReader table(*node, node->line, fmt::format("work {}", sections.work.size() + 1),
                      diagnostics);
    Entry<desk::WorkRule> entry{read_rule(table), {}, node->line};
    entry.desk = table.text("desk").value_or("");
    table.finish();
    sections.work.push_back(std::move(entry));
  }
}

void read_away(TableReader& file, Diagnostics& diagnostics, Sections& sections) {
  for (const Node* node : file.tables("away")) {
    sections.has_desk_tables = true;
    TableReader table(*node, node->line, fmt::format("away {}", sections.away.size() + 1),
                      diagnostics);
    Entry<desk::AwayCode> entry{.value = {}, .desk = {}, .line = node->line};
    desk::AwayCode& away = entry.value;
    away.name = table.required_text("code", "lunch");
    if (!away.name.empty()) table.set_subject("away " + in_quotes(away.name));
    away.planned = table.boolean("planned").value_or(true);
    away.routable = table.boolean("routable").value_or(false);
    entry.desk = table.text("desk").value_or("");
    table.finish();
    sections.away.push_back(std::move(entry));
  }
}

}  // namespace paceline::config
