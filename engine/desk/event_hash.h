// A hash over every event of a desk so far, however they came in batches.
//
// Sixteen events are hashed together, chained to those before: a short input costs XXH3 as much as
// four times its length.
//
// Owner: shard thread.  Allocates: never.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/desk/event.h"
#include "sched/base/archive.h"
#include "sched/base/digest.h"
#include "sched/base/hash_index.h"

namespace paceline::desk {

class EventHash {
 public:
  void add(std::span<const Event> events) {
    if (count_ > 0) {
      const size_t wanted = std::min(together - count_, events.size());
      keep(events.first(wanted));
      events = events.subspan(wanted);
      if (count_ < together) return;
      chained_ = hash(waiting_, chained_);
      count_ = 0;
    }
    for (; events.size() >= together; events = events.subspan(together)) {
      chained_ = hash(events.first(together), chained_);
    }
    keep(events);
  }
  uint64_t value() const {
    return count_ == 0 ? chained_ : hash(std::span(waiting_).first(count_), chained_);
  }

  void persist(sched::Archive& archive) {
    archive.part("event hash", 1, sizeof(Event));
    archive.values(chained_, count_);
    if (!archive.require(count_ < together, "more events wait to be hashed than may")) return;
    archive.bytes(waiting_.data(), count_ * sizeof(Event));
  }

 private:
  static constexpr size_t together = 16;

  static uint64_t hash(std::span<const Event> events, uint64_t before) {
    return sched::mix(before + sched::hash_bytes(events.data(), events.size_bytes()));
  }
  void keep(std::span<const Event> events) {
    std::copy(events.begin(), events.end(), waiting_.begin() + static_cast<ptrdiff_t>(count_));
    count_ += events.size();
  }

  uint64_t chained_ = 0;
  size_t count_ = 0;
  std::array<Event, together> waiting_;
};

}  // namespace paceline::desk
