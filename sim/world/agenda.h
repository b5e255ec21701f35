// What is going to happen next in the world: for each slot at most one instant.
//
// A 4-ary heap of (instant, order) with the place of every slot beside it, so that what no longer
// happens is taken out at once and nothing stale remains. Of two at one instant the one planned
// first comes first. What is taken leaves a gap at the top, since mostly something new follows from
// it at once: that goes into the gap and sinks once, where closing the gap would sink another
// first.
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
  int64_t next_us() const { return gap_ ? least_child(0)->at_us : heap_.front().at_us; }
  bool planned(uint32_t slot) const { return slot < places_.size() && places_[slot] != nowhere; }

  /// The slot that comes next, planned no more. Requires next_us() before `never`.
  uint32_t take() {
    if (gap_) close_gap();
    CHECK(size_ > 0);
    const uint32_t slot = heap_.front().slot;
    places_[slot] = nowhere;
    gap_ = true;
    return slot;
  }
  /// Plans the slot, or plans it anew.
  void plan(uint32_t slot, int64_t at_us) {
    if (slot >= places_.size()) places_.resize(slot + 1, nowhere);
    const Entry entry{at_us, ++planned_, slot};
    if (places_[slot] == nowhere) {
      if (gap_) {
        gap_ = false;
        return sink(0, entry);
      }
      if (size_ + 5 > heap_.size()) heap_.resize(heap_.size() * 2, end);
      return rise(size_++, entry);
    }
    if (gap_) close_gap();
    move(places_[slot], entry);
  }
  void drop(uint32_t slot) {
    if (!planned(slot)) return;
    if (gap_) close_gap();
    const uint32_t place = places_[slot];
    places_[slot] = nowhere;
    take_out(place);
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

  void close_gap() {
    gap_ = false;
    take_out(0);
  }
  void take_out(uint32_t place) {
    const Entry last = heap_[--size_];
    heap_[size_] = end;
    if (place < size_) move(place, last);
  }
  void move(uint32_t place, const Entry& entry) {
    if (place > 0 && before(entry, heap_[parent(place)])) {
      rise(place, entry);
    } else {
      sink(place, entry);
    }
  }
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
  /// An end, where there is none.
  const Entry* least_child(uint32_t place) const {
    const Entry* children = &heap_[place * 4 + 1];
    const Entry* low = before(children[1], children[0]) ? children + 1 : children;
    const Entry* high = before(children[3], children[2]) ? children + 3 : children + 2;
    return before(*high, *low) ? high : low;
  }
  void sink(uint32_t place, const Entry& entry) {
    while (place * 4 + 1 < size_) {
      const Entry* least = least_child(place);
      if (!before(*least, entry)) break;
      const auto from = static_cast<uint32_t>(least - heap_.data());
      put(place, *least);
      place = from;
    }
    put(place, entry);
  }

  // Later than everything: behind the last entry, so that there are always four children to look
  // at.
  static constexpr Entry end{sched::never.us, ~uint64_t{0}, nowhere};
  std::vector<Entry> heap_ = std::vector<Entry>(64, end);
  uint32_t size_ = 0;
  std::vector<uint32_t> places_;  // by slot
  uint64_t planned_ = 0;
  bool gap_ = false;  // the first entry was taken and is still in the heap
};

}  // namespace paceline::sim
