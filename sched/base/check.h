// CHECK ends the process when we, not the caller, were wrong; DCHECK only in debug builds.
//
// A violated invariant must not be logged, replied to or replicated, so there is no recovery here:
// the process stops, and the log on disk holds everything that was acknowledged.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace paceline::sched {

[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "CHECK failed: %s at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace paceline::sched

#define CHECK(condition)                                               \
  do {                                                                 \
    if (!(condition)) [[unlikely]]                                     \
      ::paceline::sched::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)

#ifdef NDEBUG
#define DCHECK(condition) \
  do {                    \
  } while (false && (condition))
#else
#define DCHECK(condition) CHECK(condition)
#endif
