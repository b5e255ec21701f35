// Due instants of all running clocks, one armed timer per node; cancelling is the common case.
//
// A hierarchical wheel without a hand. Each level is a digit of six bits of the due instant (eleven
// levels: any instant to the microsecond), a ring is the 64 slots of one digit, and a slot is an
// unordered list, until it holds the earliest timers and more than a handful: only then is it dealt
// out to a ring of its own, of the highest digit its timers differ in. So far timers cost nothing
// but their list entry, there is no tick to round to, no empty time to walk over, and as nothing
// depends on a present, time may be asked about in any order.
//
//     root: ┌──┬──┬──┐      what lies in a ring comes before what lies in the next slot of its
//           └┬─┴─┬┴──┘      parent; the earliest timer is in the first list found by following
//       list ┘   └ ring     each ring's first filled slot
//
// Cancelling clears a flag and moving later is a store: the entry stays where it is filed, too far
// to the front at worst, and is dropped or filed anew when the front reaches it. The slots that
// will be the front next are dealt out a few entries at a time by pop() and next_due().
//
// Owner: shard thread.  Time: always an argument.  Allocates: when constructed; and room for the
// indices of a crowd due at one and the same microsecond, when it is larger than any before.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "sched/base/archive.h"
#include "sched/base/fixed_array.h"
#include "sched/base/time.h"

namespace paceline::sched {

class TimerWheel {
 public:
  /// Nodes are 0 … capacity − 1 and belong to the caller (a ticket's slot is its node).
  explicit TimerWheel(uint32_t capacity);
  /// With at least one ring; without any to spare the wheel is slower, not wrong.
  TimerWheel(uint32_t capacity, uint32_t ring_count);
  ~TimerWheel();

  /// Arms `node`, or moves it if it is armed, earlier or later. `due` may lie in the past.
  void schedule(uint32_t node, Instant due);
  /// Disarms `node`; nothing if it is not armed.
  void cancel(uint32_t node) {
    const uint8_t state = state_[node];
    if ((state & armed_bit) == 0) return;
    state_[node] = linked_bit;
    --armed_count_;
    if (node == first_) first_ = none;
  }

  /// `node` is about to be armed, moved or disarmed. (See HashIndex::expect.)
  [[gnu::always_inline]] void expect(uint32_t node) const {
    __builtin_prefetch(&state_[node], 1);
    __builtin_prefetch(&nodes_[node], 1);
  }

  bool armed(uint32_t node) const { return (state_[node] & armed_bit) != 0; }
  /// Requires armed(node).
  Instant due(uint32_t node) const { return {nodes_[node].due_us}; }
  uint32_t armed_count() const { return armed_count_; }

  /// The earliest due instant of any armed node; `never` if none. Exact.
  Instant next_due() const;

  /// Disarms and returns the earliest node due at or before `until`; `none` if there is none.
  /// Equal instants come in ascending order of `rank(node)`, which must not change while armed.
  static constexpr uint32_t none = 0xffff'ffff;
  template <class Rank>
  uint32_t pop(Instant until, Rank&& rank);

  /// Nodes from … to − 1.
  struct Range {
    uint32_t from;
    uint32_t to;
  };
  /// `in_use`: ascending ranges outside of which no node was ever armed. As it lies filed, so that
  /// a loaded wheel does not stall where the saved one would not have.
  void persist(Archive& archive, std::span<const Range> in_use);
  /// After settle(), loading: examines whether all is filed where it is said to be.
  void rebuild(Archive& archive, std::span<const Range> in_use);

  /// Bytes touched so far beside those of the nodes themselves.
  uint64_t ring_bytes() const { return rings_used_ * (sizeof(Ring) + 65 * sizeof(Slot)); }

 private:
  struct Node {
    int64_t due_us;
    uint32_t next;
    uint32_t previous;  // a node, or link_bit and the index of the slot it is the head of
  };
  struct Slot {
    uint32_t head;   // a node, or link_bit and a ring; `none` while empty
    uint32_t filed;  // no fewer than the list's entries
  };
  /// Slots 64 · ring … + 63 are its digits. Slot undealt(ring) is the list still to be dealt out,
  /// whose entries may belong anywhere below the ring's parent: while there is one, any slot of the
  /// ring may lack entries.
  struct Ring {
    uint64_t filled;  // a bit per slot
    uint64_t prefix;  // the digits above this one, common to all that lies here
    uint32_t parent;  // slot
    uint32_t level;
  };

  static constexpr uint32_t link_bit = 0x8000'0000;
  static constexpr uint32_t root = 0;
  static constexpr uint32_t root_level = 10;
  static constexpr uint32_t list_max = 24;        // a longer front list is dealt out
  static constexpr uint32_t looked_at = 8;        // entries, to choose the digit they differ in
  static constexpr uint32_t latecomers_max = 64;  // then the crowd is put in order again
  enum : uint8_t { linked_bit = 1, armed_bit = 2, crowd_bit = 4, latecomer_bit = 8 };

