// The clocks of one ticket: which policies it earns, and what the ticket's life does to them.
//
// Clocks react to the final values of a change, once (react()). For each (clock, label) that
// policies name, a ticket has at most one clock; on it the conditions of its policy act in this
// order: stop, cancel, reset, another policy, pause, resume, start. What each kind does where a
// policy does not say is in policy_defaults.h.
//
// Four files: clockwork.cpp is the state machine, clock_cycle.cpp how a cycle begins,
// clock_change.cpp what rebuilds a clock (another policy, a migration, a repair), ladder.cpp its
// rungs.
//
// Owner: shard thread.  Time: always an argument.  Allocates: never on the command path.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/desk/chronicle.h"
#include "engine/desk/reject.h"
#include "engine/desk/rulebook.h"
#include "engine/desk/ticket_store.h"

namespace paceline::desk {

class Clockwork {
 public:
  static constexpr uint32_t none = TicketStore::none;
  static constexpr uint32_t all_fields = 0xffff'ffff;

  Clockwork(TicketStore& store, const Rulebook& rules, Chronicle& chronicle)
      : store_(store), clocks_(store.clocks()), rules_(rules), chronicle_(chronicle) {}

  /// What a change of the ticket was, besides the values it left.
  struct Change {
    uint32_t fields = all_fields;  ///< Bits of Field that may have changed.
    uint32_t message = 0;          ///< Field::message during this change.
    bool moved = false;            ///< Field::moved.
    bool reopened = false;
    bool updated = false;     ///< Somebody changed attributes of the ticket, …
    bool downgraded = false;  ///< … and it is less pressing for it.
    bool same_priority = true;
  };
  /// Clocks follow the ticket: `settled` are its fields after the change, without those that only
  /// last as long as the change (message, moved).
  void react(uint32_t slot, const FieldValues& settled, const Change& change, int64_t now_us);
  void cancel_all(uint32_t slot, int64_t now_us, uint8_t flags);
  /// The promised instant is another one: clocks whose target it is follow.
  void promise_changed(uint32_t slot, int64_t now_us);

  // Timers.

  enum class Effect : uint8_t { threshold, breach, rung };
  struct Due {
    int64_t at_us = sched::never.us;
    uint32_t clock = none;  ///< Whose effect it is.
    Effect effect = Effect::threshold;
    uint32_t which = 0;  ///< Threshold; step of a rung.
  };
  /// The earliest effect of the ticket's clocks: smaller instant, then threshold, breach, rung,
  /// then earlier clock.
  Due next_due(uint32_t slot) const;
  /// Its instant only.
  int64_t next_due_us(uint32_t slot) const;
  /// The effect that is due, dated at its instant. One that fell due in a down-time is told with
  /// all others of its clock that did, in one event: up to `change_us`, when the ticket changes.
  void fire(uint32_t slot, const Due& due, int64_t now_us, int64_t change_us);
  /// Marks every effect due at or before `until` as passed, silently.
  void pass_silently(uint32_t slot, int64_t until_us);
  /// What fell due before this instant was missed in a down-time.
  void set_stale_before(int64_t instant_us) { stale_before_us_ = instant_us; }
  int64_t stale_before_us() const { return stale_before_us_; }

  /// What a rung asks the desk to do, for the floor to carry out.
  struct Consequence {
    uint32_t policy;
    uint32_t rung;
  };
  std::vector<Consequence>& consequences() { return consequences_; }
  /// `rung` from 1, 0 for the highest reached; false if there is nothing to acknowledge.
  bool acknowledge(uint32_t slot, uint8_t kind, uint8_t rung);

  // Changes of the rules.

  enum class Retarget : uint8_t { carry, retroactive };
  /// Puts a live clock under another policy version. Requires live.
  void retarget(uint32_t slot, uint32_t clock, uint32_t policy, Retarget mode,
                const FieldValues& values, int64_t now_us);
  /// A duplicate's origin counts where the policy of the ticket it went into says so.
  void take_origin(uint32_t slot, int64_t origin_us, const FieldValues& values, int64_t now_us);

  /// Under what a clock's cycle is computed anew.
  struct Under {
    enum class Rule : uint8_t {
      recorded,         ///< Each segment under its own version, paused as it was.
      newest_calendar,  ///< Likewise, but under the newest version of its calendar.
      policy,           ///< All under one version, paused as that says.
    };
    Rule rule = Rule::recorded;
    uint32_t policy = none;
    int64_t origin_us = 0;  ///< Where the first cycle begins, if before its own start; 0: there.
  };
  /// Under one policy as if it had been in force since the ticket's origin.
  Under retroactively(uint32_t slot, uint32_t policy) const;
  /// A clock's figures computed anew from its segments.
  struct Rebuilt {
    int64_t target_us = 0;
    int64_t consumed_us = 0;
    int64_t deadline_us = 0;             ///< Where the target was used up; 0: it is not.
    int64_t breached_at_us = 0;          ///< 0: it would not have.
    bool over_at_start = false;          ///< Its cycle began beyond its target.
    std::vector<ClockSegment> segments;  ///< Of the cycle, the last up to now or the end.
  };
  /// Pure: segments, policies and calendars alone say what the current cycle comes to.
  Rebuilt rebuild(uint32_t slot, uint32_t clock, const Under& under, const FieldValues& values,
                  int64_t now_us) const;
  /// The deadline that a rebuilt clock would have; 0: paused, ended or never.
  int64_t deadline_us(uint32_t clock, const Rebuilt& rebuilt) const;
  bool differs(uint32_t clock, const Rebuilt& rebuilt, int64_t now_us) const;
  /// Writes what differs as a new set of segments; false if nothing does.
  bool repair(uint32_t slot, uint32_t clock, const Under& under, const FieldValues& values,
              int64_t now_us);

