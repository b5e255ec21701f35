// The heads of many heaps side by side, and the best head among a set of the heaps.
//
// Comparing heads where they lie costs a cache miss for each heap. Here they are contiguous, with
// the least press of every 64 above them, so that a search reads one number per 64 heaps and looks
// closer only where something better than the best so far can be.
//
// Owner: shard thread.  Allocates: in resize().
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "sched/bits.h"
#include "sched/standing_heap.h"

namespace paceline::sched {

class HeadBoard {
 public:
  void resize(uint32_t size) {
    const size_t words = (size_t{size} + 63) / 64;
    filled_.resize(words, 0);
    least_us_.resize(words, std::numeric_limits<int64_t>::max());
    heads_.resize(words * 64);
  }

  /// Shows the head of a queue or heap, or that it has none.
  template <class InOrder>
  void show(uint32_t index, const InOrder& waiting) {
    if (waiting.empty()) {
      clear(index);
    } else {
      set(index, waiting.top_standing());
    }
  }
  void set(uint32_t index, Standing head) {
    const uint32_t word = index / 64;
    const bool was_least = has_bit(filled_, index) && heads_[index].press_us == least_us_[word];
    if (!has_bit(filled_, index)) ++count_;
    set_bit(filled_, index);
    heads_[index] = head;
    if (head.press_us <= least_us_[word]) {
      least_us_[word] = head.press_us;
    } else if (was_least) {
      find_least(word);
    }
  }
  void clear(uint32_t index) {
    if (!has_bit(filled_, index)) return;
    clear_bit(filled_, index);
    --count_;
    if (heads_[index].press_us == least_us_[index / 64]) find_least(index / 64);
  }

  /// Requires that it is filled.
  const Standing& head(uint32_t index) const { return heads_[index]; }
  const Bits& filled() const { return filled_; }
  uint32_t count() const { return count_; }

  /// Calls visit(index, head) for heads among `set` that beat `best`, which visit() may improve:
  /// best.beaten_by(standing) says so, and best.bound_us() that nothing pressing less can.
  template <class Best, class Visit>
  void search(std::span<const uint64_t> set, const Best& best, Visit&& visit) const {
    const size_t words = set.size() < filled_.size() ? set.size() : filled_.size();
    for (size_t word = 0; word < words; ++word) {
      const uint64_t bits = set[word] & filled_[word];
      if (bits == 0 || least_us_[word] > best.bound_us()) continue;
      for_each_bit(bits, word, [&](uint32_t index) {
        if (best.beaten_by(heads_[index])) visit(index, heads_[index]);
      });
    }
  }

 private:
  void find_least(uint32_t word) {
    int64_t least_us = std::numeric_limits<int64_t>::max();
    for_each_bit(filled_[word], word, [&](uint32_t index) {
      if (heads_[index].press_us < least_us) least_us = heads_[index].press_us;
    });
    least_us_[word] = least_us;
  }

  Bits filled_;
  std::vector<int64_t> least_us_;  // of each word's 64 heads
  std::vector<Standing> heads_;
  uint32_t count_ = 0;
};

}  // namespace paceline::sched
