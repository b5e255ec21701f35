#include "sched/ready_queue.h"

#include <algorithm>

namespace paceline::sched {

std::vector<uint32_t> ReadyQueue::peek(uint32_t limit) const {
  std::vector<uint32_t> slots;
  if (limit == 0 || empty()) return slots;
  slots.reserve(std::min(limit, size()));

  // Whoever is next is a child of one already shown.
  std::vector<uint32_t> edge{0};
  const auto behind = [this](uint32_t a, uint32_t b) {
    return ahead(heap_.at(b).standing(), heap_.at(a).standing());
  };
  while (!edge.empty()) {
    std::pop_heap(edge.begin(), edge.end(), behind);
    const uint32_t index = edge.back();
    edge.pop_back();
    slots.push_back(heap_.at(index).slot);
    if (slots.size() == limit) break;
    const uint32_t first = StandingHeap::first_child(index);
    for (uint32_t child = first; child < size() && child < first + 4; ++child) {
      edge.push_back(child);
      std::push_heap(edge.begin(), edge.end(), behind);
    }
  }
  return slots;
}

}  // namespace paceline::sched
