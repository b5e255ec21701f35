// How queues share a crew's assignments, by weight: deficit round robin.
//
// An assignment costs as much as the greatest weight. Whoever of the queues that have work has
// saved that much is served, in turn; when none has, rounds are played in which each saves its
// weight. So with weights 3 and 1 every fourth assignment is the second queue's, and no queue is
// served twice running while another is due. A queue without a weight is served when none with one
// has work.
//
// Owner: shard thread.  Allocates: when queues come, and at a crew's first charge.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "sched/base/archive.h"

namespace paceline::sched {

class QueueShares {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  /// Of one crew.
  struct State {
    std::vector<int64_t> saved;  // by index of queue
    uint32_t last = none;        // index of the queue served last
    void persist(Archive& archive) { archive.fields(saved, last); }
  };
  struct Pick {
    uint32_t index = none;  ///< Of the queue to serve; none has work and a weight.
    int64_t rounds = 0;     ///< To be played before.
  };

  /// A number of its own for each queue, from 0.
  uint32_t index_of(uint32_t queue);
  uint32_t count() const { return static_cast<uint32_t>(weights_.size()); }
  /// States from before are void.
  void set_weight(uint32_t index, uint32_t weight);
  bool in_use() const { return greatest_ != 0; }
  void persist(Archive& archive);

  /// `has_work` by index of queue.
  Pick pick(const State& state, std::span<const uint8_t> has_work) const;
  /// Of several assignments at hand `served` was made; `pick` as it was before.
  void charge(State& state, std::span<const uint8_t> has_work, const Pick& pick,
              uint32_t served) const;

 private:
  int64_t saved(const State& state, uint32_t index) const {
    return index < state.saved.size() ? state.saved[index] : 0;
  }

  std::map<uint32_t, uint32_t> indexes_;
  std::vector<uint32_t> weights_;
  uint32_t greatest_ = 0;
};

}  // namespace paceline::sched
