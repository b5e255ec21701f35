// Wakes an I/O thread that sleeps in its event loop: an eventfd, written once per drained batch.
//
// Owner: ring() any thread and signal handlers, the rest the I/O thread.  Allocates: never.
#pragma once

#include <atomic>

namespace paceline::runtime {

class WakeUp {
 public:
  WakeUp();
  ~WakeUp();
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  void ring() noexcept;
  /// Readable when rung. Belongs to this object.
  int file() const { return file_; }
  /// To be called before looking for what is new.
  void acknowledge() noexcept;

 private:
  int file_;
  std::atomic<bool> rung_{false};
};

}  // namespace paceline::runtime
