// Wakes one sleeping thread: rung once per drained batch, not per item.
//
// The ringer puts work where the sleeper looks for it, then rings; the sleeper, woken, looks
// everywhere. A bell rung while nobody sleeps is remembered. Ringing costs one exchange, and a
// system call only if the other side really sleeps.
//
// Owner: many ringers, one sleeper.  Allocates: never.
#pragma once

#include <atomic>
#include <cstdint>

namespace paceline::runtime {

class Bell {
 public:
  static constexpr int64_t for_ever = -1;

  void ring() noexcept;
  /// Returns when the bell is or was rung, or `timeout_us` passed.
  void wait(int64_t timeout_us = for_ever) noexcept;

 private:
  enum : uint32_t { quiet, rung, asleep };
  std::atomic<uint32_t> state_{quiet};
};

}  // namespace paceline::runtime
