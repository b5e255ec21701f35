// When the next snapshot is due: after so much log, or so much time in which something happened.
//
// After one that failed the next is not tried at once.
//
// Owner: I/O thread.  Time: an argument, monotonic.  Allocates: never.
#pragma once

#include <cstdint>

#include "sched/base/time.h"

namespace paceline::runtime {

struct SnapshotScheduleOptions {
  uint64_t log_bytes = 1'024 * 1'048'576ULL;  ///< 0: never for its size.
  sched::Duration every = sched::hour;        ///< 0: never for the time.
  sched::Duration pause_after_failure = sched::minute;
};

class SnapshotSchedule {
 public:
  /// `tail_bytes`: log behind the newest snapshot.
  SnapshotSchedule(SnapshotScheduleOptions options, uint64_t tail_bytes, int64_t now_us)
      : options_(options), bytes_(tail_bytes), since_us_(now_us) {}

  void logged(uint64_t bytes) { bytes_ += bytes; }
  bool due(int64_t now_us) const {
    return !under_way_ && now_us >= not_before_us_ && wanted(now_us);
  }
  /// Another would be due, and the one under way has not ended.
  bool overtaken(int64_t now_us) const { return under_way_ && wanted(now_us); }
  /// A mark is taken: what is logged from now on is the next one's.
  void begun(int64_t now_us) {
    under_way_ = true;
    bytes_before_ = bytes_;
    since_before_us_ = since_us_;
    bytes_ = 0;
    since_us_ = now_us;
  }
  void ended(bool well, int64_t now_us) {
    under_way_ = false;
    if (well) return;
    bytes_ += bytes_before_;
    since_us_ = since_before_us_;
    not_before_us_ = now_us + options_.pause_after_failure.us;
  }
  uint64_t bytes() const { return bytes_; }  ///< Logged since the last.

 private:
  bool wanted(int64_t now_us) const {
    if (bytes_ == 0) return false;
    return (options_.log_bytes != 0 && bytes_ >= options_.log_bytes) ||
           (options_.every.us != 0 && now_us - since_us_ >= options_.every.us);
  }

  SnapshotScheduleOptions options_;
  bool under_way_ = false;
  uint64_t bytes_;
  int64_t since_us_;
  uint64_t bytes_before_ = 0;
  int64_t since_before_us_ = 0;
  int64_t not_before_us_ = INT64_MIN;
};

}  // namespace paceline::runtime
