// The only now() in the project.
//
// The wall clock says when; the monotonic clock of the same process says whether to believe it. A
// batch's ts never falls (shard.h sees to that); here a jump is only noticed, counted and named.
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

/// Compares how far both clocks have moved since the last look.
class JumpWatch {
 public:
  explicit JumpWatch(sched::Duration max_jump = sched::minute * 5) : max_jump_(max_jump) {}

  /// By how much the wall clock left the monotonic one since the last look, if by more than
  /// max_jump ahead, or at all (over a second) backwards; else 0.
  sched::Duration look(sched::Instant wall, int64_t monotonic_us);
  uint64_t jumps() const { return jumps_; }

 private:
  sched::Duration max_jump_;
  bool started_ = false;
  int64_t wall_us_ = 0;
  int64_t monotonic_us_ = 0;
  uint64_t jumps_ = 0;
};

}  // namespace paceline::runtime
