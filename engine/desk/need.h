// Needs of queues and skills of agents: the texts over skills.
//
// A need is `||`, `&&`, `!` and parentheses over comparisons of a skill with a level (`>=`, `>`,
// `<=`, `<`, `==`, `!=`; levels 0 … 100, a skill not held is level 0); a skill alone means `>= 1`.
// Text is at most 4,096 bytes and 64 parentheses or negations deep.
//
// Owner: whoever holds it (immutable once parsed).  Allocates: in parsing only.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/predicate.h"
#include "sched/base/expected.h"
#include "sched/need.h"

namespace paceline::desk {

/// A skill and a level by its name.
struct NamedLevel {
  std::string skill;
  uint8_t level = 1;
  bool operator==(const NamedLevel&) const = default;
};

/// A need whose skills are still names: `names[step.skill]` is the skill of a comparison.
struct NamedNeed {
  sched::Need need;
  std::vector<std::string> names;  ///< In order of first appearance.
};

/// Empty text asks for nothing.
sched::Expected<NamedNeed, SyntaxError> parse_need(std::string_view text);

/// The same need with the numbers that `number` gives to skills.
sched::Need numbered(const NamedNeed& need,
                     const std::function<uint32_t(std::string_view)>& number);

/// "network:6,vpn:4"; levels 1 … 100.
sched::Expected<std::vector<NamedLevel>, SyntaxError> parse_skills(std::string_view text);

/// Whether everybody whom `stricter` accepts is accepted by `wider`, decided exactly over the
/// levels that both mention; skills that only one mentions are free. Nothing where there are too
/// many combinations to try (more than 200,000, fewer of long needs).
std::optional<bool> accepts_all_of(const NamedNeed& wider, const NamedNeed& stricter);
/// Levels of somebody whom `stricter` accepts and `wider` does not; empty if there is nobody.
std::vector<NamedLevel> counterexample(const NamedNeed& wider, const NamedNeed& stricter);
/// Whether anybody at all can meet it (`vpn >= 4 && vpn < 2` nobody can).
std::optional<bool> can_be_met(const NamedNeed& need);

/// "vpn >= 4": one comparison as text; "network >= 6 && !contractor >= 1": a whole need.
std::string to_text(const NamedNeed& need);

}  // namespace paceline::desk
