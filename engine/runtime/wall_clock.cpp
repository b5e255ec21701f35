#include "engine/runtime/wall_clock.h"

#include <time.h>

namespace paceline::runtime {

namespace {
int64_t read_us(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1'000;
}
constexpr int64_t backwards_tolerated_us = 1'000'000;  // what a time daemon slews or steps
}  // namespace

sched::Instant WallClock::now() const { return {read_us(CLOCK_REALTIME)}; }
int64_t WallClock::monotonic_us() const { return read_us(CLOCK_MONOTONIC); }

sched::Duration JumpWatch::look(sched::Instant wall, int64_t monotonic_us) {
  const int64_t expected_us = believed_us_ + (monotonic_us - monotonic_us_);
  const int64_t ahead_us = wall.us - expected_us;
  const bool first = !started_;
  started_ = true;
  wall_us_ = wall.us;
  monotonic_us_ = monotonic_us;
  if (waits_) {
    waits_ = ahead_us > max_jump_.us || ahead_us < -max_jump_.us;
    believed_us_ = waits_ ? expected_us : wall.us;
    return {};
  }
  believed_us_ = wall.us;
  if (first || (ahead_us <= max_jump_.us && ahead_us >= -backwards_tolerated_us)) return {};
  ++jumps_;
  if (policy_ == OnClockJump::wait && ahead_us > 0) {
    waits_ = true;
    believed_us_ = expected_us;
  }
  return {ahead_us};
}

bool JumpWatch::confirm(sched::Instant time) {
  const int64_t off_us = time.us - wall_us_;
  if (!waits_ || off_us > max_jump_.us || off_us < -max_jump_.us) return false;
  waits_ = false;
  believed_us_ = wall_us_;
  return true;
}

}  // namespace paceline::runtime
