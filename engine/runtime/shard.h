// A shard: one thread, its desks. Drains the intake, stamps, applies, passes on to the log.
//
//   wall mode:      ts = max(last ts + 1, now); an empty batch whenever something has become due
//   commands mode:  ts comes with an administrator's advance and may repeat; an advance first fires
//                   what has become due, in empty batches, so nothing depends on arrival times
//
// A batch is the commands of one drain for one desk: it becomes one record. Nothing here waits for
// the disk; what was applied is answered when the log thread has it durable.
//
// Of n shards, shard i has the desks numbered i + 1, i + 1 + n, … A desk's records say nothing of
// shards: another start may have another number of them.
//
// Owner: adopt() and release() the starting thread, run() the shard thread.  Allocates: when a desk
// is created; per batch until buffers have found their size.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "engine/desk/desk.h"
#include "engine/runtime/applied_pool.h"
#include "engine/runtime/command_log.h"
#include "engine/runtime/intake.h"
#include "engine/runtime/request.h"
#include "engine/runtime/wall_clock.h"

namespace paceline::runtime {

struct ShardOptions {
  ClockMode clock_mode = ClockMode::wall;
  size_t commands_per_batch_max = 1'024;  ///< A drain ends here; a frame is never cut in two.
  size_t bytes_per_batch_max = 4 * 1'048'576;
  uint32_t index = 0;  ///< Which shard this is, of …
  uint32_t count = 1;
  desk::ConfigurationDecoder decode_configuration = nullptr;
  WallClock* clock = nullptr;
  sched::Duration max_jump = sched::minute * 5;
  OnClockJump on_clock_jump = OnClockJump::proceed;
  std::function<void(std::string_view)> note;
};

class Shard {
 public:
  static uint32_t index_of(sched::DeskNumber desk, uint32_t count) {
    return (desk.value - 1U) % count;
  }

  Shard(ShardOptions options, Intake& intake, AppliedPool& pool, AppliedRing& to_log);
  ~Shard();

  /// Takes a desk over. Before run().
  void adopt(std::unique_ptr<desk::Desk> desk);
  /// Every desk, once run() has ended.
  std::vector<desk::Desk*> desks() const;
  void drop_desks() { desks_.clear(), by_number_.clear(); }  ///< Likewise.
  sched::Instant last_ts() const;                            ///< Of any desk, likewise.

  /// Until stop() and the intake is empty, or abandon().
  void run();
  void stop();     ///< From any thread.
  void abandon();  ///< From any thread: nothing further will be given back to the pool.

  bool ended() const { return ended_.load(std::memory_order_acquire); }

  uint64_t clock_jumps() const { return clock_jumps_.load(std::memory_order_relaxed); }
  bool clock_waits() const { return clock_waits_.load(std::memory_order_relaxed); }
  uint64_t batches() const { return batches_.load(std::memory_order_relaxed); }

 private:
  struct DeskState {
    std::unique_ptr<desk::Desk> desk;
    Applied* gathering = nullptr;  // frames of the drain under way
    bool more_due = false;         // timers were left over
  };

  DeskState* find(sched::DeskNumber desk);

  void take(Request* request);
  void gather(Request* request);
  void apply_gathered();
  void apply(DeskState& state, Applied* applied);
  Applied* apply_empty(DeskState& state, sched::Instant ts);  ///< Not yet passed on.
  void pass_on(Applied* applied);
  void answer(Request* request);  ///< After everything before.
  Applied* acquire();

  void advance(Request* request);
  void open_desk(Request* request);
  void query(Request* request);

  sched::Instant stamp(const DeskState& state) const;
  void look_at_clock();
  void jumped(DeskState& state, const ClockJump& jump);
  bool fire_due();
  int64_t wait_us() const;

  // Fixed at construction.
  ShardOptions options_;
  Intake& intake_;
  AppliedPool& pool_;
  AppliedRing& to_log_;

  // The shard thread's.
  std::vector<std::unique_ptr<DeskState>> desks_;  // as they came
  std::vector<DeskState*> by_number_;              // at (number - 1) / count
  std::vector<Request*> drained_;
  std::vector<DeskState*> gathering_;  // in order of first use
  sched::Instant now_;                 // of this drain
  JumpWatch jump_watch_;
  bool passed_on_ = false;  // since the log thread was last rung

  std::atomic<bool> stopping_{false};
  std::atomic<bool> abandoned_{false};
  std::atomic<bool> ended_{false};
  std::atomic<uint64_t> clock_jumps_{0};
  std::atomic<bool> clock_waits_{false};
  std::atomic<uint64_t> batches_{0};
};

}  // namespace paceline::runtime
