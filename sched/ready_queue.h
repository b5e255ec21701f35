// One line of waiting tickets, most pressing first.
//
// A 4-ary heap of 16-byte entries (standing_heap.h). The position of each ticket is kept in an
// array shared by all lines (a ticket waits in one line at a time), so removal by slot is O(log n)
// without a search.
//
// Owner: shard thread.  Allocates: when a line outgrows its largest size so far.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sched/standing_heap.h"

namespace paceline::sched {

class ReadyQueue {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  /// `positions` has an element for every slot, is shared by all lines and outlives them.
  explicit ReadyQueue(std::span<uint32_t> positions) : positions_(positions) {}

  /// Requires that slot waits nowhere.
  void push(uint32_t slot, Standing standing) { heap_.push(slot, standing, positions_); }
  /// Requires that slot waits here.
  void erase(uint32_t slot) { heap_.erase(slot, positions_); }
  /// Moves a slot that waits here.
  void update(uint32_t slot, Standing standing) { heap_.update(slot, standing, positions_); }

  bool empty() const { return heap_.empty(); }
  uint32_t size() const { return heap_.size(); }
  /// Requires !empty().
  uint32_t top() const {
    DCHECK(!empty());
    return heap_.at(0).slot;
  }
  /// Requires !empty().
  Standing top_standing() const {
    DCHECK(!empty());
    return heap_.at(0).standing();
  }
  /// Requires that slot waits here.
  Standing standing(uint32_t slot) const {
    DCHECK(positions_[slot] < heap_.size() && heap_.at(positions_[slot]).slot == slot);
    return heap_.at(positions_[slot]).standing();
  }
  const StandingHeap& heap() const { return heap_; }
  /// Positions are the caller's to find again.
  void persist(Archive& archive) { heap_.persist(archive, positions_.size()); }
  /// Slots of the first `limit` in order, for display: O(limit · log limit).
  std::vector<uint32_t> peek(uint32_t limit) const;

 private:
  StandingHeap heap_;
  std::span<uint32_t> positions_;
};

}  // namespace paceline::sched