  static uint64_t key_of(int64_t due_us) {
    return static_cast<uint64_t>(due_us) ^ (uint64_t{1} << 63);  // in order when unsigned
  }
  static bool is_ring(uint32_t head) { return (head & link_bit) != 0; }
  static uint32_t ring_in(uint32_t head) { return head & ~link_bit; }
  static uint32_t digit(uint64_t key, uint32_t level) {
    return static_cast<uint32_t>(key >> (6 * level)) & 63;
  }
  static uint64_t prefix_of(uint64_t key, uint32_t level) { return key >> (6 * level) >> 6; }
  static uint32_t level_between(uint64_t differing_bits);
  uint32_t undealt(uint32_t ring) const { return ring_count_ * 64 + ring; }
  uint32_t ring_of(uint32_t slot) const {
    return slot < ring_count_ * 64 ? slot / 64 : slot - ring_count_ * 64;
  }
  bool is(uint32_t node, uint8_t bit) const { return (state_[node] & bit) != 0; }

  // Structure.
  bool ring_to_spare() const { return free_rings_ != none || rings_used_ < ring_count_; }
  uint32_t take_ring(uint32_t level, uint64_t key, uint32_t parent);
  uint32_t file(uint32_t node, uint32_t from_ring);
  uint32_t part(uint32_t slot, uint64_t key);
  void splice(uint32_t from_slot, uint32_t to_slot);
  void flatten(uint32_t slot);
  void gather(uint32_t ring, uint32_t into_slot);
  void put(uint32_t slot, uint32_t node);
  uint32_t unlink(uint32_t node);
  void empty(uint32_t slot);
  void deal_out(uint32_t slot, uint64_t key, uint64_t differing);
  void deal(uint32_t ring, uint32_t entries);

  // Writing down.
  bool well_filed(uint32_t node) const;
  bool well_formed(uint32_t ring) const;

  // The front.
  void find_first();
  bool tidy(uint32_t slot);
  void deal_ahead();
  void deal_ahead(uint32_t slot, uint32_t entries);
  bool front_too_long() const;
  void settle_front();
  uint32_t front(Instant until);
  bool crowded() const;
  void take(uint32_t node, uint32_t runner_up);
  void gather_crowd();
  void end_crowd();
  template <class Rank>
  uint32_t pick_from_list(uint32_t node, uint32_t& runner_up, Rank&& rank) const;
  template <class Rank>
  uint32_t pick_from_crowd(Rank&& rank);

  FixedArray<Node> nodes_;
  FixedArray<uint8_t> state_;
  uint32_t ring_count_;
  FixedArray<Ring> rings_;
  FixedArray<Slot> slots_;
  uint32_t rings_used_ = 0;
  uint32_t free_rings_ = none;  // linked through Ring::parent
  bool flattened_ = false;      // a ring somebody is walking may be gone

  uint32_t armed_count_ = 0;
  // The earliest node and the slot it is filed in, if known. While it is, whatever is filed before
  // it is cancelled and in the same list, and so is everything due at the same instant.
  uint32_t first_ = none;
  uint32_t first_slot_ = none;

  // Entries that left the front without firing since the last pop. For each that leaves, two are
  // dealt out of the slot that comes next at each level.
  uint32_t left_front_ = 0;

  // A list too long to be searched for the smallest rank at every pop: all due at crowd_due_us_,
  // in descending order of rank; an entry without its bit is out of date.
  bool crowd_ = false;
  int64_t crowd_due_us_ = 0;
  std::vector<uint32_t> crowd_nodes_;
  std::vector<uint32_t> latecomers_;  // scheduled for that instant since
};

template <class Rank>
uint32_t TimerWheel::pop(Instant until, Rank&& rank) {
  const uint32_t head = front(until);
  if (head == none) return none;
  uint32_t runner_up = none;
  const uint32_t node = crowded() ? pick_from_crowd(rank) : pick_from_list(head, runner_up, rank);
  take(node, runner_up);
  return node;
}

template <class Rank>
uint32_t TimerWheel::pick_from_list(uint32_t node, uint32_t& runner_up, Rank&& rank) const {
  const int64_t due_us = nodes_[first_].due_us;
  uint32_t best = none;
  for (; node != none; node = nodes_[node].next) {
    if (!is(node, armed_bit)) continue;
    const int64_t node_due_us = nodes_[node].due_us;
    if (node_due_us != due_us) {
      if (runner_up == none || node_due_us < nodes_[runner_up].due_us) runner_up = node;
    } else if (best == none) {
      best = node;
    } else if (rank(node) < rank(best)) {
      runner_up = best;
      best = node;
    } else {
      runner_up = node;
    }
  }
  return best;
}

template <class Rank>
uint32_t TimerWheel::pick_from_crowd(Rank&& rank) {
  if (!crowd_ || crowd_due_us_ != nodes_[first_].due_us) {
    gather_crowd();
    std::sort(crowd_nodes_.begin(), crowd_nodes_.end(),
              [&](uint32_t a, uint32_t b) { return rank(b) < rank(a); });
  }
  while (!crowd_nodes_.empty() && !is(crowd_nodes_.back(), crowd_bit)) crowd_nodes_.pop_back();
  uint32_t best = crowd_nodes_.empty() ? none : crowd_nodes_.back();
  std::erase_if(latecomers_, [&](uint32_t node) { return !is(node, latecomer_bit); });
  for (const uint32_t node : latecomers_) {
    if (best == none || rank(node) < rank(best)) best = node;
  }
  return best;
}

}  // namespace paceline::sched
