#include "engine/runtime/event_ring.h"

#include <algorithm>

#include "sched/base/check.h"

namespace paceline::runtime {

void EventRing::append(std::span<const desk::Event> events) {
  for (const desk::Event& event : events) {
    CHECK(event.sequence == last_ + 1);
    last_ = event.sequence;
    if (ring_.size() <= next_) ring_.resize(next_ + 1);
    ring_[next_] = event;
    if (++next_ == kept_) next_ = 0;
    if (count_ < kept_) ++count_;
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

void EventRing::persist(sched::Archive& archive) {
  uint64_t last = last_;
  std::vector<desk::Event> events;
  if (archive.saving() && count_ > 0) read(first(), 0, kept_, events);
  archive.part("recent events", 1, sizeof(desk::Event));
  archive.value(last);
  archive.list(events);
  if (archive.saving() || archive.failed()) return;
  if (events.size() > last) return archive.fail("there are more events than there ever were");
  *this = EventRing(kept_);
  begin_after(last - events.size());
  for (const desk::Event& event : events) {
    if (event.sequence != last_ + 1) return archive.fail("events are missing");
    append(std::span(&event, 1));
  }
}

}  // namespace paceline::runtime
