#include "sched/need.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sched/base/check.h"

namespace paceline::sched {

namespace {

/// What a satisfied comparison leaves unused.
uint32_t unused(uint8_t held, Comparison comparison, uint8_t level) {
  if (comparison == Comparison::at_least) return uint32_t{held} - level;
  if (comparison == Comparison::above) return uint32_t{held} - level - 1;
  return 0;
}

struct Value {
  bool holds;
  uint32_t surplus;
};

Value evaluate(std::span<const NeedStep> steps, std::span<const SkillLevel> held) {
  std::array<Value, Need::depth_max> stack;  // not cleared: that would cost more than the rest
  uint32_t depth = 0;
  for (const NeedStep& step : steps) {
    switch (step.code) {
      case NeedStep::Code::compare: {
        const uint8_t level = level_of(held, step.skill);
        const bool holds = compares(level, step.comparison, step.level);
        stack[depth++] = {holds, holds ? unused(level, step.comparison, step.level) : 0};
        break;
      }
      case NeedStep::Code::negate:
        stack[depth - 1] = {!stack[depth - 1].holds, 0};
        break;
      case NeedStep::Code::both:
      case NeedStep::Code::either: {
        const Value right = stack[--depth];
        Value& left = stack[depth - 1];
        left.holds = step.code == NeedStep::Code::both ? left.holds && right.holds
                                                       : left.holds || right.holds;
        left.surplus += right.surplus;
        break;
      }
    }
  }
  return depth == 0 ? Value{true, 0} : stack[0];
}

}  // namespace

uint8_t level_of(std::span<const SkillLevel> held, uint32_t skill) {
  const auto at =
      std::lower_bound(held.begin(), held.end(), skill,
                       [](const SkillLevel& a, uint32_t wanted) { return a.skill < wanted; });
  return at != held.end() && at->skill == skill ? at->level : uint8_t{0};
}

Need::Need(std::vector<NeedStep> steps) : steps_(std::move(steps)) { CHECK(well_formed(steps_)); }

bool Need::well_formed(std::span<const NeedStep> steps) {
  uint32_t depth = 0;
  for (const NeedStep& step : steps) {
    uint32_t taken = 0;
    switch (step.code) {
      case NeedStep::Code::compare:
        break;
      case NeedStep::Code::negate:
        taken = 1;
        break;
      case NeedStep::Code::both:
      case NeedStep::Code::either:
        taken = 2;
        break;
      default:
        return false;
    }
    if (depth < taken) return false;
    depth = depth - taken + 1;
    if (depth > depth_max) return false;
  }
  return steps.empty() || depth == 1;
}

void Need::persist(Archive& archive) {
  archive.list(steps_);
  if (!archive.require(well_formed(steps_), "a need is not an expression")) steps_.clear();
}

Need Need::all_of(std::span<const SkillLevel> levels) {
  std::vector<NeedStep> steps;
  for (const SkillLevel& wanted : levels) {
    steps.push_back({NeedStep::Code::compare, Comparison::at_least, wanted.level, wanted.skill});
    if (steps.size() > 1) steps.push_back({.code = NeedStep::Code::both});
  }
  return Need(std::move(steps));
}

bool Need::holds(std::span<const SkillLevel> held) const { return evaluate(steps_, held).holds; }
uint32_t Need::surplus(std::span<const SkillLevel> held) const {
  return evaluate(steps_, held).surplus;
}

}  // namespace paceline::sched
