// Pairs of agent and ticket that must not meet for a time.
//
// An agent's tickets are a small sorted list, asked whenever a ticket is sought for the agent; a
// ticket's agents a chain of nodes, so that all of them are found when it leaves.
//
// Owner: shard thread.  Allocates: when there are more pairs than ever before.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "sched/base/archive.h"
#include "sched/base/fixed_array.h"
#include "sched/bits.h"

namespace paceline::sched {

class Exclusions {
 public:
  explicit Exclusions(uint32_t tickets_max) : first_(tickets_max) {}

  void add_agent() { slots_.emplace_back(); }
  /// The agent is about to be asked for. (See HashIndex::expect.)
  [[gnu::always_inline]] void expect(uint32_t agent) const { __builtin_prefetch(&slots_[agent]); }
  /// Whether the pair was not there.
  bool add(uint32_t agent, uint32_t slot) {
    auto& slots = slots_[agent];
    const auto at = std::lower_bound(slots.begin(), slots.end(), slot);
    if (at != slots.end() && *at == slot) return false;
    slots.insert(at, slot);
    set_bit(agents_, agent);
    uint32_t number = free_;
    if (number != 0) {
      free_ = nodes_[number - 1].next;
    } else {
      nodes_.emplace_back();
      number = static_cast<uint32_t>(nodes_.size());
    }
    nodes_[number - 1] = {agent, first_[slot]};
    first_[slot] = number;
    return true;
  }
  /// Whether the pair was there.
  bool remove(uint32_t agent, uint32_t slot) {
    if (!has(agent, slot)) return false;
    uint32_t* link = &first_[slot];
    while (nodes_[*link - 1].agent != agent) link = &nodes_[*link - 1].next;
    const uint32_t number = *link;
    *link = nodes_[number - 1].next;
    release(number, slot);
    return true;
  }
  /// Calls f(agent) for each agent whose pair with the slot has gone.
  template <class F>
  void remove_all(uint32_t slot, F&& f) {
    while (first_[slot] != 0) {
      const uint32_t number = first_[slot];
      const uint32_t agent = nodes_[number - 1].agent;
      first_[slot] = nodes_[number - 1].next;
      release(number, slot);
      f(agent);
    }
  }

  bool has(uint32_t agent, uint32_t slot) const {
    const auto& slots = slots_[agent];
    return std::binary_search(slots.begin(), slots.end(), slot);
  }
  uint32_t count(uint32_t agent) const { return static_cast<uint32_t>(slots_[agent].size()); }
  /// Ascending.
  std::span<const uint32_t> slots(uint32_t agent) const {
    if (!has_bit(agents_, agent)) return {};
    return slots_[agent];
  }
  const Bits& agents() const { return agents_; }  ///< Who have any.

  /// Pair by pair, so that each ticket's chain comes out in the same order. Loading, the agents are
  /// there.
  void persist(Archive& archive) {
    struct Pair {
      uint32_t slot;
      uint32_t agent;
    };
    std::vector<Pair> pairs;
    std::vector<uint32_t> slots;
    for (const auto& own : slots_) slots.insert(slots.end(), own.begin(), own.end());
    std::sort(slots.begin(), slots.end());
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    for (const uint32_t slot : slots) {
      for_each_agent(slot, [&](uint32_t agent) { pairs.push_back({slot, agent}); });
    }
    archive.list(pairs);
    if (!archive.loading()) return;
    for (size_t at = pairs.size(); at-- > 0 && !archive.failed();) {  // each goes to the front
      const Pair& pair = pairs[at];
      const bool known = pair.slot < first_.size() && pair.agent < slots_.size();
      archive.require(known && add(pair.agent, pair.slot), "an exclusion is of nobody or twice");
    }
  }
  template <class F>
  void for_each_agent(uint32_t slot, F&& f) const {
    for (uint32_t number = first_[slot]; number != 0; number = nodes_[number - 1].next) {
      f(nodes_[number - 1].agent);
    }
  }

 private:
  struct Node {
    uint32_t agent = 0;
    uint32_t next = 0;  // number of a node, from 1; 0: the last
  };

  void release(uint32_t number, uint32_t slot) {
    const uint32_t agent = nodes_[number - 1].agent;
    auto& slots = slots_[agent];
    slots.erase(std::lower_bound(slots.begin(), slots.end(), slot));
    if (slots.empty()) clear_bit(agents_, agent);
    nodes_[number - 1].next = free_;
    free_ = number;
  }

  std::vector<std::vector<uint32_t>> slots_;  // by agent
  Bits agents_;
  FixedArray<uint32_t> first_;  // node by slot, from 1
  std::vector<Node> nodes_;
  uint32_t free_ = 0;
};

}  // namespace paceline::sched
