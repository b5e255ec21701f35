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

#include "sched/base/time.h"
#include "sched/calendar.h"

namespace paceline::sched {

enum class ClockState : uint8_t { none, running, paused, completed, cancelled };

/// What a policy says about its clocks. The calendar outlives them.
struct ClockTerms {
  BusinessDuration target;
  const Calendar* calendar = nullptr;
  std::span<const uint32_t> thresholds_bp;  ///< Basis points of the target, ascending.
};

/// The record of one clock; plain, so that it lies in a slab. `terms` belong to `policy` and are
/// handed to every call.
struct SlaClock {
  static constexpr uint32_t none = 0xffff'ffff;

  int64_t target_us = 0;
  int64_t consumed_us = 0;         ///< By the running spells already ended.
  int64_t run_since_us = 0;        ///< Meaningful while running.
  int64_t next_due_us = never.us;  ///< Of the next effect; `never` unless running.
  uint32_t next = none;            ///< Next clock of the same ticket.
  uint16_t policy = 0;
  ClockState state = ClockState::none;
  uint8_t kind = 0;
  uint8_t cycle = 1;
  uint8_t thresholds_fired = 0;  ///< They fire in order, so a count says which.
  bool breached = false;         ///< In this cycle.
  bool over_at_start = false;    ///< The cycle began beyond its target: it does not breach again.
  uint32_t reserved = 0;

  bool live() const { return state == ClockState::running || state == ClockState::paused; }

  void start(const ClockTerms& terms, Instant origin);
  void pause(const ClockTerms& terms, Instant now);   ///< Requires running.
  void resume(const ClockTerms& terms, Instant now);  ///< Requires paused.
  void stop(const ClockTerms& terms, Instant now);    ///< Requires live(); → completed.
  void cancel(const ClockTerms& terms, Instant now);  ///< Requires live(); → cancelled.
  /// A new cycle of a clock that has ended: consumed time is carried, effects already passed stay
  /// silent.
  void reopen(const ClockTerms& terms, Instant now);
  /// New terms, consumed time kept. Thresholds already passed under the new target stay silent.
  void retarget(const ClockTerms& before, const ClockTerms& after, uint16_t policy_after,
                Instant now);

  /// Business time used up to `now`.
  BusinessDuration consumed(const ClockTerms& terms, Instant now) const;
  /// Requires running. The instant the target is used up, were the clock never paused again; the
  /// start of this spell for a clock that was beyond its target before it.
  Instant deadline(const ClockTerms& terms) const;

  enum class Effect : uint8_t { threshold, breach };
  /// Which effect is due at next_due_us. Requires next_due_us != never.
  Effect next_effect(const ClockTerms& terms) const;
  /// Marks that effect as happened and arms the next.
  void fire(const ClockTerms& terms);
  /// A breach that came about otherwise (a target carried over, a stop at the very instant).
  void mark_breached(const ClockTerms& terms);

 private:
  void arm(const ClockTerms& terms);
  void skip_passed_thresholds(const ClockTerms& terms);
};
static_assert(sizeof(SlaClock) == 48, "four per three cache lines");

/// Business time at which a threshold of `share_bp` is reached: ceil(target · share / 10,000).
constexpr int64_t threshold_amount_us(int64_t target_us, uint32_t share_bp) {
  return (target_us * static_cast<int64_t>(share_bp) + 9'999) / 10'000;
}

}  // namespace paceline::sched
