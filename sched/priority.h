// Impact × urgency → priority, by a matrix the desk configures (ITIL's table).
#pragma once

#include <array>
#include <cstdint>

namespace paceline::sched {

/// How much is affected. `none` means not stated: the desk derives it or takes `medium`.
enum class Impact : uint8_t { none, high, medium, low };
/// How soon it matters. `none` means not stated: taken as `medium`.
enum class Urgency : uint8_t { none, high, medium, low };
/// P1 first. Compare with more_pressing(), never with <.
enum class Priority : uint8_t { none, p1, p2, p3, p4, p5 };

inline constexpr int priority_count = 6;

constexpr bool more_pressing(Priority a, Priority b) {
  return static_cast<uint8_t>(a) < static_cast<uint8_t>(b);
}

/// Rows: impact high, medium, low; columns: urgency high, medium, low.
struct PriorityMatrix {
  std::array<std::array<Priority, 3>, 3> cell{{{Priority::p1, Priority::p2, Priority::p3},
                                               {Priority::p2, Priority::p3, Priority::p4},
                                               {Priority::p3, Priority::p4, Priority::p5}}};

  /// An unstated impact or urgency counts as medium.
  constexpr Priority at(Impact impact, Urgency urgency) const {
    const auto row = impact == Impact::none ? 1U : static_cast<unsigned>(impact) - 1U;
    const auto column = urgency == Urgency::none ? 1U : static_cast<unsigned>(urgency) - 1U;
    return cell[row][column];
  }
  bool operator==(const PriorityMatrix&) const = default;
};

/// More pressing by so many steps, at most the highest.
constexpr Priority raised(Priority own, unsigned steps) {
  const auto rank = static_cast<unsigned>(own);
  return rank > steps + 1 ? static_cast<Priority>(rank - steps) : rank == 0 ? own : Priority::p1;
}

}  // namespace paceline::sched
