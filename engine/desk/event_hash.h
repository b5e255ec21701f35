// A hash over every event of a desk so far, however they came in batches.
//
// Sixteen events are hashed together, chained to those before: a short input costs XXH3 as much as
// four times its length.
//
// Owner: shard thread.  Allocates: never.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/desk/event.h"
#include "sched/base/digest.h"

namespace paceline::desk {

class EventHash {
 public:
  void add(const Event& event) {
    waiting_[count_] = event;
    if (++count_ == together) {
      chained_ = value();
      count_ = 0;
    }
  }
  uint64_t value() const {
    return count_ == 0 ? chained_
                       : sched::hash_bytes(waiting_.data(), count_ * sizeof(Event), chained_);
  }

 private:
  static constexpr size_t together = 16;

  uint64_t chained_ = 0;
  size_t count_ = 0;
  std::array<Event, together> waiting_;
};

}  // namespace paceline::desk
