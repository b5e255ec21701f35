// What one connection listens to: a desk each, from a sequence on, as far as its credit goes.
//
//   subscribe ──▶ listening ── unsubscribe, too slow for the ring ──▶ gone
//
// Only positions are kept, never events: those are read out of the desk's ring when the output has
// room, so that a slow reader costs nothing and finds out (too_old).
//
// Owner: I/O thread.  Allocates: a record per desk; the output grows as it is written.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/desk/event.h"
#include "engine/runtime/pipeline.h"
#include "wire/frame.h"
#include "wire/messages.h"

namespace paceline::wire {

class Subscriptions {
 public:
  bool empty() const { return subscriptions_.empty(); }
  void clear() { subscriptions_.clear(); }

  /// Begins, in place of an older one for the same desk, or says in `out` why not.
  void subscribe(const Subscribe& asked, const runtime::EventRing& ring, Bytes& out);
  void grant(const Credit& credit);
  void unsubscribe(sched::DeskNumber desk);

  /// Writes what has happened, as far as credit goes and until `out` holds enough behind `sent`.
  void pump(std::span<const runtime::DeskRecord> desks, Bytes& out, size_t sent);

 private:
  struct Subscription {
    sched::DeskNumber desk;
    uint64_t next = 0;  ///< Sequence; 0: ended.
    uint64_t credit = 0;
    uint64_t kinds = 0;
  };
  static void pump(Subscription& subscription, const runtime::EventRing& ring, Bytes& out,
                   size_t sent);

  std::vector<Subscription> subscriptions_;
};

}  // namespace paceline::wire
