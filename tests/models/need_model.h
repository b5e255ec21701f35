// What a Need must say, read as the tree it is.
#pragma once

#include <cstdint>
#include <map>
#include <span>

#include "sched/need.h"

namespace paceline::models {

using Held = std::map<uint32_t, uint8_t>;

inline uint8_t held_level(const Held& held, uint32_t skill) {
  const auto found = held.find(skill);
  return found == held.end() ? uint8_t{0} : found->second;
}

struct Evaluation {
  bool holds = true;
  uint32_t surplus = 0;
};

/// Takes the expression that ends where `steps` does off them.
inline Evaluation evaluate_last(std::span<const sched::NeedStep>& steps, const Held& held) {
  const sched::NeedStep step = steps.back();
  steps = steps.first(steps.size() - 1);
  if (step.code == sched::NeedStep::Code::compare) {
    const int level = held_level(held, step.skill);
    const int asked = step.level;
    switch (step.comparison) {
      case sched::Comparison::at_least:
        return {level >= asked, level >= asked ? static_cast<uint32_t>(level - asked) : 0};
      case sched::Comparison::above:
        return {level > asked, level > asked ? static_cast<uint32_t>(level - asked - 1) : 0};
      case sched::Comparison::at_most:
        return {level <= asked, 0};
      case sched::Comparison::below:
        return {level < asked, 0};
      case sched::Comparison::equal:
        return {level == asked, 0};
      case sched::Comparison::unequal:
        return {level != asked, 0};
    }
  }
  const Evaluation right = evaluate_last(steps, held);
  if (step.code == sched::NeedStep::Code::negate) return {!right.holds, 0};
  const Evaluation left = evaluate_last(steps, held);
  const bool holds = step.code == sched::NeedStep::Code::both ? left.holds && right.holds
                                                              : left.holds || right.holds;
  return {holds, left.surplus + right.surplus};
}

inline Evaluation evaluate(const sched::Need& need, const Held& held) {
  if (need.asks_nothing()) return {};
  std::span<const sched::NeedStep> steps = need.steps();
  return evaluate_last(steps, held);
}

}  // namespace paceline::models
