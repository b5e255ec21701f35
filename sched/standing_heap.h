// The heap under a line of tickets: 4-ary, 16-byte entries, with the
// position of every slot kept outside, in an array several heaps share.
//
// Four children lie in one cache line: entry 0 is stored three places in, so that each group of
// children begins at a multiple of four. A slot is in one heap at a time, hence one shared array.
//
// A long heap has room for every slot there is, touched as it fills (FixedArray): to copy it into
// twice the memory would be a stall.
//
// Owner: shard thread.  Allocates: when it outgrows its largest size so far.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "sched/base/archive.h"
#include "sched/base/check.h"
#include "sched/base/fixed_array.h"

namespace paceline::sched {

/// Where one stands among the waiting: smaller `press_us` first, then smaller `order`
/// (the order of first enqueueing; compared as a wrapping counter).
struct Standing {
  int64_t press_us = 0;
  uint32_t order = 0;
};
constexpr bool ahead(const Standing& a, const Standing& b) {
  return a.press_us != b.press_us ? a.press_us < b.press_us
                                  : static_cast<int32_t>(a.order - b.order) < 0;
}

class StandingHeap {
 public:
  struct Entry {
    int64_t press_us;
    uint32_t order;
    uint32_t slot;
    Standing standing() const { return {press_us, order}; }
  };
  static_assert(sizeof(Entry) == 16);

  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// Requires index < size(). The first is the top; the children of i are first_child(i) and the
  /// three after it, and none of them is ahead of i.
  const Entry& at(uint32_t index) const { return entries_[index + 3]; }
  static constexpr uint32_t first_child(uint32_t index) { return index * 4 + 1; }

  Standing top_standing() const { return at(0).standing(); }  ///< Requires !empty().

  /// Calls visit(entry) in order of standing until it returns false; at most walk_max times.
  static constexpr uint32_t walk_max = 40;
  template <class Visit>
  void walk(Visit&& visit) const {
    Cursor<ShortEdge> cursor(*this);
    for (; cursor.next() != nullptr; cursor.advance()) {
      if (!visit(*cursor.next())) return;
    }
  }

  /// Entries a cursor may come to next: children of those it has been at.
  class ShortEdge {
   public:
    uint32_t* begin() { return indexes_.data(); }
    uint32_t* end() { return indexes_.data() + count_; }
    void add(uint32_t index) {
      CHECK(count_ < indexes_.size());  // walk_max
      indexes_[count_++] = index;
    }
    void drop_last() { --count_; }

   private:
    std::array<uint32_t, walk_max * 3 + 4> indexes_;
    uint32_t count_ = 0;
  };
  class LongEdge {
   public:
    auto begin() { return indexes_.begin(); }
    auto end() { return indexes_.end(); }
    void add(uint32_t index) { indexes_.push_back(index); }
    void drop_last() { indexes_.pop_back(); }

   private:
    std::vector<uint32_t> indexes_;
  };
  /// Goes through a heap in order of standing without changing it.
  template <class Edge>
  class Cursor {
   public:
    explicit Cursor(const StandingHeap& heap) : heap_(heap) {
      if (!heap_.empty()) edge_.add(0);
    }
    /// Null at the end.
    const Entry* next() {
      return edge_.begin() == edge_.end() ? nullptr : &heap_.at(*edge_.begin());
    }
    void advance() {
      const auto behind = [this](uint32_t a, uint32_t b) {
        return before(heap_.at(b), heap_.at(a));
      };
      const uint32_t first = first_child(*edge_.begin());
      std::pop_heap(edge_.begin(), edge_.end(), behind);
      edge_.drop_last();
      for (uint32_t child = first; child < first + 4 && child < heap_.size(); ++child) {
        edge_.add(child);
        std::push_heap(edge_.begin(), edge_.end(), behind);
      }
    }

   private:
    const StandingHeap& heap_;
    Edge edge_;
  };

  /// A position is an index below this, and all bits above it.
  static constexpr uint32_t index_mask = (1U << 29) - 1;

  void push(uint32_t slot, Standing standing, std::span<uint32_t> positions) {
    if (size_ == room_) grow(size_ + 1, positions.size());
    if (long_.size() != 0) long_.reach(size_ + 3);
    ++size_;
    rise(size_ - 1, {standing.press_us, standing.order, slot}, positions);
  }

