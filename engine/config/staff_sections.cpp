// [[queue]] and [[agent]].
#include <fmt/format.h>

#include "engine/config/sections.h"
#include "engine/desk/predicate.h"

namespace paceline::config {
namespace {

constexpr uint32_t units_milli_max = 1'000'000;

/// Positions in `supported` are the enumerators; the rest is known but not there yet.
std::optional<size_t> read_supported(TableReader& table, std::string_view key,
                                     std::span<const std::string_view> supported,
                                     std::span<const std::string_view> later) {
  const auto written = table.text(key);
  for (const std::string_view value : later) {
    if (written != value) continue;
    table.error(code::not_supported, table.find(key)->line,
                fmt::format("{} \"{}\" is not supported in this version: use {}", key, value,
                            fmt::join(supported.begin(), supported.end(), " or ")));
    return std::nullopt;
  }
  return written ? table.one_of(key, supported) : std::nullopt;
}

void refuse_what_comes_later(TableReader& queue) {
  if (const Node::Member* step = queue.find("step"))
    queue.error(code::not_supported, step->line,
                "relaxation steps ([[queue.step]]) are not supported in this version: give the "
                "queue one need");
  for (const std::string_view key : {"offer_timeout", "auto_accept", "fan_out"}) {
    if (const Node::Member* member = queue.find(key))
      queue.error(code::not_supported, member->line,
                  fmt::format("{}: offers are not supported in this version (push assigns at "
                              "once): remove it",
                              key));
  }
}

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

desk::QueueDefinition read_queue(TableReader& table, Diagnostics& diagnostics) {
  desk::QueueDefinition queue;
  queue.name = table.required_text("name", "network-l1");
  if (!queue.name.empty()) table.set_subject("queue " + in_quotes(queue.name));

  constexpr std::string_view modes[] = {"push", "manual"};
  constexpr std::string_view later_modes[] = {"pull"};
  if (const auto mode = read_supported(table, "mode", modes, later_modes))
    queue.mode = static_cast<desk::QueueMode>(*mode);
  constexpr std::string_view disciplines[] = {"pressing_time", "fifo"};
  constexpr std::string_view later_disciplines[] = {"strict_priority", "edf", "priority_minutes"};
  if (const auto discipline = read_supported(table, "discipline", disciplines, later_disciplines))
    queue.discipline = static_cast<desk::Discipline>(*discipline);

  // Nobody is given work from a manual queue, so it needs no team.
  if (queue.mode == desk::QueueMode::manual && table.find("group") == nullptr)
    queue.group = queue.name;
  else
    queue.group = table.required_text("group", "network");
  queue.need = table.text("need").value_or("");
  if (const auto tier = table.integer("tier", 1, 9)) queue.tier = static_cast<uint8_t>(*tier);
  if (const auto weight = table.thousandths("weight", units_milli_max))
    queue.weight_milli = *weight;
  if (const auto horizon = table.duration("default_horizon")) {
    queue.default_horizon_us = horizon->us;
    if (horizon->us == 0)
      table.error(code::wrong_duration, table.find("default_horizon")->line,
                  "default_horizon must be more than nothing");
  }
  read_head_start(table, diagnostics, queue.head_start);
  refuse_what_comes_later(table);
  return queue;
}

bool is_skill_name(std::string_view name) {
  const auto parsed = desk::parse_need(std::string(name) + " >= 1");
  return parsed && parsed->size() == 1 && parsed->front().skill == name;
}

void read_skills(TableReader& agent, Diagnostics& diagnostics,
                 std::vector<std::pair<std::string, uint8_t>>& skills) {
  const Node::Member* member = agent.find("skills");
  if (member == nullptr) return;
  if (member->value.kind != Node::Kind::table) {
    agent.wrong_type("skills", member->value, "a table such as { network = 6 }");
    return;
  }
  TableReader table(member->value, member->line, agent.subject() + ": skills", diagnostics);
  for (const Node::Member& entry : member->value.members) {
    if (!is_skill_name(entry.key)) {
      table.error(code::wrong_value, entry.line,
                  fmt::format("{} is no name for a skill: use letters, digits, \"_\" and \"-\"",
                              in_quotes(entry.key)));
    } else if (entry.value.kind != Node::Kind::integer || entry.value.integer < 1 ||
               entry.value.integer > 100) {
      table.error(code::wrong_value, entry.line,
                  fmt::format("the level of {} must be a whole number 1 to 100", entry.key));
    } else {
      skills.emplace_back(entry.key, static_cast<uint8_t>(entry.value.integer));
    }
  }
}

desk::AgentDefinition read_agent(TableReader& table, Diagnostics& diagnostics) {
  desk::AgentDefinition agent;
  agent.name = table.required_text("name", "ada");
  if (!agent.name.empty()) table.set_subject("agent " + in_quotes(agent.name));
  agent.groups = table.texts("groups");
  if (table.find("groups") == nullptr)
    table.error(code::missing, table.line(),
                "groups is missing: add for example groups = [\"network\"]");
  for (const std::string& group : agent.groups) {
    if (group.find(',') != std::string::npos)
      table.error(code::wrong_value, table.find("groups")->line,
                  "a group's name has no comma: list groups as separate texts");
  }
  read_skills(table, diagnostics, agent.skills);
  if (const auto capacity = table.thousandths("capacity", units_milli_max))
    agent.capacity_milli = *capacity;
  return agent;
}

}  // namespace

void read_queues(TableReader& file, Diagnostics& diagnostics, Sections& sections) {
  for (const Node* node : file.tables("queue")) {
    sections.has_desk_tables = true;
    TableReader table(*node, node->line, fmt::format("queue {}", sections.queues.size() + 1),
                      diagnostics);
    Entry<desk::QueueDefinition> entry{read_queue(table, diagnostics), {}, node->line};
    entry.desk = table.text("desk").value_or("");
    table.finish();
    sections.queues.push_back(std::move(entry));
  }
}

void read_agents(TableReader& file, Diagnostics& diagnostics, Sections& sections) {
  for (const Node* node : file.tables("agent")) {
    sections.has_desk_tables = true;
    TableReader table(*node, node->line, fmt::format("agent {}", sections.agents.size() + 1),
                      diagnostics);
    Entry<desk::AgentDefinition> entry{read_agent(table, diagnostics), {}, node->line};
    entry.desk = table.text("desk").value_or("");
    table.finish();
    sections.agents.push_back(std::move(entry));
  }
}

}  // namespace paceline::config
