// The only now() in the project.
//
// The wall clock says when; the monotonic clock of the same process says whether to believe it. A
// batch's ts never falls (shard.h sees to that); here a jump is noticed and counted. What follows
// is the operator's choice: to go on with the wall clock, or to go on with what the monotonic clock
// says until the wall clock agrees again or somebody confirms it.
//
// Owner: shard thread.  Allocates: never.
#pragma once

#include <cstdint>

#include "sched/base/time.h"

namespace paceline::runtime {

class WallClock {
 public:
  virtual ~WallClock() = default;
  virtual sched::Instant now() const;    ///< Wall time.
  virtual int64_t monotonic_us() const;  ///< Of this process; the origin means nothing.
};

enum class OnClockJump : uint8_t { proceed, wait };

/// Compares how far both clocks have moved since the last look.
class JumpWatch {
 public:
  explicit JumpWatch(sched::Duration max_jump = sched::minute * 5,
                     OnClockJump policy = OnClockJump::proceed)
      : max_jump_(max_jump), policy_(policy) {}

  /// By how much the wall clock left the monotonic one since the last look, if by more than
  /// max_jump ahead, or at all (over a second) backwards; else 0. A jump that is waited out is told
  /// once.
  sched::Duration look(sched::Instant wall, int64_t monotonic_us);
  /// The time to go by, as of the last look.
  sched::Instant now() const { return {believed_us_}; }
  /// Whether that is not the wall clock's.
  bool waits() const { return waits_; }
  /// Somebody says what time it is: true if the wall clock, as of the last look, says so too (by
  /// max_jump) and is believed from now on.
  bool confirm(sched::Instant time);
  uint64_t jumps() const { return jumps_; }

 private:
  sched::Duration max_jump_;
  OnClockJump policy_;
  bool started_ = false;
  bool waits_ = false;
  int64_t wall_us_ = 0;
  int64_t believed_us_ = 0;
  int64_t monotonic_us_ = 0;
  uint64_t jumps_ = 0;
};

}  // namespace paceline::runtime
