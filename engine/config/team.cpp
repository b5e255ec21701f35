#include "engine/config/team.h"

#include <algorithm>

namespace paceline::config {

std::map<std::string_view, Team> teams_of(const desk::Configuration& configuration) {
  std::map<std::string_view, Team> teams;
  for (const desk::AgentDefinition& agent : configuration.agents)
    for (const std::string& group : agent.groups) teams[group].push_back(&agent);
  return teams;
}

bool meets(const desk::AgentDefinition& agent, const desk::NamedNeed& need) {
  std::vector<sched::SkillLevel> held;
  for (uint32_t skill = 0; skill < need.names.size(); ++skill) {
    const auto has = std::find_if(agent.skills.begin(), agent.skills.end(), [&](const auto& each) {
      return each.first == need.names[skill];
    });
    if (has != agent.skills.end()) held.push_back({skill, has->second});
  }
  return need.need.holds(held);
}

}  // namespace paceline::config
