#include "engine/runtime/wake_up.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "sched/base/check.h"

namespace paceline::runtime {

WakeUp::WakeUp() : file_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { CHECK(file_ >= 0); }
WakeUp::~WakeUp() { close(file_); }

void WakeUp::ring() noexcept {
  if (rung_.exchange(true, std::memory_order_acq_rel)) return;
  const uint64_t one = 1;
  // Cannot fail in a way that matters: the counter is far from full.
  [[maybe_unused]] const ssize_t written = write(file_, &one, sizeof one);
}

void WakeUp::acknowledge() noexcept {
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(file_, &count, sizeof count);
  rung_.exchange(false, std::memory_order_acq_rel);
}

}  // namespace paceline::runtime
