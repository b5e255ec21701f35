#include "engine/runtime/event_ring.h"

#include <algorithm>

#include "sched/base/check.h"

namespace paceline::runtime {

void EventRing::append(std::span<const desk::Event> events) {
  for (const desk::Event& event : events) {
    CHECK(event.sequence == last_ + 1);
    last_ = event.sequence;
    if (ring_.size() < kept_)
      ring_.push_back(event);
    else
      ring_[next_] = event;
    if (++next_ == kept_) next_ = 0;
  }
}

uint64_t EventRing::read(uint64_t from, uint64_t kinds, size_t limit,
                         std::vector<desk::Event>& out) const {
  CHECK(from >= first());
  for (; from <= last_ && limit > 0; ++from) {
    const desk::Event& event = ring_[(from - 1) % kept_];
    if (kinds != 0 && (kinds >> static_cast<unsigned>(event.kind) & 1) == 0) continue;
    out.push_back(event);
    --limit;
  }
  return from;
}

}  // namespace paceline::runtime
