#include "sched/timer_wheel.h"

#include <bit>

#include "sched/base/check.h"

namespace paceline::sched {

namespace {
// Rings come into being only when a list longer than list_max is dealt out, so this is plenty;
// memory is touched only by those in use.
uint32_t rings_for(uint32_t capacity) { return capacity / 32 + 1'024; }
}  // namespace

TimerWheel::TimerWheel(uint32_t capacity) : TimerWheel(capacity, rings_for(capacity)) {}

TimerWheel::TimerWheel(uint32_t capacity, uint32_t ring_count)
    : nodes_(capacity, Pages::huge),
      state_(capacity, Pages::huge),
      ring_count_(ring_count),
      rings_(ring_count_),
      slots_(size_t{ring_count_} * 65) {
  CHECK(capacity < 0x2000'0000 && ring_count <= rings_for(0x2000'0000));
  CHECK(take_ring(root_level, 0, none) == root);
}
TimerWheel::~TimerWheel() = default;

void TimerWheel::schedule(uint32_t node, Instant due) {
  const uint8_t state = state_[node];
  Node& timer = nodes_[node];
  if ((state & armed_bit) == 0) ++armed_count_;
  state_[node] = linked_bit | armed_bit;
  if ((state & linked_bit) != 0 && due.us >= timer.due_us) {
    if (node == first_ ? due.us > timer.due_us : first_ != none && due.us < nodes_[first_].due_us) {
      first_ = none;  // a cancelled one in the front list may come back as the earliest
    }
    timer.due_us = due.us;
  } else {
    if ((state & linked_bit) != 0) {
      const uint32_t emptied = unlink(node);
      if (emptied != none) empty(emptied);
    }
    const bool alone = rings_[root].filled == 0;
    const bool was_first = node == first_;
    timer.due_us = due.us;
    const uint32_t slot = file(node, root);
    if (alone || (first_ != none && (was_first || due.us < nodes_[first_].due_us))) {
      first_ = node;
      first_slot_ = slot;
    }
  }
  if (crowd_ && due.us == crowd_due_us_) {
    if (latecomers_.size() == latecomers_max) {
      end_crowd();
    } else {
      state_[node] |= latecomer_bit;
      latecomers_.push_back(node);
    }
  }
}

Instant TimerWheel::next_due() const {
  if (armed_count_ == 0) return never;
  if (first_ == none || front_too_long()) {
    // Tidies what cancel() and schedule() left lying about; nothing a caller can see changes.
    auto* const self = const_cast<TimerWheel*>(this);
    self->deal_ahead();
    self->settle_front();
  }
  return {nodes_[first_].due_us};
}

// --- Structure ---

/// Of the ring in which keys that differ in these bits go different ways.
uint32_t TimerWheel::level_between(uint64_t differing_bits) {
  return differing_bits == 0 ? 0
                             : (63U - static_cast<uint32_t>(std::countl_zero(differing_bits))) / 6;
}

/// Requires ring_to_spare().
uint32_t TimerWheel::take_ring(uint32_t level, uint64_t key, uint32_t parent) {
  uint32_t ring = free_rings_;
  if (ring != none) {
    free_rings_ = rings_[ring].parent;
  } else {
    CHECK(rings_used_ < ring_count_);
    ring = rings_used_++;
  }
  rings_[ring] = {0, prefix_of(key, level), parent, level};
  for (uint32_t i = 0; i < 64; ++i) slots_[size_t{ring} * 64 + i] = {none, 0};
  slots_[undealt(ring)] = {none, 0};
  return ring;
}

void TimerWheel::put(uint32_t slot, uint32_t node) {
  Slot& list = slots_[slot];
  Node& timer = nodes_[node];
  timer.next = list.head;
  timer.previous = link_bit | slot;
  if (list.head != none) nodes_[list.head].previous = node;
  list.head = node;
  ++list.filed;
  rings_[slot / 64].filled |= uint64_t{1} << (slot % 64);
}

/// Into the list its due instant belongs to, below `from_ring`, whose prefix it must share.
uint32_t TimerWheel::file(uint32_t node, uint32_t from_ring) {
  const uint64_t key = key_of(nodes_[node].due_us);
  uint32_t ring = from_ring;
  for (;;) {
    const uint32_t slot = ring * 64 + digit(key, rings_[ring].level);
    const uint32_t head = slots_[slot].head;
    if (head == none || !is_ring(head)) {
      put(slot, node);
      return slot;
    }
    ring = ring_in(head);
    if (prefix_of(key, rings_[ring].level) == rings_[ring].prefix) continue;
    if (ring_to_spare()) {
      ring = part(slot, key);
    } else {
      flatten(slot);
      put(slot, node);
      return slot;
    }
  }
}

/// Puts a ring between the slot and the ring in it, where the key and that ring's keys part. What
/// is still to be dealt out goes to the upper ring, because it may belong anywhere below the slot.
uint32_t TimerWheel::part(uint32_t slot, uint64_t key) {
  const uint32_t lower = ring_in(slots_[slot].head);
  // The bits below the lower ring's prefix do not count.
  const uint32_t lower_bits = 6 * (rings_[lower].level + 1);
  const uint64_t lower_key = rings_[lower].prefix << lower_bits;
  const uint32_t level = level_between(((key ^ lower_key) >> lower_bits) << lower_bits);
  if (rings_[lower].filled == 0) {  // it may as well be the upper one
    rings_[lower].level = level;
    rings_[lower].prefix = prefix_of(key, level);
    return lower;
  }
  const uint32_t ring = take_ring(level, key, slot);
  const uint32_t lower_slot = ring * 64 + digit(lower_key, level);
  slots_[lower_slot].head = link_bit | lower;
  rings_[lower].parent = lower_slot;
  rings_[ring].filled = uint64_t{1} << (lower_slot % 64);
  slots_[slot].head = link_bit | ring;
  splice(undealt(lower), undealt(ring));
  return ring;
}

/// Hands the list over to another slot, which must be empty.
void TimerWheel::splice(uint32_t from_slot, uint32_t to_slot) {
  slots_[to_slot] = slots_[from_slot];
  slots_[from_slot] = {none, 0};
  const uint32_t head = slots_[to_slot].head;
  if (head != none) nodes_[head].previous = link_bit | to_slot;
}

/// Makes a list again of all that lies below the slot: what is left to do when no ring is.
void TimerWheel::flatten(uint32_t slot) {
  const uint32_t ring = ring_in(slots_[slot].head);
  slots_[slot] = {none, 0};
  gather(ring, slot);
  flattened_ = true;
  first_ = none;
}
void TimerWheel::gather(uint32_t ring, uint32_t into_slot) {
  const auto move_list = [this, into_slot](uint32_t node) {
    while (node != none) {
      const uint32_t next = nodes_[node].next;
      put(into_slot, node);
      node = next;
    }
  };
  move_list(slots_[undealt(ring)].head);
  for (uint64_t filled = rings_[ring].filled; filled != 0; filled &= filled - 1) {
    const uint32_t head = slots_[ring * 64 + static_cast<uint32_t>(std::countr_zero(filled))].head;
    if (is_ring(head)) {
      gather(ring_in(head), into_slot);
    } else {
      move_list(head);
    }
  }
  rings_[ring].parent = free_rings_;
  free_rings_ = ring;
}

/// Answers the slot whose list is empty now, which the caller must hand to empty(); or `none`.
uint32_t TimerWheel::unlink(uint32_t node) {
  const Node& timer = nodes_[node];
  if (timer.next != none) nodes_[timer.next].previous = timer.previous;
  if ((timer.previous & link_bit) == 0) {
    nodes_[timer.previous].next = timer.next;
    return none;
  }
  const uint32_t slot = timer.previous & ~link_bit;
  slots_[slot].head = timer.next;
  --slots_[slot].filed;
  return timer.next == none ? slot : none;
}

/// A list has become empty: and so, perhaps, its ring, and the ring above.
void TimerWheel::empty(uint32_t slot) {
  for (;;) {
    slots_[slot] = {none, 0};
    const uint32_t ring = ring_of(slot);
    if (slot < ring_count_ * 64) rings_[ring].filled &= ~(uint64_t{1} << (slot % 64));
    if (rings_[ring].filled != 0 || slots_[undealt(ring)].head != none || ring == root) return;
    slot = rings_[ring].parent;
    rings_[ring].parent = free_rings_;
    free_rings_ = ring;
  }
}

/// Gives the slot a ring. `key` is that of one of its entries, `differing` the bits in which some
/// of the others differ from it; those that part higher up find their way by part().
void TimerWheel::deal_out(uint32_t slot, uint64_t key, uint64_t differing) {
  const uint32_t ring = take_ring(level_between(differing), key, slot);
  splice(slot, undealt(ring));
  slots_[slot].head = link_bit | ring;
}

/// Moves entries of an undealt list to where they belong.
void TimerWheel::deal(uint32_t ring, uint32_t entries) {
  const uint32_t rest = undealt(ring);
  for (; entries != 0; --entries) {
    const uint32_t node = slots_[rest].head;
    if (node == none) break;
    const uint32_t next = nodes_[node].next;
    if (next != none) __builtin_prefetch(&nodes_[next]);
    unlink(node);
    if (!is(node, armed_bit)) {
      state_[node] = 0;
      continue;
    }
    flattened_ = false;
    const uint64_t key = key_of(nodes_[node].due_us);
    const bool here = prefix_of(key, rings_[ring].level) == rings_[ring].prefix;
    file(node, here ? ring : root);
    if (flattened_) return;
  }
  if (slots_[rest].head == none) {
    slots_[rest].filed = 0;
    if (rings_[ring].filled == 0) empty(rest);
  }
}

// --- Writing down ---

void TimerWheel::persist(Archive& archive, std::span<const Range> in_use) {
  archive.part("timers", 1, sizeof(Node), sizeof(Ring), sizeof(Slot));
  archive.fields(rings_used_, free_rings_, armed_count_);
  if (!archive.require(rings_used_ <= ring_count_ && rings_used_ != 0, "too many rings")) return;
  for (const Range& range : in_use) {
    nodes_.persist(archive, range.from, range.to);
    state_.persist(archive, range.from, range.to);
  }
  rings_.persist(archive, rings_used_);
  slots_.persist(archive, size_t{rings_used_} * 64);
  slots_.persist(archive, undealt(0), undealt(rings_used_));
}

/// Whether its neighbours know it.
bool TimerWheel::well_filed(uint32_t node) const {
  const Node& timer = nodes_[node];
  if (timer.next != none) {
    if (timer.next >= nodes_.size() || !is(timer.next, linked_bit)) return false;
    if (nodes_[timer.next].previous != node) return false;
  }
  if ((timer.previous & link_bit) == 0) {
    return timer.previous < nodes_.size() && nodes_[timer.previous].next == node;
  }
  const uint32_t slot = timer.previous & ~link_bit;
  return slot < slots_.size() && ring_of(slot) < rings_used_ && slots_[slot].head == node;
}

/// Whether what its slots hold knows them, and lies where its digits say.
bool TimerWheel::well_formed(uint32_t ring) const {
  const auto holds = [this](uint32_t slot) {
    const uint32_t head = slots_[slot].head;
    return head < nodes_.size() && is(head, linked_bit) &&
           nodes_[head].previous == (link_bit | slot);
  };
  const Ring& own = rings_[ring];
  if (own.level > root_level) return false;
  if (slots_[undealt(ring)].head != none && !holds(undealt(ring))) return false;
  for (uint32_t digit = 0; digit < 64; ++digit) {
    const uint32_t slot = ring * 64 + digit;
    const uint32_t head = slots_[slot].head;
    if ((own.filled >> digit & 1) != (head != none ? 1U : 0U)) return false;
    if (head == none) continue;
    if (!is_ring(head)) {
      if (!holds(slot)) return false;
      continue;
    }
    if (ring_in(head) >= rings_used_) return false;
    const Ring& below = rings_[ring_in(head)];
    if (below.parent != slot || below.level >= own.level) return false;
    if (below.prefix >> (6 * (own.level - below.level - 1)) != ((own.prefix << 6) | digit)) {
      return false;
    }
  }
  return true;
}

void TimerWheel::rebuild(Archive& archive, std::span<const Range> in_use) {
  bool sound = rings_[root].parent == none && rings_[root].level == root_level;
  uint32_t armed = 0;
  for (const Range& range : in_use) {
    for (uint32_t node = range.from; node < range.to; ++node) {
      state_[node] &= linked_bit | armed_bit;  // a crowd is gathered anew
      armed += is(node, armed_bit) ? 1 : 0;
      if (is(node, linked_bit)) {
        sound = sound && well_filed(node);
      } else {
        sound = sound && !is(node, armed_bit);
      }
    }
  }
  std::vector<uint8_t> spare(rings_used_, 0);
  for (uint32_t ring = free_rings_; ring != none && sound; ring = rings_[ring].parent) {
    sound = ring < rings_used_ && spare[ring] == 0;
    if (sound) spare[ring] = 1;
  }
  for (uint32_t ring = 0; ring < rings_used_ && sound; ++ring) {
    sound = spare[ring] != 0 || well_formed(ring);
  }
  archive.require(sound && armed == armed_count_, "timers are not filed where they should be");
}

// --- The front ---

/// Requires that a node is armed.
void TimerWheel::find_first() {
  CHECK(armed_count_ > 0);
  for (;;) {
    uint32_t ring = root;
    uint32_t slot = none;
    for (;;) {
      if (slots_[undealt(ring)].head != none) {
        deal(ring, none);
        ring = root;
        continue;
      }
      CHECK(rings_[ring].filled != 0);
      slot = ring * 64 + static_cast<uint32_t>(std::countr_zero(rings_[ring].filled));
      if (!is_ring(slots_[slot].head)) break;
      ring = ring_in(slots_[slot].head);
    }
    if (tidy(slot)) return;
  }
}

/// Drops what is cancelled, files anew what has moved on, and finds the earliest of the rest.
/// False if the front is elsewhere now.
bool TimerWheel::tidy(uint32_t slot) {
  const uint32_t ring = ring_of(slot);
  const uint32_t level = rings_[ring].level;
  const uint64_t prefix = (rings_[ring].prefix << 6) | (slot % 64);
  uint32_t first = none;
  uint32_t kept = 0;
  uint64_t key_of_one = 0;
  uint64_t differing = 0;
  uint32_t moved = none;  // a chain through Node::next
  bool dealt_out = false;
  for (uint32_t node = slots_[slot].head; node != none;) {
    const uint32_t next = nodes_[node].next;
    const uint64_t key = key_of(nodes_[node].due_us);
    if (!is(node, armed_bit)) {
      unlink(node);
      state_[node] = 0;
      ++left_front_;
    } else if (key >> (6 * level) != prefix) {
      unlink(node);
      nodes_[node].next = moved;
      moved = node;
      ++left_front_;
    } else {
      if (kept == 0) key_of_one = key;
      differing |= key ^ key_of_one;
      if (first == none || nodes_[node].due_us < nodes_[first].due_us) first = node;
      ++kept;
      if (level == 0) break;  // all of one instant
      if (kept > list_max && ring_to_spare()) {
        deal_out(slot, key_of_one, differing);
        dealt_out = true;
        break;
      }
    }
    node = next;
  }
  if (!dealt_out) {
    first_ = first;
    first_slot_ = slot;
    if (level != 0) slots_[slot].filed = kept;
    if (slots_[slot].head == none) empty(slot);
  }
  while (moved != none) {
    const uint32_t next = nodes_[moved].next;
    file(moved, root);  // may flatten, and then the first is unknown again
    moved = next;
  }
  return !dealt_out && first_ != none;
}

void TimerWheel::deal_ahead() {
  constexpr uint32_t entries_max = 64;  // a pop must not become a stall
  const uint32_t entries = std::min(2 * (1 + left_front_), entries_max);
  left_front_ = 0;
  flattened_ = false;
  for (uint32_t ring = root; slots_[undealt(ring)].head == none && rings_[ring].filled != 0;) {
    const uint64_t filled = rings_[ring].filled;
    const uint32_t first = ring * 64 + static_cast<uint32_t>(std::countr_zero(filled));
    const uint64_t later = filled & (filled - 1);
    if (later != 0) {
      deal_ahead(ring * 64 + static_cast<uint32_t>(std::countr_zero(later)), entries);
    }
    if (flattened_ || !is_ring(slots_[first].head)) return;
    ring = ring_in(slots_[first].head);
  }
}

/// Deals out the slot, or what would be the front if it were.
void TimerWheel::deal_ahead(uint32_t slot, uint32_t entries) {
  for (;;) {
    const uint32_t head = slots_[slot].head;
    if (!is_ring(head)) {
      if (slots_[slot].filed <= list_max || rings_[slot / 64].level == 0) return;
      if (!ring_to_spare()) return;
      // The first few show at which digit most of the others will differ. Those that have moved on
      // since they were filed show nothing.
      const uint32_t level = rings_[slot / 64].level;
      const uint64_t prefix = (rings_[slot / 64].prefix << 6) | (slot % 64);
      uint64_t key = 0;
      uint64_t differing = 0;
      uint32_t shown = 0;
      uint32_t node = head;
      for (uint32_t i = 0; i < looked_at && node != none; ++i, node = nodes_[node].next) {
        const uint64_t node_key = key_of(nodes_[node].due_us);
        if (node_key >> (6 * level) != prefix) continue;
        if (shown++ == 0) key = node_key;
        differing |= key ^ node_key;
      }
      if (shown == 0) {
        key = prefix << (6 * level);
        differing = uint64_t{1} << (6 * level - 1);
      }
      deal_out(slot, key, differing);
      return;
    }
    const uint32_t ring = ring_in(head);
    if (slots_[undealt(ring)].head != none) return deal(ring, entries);
    slot = ring * 64 + static_cast<uint32_t>(std::countr_zero(rings_[ring].filled));
  }
}

bool TimerWheel::front_too_long() const {
  return slots_[first_slot_].filed > list_max && ring_to_spare() &&
         rings_[ring_of(first_slot_)].level != 0;
}

/// Finds the earliest, in a list short enough: dealt out long before it is due, while it is not
/// much longer than it may be.
void TimerWheel::settle_front() {
  if (first_ == none) find_first();
  if (!front_too_long()) return;
  first_ = none;
  find_first();
}

/// The head of the list that holds the earliest, if that is due at or before `until`, else `none`.
uint32_t TimerWheel::front(Instant until) {
  if (armed_count_ == 0) return none;
  deal_ahead();
  settle_front();
  if (nodes_[first_].due_us > until.us) return none;
  return slots_[first_slot_].head;
}

/// Whether the earliest are too many of one instant to look through at every pop.
bool TimerWheel::crowded() const {
  if (crowd_ && crowd_due_us_ == nodes_[first_].due_us) return true;
  return slots_[first_slot_].filed > list_max && rings_[ring_of(first_slot_)].level == 0;
}

void TimerWheel::take(uint32_t node, uint32_t runner_up) {
  CHECK(node != none && is(node, armed_bit));
  const uint64_t key = key_of(nodes_[node].due_us);
  const uint32_t level = rings_[ring_of(first_slot_)].level;
  first_ = none;
  // A runner-up that belongs here comes before everything filed elsewhere.
  if (runner_up != none && key_of(nodes_[runner_up].due_us) >> (6 * level) == key >> (6 * level)) {
    first_ = runner_up;
  }
  const uint32_t emptied = unlink(node);
  if (emptied != none) empty(emptied);
  state_[node] = 0;
  --armed_count_;
  if (crowd_ && crowd_nodes_.empty() && latecomers_.empty()) crowd_ = false;
}

void TimerWheel::gather_crowd() {
  end_crowd();
  crowd_ = true;
  crowd_due_us_ = nodes_[first_].due_us;
  for (uint32_t node = slots_[first_slot_].head; node != none; node = nodes_[node].next) {
    if (!is(node, armed_bit) || nodes_[node].due_us != crowd_due_us_) continue;
    state_[node] |= crowd_bit;
    crowd_nodes_.push_back(node);
  }
}

void TimerWheel::end_crowd() {
  constexpr uint8_t kept_bits = linked_bit | armed_bit;
  for (const uint32_t node : crowd_nodes_) state_[node] &= kept_bits;
  for (const uint32_t node : latecomers_) state_[node] &= kept_bits;
  crowd_nodes_.clear();
  latecomers_.clear();
  crowd_ = false;
}

}  // namespace paceline::sched
