// Other lines of waiting tickets, behind the calls of the bench: empty, push, erase, update, top.
#pragma once

#include <boost/heap/d_ary_heap.hpp>
#include <boost/heap/fibonacci_heap.hpp>
#include <boost/heap/pairing_heap.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>
#ifdef PACELINE_BENCH_ABSL
#include <absl/container/btree_set.h>
#endif

#include "sched/standing_heap.h"

namespace paceline::bench::peers {

using sched::Standing;

/// Who stands where: ordered, and unique through the slot.
using Key = std::tuple<int64_t, uint32_t, uint32_t>;
inline Key key_of(uint32_t slot, Standing standing) {
  return {standing.press_us, standing.order, slot};
}

/// A set of keys per line; the standing of a slot, kept beside it, finds it again.
template <class Set>
class Sets {
 public:
  Sets(uint32_t lines, uint32_t slots) : lines_(lines), standing_(slots) {}
  bool empty(uint32_t line) const { return lines_[line].empty(); }
  void push(uint32_t line, uint32_t slot, Standing standing) {
    standing_[slot] = standing;
    lines_[line].insert(key_of(slot, standing));
  }
  void erase(uint32_t line, uint32_t slot) { lines_[line].erase(key_of(slot, standing_[slot])); }
  void update(uint32_t line, uint32_t slot, Standing standing) {
    erase(line, slot);
    push(line, slot, standing);
  }
  uint32_t top(uint32_t line) const { return std::get<2>(*lines_[line].begin()); }

 private:
  std::vector<Set> lines_;
  std::vector<Standing> standing_;
};
using StdSet = Sets<std::set<Key>>;
#ifdef PACELINE_BENCH_ABSL
using AbslBtree = Sets<absl::btree_set<Key>>;
#endif

/// A multimap per line, with an iterator per slot.
class Multimap {
 public:
  Multimap(uint32_t lines, uint32_t slots) : lines_(lines), where_(slots) {}
  bool empty(uint32_t line) const { return lines_[line].empty(); }
  void push(uint32_t line, uint32_t slot, Standing standing) {
    where_[slot] = lines_[line].emplace(std::pair{standing.press_us, standing.order}, slot);
  }
  void erase(uint32_t line, uint32_t slot) { lines_[line].erase(where_[slot]); }
  void update(uint32_t line, uint32_t slot, Standing standing) {
    erase(line, slot);
    push(line, slot, standing);
  }
  uint32_t top(uint32_t line) const { return lines_[line].begin()->second; }

 private:
  using Line = std::multimap<std::pair<int64_t, uint32_t>, uint32_t>;
  std::vector<Line> lines_;
  std::vector<Line::iterator> where_;
};

/// One of Boost's heaps per line, with a handle per slot.
template <class Heap>
class Heaps {
 public:
  Heaps(uint32_t lines, uint32_t slots) : lines_(lines), where_(slots) {}
  bool empty(uint32_t line) const { return lines_[line].empty(); }
  void push(uint32_t line, uint32_t slot, Standing standing) {
    where_[slot] = lines_[line].push(key_of(slot, standing));
  }
  void erase(uint32_t line, uint32_t slot) { lines_[line].erase(where_[slot]); }
  void update(uint32_t line, uint32_t slot, Standing standing) {
    lines_[line].update(where_[slot], key_of(slot, standing));
  }
  uint32_t top(uint32_t line) const { return std::get<2>(lines_[line].top()); }

 private:
  std::vector<Heap> lines_;
  std::vector<typename Heap::handle_type> where_;
};
using SmallestFirst = boost::heap::compare<std::greater<Key>>;
using BoostDary = Heaps<boost::heap::d_ary_heap<Key, boost::heap::arity<4>,
                                                boost::heap::mutable_<true>, SmallestFirst>>;
using BoostPairing = Heaps<boost::heap::pairing_heap<Key, SmallestFirst>>;
using BoostFibonacci = Heaps<boost::heap::fibonacci_heap<Key, SmallestFirst>>;

}  // namespace paceline::bench::peers
