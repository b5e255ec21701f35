// One line of waiting tickets, most pressing first.
//
// Up to seven runs of tickets that came in order (standing_run.h), and a 4-ary heap for what comes
// out of order (standing_heap.h). A ticket joins the run whose newest stands closest ahead of it,
// so tickets of one head start keep to one run. The place of each ticket is kept in an array shared
// by all lines (a ticket waits in one line at a time), so removal by slot needs no search: O(1)
// from a run, O(log n) from the heap.
//
// Owner: shard thread.  Allocates: when a line outgrows its largest size so far.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sched/standing_heap.h"
#include "sched/standing_run.h"

namespace paceline::sched {

class ReadyQueue {
 public:
  using Entry = StandingHeap::Entry;
  static constexpr uint32_t none = 0xffff'ffff;

  /// `places` has an element for every slot, is shared by all lines and outlives them.
  explicit ReadyQueue(std::span<uint32_t> places) : places_(places) {}

  /// Requires that slot waits nowhere. Whether it is the most pressing now.
  bool push(uint32_t slot, Standing standing);
  /// Requires that slot waits here. Whether it was the most pressing.
  bool erase(uint32_t slot);
  /// Moves a slot that waits here.
  void update(uint32_t slot, Standing standing) {
    erase(slot);
    push(slot, standing);
  }

  bool empty() const { return size_ == 0; }
  uint32_t size() const { return size_; }
  /// Requires !empty().
  uint32_t top() const {
    DCHECK(!empty());
    return head(first_).slot;
  }
  /// Requires !empty().
  Standing top_standing() const {
    DCHECK(!empty());
    return head(first_).standing();
  }
  /// Requires that slot waits here.
  Standing standing(uint32_t slot) const;

  /// Calls visit(entry) in order of standing until it returns false; at most walk_max times.
  static constexpr uint32_t walk_max = StandingHeap::walk_max;
  template <class Visit>
  void walk(Visit&& visit) const {
    StandingHeap::Cursor<StandingHeap::ShortEdge> of_heap(heap_);
    merge(of_heap, visit);
  }
  /// Slots of the first `limit` in order, for display: O(limit · log limit).
  std::vector<uint32_t> peek(uint32_t limit) const;

  /// What erasing the top reads first.
  void prefetch_for_erase() const {
    if (first_ == in_heap) return heap_.prefetch_for_erase();
    runs_[first_].prefetch_front();
  }

  /// Of slots below `slots_max`.
  void persist(Archive& archive, size_t slots_max);
  /// After settle(), loading: calls visit(slot, place) for all, whose places it is to write down.
  template <class Visit>
  void rebuild(Visit&& visit) {
    for_each(visit);
    find_first();
  }
  /// Calls visit(slot, place) for all, in no order that means anything.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (uint32_t run = 0; run < runs_.size(); ++run) {
      for (uint32_t at = runs_[run].begin(); at < runs_[run].end(); at = runs_[run].after(at)) {
        visit(runs_[run].by_index(at).slot, run << run_shift | runs_[run].place_of(at));
      }
    }
    heap_.for_each(visit);
  }

 private:
  static constexpr uint32_t runs_max = 7;
  static constexpr uint32_t in_heap = runs_max;
  static constexpr uint32_t run_shift = 29;
  static_assert(StandingRun::place_mask == (1U << run_shift) - 1);
  static_assert(StandingHeap::index_mask == StandingRun::place_mask);  // its positions say in_heap

  const Entry& head(uint32_t where) const {
    return where == in_heap ? heap_.at(0) : runs_[where].front();
  }
  bool nothing_in(uint32_t where) const {
    return where == in_heap ? heap_.empty() : runs_[where].empty();
  }
  uint32_t run_for(Standing standing);
  void find_first();
  /// Calls visit(entry) in order, those of the heap by `of_heap`.
  template <class Cursor, class Visit>
  void merge(Cursor& of_heap, Visit&& visit) const;

  StandingHeap heap_;
  std::vector<StandingRun> runs_;  // as many as were ever needed
  std::span<uint32_t> places_;     // which run, or the heap, and where in it
  uint32_t size_ = 0;
  uint32_t first_ = in_heap;  // where the most pressing is
};

template <class Cursor, class Visit>
void ReadyQueue::merge(Cursor& of_heap, Visit&& visit) const {
  std::array<uint32_t, runs_max> at{};
  for (uint32_t run = 0; run < runs_.size(); ++run) at[run] = runs_[run].begin();
  for (;;) {
    const Entry* next = of_heap.next();
    uint32_t from = in_heap;
    for (uint32_t run = 0; run < runs_.size(); ++run) {
      if (at[run] >= runs_[run].end()) continue;
      const Entry& entry = runs_[run].by_index(at[run]);
      if (next != nullptr && !ahead(entry.standing(), next->standing())) continue;
      next = &entry;
      from = run;
    }
    if (next == nullptr || !visit(*next)) return;
    if (from == in_heap) {
      of_heap.advance();
    } else {
      at[from] = runs_[from].after(at[from]);
    }
  }
}

}  // namespace paceline::sched
