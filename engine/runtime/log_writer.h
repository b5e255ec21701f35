// The log thread: writes and syncs whatever has gathered, then lets it be answered.
//
// While batch n is being synced, batch n + 1 is applied and gathers here: that is the whole of
// group commit. After an error nothing is passed on any more: what was not durable is not answered.
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

namespace paceline::runtime {

class WallClock;

class LogWriter {
 public:
  /// `answers_wait_for_sync` false: a record is answered once it has left the process.
  LogWriter(CommandLog& log, bool answers_wait_for_sync, WallClock& clock, AppliedRing& from_shard,
            AppliedRing& to_io, WakeUp& io);

  void run();   ///< Until stop() and nothing is left, or an error.
  void stop();  ///< From any thread, when the shard has ended.

  /// Why the log cannot go on; empty while it can. From any thread; final.
  bool failed() const { return failed_.load(std::memory_order_acquire); }
  const std::string& reason() const { return reason_; }  ///< Requires failed().

  uint64_t records() const { return records_.load(std::memory_order_relaxed); }
  uint64_t syncs() const { return syncs_.load(std::memory_order_relaxed); }
  uint64_t sync_us() const { return sync_us_.load(std::memory_order_relaxed); }
  uint64_t sync_us_max() const { return sync_us_max_.load(std::memory_order_relaxed); }
  uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  Logged<void> append(const Applied& applied);
  Logged<void> write_group();

  // Fixed at construction.
  CommandLog& log_;
  bool answers_wait_for_sync_;
  WallClock& clock_;
  AppliedRing& from_shard_;
  AppliedRing& to_io_;
  WakeUp& io_;

  // The log thread's.
  std::vector<Applied*> group_;
  std::vector<LoggedFrame> frames_;
  std::string reason_;

  std::atomic<bool> stopping_{false};
  std::atomic<bool> failed_{false};
  std::atomic<uint64_t> records_{0};
  std::atomic<uint64_t> syncs_{0};
  std::atomic<uint64_t> sync_us_{0};
  std::atomic<uint64_t> sync_us_max_{0};
  std::atomic<uint64_t> bytes_{0};
};

}  // namespace paceline::runtime
