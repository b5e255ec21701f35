#include "engine/runtime/applied_pool.h"

#include <boost/lockfree/spsc_queue.hpp>

#include "sched/base/check.h"

namespace paceline::runtime {

struct AppliedRing::Queue {
  explicit Queue(uint32_t size) : ring(size) {}
  boost::lockfree::spsc_queue<Applied*> ring;
};

AppliedRing::AppliedRing(uint32_t size, uint32_t writers) {
  for (uint32_t i = 0; i < writers; ++i) queues_.push_back(std::make_unique<Queue>(size));
}
AppliedRing::~AppliedRing() = default;

void AppliedRing::push(Applied* applied, uint32_t writer) {
  CHECK(queues_[writer]->ring.push(applied));
}

Applied* AppliedRing::pop() {
  // In turn, so that no writer waits for another to pause.
  for (size_t i = 0; i < queues_.size(); ++i) {
    Queue& queue = *queues_[turn_];
    turn_ = turn_ + 1 == queues_.size() ? 0 : turn_ + 1;
    Applied* applied = nullptr;
    if (queue.ring.pop(applied)) return applied;
  }
  return nullptr;
}

AppliedPool::AppliedPool(uint32_t size, uint32_t shard) : all_(new Applied[size]), returned_(size) {
  for (uint32_t i = 0; i < size; ++i) {
    all_[i].shard = shard;
    free_.push_back(&all_[i]);
  }
}

Applied* AppliedPool::take() {
  while (Applied* applied = returned_.pop()) free_.push_back(applied);
  if (free_.empty()) return nullptr;
  Applied* applied = free_.back();
  free_.pop_back();
  applied->clear();
  return applied;
}

Applied* AppliedPool::spare() { return spares_.emplace_back(std::make_unique<Applied>()).get(); }

void AppliedPool::give_back(Applied* applied, Bell& waiting) {
  returned_.push(applied);
  // An exchange, as in set_waiting(): whichever comes second sees what the other did before.
  if (waiting_.exchange(false, std::memory_order_acq_rel)) waiting.ring();
}

}  // namespace paceline::runtime
