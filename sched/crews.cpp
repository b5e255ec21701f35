#include "sched/crews.h"

#include <algorithm>

#include "sched/base/check.h"
#include "sched/ranked_agents.h"

namespace paceline::sched {

namespace {

std::vector<SkillLevel> in_order(std::vector<SkillLevel> levels) {
  std::erase_if(levels, [](const SkillLevel& level) { return level.level == 0; });
  std::sort(levels.begin(), levels.end(), [](const SkillLevel& a, const SkillLevel& b) {
    return a.skill != b.skill ? a.skill < b.skill : a.level > b.level;
  });
  const auto same_skill = [](const SkillLevel& a, const SkillLevel& b) {
    return a.skill == b.skill;
  };
  levels.erase(std::unique(levels.begin(), levels.end(), same_skill), levels.end());
  return levels;
}

std::vector<uint32_t> in_order(std::vector<uint32_t> groups) {
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  return groups;
}

}  // namespace

bool Crew::in_group(uint32_t group) const {
  return std::binary_search(groups.begin(), groups.end(), group);
}
bool Crew::has(std::span<const SkillLevel> levels) const {
  return std::all_of(levels.begin(), levels.end(), [this](const SkillLevel& wanted) {
    return level_of(skills, wanted.skill) >= wanted.level;
  });
}

CrewRank Crew::rank(const LineTerms& terms) const {
  CrewRank rank;
  if (terms.count_surplus) rank.surplus = terms.need.surplus(skills);
  for (const Preference& preference : terms.preferred) {
    rank.preferred_of += preference.points;
    if (preference.need.holds(skills)) rank.preferred += preference.points;
  }
  rank.total = std::min(rank.surplus + rank.preferred_of - rank.preferred, RankedAgents::rank_max);
  return rank;
}

std::span<const uint32_t> Crews::of_group(uint32_t group) const {
  const auto found = by_group_.find(group);
  if (found == by_group_.end()) return {};
  return found->second;
}

bool Crews::join(uint32_t agent, const Abilities& abilities) {
  const Key key{in_order(abilities.groups), in_order(abilities.skills)};
  const auto found = by_abilities_.find(key);
  if (found != by_abilities_.end() && found->second == number(agent)) return false;
  const uint32_t joined = found != by_abilities_.end() ? found->second : add(key);
  if (number(agent) != none) leave(agent);
  std::vector<uint32_t>& members = crews_[joined].members;
  agents_[agent] = {joined, static_cast<uint32_t>(members.size())};
  members.push_back(agent);
  return true;
}

uint32_t Crews::add(const Key& key) {
  auto added = static_cast<uint32_t>(crews_.size());
  if (free_.empty()) {
    crews_.emplace_back();
    lines_.add_row();
  } else {
    added = free_.back();
    free_.pop_back();
    crews_[added] = {};
    lines_.clear(added);
  }
  crews_[added].groups = key.first;
  crews_[added].skills = key.second;
  by_abilities_.emplace(key, added);
  for (const uint32_t group : key.first) by_group_[group].push_back(added);
  return added;
}

void Crews::persist(Archive& archive, uint32_t agent_count) {
  archive.part("crews", 1);
  archive.fields(crews_, free_);
  if (!archive.loading() || archive.failed()) return;
  bool sound = true;
  agents_.assign(agent_count, {});
  for (const uint32_t crew : free_) sound = sound && crew < crews_.size();
  for (uint32_t crew = 0; crew < crews_.size(); ++crew) {
    lines_.add_row();
    index(crew, sound);
  }
  for (const Member& agent : agents_) sound = sound && agent.crew != none;
  archive.require(sound && free_.size() + by_abilities_.size() == crews_.size(),
                  "agents are not each in one crew");
}

/// Finds the crew again by its abilities, groups and members.
void Crews::index(uint32_t number, bool& sound) {
  const Crew& crew = crews_[number];
  if (crew.members.empty()) return;
  sound = sound && by_abilities_.emplace(Key{crew.groups, crew.skills}, number).second;
  for (const uint32_t group : crew.groups) by_group_[group].push_back(number);
  for (uint32_t at = 0; at < crew.members.size() && sound; ++at) {
    const uint32_t agent = crew.members[at];
    sound = agent < agents_.size() && agents_[agent].crew == none;
    if (sound) agents_[agent] = {number, at};
  }
}

void Crews::leave(uint32_t agent) {
  const Member left = agents_[agent];
  Crew& crew = crews_[left.crew];
  crew.members[left.index] = crew.members.back();
  agents_[crew.members[left.index]].index = left.index;
  crew.members.pop_back();
  if (!crew.members.empty()) return;
  by_abilities_.erase({crew.groups, crew.skills});
  for (const uint32_t group : crew.groups) {
    const auto at = by_group_.find(group);
    std::erase(at->second, left.crew);
    if (at->second.empty()) by_group_.erase(at);
  }
  free_.push_back(left.crew);
}

}  // namespace paceline::sched
