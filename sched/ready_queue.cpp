#include "sched/ready_queue.h"

namespace paceline::sched {

/// The run whose newest stands closest ahead, an unused one, or the heap.
uint32_t ReadyQueue::run_for(Standing standing) {
  uint32_t best = in_heap;
  uint32_t unused = in_heap;
  for (uint32_t run = 0; run < runs_.size(); ++run) {
    if (runs_[run].empty()) {
      unused = run;
      continue;
    }
    const Standing last = runs_[run].last();
    if (ahead(standing, last)) continue;
    if (best == in_heap || ahead(runs_[best].last(), last)) best = run;
  }
  if (best != in_heap || unused != in_heap) return best != in_heap ? best : unused;
  if (runs_.size() == runs_max) return in_heap;
  runs_.emplace_back();
  return static_cast<uint32_t>(runs_.size()) - 1;
}

bool ReadyQueue::push(uint32_t slot, Standing standing) {
  const bool is_first = empty() || ahead(standing, top_standing());
  const uint32_t run = run_for(standing);
  if (run == in_heap) {
    heap_.push(slot, standing, places_);
  } else {
    places_[slot] = run << run_shift | runs_[run].push({standing.press_us, standing.order, slot});
  }
  ++size_;
  if (is_first) first_ = run;
  return is_first;
}

bool ReadyQueue::erase(uint32_t slot) {
  CHECK(size_ > 0);
  const bool was_first = top() == slot;
  const uint32_t run = places_[slot] >> run_shift;
  if (run == in_heap) {
    heap_.erase(slot, places_);
  } else {
    CHECK(run < runs_.size() &&
          runs_[run].at(places_[slot] & StandingRun::place_mask).slot == slot);
    runs_[run].erase(places_[slot] & StandingRun::place_mask, [&](uint32_t moved, uint32_t place) {
      places_[moved] = run << run_shift | place;
    });
  }
  --size_;
  if (was_first) find_first();
  return was_first;
}

void ReadyQueue::find_first() {
  first_ = in_heap;
  for (uint32_t run = 0; run < runs_.size(); ++run) {
    if (runs_[run].empty()) continue;
    if (nothing_in(first_) || ahead(head(run).standing(), head(first_).standing())) first_ = run;
  }
}

Standing ReadyQueue::standing(uint32_t slot) const {
  const uint32_t run = places_[slot] >> run_shift;
  const uint32_t place = places_[slot] & StandingRun::place_mask;
  const Entry& entry = run == in_heap ? heap_.at(place) : runs_[run].at(place);
  DCHECK(entry.slot == slot);
  return entry.standing();
}

std::vector<uint32_t> ReadyQueue::peek(uint32_t limit) const {
  std::vector<uint32_t> slots;
  if (limit == 0) return slots;
  slots.reserve(std::min(limit, size()));
  StandingHeap::Cursor<StandingHeap::LongEdge> of_heap(heap_);
  merge(of_heap, [&](const Entry& entry) {
    slots.push_back(entry.slot);
    return slots.size() < limit;
  });
  return slots;
}

void ReadyQueue::persist(Archive& archive, size_t slots_max) {
  uint64_t run_count = archive.size(runs_.size(), sizeof(uint64_t));
  if (!archive.require(run_count <= runs_max, "a line has more runs than it may")) return;
  if (archive.loading()) runs_.resize(run_count);
  size_ = 0;
  for (uint32_t run = 0; run < runs_.size(); ++run) {
    runs_[run].persist(archive, slots_max, [&](uint32_t moved, uint32_t place) {
      places_[moved] = run << run_shift | place;
    });
    size_ += runs_[run].size();
  }
  heap_.persist(archive, slots_max);
  size_ += heap_.size();
}

}  // namespace paceline::sched