  /// What erasing the top reads first.
  void prefetch_for_erase() const {
    __builtin_prefetch(entries_ + 3 + first_child(0));
    __builtin_prefetch(entries_ + 2 + size_);
  }
  /// Requires that the slot is in this heap.
  void erase(uint32_t slot, std::span<uint32_t> positions) {
    const uint32_t index = positions[slot] & index_mask;
    CHECK(index < size_ && at(index).slot == slot);
    --size_;
    if (index != size_) settle(index, at(size_), positions);
  }

  /// Requires that the slot is in this heap.
  void update(uint32_t slot, Standing standing, std::span<uint32_t> positions) {
    const uint32_t index = positions[slot] & index_mask;
    CHECK(index < size_ && at(index).slot == slot);
    settle(index, {standing.press_us, standing.order, slot}, positions);
  }

  /// Of slots below `slots_max`.
  void persist(Archive& archive, size_t slots_max) {
    const uint64_t count = archive.size(size_, sizeof(Entry));
    if (!archive.require(count <= slots_max, "more wait than there may be") || count == 0) return;
    if (archive.loading() && room_ < count) grow(static_cast<uint32_t>(count), slots_max);
    size_ = static_cast<uint32_t>(count);
    archive.block(entries_ + 3, size_t{size_} * sizeof(Entry));
  }
  /// Calls visit(slot, position) for every entry.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (uint32_t index = 0; index < size_; ++index) visit(at(index).slot, index | ~index_mask);
  }

 private:
  static bool before(const Entry& a, const Entry& b) { return ahead(a.standing(), b.standing()); }
  void put(uint32_t index, const Entry& entry, std::span<uint32_t> positions) {
    entries_[index + 3] = entry;
    positions[entry.slot] = index | ~index_mask;
  }

  void settle(uint32_t index, Entry entry, std::span<uint32_t> positions) {
    if (index > 0 && before(entry, at((index - 1) / 4))) {
      rise(index, entry, positions);
    } else {
      sink(index, entry, positions);
    }
  }

  void rise(uint32_t index, Entry entry, std::span<uint32_t> positions) {
    while (index > 0) {
      const uint32_t parent = (index - 1) / 4;
      if (!before(entry, at(parent))) break;
      put(index, at(parent), positions);
      index = parent;
    }
    put(index, entry, positions);
  }

  void sink(uint32_t index, Entry entry, std::span<uint32_t> positions) {
    for (;;) {
      const uint32_t first = first_child(index);
      if (first >= size_) break;
      const uint32_t end = first + 4 < size_ ? first + 4 : size_;
      // The children of whichever child rises are asked for next.
      for (uint32_t child = first; child < first + 4; ++child) {
        __builtin_prefetch(entries_ + 3 + first_child(child));
      }
      uint32_t best = first;
      for (uint32_t child = first + 1; child < end; ++child) {
        if (before(at(child), at(best))) best = child;
      }
      if (!before(at(best), entry)) break;
      put(index, at(best), positions);
      index = best;
    }
    put(index, entry, positions);
  }

  void grow(uint32_t at_least, size_t slots_max) {
    CHECK(slots_max <= index_mask);
    uint32_t room = room_;
    do {
      room = room == 0 ? 5 : room * 2 + 3;  // whole cache lines with the three
    } while (room < at_least);
    const size_t used = size_t{size_} + 3;
    if (room < long_from || slots_max < room) {
      std::unique_ptr<Entry[], Release> larger(
          static_cast<Entry*>(std::aligned_alloc(64, (size_t{room} + 3) * sizeof(Entry))));
      CHECK(larger != nullptr);
      if (size_ != 0) std::memcpy(larger.get(), entries_, used * sizeof(Entry));
      short_ = std::move(larger);
      entries_ = short_.get();
    } else {
      room = static_cast<uint32_t>(slots_max);
      long_ = FixedArray<Entry>(slots_max + 3, Pages::huge_from_start);
      long_.reach(std::max<size_t>(used, at_least + 3) - 1);
      if (size_ != 0) std::memcpy(&long_[0], entries_, used * sizeof(Entry));
      short_.reset();
      entries_ = &long_[0];
    }
    room_ = room;
  }

  static constexpr uint32_t long_from = 64 * 1'024;  // entries: 1 MiB
  struct Release {
    void operator()(Entry* entries) const { std::free(entries); }
  };
  Entry* entries_ = nullptr;  // of one of the two
  std::unique_ptr<Entry[], Release> short_;
  FixedArray<Entry> long_;
  uint32_t size_ = 0;
  uint32_t room_ = 0;
};

}  // namespace paceline::sched
