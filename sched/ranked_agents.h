// The agents who may serve a line, each with a rank.
//
// For every 64 agents of whom anyone may serve there is a block: the word they lie in, a bit for
// each, and their ranks bit by bit, a plane of 64 for each bit that any rank has. Whoever of some
// agents of a block ranks best is found plane by plane, in as many steps as there are planes.
//
// Owner: shard thread.  Allocates: when agents are set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sched/bits.h"

namespace paceline::sched {

class RankedAgents {
 public:
  static constexpr uint32_t rank_max = 31;
  struct Ranked {
    uint32_t agent;
    uint32_t rank;
  };

  void assign(std::span<const Ranked> ascending);  ///< By agent, without repetition.
  void set(uint32_t agent, uint32_t rank);
  void clear(uint32_t agent);

  bool has(uint32_t agent) const;
  uint32_t rank(uint32_t agent) const;  ///< Requires has().
  bool empty() const { return cells_.empty(); }
  bool any_of(const Bits& agents) const;
  size_t block_count() const { return cells_.size() / stride(); }
  size_t bytes() const { return cells_.capacity() * sizeof(uint64_t); }

  class Block {
   public:
    uint32_t word() const { return static_cast<uint32_t>(cells_[0]); }
    uint64_t agents() const { return cells_[1]; }
    struct Best {
      uint64_t agents;
      uint32_t rank;
    };
    /// Of `some` of the block's agents those with the least rank. Requires that there are some.
    Best best(uint64_t some) const {
      uint32_t rank = 0;
      for (uint32_t plane = planes_; plane-- > 0;) {
        const uint64_t lower = some & ~cells_[2 + plane];
        rank |= uint32_t{lower == 0} << plane;
        some = lower == 0 ? some : lower;
      }
      return {some, rank};
    }

   private:
    friend class RankedAgents;
    Block(const uint64_t* cells, uint32_t planes) : cells_(cells), planes_(planes) {}
    const uint64_t* cells_;
    uint32_t planes_;
  };
  /// Ascending by word.
  template <class F>
  void for_each_block(F&& f) const {
    for (size_t at = 0; at < cells_.size(); at += stride()) f(Block(cells_.data() + at, planes_));
  }

 private:
  size_t stride() const { return size_t{2} + planes_; }
  size_t find(uint32_t word) const;  // the first block not before it, as an index of cells_
  bool holds(size_t at, uint32_t word) const { return at != cells_.size() && cells_[at] == word; }
  void widen(uint32_t rank);
  void put(size_t at, uint32_t agent, uint32_t rank);

  uint32_t planes_ = 0;
  std::vector<uint64_t> cells_;  // block by block: word, agents, planes
};

}  // namespace paceline::sched
