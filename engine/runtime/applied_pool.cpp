#include "engine/runtime/applied_pool.h"

#include <boost/lockfree/spsc_queue.hpp>

#include "sched/base/check.h"

namespace paceline::runtime {

struct AppliedRing::Queue {
  explicit Queue(uint32_t size) : ring(size) {}
  boost::lockfree::spsc_queue<Applied*> ring;
};

AppliedRing::AppliedRing(uint32_t size) : queue_(std::make_unique<Queue>(size)) {}
AppliedRing::~AppliedRing() = default;

void AppliedRing::push(Applied* applied) { CHECK(queue_->ring.push(applied)); }

Applied* AppliedRing::pop() {
  Applied* applied = nullptr;
  return queue_->ring.pop(applied) ? applied : nullptr;
}

AppliedPool::AppliedPool(uint32_t size) : all_(new Applied[size]), returned_(size) {
  for (uint32_t i = 0; i < size; ++i) free_.push_back(&all_[i]);
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
