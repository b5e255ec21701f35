#include "engine/config/team.h"

#include <algorithm>

namespace paceline::config {

Teams::Teams(const desk::Configuration& configuration) {
  for (const desk::AgentDefinition& agent : configuration.agents) {
    for (const std::string& name : agent.groups) {
      Group& group = groups_[name];
      group.team.push_back(&agent);
      for (const auto& [skill, level] : agent.skills) group.with_skill[skill].push_back(&agent);
    }
  }
}

const Team& Teams::of(std::string_view group) const {
  static const Team nobody;
  const auto found = groups_.find(group);
  return found == groups_.end() ? nobody : found->second.team;
}

bool Teams::anybody(std::string_view group, const desk::NamedNeed& need,
                    uint32_t capacity_milli) const {
  const auto found = groups_.find(group);
  if (found == groups_.end()) return false;
  const auto any_of = [&](const Team& team) {
    return std::any_of(team.begin(), team.end(), [&](const desk::AgentDefinition* agent) {
      return agent->capacity_milli >= capacity_milli && meets(*agent, need);
    });
  };
  // Who has none of its skills is like all others of that kind: the whole team is asked only then.
  if (need.need.holds({})) return any_of(found->second.team);
  return std::any_of(need.names.begin(), need.names.end(), [&](const std::string& skill) {
    const auto holders = found->second.with_skill.find(skill);
    return holders != found->second.with_skill.end() && any_of(holders->second);
  });
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
