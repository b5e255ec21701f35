// The log thread: writes and syncs whatever has gathered, then lets it be answered.
//
// While batch n is being synced, batch n + 1 is applied and gathers here: that is the whole of
// group commit. Without sync (Durability) a group is answered once it has left the process;
// `interval` then syncs in time, also when nothing more comes. After an error nothing is passed on
// any more: what was not durable is not answered.
//
// Owner: run() the log thread; start-up and the end the starting thread; figures any thread.
// Allocates: until the list of one group has found its size.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/runtime/applied_pool.h"
#include "engine/runtime/command_log.h"
#include "engine/runtime/wake_up.h"
#include "sched/base/time.h"

namespace paceline::runtime {

class WallClock;

struct LogWriterOptions {
  Durability durability = Durability::sync;
  sched::Duration sync_interval = sched::microsecond * 100'000;
};

class LogWriter {
 public:
  LogWriter(LogWriterOptions options, CommandLog& log, WallClock& clock, AppliedRing& from_shard,
            AppliedRing& to_io, WakeUp& io);

  void run();   ///< Until stop() and nothing is left, or an error.
  void stop();  ///< From any thread, when the shard has ended.
  /// Everything before `sequence` may go. From any thread; never less than before.
  void trim(uint64_t sequence);

  /// Why the log cannot go on; empty while it can. From any thread; final.
  bool failed() const { return failed_.load(std::memory_order_acquire); }
  const std::string& reason() const { return reason_; }  ///< Requires failed().

  /// What a reader of the folder may read up to.
  uint64_t durable_sequence() const { return durable_.load(std::memory_order_acquire); }
  uint64_t not_durable() const;  ///< Records written and not yet durable.
  uint64_t records() const { return records_.load(std::memory_order_relaxed); }
  uint64_t syncs() const { return syncs_.load(std::memory_order_relaxed); }
  uint64_t sync_us() const { return sync_us_.load(std::memory_order_relaxed); }
  uint64_t sync_us_max() const { return sync_us_max_.load(std::memory_order_relaxed); }
  uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  void fail(const LogError& error);
  Logged<void> append(const Applied& applied);
  Logged<void> write_group();
  Logged<void> sync();
  Logged<void> housekeep();  ///< What is due besides groups: a sync, a trim.
  int64_t wait_us() const;
  void tell_figures();

  // Fixed at construction.
  LogWriterOptions options_;
  CommandLog& log_;
  WallClock& clock_;
  AppliedRing& from_shard_;
  AppliedRing& to_io_;
  WakeUp& io_;

  // The log thread's.
  std::vector<Applied*> group_;
  std::vector<LoggedFrame> frames_;
  std::string reason_;
  int64_t sync_due_us_ = 0;  // monotonic; 0: nothing waits for one
  uint64_t trimmed_to_ = 0;

  std::atomic<bool> stopping_{false};
  std::atomic<bool> failed_{false};
  std::atomic<uint64_t> trim_to_{0};
  std::atomic<uint64_t> durable_{0};
  std::atomic<uint64_t> written_{0};
  std::atomic<uint64_t> records_{0};
  std::atomic<uint64_t> syncs_{0};
  std::atomic<uint64_t> sync_us_{0};
  std::atomic<uint64_t> sync_us_max_{0};
  std::atomic<uint64_t> bytes_{0};
};

}  // namespace paceline::runtime
