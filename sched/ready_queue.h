// One line of waiting tickets, most pressing first.
//
// A 4-ary heap of 16-byte entries. The position of each ticket is kept in an array shared by all
// lines (a ticket waits in one line at a time), so removal by slot is O(log n) without a search.
//
// Owner: shard thread.  Allocates: when a line outgrows its largest size so far.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace paceline::sched {

/// Where a ticket stands among the waiting: smaller `press_us` first, then smaller `order`
/// (the order of first enqueueing; compared as a wrapping counter).
struct Standing {
  int64_t press_us = 0;
  uint32_t order = 0;
};
constexpr bool ahead(const Standing& a, const Standing& b) {
  return a.press_us != b.press_us ? a.press_us < b.press_us
                                  : static_cast<int32_t>(a.order - b.order) < 0;
}

class ReadyQueue {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  /// `positions` has an element for every slot, is shared by all lines and outlives them.
  explicit ReadyQueue(std::span<uint32_t> positions);

  void push(uint32_t slot, Standing standing);  ///< Requires that slot waits nowhere.
  void erase(uint32_t slot);                    ///< Requires that slot waits here.
  bool empty() const;
  uint32_t size() const;
  uint32_t top() const;              ///< Requires !empty().
  Standing top_standing() const;     ///< Requires !empty().
  /// Slots of the first `limit` in order, for display: O(limit · log limit).
  std::vector<uint32_t> peek(uint32_t limit) const;
};

}  // namespace paceline::sched
