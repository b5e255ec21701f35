// Who has room for which kind of work, and whose turn it is: agents with a key for each order,
// smaller first.
//
// For every kind of work the free agents are a bitset, with the least key of every 64 beside it, so
// that a search looks closer only where someone better than the best so far can be. An agent who
// takes work leaves the sets of what no longer fits; nothing moves but bits.
//
// Owner: shard thread.  Allocates: when agents, kinds of work or orders come.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sched/bits.h"
#include "sched/ranked_agents.h"
#include "sched/terms.h"

namespace paceline::sched {

class FreeAgents {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  void add_agent();  ///< Free for nothing, key 0 in every order.
  void set_kind_count(uint32_t kinds);
  /// From now on the order has keys, at first 0. False if it has them already.
  bool use(AgentOrder order);
  bool in_use(AgentOrder order) const { return (orders_in_use_ >> index(order) & 1) != 0; }

  /// The kinds of work the agent is free for.
  void set(uint32_t agent, uint64_t kinds);
  uint64_t kinds(uint32_t agent) const { return kinds_of_[agent]; }
  /// Requires in_use(order).
  void set_key(AgentOrder order, uint32_t agent, int64_t key);
  int64_t key(AgentOrder order, uint32_t agent) const { return keys_[index(order)][agent]; }

  const Bits& free_for(uint32_t kind) const { return of_kind_[kind].agents; }
  const Bits& any() const { return any_; }  ///< Agents free for anything.
  uint32_t any_count() const { return any_count_; }

  /// Smaller first by rank, then key, then number.
  struct Best {
    uint32_t agent = none;
    uint32_t rank = 0;
    int64_t key = 0;
    void improve(const Best& other) {
      if (other.agent != none && (agent == none || other.before(*this))) *this = other;
    }
    bool before(const Best& other) const {
      if (rank != other.rank) return rank < other.rank;
      if (key != other.key) return key < other.key;
      return agent < other.agent;
    }
  };
  /// The best of those who are free for the kind of work, none of `but_for` (ascending) among them.
  Best best(const RankedAgents& agents, uint32_t kind, AgentOrder order,
            std::span<const uint32_t> but_for) const;

 private:
  static constexpr size_t orders = 3;
  static constexpr size_t index(AgentOrder order) { return static_cast<size_t>(order); }
  struct OfKind {
    Bits agents;
    std::array<std::vector<int64_t>, orders> least;  // of each word's agents
  };

  void forget_key(size_t order, uint32_t word, uint64_t kinds, int64_t key);
  void resize_kind(OfKind& of_kind);

  std::vector<uint64_t> kinds_of_;                 // by agent
  std::array<std::vector<int64_t>, orders> keys_;  // by agent; whole words
  std::vector<OfKind> of_kind_;
  Bits any_;
  uint32_t any_count_ = 0;
  uint32_t orders_in_use_ = 0;  // a bit each
};

}  // namespace paceline::sched
