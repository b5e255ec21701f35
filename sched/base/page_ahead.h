// Memory that is about to be written, touched by somebody else beforehand.
//
// The first touch of a page makes the operating system find and clear it, and whoever touches
// waits: for a huge page up to 5 ms on a virtual machine. Arrays that grow (FixedArray) say here
// what comes next; where nobody is appointed, or who is comes too late, the writer touches it
// itself.
//
// Owner: the appointment is each thread's own.
#pragma once

#include <cstddef>

namespace paceline::sched {

class PageAhead {
 public:
  /// Never waits; may be forgotten. The memory may be unmapped before it is touched.
  virtual void touch(std::byte* begin, size_t bytes) noexcept = 0;

  /// By whom arrays that this thread writes are touched ahead; none: nobody.
  static PageAhead* of_this_thread() { return appointed_; }
  static void appoint(PageAhead* ahead) { appointed_ = ahead; }

 protected:
  ~PageAhead() = default;

 private:
  static inline thread_local PageAhead* appointed_ = nullptr;
};

}  // namespace paceline::sched
