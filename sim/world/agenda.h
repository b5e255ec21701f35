// What is going to happen next in the world: for each slot at most one instant.
//
// A 4-ary heap of (instant, order) with the place of every slot beside it, so that what no longer
// happens is taken out at once and nothing stale remains. Of two at one instant the one planned
// first comes first.
//
// Owner: one thread.  Allocates: as it grows.
#pragma once

#include <cstdint>
#include <vector>

#include "sched/base/check.h"
#include "sched/base/time.h"

namespace paceline::sim {

class Agenda {
 public:
  bool empty() const { return heap_.empty(); }
  int64_t next_us() const { return heap_.empty() ? sched::never.us : heap_.front().at_us; }
  uint32_t next_slot() const { return heap_.front().slot; }  ///< Requires !empty().
  bool planned(uint32_t slot) const { return slot < places_.size() && places_[slot] != nowhere; }

  /// Plans the slot, or plans it anew.
  void plan(uint32_t slot, int64_t at_us) {
    if (slot >= places_.size()) places_.resize(slot + 1, nowhere);
    const Entry entry{at_us, ++planned_, slot};
    uint32_t place = places_[slot];
    if (place == nowhere) {
      place = static_cast<uint32_t>(heap_.size());
      heap_.push_back(entry);
      rise(place, entry);
    } else if (before(entry, heap_[place])) {
      rise(place, entry);
    } else {
      sink(place, entry);
    }
  }
  void drop(uint32_t slot) {
    if (!planned(slot)) return;
    const uint32_t place = places_[slot];
    places_[slot] = nowhere;
    const Entry last = heap_.back();
    heap_.pop_back();
    if (place == heap_.size()) return;
    if (place > 0 && before(last, heap_[parent(place)])) {
      rise(place, last);
    } else {
      sink(place, last);
    }
  }

 private:
  static constexpr uint32_t nowhere = 0xffff'ffff;
  struct Entry {
    int64_t at_us;
    uint64_t order;
    uint32_t slot;
  };
  static bool before(const Entry& a, const Entry& b) {
    return a.at_us != b.at_us ? a.at_us < b.at_us : a.order < b.order;
  }
  static uint32_t parent(uint32_t place) { return (place - 1) / 4; }

  void put(uint32_t place, const Entry& entry) {
    heap_[place] = entry;
    places_[entry.slot] = place;
  }
  void rise(uint32_t place, const Entry& entry) {
    while (place > 0 && before(entry, heap_[parent(place)])) {
      put(place, heap_[parent(place)]);
      place = parent(place);
    }
    put(place, entry);
  }
  void sink(uint32_t place, const Entry& entry) {
    const auto size = static_cast<uint32_t>(heap_.size());
    for (;;) {
      const uint32_t first = place * 4 + 1;
      if (first >= size) break;
      uint32_t least = first;
      for (uint32_t child = first + 1; child < size && child < first + 4; ++child) {
        if (before(heap_[child], heap_[least])) least = child;
      }
      if (!before(heap_[least], entry)) break;
      put(place, heap_[least]);
      place = least;
    }
    put(place, entry);
  }

  std::vector<Entry> heap_;
  std::vector<uint32_t> places_;  // by slot
  uint64_t planned_ = 0;
};

}  // namespace paceline::sim
