// Random numbers of a test, repeatable by their seed on every compiler.
#pragma once

#include <cstdint>

namespace paceline::desk::test {

class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  uint64_t roll(uint64_t sides) {
    state_ = state_ * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
    return (state_ >> 33) % sides;
  }
  bool chance(uint64_t percent) { return roll(100) < percent; }

 private:
  uint64_t state_;
};

}  // namespace paceline::desk::test
