#include "sched/queue_shares.h"

#include <algorithm>

#include "sched/base/check.h"

namespace paceline::sched {

uint32_t QueueShares::index_of(uint32_t queue) {
  const auto [at, fresh] = indexes_.try_emplace(queue, count());
  if (fresh) weights_.push_back(0);
  return at->second;
}

void QueueShares::set_weight(uint32_t index, uint32_t weight) {
  weights_[index] = weight;
  greatest_ = *std::max_element(weights_.begin(), weights_.end());
}

void QueueShares::persist(Archive& archive) {
  archive.fields(indexes_, weights_, greatest_);
  bool sound = indexes_.size() == weights_.size();
  for (const auto& [queue, index] : indexes_) sound = sound && index < weights_.size();
  archive.require(sound, "a queue's share is of no queue");
}

QueueShares::Pick QueueShares::pick(const State& state, std::span<const uint8_t> has_work) const {
  const auto due = [&](uint32_t index) { return has_work[index] != 0 && weights_[index] != 0; };
  Pick pick;
  bool any = false;
  for (uint32_t index = 0; index < count(); ++index) {
    if (!due(index)) continue;
    const int64_t lacking = std::max<int64_t>(0, greatest_ - saved(state, index));
    const int64_t rounds = (lacking + weights_[index] - 1) / weights_[index];
    if (!any || rounds < pick.rounds) pick.rounds = rounds;
    any = true;
  }
  if (!any) return pick;
  // The first in turn after the one served last.
  const uint32_t from = state.last == none ? 0 : state.last + 1;
  for (uint32_t step = 0; step < count(); ++step) {
    const uint32_t index = (from + step) % count();
    if (!due(index)) continue;
    if (saved(state, index) + pick.rounds * weights_[index] < greatest_) continue;
    pick.index = index;
    break;
  }
  return pick;
}

void QueueShares::charge(State& state, std::span<const uint8_t> has_work, const Pick& pick,
                         uint32_t served) const {
  if (weights_[served] == 0) return;
  state.saved.resize(count(), 0);
  if (served != pick.index) {
    // Out of turn: the queue owes it, but never more than one.
    state.saved[served] = std::max<int64_t>(state.saved[served] - greatest_, -int64_t{greatest_});
    return;
  }
  for (uint32_t index = 0; index < count(); ++index) {
    if (has_work[index] != 0) state.saved[index] += pick.rounds * weights_[index];
  }
  state.saved[served] -= greatest_;
  state.last = served;
}

}  // namespace paceline::sched
