// What ReadyQueue must do: a set of (press, order, slot). Orders here never wrap.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <vector>

namespace paceline::models {

class ReadyModel {
 public:
  void push(uint32_t slot, int64_t press_us, uint32_t order) {
    keys_[slot] = {press_us, order, slot};
    order_.insert(keys_[slot]);
  }
  void erase(uint32_t slot) {
    order_.erase(keys_.at(slot));
    keys_.erase(slot);
  }
  bool contains(uint32_t slot) const { return keys_.contains(slot); }
  bool empty() const { return order_.empty(); }
  uint32_t size() const { return static_cast<uint32_t>(order_.size()); }
  uint32_t top() const { return std::get<2>(*order_.begin()); }
  std::vector<uint32_t> peek(uint32_t limit) const {
    std::vector<uint32_t> slots;
    for (auto at = order_.begin(); at != order_.end() && slots.size() < limit; ++at) {
      slots.push_back(std::get<2>(*at));
    }
    return slots;
  }

 private:
  using Key = std::tuple<int64_t, uint32_t, uint32_t>;
  std::map<uint32_t, Key> keys_;
  std::set<Key> order_;
};

}  // namespace paceline::models
