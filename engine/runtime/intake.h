// Lock-free lanes in front of a shard: interactive before bulk, weighted so that bulk never
// starves.
//
// A ring for every I/O thread and lane, each with one writer and one reader. Order is kept within a
// ring, and a client's lane is fixed at hello, so replies stay in order per session. Full is full:
// the caller answers busy.
//
// Owner: push() by the I/O thread of that number, drain() by the shard thread.  Allocates: when
// constructed.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/runtime/bell.h"
#include "engine/runtime/request.h"

namespace paceline::runtime {

class Intake {
 public:
  /// Of the commands of one drain, bulk may have this share though interactive has more than
  /// enough.
  static constexpr size_t bulk_share = 8;  // one in eight

  Intake(uint32_t io_threads, uint32_t requests_per_lane);
  ~Intake();

  /// False: the ring is full. Does not wake the shard: ring() once per batch of pushes.
  bool push(uint32_t io_thread, Request* request);
  void ring() { bell_.ring(); }

  /// Whether a push to this lane will succeed; from the thread of that number.
  bool has_room(uint32_t io_thread, Lane lane) const;

  /// Appends requests to `out` until about `commands_max` commands or `bytes_max` bytes of payload
  /// are there. A request without commands counts as one.
  void drain(size_t commands_max, size_t bytes_max, std::vector<Request*>& out);

  /// The shard sleeps here.
  Bell& bell() { return bell_; }

 private:
  struct Ring;
  /// Takes from the rings of one lane in turn.
  void drain_lane(Lane lane, size_t& commands, size_t& bytes, std::vector<Request*>& out);

  uint32_t io_threads_;
  std::vector<std::unique_ptr<Ring>> rings_;  // by I/O thread, then lane
  Bell bell_;
  uint32_t next_turn_ = 0;  // of the I/O threads
};

}  // namespace paceline::runtime
