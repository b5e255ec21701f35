// What TimerWheel must do, in the fewest words: a set of (due, rank, node).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "sched/base/time.h"

namespace paceline::models {

class TimerModel {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  void schedule(uint32_t node, sched::Instant due, uint64_t rank) {
    cancel(node);
    armed_.emplace(node, Key{due.us, rank, node});
    order_.emplace(due.us, rank, node);
  }
  void cancel(uint32_t node) {
    const auto found = armed_.find(node);
    if (found == armed_.end()) return;
    order_.erase(found->second);
    armed_.erase(found);
  }
  bool armed(uint32_t node) const { return armed_.contains(node); }
  sched::Instant due(uint32_t node) const { return {std::get<0>(armed_.at(node))}; }
  uint32_t armed_count() const { return static_cast<uint32_t>(armed_.size()); }
  sched::Instant next_due() const {
    return order_.empty() ? sched::never : sched::Instant{std::get<0>(*order_.begin())};
  }
  uint32_t pop(sched::Instant until) {
    if (order_.empty() || std::get<0>(*order_.begin()) > until.us) return none;
    const uint32_t node = std::get<2>(*order_.begin());
    cancel(node);
    return node;
  }

 private:
  using Key = std::tuple<int64_t, uint64_t, uint32_t>;
  std::map<uint32_t, Key> armed_;
  std::set<Key> order_;
};

}  // namespace paceline::models
