// The heads of many heaps side by side, and the best head among a set of the heaps.
//
// Comparing heads where they lie costs a cache miss for each heap. Here they are contiguous, with
// the least press of every 64 above them, so that a search reads one number per 64 heaps and looks
// closer only where something better than the best so far can be.
//
// Owner: shard thread.  Allocates: in resize().
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "sched/base/check.h"
#include "sched/standing_heap.h"

namespace paceline::sched {

/// Bits by index; what lies beyond the last word is not set.
using Bits = std::vector<uint64_t>;
inline void set_bit(Bits& bits, uint32_t index) {
  if (bits.size() <= index / 64) bits.resize(index / 64 + 1, 0);
  bits[index / 64] |= uint64_t{1} << (index % 64);
}
inline void clear_bit(Bits& bits, uint32_t index) {
  if (index / 64 < bits.size()) bits[index / 64] &= ~(uint64_t{1} << (index % 64));
}
inline bool has_bit(const Bits& bits, uint32_t index) {
  return index / 64 < bits.size() && (bits[index / 64] >> (index % 64) & 1) != 0;
}
/// Calls f(index) in ascending order for what both have.
template <class F>
void for_each_common(const Bits& a, const Bits& b, F&& f) {
  const size_t words = a.size() < b.size() ? a.size() : b.size();
  for (size_t word = 0; word < words; ++word) {
    for (uint64_t bits = a[word] & b[word]; bits != 0; bits &= bits - 1) {
      f(static_cast<uint32_t>(word * 64) + static_cast<uint32_t>(std::countr_zero(bits)));
    }
  }
}

class HeadBoard {
 public:
  static constexpr uint32_t none = 0xffff'ffff;
  struct Best {
    uint32_t index = none;
    Standing standing;
    bool beaten_by(const Standing& other) const { return index == none || ahead(other, standing); }
  };

  void resize(uint32_t size) {
    const size_t words = (size_t{size} + 63) / 64;
    filled_.resize(words, 0);
    least_us_.resize(words, std::numeric_limits<int64_t>::max());
    heads_.resize(words * 64);
  }

  /// Shows the heap's head, or that it has none.
  void show(uint32_t index, const StandingHeap& heap) {
    if (heap.empty()) {
      clear(index);
    } else {
      set(index, heap.at(0).standing());
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

  const Bits& filled() const { return filled_; }
  uint32_t count() const { return count_; }

  /// Improves `best` by the heads among `set` for which fits(index); of equals the first stays.
  template <class Fits>
  void search(const Bits& set, Best& best, Fits&& fits) const {
    const size_t words = set.size() < filled_.size() ? set.size() : filled_.size();
    for (size_t word = 0; word < words; ++word) {
      uint64_t bits = set[word] & filled_[word];
      if (bits == 0) continue;
      if (best.index != none && least_us_[word] > best.standing.press_us) continue;
      for (; bits != 0; bits &= bits - 1) {
        const uint32_t index =
            static_cast<uint32_t>(word * 64) + static_cast<uint32_t>(std::countr_zero(bits));
        if (best.beaten_by(heads_[index]) && fits(index)) best = {index, heads_[index]};
      }
    }
  }

 private:
  void find_least(uint32_t word) {
    int64_t least_us = std::numeric_limits<int64_t>::max();
    for (uint64_t bits = filled_[word]; bits != 0; bits &= bits - 1) {
      const int64_t press_us =
          heads_[word * 64 + static_cast<uint32_t>(std::countr_zero(bits))].press_us;
      if (press_us < least_us) least_us = press_us;
    }
    least_us_[word] = least_us;
  }

  Bits filled_;
  std::vector<int64_t> least_us_;  // of each word's 64 heads
  std::vector<Standing> heads_;
  uint32_t count_ = 0;
};

}  // namespace paceline::sched
