// [[demand]], [[busyness]] and [[lines]]: who comes, and how patient they are.
#include <fmt/format.h>

#include "engine/config/routing_words.h"
#include "sim/scenario/cycle.h"
#include "sim/scenario/values.h"

namespace paceline::sim {

namespace {

using config::Node;
using config::TableReader;

constexpr double shape_max = 1e9;
constexpr int64_t count_max = 10'000'000;
constexpr int64_t waiting_max = 16'777'216;
constexpr size_t demands_max = 10'000;
constexpr std::string_view level_names[] = {"none", "high", "medium", "low"};
constexpr std::string_view demand_kind_names[] = {"incident", "service_request"};
constexpr std::string_view after_names[] = {"blocked", "abandoned"};

/// Reads the name of an entry of a list, which no other may have.
std::string read_own_name(TableReader& table, std::string_view kind, std::string_view example,
                          Names& names) {
  std::string name = table.required_text("name", example);
  if (name.empty()) return name;
  table.set_subject(fmt::format("{} {}", kind, config::in_quotes(name)));
  if (std::find(names.begin(), names.end(), name) != names.end())
    table.error(config::code::duplicate, table.find("name")->line,
                "there is another of this name: rename one");
  names.push_back(name);
  return name;
}

Retry read_retry(TableReader& table, Reading& reading) {
  Retry retry;
  const Node::Member* member = table.find("retry");
  if (member == nullptr) return retry;
  TableReader keys(member->value, member->line, table.subject() + ": retry", reading.diagnostics);
  if (member->value.kind != Node::Kind::table) return retry;  // reported
  retry.share_ppm = read_required_share(keys, "share");
  require(keys, "after", R"({ law = "exponential", mean = "10m" })");
  retry.delay = read_law(keys, reading, "after");
  if (const auto times = keys.integer("times", 1, 1'000))
    retry.times_max = static_cast<uint32_t>(*times);
  if (const Node::Member* who = keys.find("who"); who != nullptr) {
    const auto whose = keys.some_of("who", after_names);
    const auto has = [&](size_t position) {
      return std::find(whose.begin(), whose.end(), position) != whose.end();
    };
    retry.after_blocked = has(0);
    retry.after_abandoned = has(1);
    if (who->value.kind == Node::Kind::array && who->value.elements.empty())
      keys.error(config::code::wrong_value, who->line,
                 "who is empty: use [\"blocked\", \"abandoned\"], or remove retry");
  }
  keys.finish();
  return retry;
}

Balking read_balking(TableReader& table, Reading& reading) {
  Balking balking;
  const Node::Member* member = table.find("balking");
  if (member == nullptr) return balking;
  TableReader keys(member->value, member->line, table.subject() + ": balking", reading.diagnostics);
  if (member->value.kind != Node::Kind::table) return balking;  // reported
  balking.share_ppm = read_required_share(keys, "share");
  if (const auto waiting = keys.integer("waiting_over", 0, waiting_max))
    balking.waiting_over = static_cast<uint32_t>(*waiting);
  keys.finish();
  return balking;
}

void read_look(TableReader& table, Reading& reading, Demand& demand) {
  demand.category = read_options(table, reading, "category");
  demand.subcategory = read_options(table, reading, "subcategory");
  demand.service = read_options(table, reading, "service");
  demand.config_item = read_options(table, reading, "config_item");
  demand.channel = read_options(table, reading, "channel");
  demand.language = read_options(table, reading, "language");
  read_weights(table, reading, "kind", demand_kind_names, demand.kind_weights);
  read_weights(table, reading, "impact", level_names, demand.impact_weights);
  read_weights(table, reading, "urgency", level_names, demand.urgency_weights);
  demand.vip_ppm = read_share(table, "vip").value_or(0);
  if (const auto requesters = table.integer("requesters", 1, count_max))
    demand.requester_count = static_cast<uint32_t>(*requesters);
  demand.queue =
      read_name(table, "queue", "queue", reading.known.queues, reading.known.configuration);
}

/// What tickets of the demand may be, for rules to match.
void learn_traits(const Demand& demand, KnownNames& known) {
  for (const Option& each : demand.category) known.categories.insert(each.value);
  for (const Option& each : demand.channel) known.channels.insert(each.value);
  for (const RecordedContact& contact : demand.recorded) {
    known.categories.insert(contact.category);
    known.channels.insert(contact.channel);
  }
}

Demand read_demand(TableReader& table, Reading& reading) {
  Demand demand;
  demand.name = read_own_name(table, "demand", "phone", reading.known.demands);
  read_look(table, reading, demand);
  demand.busyness = read_name(table, "busyness", "busyness", reading.known.busyness, true);
  demand.lines = read_name(table, "lines", "lines", reading.known.lines, true);
  read_rate(table, reading, demand);
  demand.patience = read_law_by_time(table, reading, "patience");
  demand.retry = read_retry(table, reading);
  demand.balking = read_balking(table, reading);
  if (demand.retry.share_ppm > 0 && demand.retry.after_abandoned && !demand.retry.after_blocked &&
      demand.patience.none())
    table.error(code::wrong_rate, table.find("retry")->line,
                "retry is for those who gave up, and nobody does: add patience");
  learn_traits(demand, reading.known);
  table.finish();
  return demand;
}

}  // namespace

void read_busyness(TableReader& file, Reading& reading) {
  for (const Node* node : file.tables("busyness")) {
    TableReader table(*node, node->line, "busyness", reading.diagnostics);
    Busyness busyness;
    busyness.name = read_own_name(table, "busyness", "day", reading.known.busyness);
    require(table, "shape", "25");
    busyness.shape = read_positive(table, "shape", shape_max).value_or(1);
    table.finish();
    reading.scenario.busyness.push_back(std::move(busyness));
  }
}

void read_lines(TableReader& file, Reading& reading) {
  for (const Node* node : file.tables("lines")) {
    TableReader table(*node, node->line, "lines", reading.diagnostics);
    Lines lines;
    lines.name = read_own_name(table, "lines", "trunk", reading.known.lines);
    require(table, "count", "30");
    if (const auto count = table.integer("count", 1, count_max))
      lines.count = static_cast<uint32_t>(*count);
    table.finish();
    reading.scenario.lines.push_back(std::move(lines));
  }
}

void read_demands(TableReader& file, Reading& reading) {
  const auto nodes = file.tables("demand");
  if (file.find("demand") == nullptr || (nodes.empty() && !reading.diagnostics.failed()))
    file.error(code::nothing_to_do, 0,
               "nobody comes: add a [[demand]] with a rate, or a recorded stream");
  if (nodes.size() > demands_max) {
    file.error(config::code::wrong_value, nodes[demands_max]->line,
               fmt::format("more than {} demands: put like ones together", demands_max));
    return;
  }
  for (const Node* node : nodes) {
    TableReader table(*node, node->line,
                      fmt::format("demand {}", reading.scenario.demands.size() + 1),
                      reading.diagnostics);
    reading.scenario.demands.push_back(read_demand(table, reading));
  }
}

}  // namespace paceline::sim
