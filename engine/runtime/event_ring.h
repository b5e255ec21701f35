// The newest events of a desk, from which subscriptions resume.
//
// Fed with what is durable, and by replay; older than the ring is answered too_old. A reader copies
// out what it wants, at its own pace: the ring waits for nobody.
//
// Owner: I/O thread (before it runs: the starting thread).  Allocates: as it fills for the first
// time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/desk/event.h"
#include "sched/base/archive.h"

namespace paceline::runtime {

class EventRing {
 public:
  explicit EventRing(uint32_t events_kept) : kept_(events_kept) {}

  /// Nothing is kept yet, and the next event follows this one. Before the first append.
  void begin_after(uint64_t sequence) {
    last_ = sequence;
    next_ = sequence % kept_;
  }

  /// Sequences go on from the last without a gap.
  void append(std::span<const desk::Event> events);

  /// The oldest there still is; after begin_after() the next to come. 0: none yet.
  uint64_t first() const { return last_ == 0 ? 0 : last_ - count_ + 1; }
  uint64_t last() const { return last_; }  ///< 0: none yet.

  /// Events from `from` on (first() ≤ from) whose kind is in `kinds` (0: all), at most `limit`,
  /// into `out`. Answers where to go on.
  uint64_t read(uint64_t from, uint64_t kinds, size_t limit, std::vector<desk::Event>& out) const;

  /// Into a ring of another size too: the newest that fit.
  void persist(sched::Archive& archive);

 private:
  uint32_t kept_;
  std::vector<desk::Event> ring_;  // sequence s lies at (s - 1) % kept_
  size_t next_ = 0;                // where the next goes
  uint64_t count_ = 0;
  uint64_t last_ = 0;
};

}  // namespace paceline::runtime
