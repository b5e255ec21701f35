// How the runtime's threads are begun: named, deaf to signals, on a processor of their own if so
// wished.
//
// Owner: any thread.  Allocates: the thread.
#pragma once

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include <cstdint>
#include <thread>
#include <utility>

namespace paceline::runtime {

/// Signals are for the thread that serves, which knows what to do with them.
template <class Body>
std::thread start_thread(const char* name, Body body) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(body));
  pthread_setname_np(thread.native_handle(), name);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

/// Deals out the processors this process may use, in turn.
class Processors {
 public:
  Processors() {
    if (sched_getaffinity(0, sizeof allowed_, &allowed_) != 0) CPU_ZERO(&allowed_);
  }
  /// Where there is only one, or none can be found out, nothing happens.
  void pin_next(pthread_t thread) {
    const int count = CPU_COUNT(&allowed_);
    if (count < 2) return;
    do {
      next_ = (next_ + 1) % CPU_SETSIZE;
    } while (!CPU_ISSET(next_, &allowed_));
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(next_, &one);
    (void)pthread_setaffinity_np(thread, sizeof one, &one);
  }

 private:
  cpu_set_t allowed_;
  int next_ = CPU_SETSIZE - 1;
};

}  // namespace paceline::runtime
