// What a ticket asks of an agent's skills: a boolean expression, compiled.
//
// Postfix over levels: `network >= 6 && (vpn >= 4 || !contractor >= 1)`. A skill not held counts as
// level 0. Immutable once made; compiled from text by engine/desk/need.cpp, which numbers the
// skills.
//
// Owner: whoever holds it.  Allocates: when it is made.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sched/base/archive.h"

namespace paceline::sched {

/// Skills are numbers given by the caller. A skill not held counts as level 0; of a skill named
/// twice the higher level holds.
struct SkillLevel {
  uint32_t skill = 0;
  uint8_t level = 1;
  friend constexpr auto operator<=>(const SkillLevel&, const SkillLevel&) = default;
};

/// `held` ascending by skill, without repetition.
uint8_t level_of(std::span<const SkillLevel> held, uint32_t skill);

enum class Comparison : uint8_t { at_least, above, at_most, below, equal, unequal };
constexpr bool compares(int held, Comparison comparison, int level) {
  switch (comparison) {
    case Comparison::at_least:
      return held >= level;
    case Comparison::above:
      return held > level;
    case Comparison::at_most:
      return held <= level;
    case Comparison::below:
      return held < level;
    case Comparison::equal:
      return held == level;
    case Comparison::unequal:
      return held != level;
  }
  return false;
}

struct NeedStep {
  enum class Code : uint8_t { compare, negate, both, either };
  Code code = Code::compare;
  Comparison comparison = Comparison::at_least;  ///< Of compare, like the two below.
  uint8_t level = 1;
  uint32_t skill = 0;
  friend constexpr auto operator<=>(const NeedStep&, const NeedStep&) = default;
};

class Need {
 public:
  static constexpr uint32_t depth_max = 64;  ///< Of the stack its evaluation takes.

  Need() = default;  ///< Asks for nothing.
  /// Requires that the steps leave one value on the stack and never more than depth_max.
  explicit Need(std::vector<NeedStep> steps);
  /// All of these, at least at this level.
  static Need all_of(std::span<const SkillLevel> levels);

  bool asks_nothing() const { return steps_.empty(); }
  /// `held` ascending by skill, without repetition.
  bool holds(std::span<const SkillLevel> held) const;
  /// By how much the held levels exceed what the satisfied `>=` and `>` comparisons ask, summed:
  /// what an over-qualified agent would waste on it. Comparisons under a negation do not count.
  uint32_t surplus(std::span<const SkillLevel> held) const;
  std::span<const NeedStep> steps() const { return steps_; }

  void persist(Archive& archive);

  friend bool operator==(const Need&, const Need&) = default;

 private:
  static bool well_formed(std::span<const NeedStep> steps);

  std::vector<NeedStep> steps_;  // postfix; none: always true
};

}  // namespace paceline::sched
