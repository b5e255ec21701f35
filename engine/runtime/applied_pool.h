// A fixed number of Applied that go round: shard → log thread → I/O thread → shard. Each shard has
// its own.
//
// The number bounds what is applied and not yet answered: when none is free the shard waits, the
// intake fills, and callers are told busy. Rings are as large as the pool: a push never fails.
//
// Owner: take() the shard thread, give_back() the I/O thread.  Allocates: when constructed.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "engine/runtime/bell.h"
#include "engine/runtime/request.h"

namespace paceline::runtime {

/// One reader, which sleeps at its bell, and a ring for every writer. The order of one writer is
/// kept; between writers there is none.
class AppliedRing {
 public:
  /// `size` is the room of each writer.
  explicit AppliedRing(uint32_t size, uint32_t writers = 1);
  ~AppliedRing();
  void push(Applied* applied, uint32_t writer = 0);  ///< Does not ring.
  Applied* pop();                                    ///< None: empty.
  Bell& bell() { return bell_; }

 private:
  struct Queue;
  std::vector<std::unique_ptr<Queue>> queues_;  // by writer
  uint32_t turn_ = 0;                           // the reader's: whose comes next
  Bell bell_;
};

class AppliedPool {
 public:
  explicit AppliedPool(uint32_t size, uint32_t shard = 0);

  /// Cleared; none if all are on their way. The one given back last comes first: its buffers are
  /// warm, and those hardly ever needed stay small.
  Applied* take();
  /// Rings `waiting` if the shard sleeps for want of one.
  void give_back(Applied* applied, Bell& waiting);
  /// Cleared, besides the fixed number: when a failed server winds up and nothing comes back.
  Applied* spare();
  void set_waiting(bool waiting) { waiting_.exchange(waiting, std::memory_order_acq_rel); }

 private:
  std::unique_ptr<Applied[]> all_;
  std::vector<Applied*> free_;                    // the shard's
  std::vector<std::unique_ptr<Applied>> spares_;  // likewise
  AppliedRing returned_;
  std::atomic<bool> waiting_{false};
};

}  // namespace paceline::runtime
