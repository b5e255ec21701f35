// Tickets that came in the order in which they stand: taken from the front, put at the back, both
// without a search.
//
// Most tickets press by when they came and by a head start that many share, so those with the same
// head start come in order; a few runs hold a whole line (ready_queue.h). Who leaves from the
// middle leaves a gap; once gaps outnumber the waiting, the run is written anew.
//
// Entries lie one behind the other: the next head, and the one after it, are in the cache.
//
// Owner: shard thread.  Allocates: when it outgrows its largest size so far.
#pragma once

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "sched/base/archive.h"
#include "sched/base/check.h"
#include "sched/standing_heap.h"

namespace paceline::sched {

class StandingRun {
 public:
  using Entry = StandingHeap::Entry;
  static constexpr uint32_t gap = 0xffff'ffff;  // as a slot
  /// Places count on as entries come; they are told apart as long as fewer wait than half of this.
  static constexpr uint32_t place_mask = (1U << 29) - 1;

  bool empty() const { return live_ == 0; }
  uint32_t size() const { return live_; }
  /// Requires !empty(). The front is never a gap.
  const Entry& front() const { return entries_[head_]; }
  /// Of the newest, even if it is gone. Requires !empty().
  Standing last() const { return entries_.back().standing(); }

  /// Requires that the standing is not ahead of last(). The entry's place.
  uint32_t push(const Entry& entry) {
    if (live_ == 0) clear();
    if (entries_.size() == entries_.capacity() && head_ > entries_.size() / 2) slide();
    entries_.push_back(entry);
    ++live_;
    return (base_ + static_cast<uint32_t>(entries_.size()) - 1) & place_mask;
  }
  const Entry& at(uint32_t place) const { return entries_[index_of(place)]; }
  /// `moved(slot, place)` is called for those that have another place afterwards.
  template <class Moved>
  void erase(uint32_t place, Moved&& moved) {
    const uint32_t index = index_of(place);
    entries_[index].slot = gap;
    --live_;
    if (live_ == 0) return clear();
    if (index == head_) {
      while (entries_[head_].slot == gap) ++head_;
    } else if (entries_.size() - head_ > 2 * size_t{live_} + 64) {
      tidy(moved);
    }
  }

  /// Index of the next after `index` that is no gap, or end().
  uint32_t begin() const { return head_; }
  uint32_t end() const { return static_cast<uint32_t>(entries_.size()); }
  uint32_t after(uint32_t index) const {
    do {
      ++index;
    } while (index < end() && entries_[index].slot == gap);
    return index;
  }
  const Entry& by_index(uint32_t index) const { return entries_[index]; }
  uint32_t place_of(uint32_t index) const { return (base_ + index) & place_mask; }

  void prefetch_front() const {
    if (live_ != 0) __builtin_prefetch(&entries_[head_] + 4);
  }

  /// Of slots below `slots_max`; gaps are left out.
  template <class Moved>
  void persist(Archive& archive, size_t slots_max, Moved&& moved) {
    if (archive.saving()) tidy(moved);
    const uint64_t count = archive.size(live_, sizeof(Entry));
    if (!archive.require(count <= slots_max, "more wait than there may be") || count == 0) return;
    if (archive.loading()) {
      entries_.resize(count);
      live_ = static_cast<uint32_t>(count);
    }
    archive.block(entries_.data() + head_, size_t{live_} * sizeof(Entry));
  }

 private:
  uint32_t index_of(uint32_t place) const {
    const uint32_t index = (place - base_) & place_mask;
    DCHECK(index >= head_ && index < entries_.size());
    return index;
  }
  void clear() {
    base_ += end();
    entries_.clear();
    head_ = 0;
  }
  /// What was taken from the front makes room at the back; nobody's place changes.
  void slide() {
    const size_t left = entries_.size() - head_;
    std::memmove(entries_.data(), entries_.data() + head_, left * sizeof(Entry));
    entries_.resize(left);
    base_ += head_;
    head_ = 0;
  }
  template <class Moved>
  void tidy(Moved&& moved) {
    if (entries_.size() - head_ == live_) return;
    uint32_t to = head_;
    for (uint32_t from = head_; from < end(); ++from) {
      if (entries_[from].slot == gap) continue;
      if (to != from) {
        entries_[to] = entries_[from];
        moved(entries_[to].slot, place_of(to));
      }
      ++to;
    }
    entries_.resize(to);
  }

  std::vector<Entry> entries_;
  uint32_t head_ = 0;
  uint32_t base_ = 0;  // place of entries_[0]
  uint32_t live_ = 0;
};

}  // namespace paceline::sched
