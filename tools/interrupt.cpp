#include "tools/interrupt.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>

#include "sched/base/check.h"

namespace paceline::tools {

namespace {

std::atomic<bool> was_raised{false};
static_assert(std::atomic<bool>::is_always_lock_free);
int wake_up[2] = {-1, -1};  // a pipe: what a signal handler may write to and poll() can wait for

extern "C" void on_signal(int signal) {
  const int saved = errno;
  was_raised.store(true);
  const char byte = 0;
  [[maybe_unused]] const auto written = ::write(wake_up[1], &byte, 1);
  std::signal(signal, SIG_DFL);
  errno = saved;
}

}  // namespace

Interrupt::Interrupt() {
  CHECK(wake_up[0] == -1);
  CHECK(::pipe2(wake_up, O_CLOEXEC | O_NONBLOCK) == 0);
  was_raised.store(false);
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
}

Interrupt::~Interrupt() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  ::close(wake_up[0]);
  ::close(wake_up[1]);
  wake_up[0] = wake_up[1] = -1;
}

bool Interrupt::raised() const { return was_raised.load(); }

bool Interrupt::wait(sched::Duration at_most) const {
  pollfd waiting{wake_up[0], POLLIN, 0};
  const int64_t ms = std::clamp<int64_t>(at_most.us / 1'000, 0, 3'600'000);
  if (!raised()) ::poll(&waiting, 1, static_cast<int>(ms));
  return raised();
}

}  // namespace paceline::tools
