// Where clocks live: their hot records, and what only some of them ever need.
//
//   SlaClock ──past──▶ ClockPast ──newest_segment──▶ ClockSegment ──older──▶ …
//                          └──────────actions──────▶ RungStep ──next──▶ …
//
// A clock that starts, runs and ends has no past: its one segment is the hot record itself. The
// first pause, change of policy, breach or new cycle gives it one. Segments are only ever added.
// All memory is sized from Limits and touched as it fills.
//
// Owner: shard thread.  Allocates: never, but for the lists of free slots.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/desk/limits.h"
#include "engine/desk/slot_list.h"
#include "sched/base/digest.h"
#include "sched/base/fixed_array.h"
#include "sched/sla_clock.h"

namespace paceline::desk {

/// What a clock remembers besides its hot record.
struct ClockPast {
  static constexpr uint32_t none = 0xffff'ffff;

  int64_t breached_at_us = 0;      ///< In the current cycle; 0: it did not.
  int64_t started_at_us = 0;       ///< Of the current cycle.
  int64_t initial_target_us = 0;   ///< Of the current cycle.
  int64_t tightest_target_us = 0;  ///< Smallest of the current cycle.
  /// The deadline of a clock that used up its target before the segment under way. 0: it did not.
  int64_t deadline_kept_us = 0;
  int64_t carried_us = 0;          ///< Already consumed when the current cycle began.
  int64_t folded_us = 0;           ///< Of a clock that has ended: consumed before its last segment.
  uint32_t newest_segment = none;  ///< That has ended.
  uint32_t reason = none;          ///< The ticket's pending reason in the segment under way.
  uint32_t first_step = none;      ///< Of what rungs still have to do.
  bool set_begins = false;         ///< The segment under way is the first of a rebuilt set.
  sched::ClockState state_at_end = sched::ClockState::running;  ///< Of a clock that has ended.
  /// The cycle was under targets that the segments in force no longer tell of: the breach that is
  /// recorded, or that none is, stands, whatever they add up to.
  bool breach_stands = false;
  uint8_t signals = 0;  ///< Of gaming, raised in this cycle: a bit each.

  /// Once the target is used up the deadline stays where that happened.
  void keep_deadline(bool used_up, int64_t deadline_us) {
    if (!used_up) {
      deadline_kept_us = 0;
    } else if (deadline_kept_us == 0) {
      deadline_kept_us = deadline_us;
    }
  }
};
static_assert(sizeof(ClockPast) == 72);

/// A stretch that has ended, in one state, under one policy and pending reason. It goes on to the
/// next one's start. State `none` only says where the one before ended, when a rebuilt set follows.
struct ClockSegment {
  int64_t from_us = 0;
  int64_t consumed_us = 0;  ///< Business time used in it.
  uint32_t older = ClockPast::none;
  uint32_t reason = ClockPast::none;
  uint16_t policy = 0;
  sched::ClockState state : 4 = sched::ClockState::none;
  /// First of a set rebuilt by a repair or a retroactive policy: the segments of its cycle before
  /// it tell what was thought until then.
  uint8_t set_begins : 1 = 0;
  uint8_t reserved : 3 = 0;
  uint8_t cycle = 1;
};
static_assert(sizeof(ClockSegment) == 32);

/// What a rung still has to do: a repetition, or an action that waits for its calendar to open.
struct RungStep {
  int64_t due_us = 0;
  uint32_t next = ClockPast::none;
  uint16_t done = 0;  ///< How often it has acted.
  uint8_t rung = 0;   ///< Position in the policy's rungs.
  uint8_t reserved = 0;
};
static_assert(sizeof(RungStep) == 16);

class ClockStore {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  explicit ClockStore(const Limits& limits);

  bool has_clocks(uint32_t wanted) const { return clock_slots_.left() >= wanted; }
  /// A new clock at the end of the chain that begins at `first`; `none` if all are taken.
  uint32_t add(uint32_t& first);
  void remove_chain(uint32_t first);

  sched::SlaClock& clock(uint32_t index) { return clocks_[index]; }
  const sched::SlaClock& clock(uint32_t index) const { return clocks_[index]; }

  /// A chain is about to be gone through: its first two clocks most often lie together.
  [[gnu::always_inline]] void expect(uint32_t first) const {
    if (first == none) return;
    __builtin_prefetch(&clocks_[first], 1);
    __builtin_prefetch(reinterpret_cast<const char*>(&clocks_[first]) + sizeof(sched::SlaClock), 1);
  }
  /// Null for a clock without one.
  const ClockPast* past(uint32_t clock) const;
  ClockPast* past(uint32_t clock);
  /// The clock's past, made from its hot record if it has none. Before anything in that changes.
  ClockPast& make_past(uint32_t clock);

  // As the past says, or the hot record where there is none.
  int64_t breached_at_us(uint32_t clock) const;
  int64_t started_at_us(uint32_t clock) const;
  int64_t initial_target_us(uint32_t clock) const;
  int64_t tightest_target_us(uint32_t clock) const;
  uint32_t reason(uint32_t clock) const;

  /// Writes down the segment under way, as the hot record has it; `consumed_us` is what it used.
  /// When all segments are taken the stretch is merged into the next one, and counted.
  void end_segment(uint32_t clock, int64_t consumed_us);
  /// Writes down a segment as it is given.
  void append_segment(uint32_t clock, const ClockSegment& segment);
  /// Those that have ended, oldest first.
  void segments(uint32_t clock, std::vector<ClockSegment>& segments) const;
  /// Of the current cycle, those that count: from the newest rebuilt set on.
  void segments_in_force(uint32_t clock, std::vector<ClockSegment>& segments) const;
  uint64_t segments_merged() const { return segments_merged_; }

  /// False when all are taken.
  bool add_step(uint32_t clock, const RungStep& step);
  RungStep& step(uint32_t index) { return steps_[index]; }
  const RungStep& step(uint32_t index) const { return steps_[index]; }
  uint32_t first_step(uint32_t clock) const;
  void remove_step(uint32_t clock, uint32_t step);
  void remove_steps(uint32_t clock);
  uint64_t steps_dropped() const { return steps_dropped_; }

  void add_to(sched::Digest& digest, uint32_t clock) const;

  void persist(sched::Archive& archive);
  /// After settle(), loading: examines the chains. `clocks` are claims() in which the first clock
  /// of every ticket is claimed; `policy_count`: of the rulebook.
  void examine(sched::Archive& archive, SlotClaims& clocks, uint32_t policy_count) const;
  SlotClaims claims() const { return SlotClaims(clock_slots_); }

 private:
  sched::FixedArray<sched::SlaClock> clocks_;
  SlotList clock_slots_;
  sched::FixedArray<ClockPast> pasts_;
  SlotList past_slots_;
  sched::FixedArray<ClockSegment> segments_;
  SlotList segment_slots_;
  uint64_t segments_merged_ = 0;
  sched::FixedArray<RungStep> steps_;
  SlotList step_slots_;
  uint64_t steps_dropped_ = 0;
};

}  // namespace paceline::desk