  // What can be seen.

  /// Earliest deadline of the running response and resolution clocks; `never` if there is none.
  int64_t due_at_us(uint32_t slot) const;
  /// What the target of a clock's current cycle would come to under `policy`.
  Policy::Amount target_of(uint32_t slot, uint32_t clock, const Policy& policy) const;
  /// Requires running.
  int64_t deadline_us(uint32_t clock) const;
  /// Verdict bits of ClockFlag, as of a consumption.
  uint8_t verdict_flags(uint32_t clock, int64_t consumed_us) const;
  uint64_t not_attached() const { return not_attached_; }
  /// Between batches: nothing is to be carried out, nothing is muted.
  void persist(sched::Archive& archive) { archive.values(stale_before_us_, not_attached_); }

  /// While muted nothing is written down (take-over of a ticket's past).
  void set_muted(bool muted) { muted_ = muted; }
  /// Tells of the ticket's live clocks, once their past has been taken over.
  void announce(uint32_t slot, int64_t now_us);

 private:
  using SlaClock = sched::SlaClock;

  void follow(uint32_t slot, const FieldValues& values, const FieldValues& settled,
              const Change& change, int64_t now_us);
  void step(uint32_t slot, uint32_t clock, const FieldValues& values, const FieldValues& settled,
            const Change& change, int64_t now_us);
  void attach_missing(uint32_t slot, const FieldValues& settled, const Change& change,
                      int64_t now_us);
  void reopen(uint32_t slot, const FieldValues& settled, int64_t now_us);
  /// A cycle begins: of a new clock (`clock` none) or of one that has ended.
  void begin(uint32_t slot, uint32_t clock, uint32_t policy, const FieldValues& settled,
             int64_t now_us, OnReopen carry = OnReopen::restart);
  void close_cycle(uint32_t clock, int64_t now_us, OnReopen carry);
  void begin_in_the_past(uint32_t slot, uint32_t clock, int64_t origin_us,
                         const FieldValues& settled, int64_t now_us);
  void complete(uint32_t slot, uint32_t clock, int64_t now_us);
  void cancel(uint32_t slot, uint32_t clock, int64_t now_us, uint8_t flags);
  void end(uint32_t clock, sched::ClockState state, int64_t now_us);
  void pause_or_resume(uint32_t slot, uint32_t clock, const FieldValues& values, int64_t now_us);
  void cut(uint32_t clock, int64_t now_us);
  enum class Signal : uint8_t { downgrade, pause, policy_swap };
  /// Raised where the clock has used that much of its target; once in a cycle.
  void signal(uint32_t slot, uint32_t clock, Signal what, int64_t now_us);
  /// For a clock that ends or pauses at the very instant of its breach: that timer, due exactly
  /// now, has not been handed out yet.
  void breach_if_over(uint32_t slot, uint32_t clock, int64_t now_us);
  void breach(uint32_t slot, uint32_t clock, int64_t at_us, uint8_t flags = 0);
  void carry(uint32_t slot, uint32_t clock, uint32_t policy, int64_t now_us);
  void take_over(uint32_t slot, uint32_t clock, const Rebuilt& rebuilt, int64_t now_us);
  /// Makes the rebuilt set of segments the one in force; of a `fresh` clock, its first.
  void adopt(uint32_t clock, const Rebuilt& rebuilt, int64_t now_us, bool fresh = false);
  std::vector<ClockSegment> life(uint32_t slot, int64_t from_us, int64_t to_us) const;
  /// Bits of the thresholds of `policy` that were announced as shares under `before` in this cycle.
  uint32_t announced(uint32_t fired, const Policy& before, const Policy& policy) const;
  /// Where a clock of this policy begins that is attached now; `never`: now.
  int64_t origin_us(uint32_t slot, const Policy& policy) const;
  uint32_t find(uint32_t slot, uint32_t track) const;

  // The ladder.
  void catch_up(uint32_t slot, uint32_t clock, int64_t before_us, int64_t now_us);
  void climb(uint32_t slot, uint32_t clock, uint32_t rung, int64_t at_us);
  void act(uint32_t slot, uint32_t clock, uint32_t rung, int64_t at_us, uint16_t times);
  void fire_step(uint32_t slot, uint32_t clock, uint32_t step);
  void shift_steps(uint32_t clock, int64_t now_us);

  Event about(uint32_t slot, uint32_t clock, EventKind kind, int64_t at_us) const;
  void write(uint32_t slot, const Event& event);

  TicketStore& store_;
  ClockStore& clocks_;
  const Rulebook& rules_;
  Chronicle& chronicle_;
  std::vector<Consequence> consequences_;
  int64_t stale_before_us_ = 0;
  uint64_t not_attached_ = 0;
  bool muted_ = false;
};

/// The pending reason; absent for a ticket that is not pending.
inline uint32_t reason_of(const FieldValues& values) {
  return values.value[static_cast<size_t>(Field::reason)];
}

/// Field::message of a message, by the flags of its event.
uint32_t message_value(const Event& event);

}  // namespace paceline::desk
