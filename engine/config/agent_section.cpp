// [[agent]]
#include <fmt/format.h>

#include "engine/config/sections.h"
#include "engine/desk/need.h"

namespace paceline::config {
namespace {

/// Whether a need can name it.
bool is_skill_name(const std::string& name) {
  const auto parsed = desk::parse_need(name + " >= 1");
  return parsed && parsed->names.size() == 1 && parsed->names.front() == name;
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
                  fmt::format("{} is no name for a skill: use letters, digits, \"_\" and \"-\", "
                              "and none of and, or, not",
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
  agent.groups = table.names("groups");
  if (table.find("groups") == nullptr)
    table.error(code::missing, table.line(),
                "groups is missing: add for example groups = [\"network\"]");
  read_skills(table, diagnostics, agent.skills);
  if (const auto capacity = table.thousandths("capacity", units_milli_max))
    agent.capacity_milli = *capacity;
  agent.languages = table.names("languages");
  agent.clearances = table.names("clearances");
  agent.channels = table.names("channels");
  if (const Node::Member* channels = table.find("channels"); channels != nullptr)
    if (channels->value.kind == Node::Kind::array && channels->value.elements.empty())
      table.error(code::wrong_value, channels->line,
                  "channels is empty: list some, or remove it to allow every channel");
  if (table.find("shift") != nullptr) agent.shift = table.required_text("shift", "uk-early");
  return agent;
}

}  // namespace

void read_agents(TableReader& file, Diagnostics& diagnostics, Sections& sections) {
  for (const Node* node : file.tables("agent")) {
    sections.has_desk_tables = true;
    TableReader table(*node, node->line, fmt::format("agent {}", sections.agents.size() + 1),
                      diagnostics);
    Entry<desk::AgentDefinition> entry{read_agent(table, diagnostics), {}, node->line};
    entry.desk = table.text("desk").value_or("");
    if (const Node::Member* shift = table.find("shift")) entry.lines.emplace("shift", shift->line);
    table.finish();
    sections.agents.push_back(std::move(entry));
  }
}

}  // namespace paceline::config
