// Sets of small numbers, a bit each; what lies beyond the last word is not in the set.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
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
inline bool has_bit(const Bits& bits, uint32_t index) {
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
void for_each_common(const Bits& a, const Bits& b, F&& f) {
  const size_t words = a.size() < b.size() ? a.size() : b.size();
  for (size_t word = 0; word < words; ++word) for_each_bit(a[word] & b[word], word, f);
}
template <class F>
void for_each(const Bits& bits, F&& f) {
  for (size_t word = 0; word < bits.size(); ++word) for_each_bit(bits[word], word, f);
}

}  // namespace paceline::sched
