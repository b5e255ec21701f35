#include "engine/runtime/bell.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace paceline::runtime {

namespace {
void futex(std::atomic<uint32_t>& word, int operation, uint32_t value, const timespec* timeout) {
  static_assert(sizeof(std::atomic<uint32_t>) == 4 && std::atomic<uint32_t>::is_always_lock_free);
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), operation, value, timeout, nullptr, 0);
}
}  // namespace

void Bell::ring() noexcept {
  if (state_.exchange(rung, std::memory_order_acq_rel) == asleep)
    futex(state_, FUTEX_WAKE_PRIVATE, 1, nullptr);
}

void Bell::wait(int64_t timeout_us) noexcept {
  uint32_t expected = quiet;
  if (timeout_us != 0 &&
      state_.compare_exchange_strong(expected, asleep, std::memory_order_acq_rel)) {
    timespec timeout{};
    timeout.tv_sec = timeout_us / 1'000'000;
    timeout.tv_nsec = (timeout_us % 1'000'000) * 1'000;
    futex(state_, FUTEX_WAIT_PRIVATE, asleep, timeout_us < 0 ? nullptr : &timeout);
  }
  // A wake for no reason looks like a ring: whoever waits looks again anyway.
  state_.exchange(quiet, std::memory_order_acq_rel);
}

}  // namespace paceline::runtime
