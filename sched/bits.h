// Sets of small numbers, a bit each; what lies beyond the last word is not in the set.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace paceline::sched {

using Bits = std::vector<uint64_t>;

constexpr uint64_t bit_of(uint32_t index) { return uint64_t{1} << (index % 64); }
inline void set_bit(Bits& bits, uint32_t index) {
  if (bits.size() <= index / 64) bits.resize(index / 64 + 1, 0);
  bits[index / 64] |= bit_of(index);
}
inline void clear_bit(Bits& bits, uint32_t index) {
  if (index / 64 < bits.size()) bits[index / 64] &= ~bit_of(index);
}
inline bool has_bit(std::span<const uint64_t> bits, uint32_t index) {
  return index / 64 < bits.size() && (bits[index / 64] & bit_of(index)) != 0;
}

/// Calls f(index) for each bit of one word of a set, ascending.
template <class F>
void for_each_bit(uint64_t bits, size_t word, F&& f) {
  for (; bits != 0; bits &= bits - 1) {
    f(static_cast<uint32_t>(word * 64) + static_cast<uint32_t>(std::countr_zero(bits)));
  }
}
/// Calls f(index) in ascending order for what both have.
template <class F>
void for_each_common(std::span<const uint64_t> a, std::span<const uint64_t> b, F&& f) {
  const size_t words = a.size() < b.size() ? a.size() : b.size();
  for (size_t word = 0; word < words; ++word) for_each_bit(a[word] & b[word], word, f);
}
template <class F>
void for_each(std::span<const uint64_t> bits, F&& f) {
  for (size_t word = 0; word < bits.size(); ++word) for_each_bit(bits[word], word, f);
}

/// Many sets side by side, so that asking one touches no more than its words.
class BitTable {
 public:
  uint32_t rows() const { return rows_; }
  void add_row() {
    ++rows_;
    words_.resize(rows_ * width_, 0);
  }
  std::span<const uint64_t> row(uint32_t row) const {
    return {words_.data() + row * width_, width_};
  }
  void set(uint32_t row, uint32_t index) {
    if (index / 64 >= width_) widen(index / 64 + 1);
    words_[row * width_ + index / 64] |= bit_of(index);
  }
  void clear(uint32_t row, uint32_t index) {
    if (index / 64 < width_) words_[row * width_ + index / 64] &= ~bit_of(index);
  }
  void clear(uint32_t row) {
    std::fill_n(words_.begin() + static_cast<ptrdiff_t>(row * width_), width_, 0);
  }

 private:
  void widen(size_t width) {
    width = std::max(width, width_ * 3 / 2);
    std::vector<uint64_t> wider(rows_ * width, 0);
    for (uint32_t at = 0; at < rows_; ++at) {
      std::copy_n(words_.begin() + static_cast<ptrdiff_t>(at * width_), width_,
                  wider.begin() + static_cast<ptrdiff_t>(at * width));
    }
    words_ = std::move(wider);
    width_ = width;
  }

  uint32_t rows_ = 0;
  size_t width_ = 0;  // in words
  std::vector<uint64_t> words_;
};

}  // namespace paceline::sched
