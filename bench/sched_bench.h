// What the benches of sched have in common: sizes, random numbers, and rivals used more than once.
//
// Sizes are modest, so that a short run of everything stays short; with PACELINE_BENCH_FULL set in
// the environment the large ones are there too.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

namespace paceline::bench {

inline bool full() { return std::getenv("PACELINE_BENCH_FULL") != nullptr; }

/// 0 … size − 1 in random order.
inline std::vector<uint32_t> shuffled(uint32_t size, uint64_t seed) {
  std::vector<uint32_t> numbers(size);
  std::iota(numbers.begin(), numbers.end(), 0U);
  std::mt19937_64 random(seed);
  for (uint32_t i = size; i > 1; --i) std::swap(numbers[i - 1], numbers[random() % i]);
  return numbers;
}

/// A rival that answers differently is not a rival.
inline void must_agree(bool agree, const char* what) {
  if (agree) return;
  std::fprintf(stderr, "%s: the rivals give different answers\n", what);
  std::abort();
}

namespace peers {

/// The usual 4-ary heap of (key, id) with positions, without anything clever.
template <class Key>
class IndexedHeap {
 public:
  explicit IndexedHeap(uint32_t ids) : position_(ids, absent) {}
  bool contains(uint32_t id) const { return position_[id] != absent; }
  bool empty() const { return entries_.empty(); }
  const std::pair<Key, uint32_t>& top() const { return entries_[0]; }
  void set(uint32_t id, const Key& key) {
    if (!contains(id)) {
      position_[id] = static_cast<uint32_t>(entries_.size());
      entries_.emplace_back(key, id);
    } else {
      entries_[position_[id]].first = key;
    }
    settle(position_[id]);
  }
  void erase(uint32_t id) {
    const uint32_t at = position_[id];
    position_[id] = absent;
    const auto last = entries_.back();
    entries_.pop_back();
    if (at == entries_.size()) return;
    entries_[at] = last;
    position_[last.second] = at;
    settle(at);
  }

 private:
  static constexpr uint32_t absent = 0xffff'ffff;
  void settle(uint32_t at) {
    const auto entry = entries_[at];
    while (at > 0 && entry < entries_[(at - 1) / 4]) {
      put(at, entries_[(at - 1) / 4]);
      at = (at - 1) / 4;
    }
    for (;;) {
      const size_t first = size_t{at} * 4 + 1;
      size_t best = first;
      for (size_t child = first; child < first + 4 && child < entries_.size(); ++child) {
        if (entries_[child] < entries_[best]) best = child;
      }
      if (first >= entries_.size() || !(entries_[best] < entry)) break;
      put(at, entries_[best]);
      at = static_cast<uint32_t>(best);
    }
    put(at, entry);
  }
  void put(uint32_t at, const std::pair<Key, uint32_t>& entry) {
    entries_[at] = entry;
    position_[entry.second] = at;
  }
  std::vector<std::pair<Key, uint32_t>> entries_;
  std::vector<uint32_t> position_;
};

}  // namespace peers
}  // namespace paceline::bench
