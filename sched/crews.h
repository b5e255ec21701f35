// Agents with the same abilities: what they may serve is worked out once for all of them.
//
// Owner: shard thread.  Allocates: when agents and lines are defined.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "sched/bits.h"
#include "sched/queue_shares.h"
#include "sched/terms.h"

namespace paceline::sched {

struct Crew {
  std::vector<uint32_t> groups;    // ascending
  std::vector<SkillLevel> skills;  // ascending by skill, without repetition
  std::vector<uint32_t> members;   // in no order; none: the crew is free for other abilities
  uint32_t credit = 0;             // of aged tickets, in thousandths
  QueueShares::State shares;

  bool in_group(uint32_t group) const;
  bool has(std::span<const SkillLevel> levels) const;
  bool may_serve(const LineTerms& terms) const {
    return in_group(terms.group) && terms.need.holds(skills) && has(terms.required);
  }
  CrewRank rank(const LineTerms& terms) const;  ///< Requires may_serve().
  void persist(Archive& archive) { archive.fields(groups, skills, members, credit, shares); }
};

class Crews {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  void add_agent() { agents_.emplace_back(); }
  /// The agent leaves its crew for the one with these abilities; true if that is another one. What
  /// a new crew may serve is for the caller to say.
  bool join(uint32_t agent, const Abilities& abilities);

  /// Crews keep their numbers; those without members stay in between.
  uint32_t number(uint32_t agent) const { return agents_[agent].crew; }
  Crew& crew_of(uint32_t agent) { return crews_[number(agent)]; }
  const Crew& crew_of(uint32_t agent) const { return crews_[number(agent)]; }
  Crew& crew(uint32_t number) { return crews_[number]; }
  /// The lines a crew may serve, kept by the caller.
  const BitTable& lines() const { return lines_; }
  BitTable& lines() { return lines_; }
  std::span<const uint64_t> lines_of(uint32_t agent) const { return lines_.row(number(agent)); }
  uint32_t in_use() const { return static_cast<uint32_t>(by_abilities_.size()); }
  /// In no order.
  std::span<const uint32_t> of_group(uint32_t group) const;
  template <class F>
  void for_each(F&& f) {
    for (Crew& crew : crews_) f(crew);
  }
  /// But for lines(), which are the caller's to find again. Every one of the agents has a crew.
  void persist(Archive& archive, uint32_t agent_count);

 private:
  using Key = std::pair<std::vector<uint32_t>, std::vector<SkillLevel>>;
  struct Member {
    uint32_t crew = none;
    uint32_t index = 0;  // among its members
  };

  uint32_t add(const Key& key);
  void index(uint32_t crew, bool& sound);
  void leave(uint32_t agent);

  std::vector<Crew> crews_;
  BitTable lines_;  // by crew
  std::vector<uint32_t> free_;
  std::map<Key, uint32_t> by_abilities_;
  std::map<uint32_t, std::vector<uint32_t>> by_group_;
  std::vector<Member> agents_;
};

}  // namespace paceline::sched
