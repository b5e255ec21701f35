// Business time used by one clock, and the instant of its next effect.
//
//            start            pause
//   none ───────────▶ running ──────▶ paused
//                       │  ▲             │
//                       │  └── resume ───┘
//                       ├── stop ───▶ completed  (met, or breached if consumed > target)
//                       └── cancel ─▶ cancelled
//
// A breached clock keeps running: the overrun is measured. Being outside working hours is not a
// state. Effects are the policy's thresholds and the breach; each becomes due when the consumed
// business time reaches its amount, at an instant that is fixed between changes, so a ticket needs
// one armed timer. A breach is the first microsecond beyond the target (consumed > target).
//
// Owner: shard thread.  Time: always an argument.  Allocates: never.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sched/base/time.h"
#include "sched/calendar.h"

namespace paceline::sched {

enum class ClockState : uint8_t { none, running, paused, completed, cancelled };
constexpr std::string_view name(ClockState state) {
  constexpr std::string_view names[] = {"none", "running", "paused", "completed", "cancelled"};
  return names[static_cast<size_t>(state)];
}

/// A share of the target (basis points), or where that is 0 calendar time left to the deadline.
struct Threshold {
  uint32_t share_bp = 0;
  int64_t before_us = 0;
};

/// What a policy says about its clocks. The calendar outlives them.
struct ClockTerms {
  const Calendar* calendar = nullptr;
  std::span<const Threshold> thresholds;  ///< At most 32.
};

/// Business time at which a share of the target is reached: ceil(target · share / 10,000).
constexpr int64_t share_amount_us(int64_t target_us, uint32_t share_bp) {
  return target_us / 10'000 * share_bp + (target_us % 10'000 * share_bp + 9'999) / 10'000;
}

/// Business time at which a threshold is reached.
constexpr int64_t amount_us(const Threshold& threshold, int64_t target_us) {
  if (threshold.share_bp != 0) return share_amount_us(target_us, threshold.share_bp);
  return threshold.before_us < target_us ? target_us - threshold.before_us : 0;
}

/// The record of one clock; plain, so that it lies in a slab. `terms` belong to `policy` and are
/// handed to every call.
struct SlaClock {
  static constexpr uint32_t none = 0xffff'ffff;

  int64_t target_us = 0;
  int64_t consumed_us = 0;     ///< Before `since_us`; in all once ended.
  int64_t since_us = 0;        ///< Start of the newest segment: the stretch in one state.
  int64_t edge_us = never.us;  ///< Running: the next effect. Ended: when it ended.
  uint32_t next = none;        ///< Next clock of the same ticket.
  uint32_t past = none;        ///< Record of what happened before the newest segment, if anything.
  uint32_t fired = 0;          ///< Bits of the thresholds announced or skipped in this cycle.
  uint16_t policy = 0;
  ClockState state : 4 = ClockState::none;
  uint8_t breached : 1 = 0;       ///< In this cycle.
  uint8_t over_at_start : 1 = 0;  ///< The cycle began beyond its target: it does not breach again.
  uint8_t has_steps : 1 = 0;      ///< Rungs still have something to do; kept by whoever keeps them.
  uint8_t reserved : 1 = 0;
  uint8_t cycle = 1;

  bool live() const { return state == ClockState::running || state == ClockState::paused; }
  bool ended() const { return state == ClockState::completed || state == ClockState::cancelled; }
  /// The instant of the next effect; `never` unless running.
  int64_t next_due_us() const { return state == ClockState::running ? edge_us : never.us; }
  /// When it ended. Requires ended().
  int64_t ended_at_us() const { return edge_us; }
  bool may_breach() const { return !breached && !over_at_start; }

  /// A cycle begins, running from `origin` on with `consumed` already used; what has been passed by
  /// then is marked.
  void start(const ClockTerms& terms, int64_t target, Instant origin, int64_t consumed = 0);
  void pause(const ClockTerms& terms, Instant now);   ///< Requires running.
  void pause(Instant now, int64_t consumed);          ///< As it has been reckoned up to now.
  void resume(const ClockTerms& terms, Instant now);  ///< Requires paused.
  void stop(const ClockTerms& terms, Instant now);    ///< Requires live(); → completed.
  void cancel(const ClockTerms& terms, Instant now);  ///< Requires live(); → cancelled.
  /// Folds what was used so far and begins another segment in the same state. Requires live().
  void cut(const ClockTerms& terms, Instant now);
  /// New target and terms, from the newest segment's start on; thresholds passed under them are
  /// marked. Requires live() and, before, cut().
  void retarget(const ClockTerms& after, int64_t target);

  /// Business time used up to `now`.
  BusinessDuration consumed(const ClockTerms& terms, Instant now) const;
  /// Requires running. The instant the target is used up, were the clock never paused again; the
  /// start of this segment for a clock that was beyond its target before it.
  Instant deadline(const ClockTerms& terms) const;

  struct Effect {
    static constexpr uint32_t breach = 32;
    uint32_t which = breach;  ///< Position of a threshold, or breach.
    int64_t amount_us = 0;    ///< Business time at which it is due.
    bool any = false;
  };
  /// The effect due first: smaller amount, threshold before breach.
  Effect next_effect(const ClockTerms& terms) const;
  /// Marks an effect as happened and arms the next.
  void fire(const ClockTerms& terms, uint32_t which);
  /// Marks thresholds reached by `amount`; returns their bits.
  uint32_t skip(const ClockTerms& terms, int64_t amount);
  /// Computes the next effect's instant. Requires running.
  void arm(const ClockTerms& terms);
};
static_assert(sizeof(SlaClock) == 48, "four per three cache lines");

}  // namespace paceline::sched
