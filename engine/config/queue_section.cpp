// [[queue]]: what it is and what stands first in it. Who gets its tickets is in queue_routing.cpp,
// how they are handed over in queue_offers.cpp, where they go from here in queue_tiers.cpp.
#include <fmt/format.h>

#include "engine/config/routing_words.h"
#include "engine/config/sections.h"

namespace paceline::config {
namespace {

void read_head_start(TableReader& queue, Diagnostics& diagnostics, desk::HeadStart& head_start) {
  const Node::Member* member = queue.find("head_start");
  if (member == nullptr) return;
  TableReader table(member->value, member->line, queue.subject() + ": head_start", diagnostics);
  const auto read_us = [&](std::string_view key, int64_t& us) {
    if (const auto duration = table.duration(key)) us = duration->us;
  };
  for (size_t i = 0; i < std::size(priority_names); ++i)
    read_us(priority_names[i], head_start.priority_us[i + 1]);
  read_us("vip", head_start.vip_us);
  read_us("reopened", head_start.reopened_us);
  read_us("negative", head_start.negative_us);
  table.finish();
}

Entry<desk::QueueDefinition> read_queue(TableReader& table, Diagnostics& diagnostics) {
  Entry<desk::QueueDefinition> entry{.value = {}, .desk = {}, .line = table.line()};
  desk::QueueDefinition& queue = entry.value;
  queue.name = table.required_text("name", "network-l1");
  if (!queue.name.empty()) table.set_subject("queue " + in_quotes(queue.name));
  if (const auto mode = table.one_of("mode", mode_names))
    queue.mode = static_cast<desk::QueueMode>(*mode);
  if (const auto discipline = table.one_of("discipline", discipline_names))
    queue.discipline = static_cast<desk::Discipline>(*discipline);

  // Nobody is given work from a manual queue, so it needs no team.
  if (queue.mode == desk::QueueMode::manual && table.find("group") == nullptr)
    queue.group = queue.name;
  else
    queue.group = table.required_text("group", "network");
  if (const auto tier = table.integer("tier", 1, 9)) queue.tier = static_cast<uint8_t>(*tier);
  if (const auto weight = table.thousandths("weight", units_milli_max))
    queue.weight_milli = *weight;
  if (const auto horizon_us = table.positive_us("default_horizon"))
    queue.default_horizon_us = *horizon_us;
  read_head_start(table, diagnostics, queue.head_start);
  read_queue_routing(table, diagnostics, entry);
  read_queue_offers(table, diagnostics, queue);
  read_queue_tiers(table, diagnostics, entry);
  entry.desk = table.text("desk").value_or("");
  return entry;
}

}  // namespace

void read_queues(TableReader& file, Diagnostics& diagnostics, Sections& sections) {
  for (const Node* node : file.tables("queue")) {
    sections.has_desk_tables = true;
    TableReader table(*node, node->line, fmt::format("queue {}", sections.queues.size() + 1),
                      diagnostics);
    sections.queues.push_back(read_queue(table, diagnostics));
    table.finish();
  }
}

}  // namespace paceline::config
