// The agents who may serve a line, each with a rank.
//
// For every 64 agents of whom anyone may serve there is a block: the word they lie in, a bit for
// each, and their ranks bit by bit, a plane of 64 for each bit that any rank has. Whoever of some
// agents of a block ranks best is found plane by plane, in as many steps as there are planes. The
// planes lie apart, since most blocks have nobody to compare.
//
// Owner: shard thread.  Allocates: when agents are set.
#pragma once

#include <algorithm>
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
  bool empty() const { return words_.empty(); }
  bool any_of(const Bits& agents) const;
  size_t block_count() const { return words_.size(); }  ///< Ascending by word.
  uint32_t word(size_t block) const { return words_[block]; }
  uint64_t agents(size_t block) const { return agents_[block]; }
  struct Best {
    uint64_t agents;
    uint32_t rank;
  };
  /// Of `some` of the block's agents those with the least rank. Requires that there are some.
  Best best(size_t block, uint64_t some) const {
    uint32_t rank = 0;
    for (uint32_t plane = planes_; plane-- > 0;) {
      const uint64_t lower = some & ~ranks_[block * planes_ + plane];
      rank |= uint32_t{lower == 0} << plane;
      some = lower == 0 ? some : lower;
    }
    return {some, rank};
  }
  struct Split {
    uint64_t better;
    uint64_t equal;
  };
  /// Of `some` of the block's agents those with a rank less than this one, and with this one.
  Split split(size_t block, uint64_t some, uint32_t rank) const {
    uint64_t better = 0;
    for (uint32_t plane = planes_; plane-- > 0;) {
      const uint64_t bits = ranks_[block * planes_ + plane];
      if ((rank >> plane & 1) != 0) {
        better |= some & ~bits;
        some &= bits;
      } else {
        some &= ~bits;
      }
    }
    return {better, some};
  }

 private:
  /// The first block not before the word.
  size_t find(uint32_t word) const {
    return static_cast<size_t>(std::lower_bound(words_.begin(), words_.end(), word) -
                               words_.begin());
  }
  bool is(size_t block, uint32_t word) const {
    return block != words_.size() && words_[block] == word;
  }
  void widen(uint32_t rank);

  uint32_t planes_ = 0;
  std::vector<uint32_t> words_;   // by block
  std::vector<uint64_t> agents_;  // by block
  std::vector<uint64_t> ranks_;   // by block and plane
};

}  // namespace paceline::sched
