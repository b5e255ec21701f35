// The clocks of one ticket: which policies it earns, and what the ticket's life does to them.
//
// Clocks react to the final values of a change, once. Precedence: stop, cancel, retarget, pause,
// resume, start.
//
//   clock       starts      stops                                          pauses on
//   response    recorded    first public message by an agent; resolved     the policy's reasons
//   resolution  recorded    resolved (or closed at once)                   the policy's reasons
//
// Owner: shard thread.  Time: always an argument.  Allocates: never.
#pragma once

#include <cstdint>

#include "engine/desk/chronicle.h"
#include "engine/desk/reject.h"
#include "engine/desk/rulebook.h"
#include "engine/desk/ticket_store.h"

namespace paceline::desk {

class Clockwork {
 public:
  Clockwork(TicketStore& store, const Rulebook& rules, Chronicle& chronicle)
      : store_(store), rules_(rules), chronicle_(chronicle) {}

  /// How many clocks the policies in force would give a ticket with these fields.
  uint32_t clocks_earned(const FieldValues& values) const;

  /// Gives the ticket the clocks its policies ask for, and carries those whose policy changed over
  /// to the new one (or keeps them, as the policy says). `clocks_full` where there is no room.
  void attach(uint32_t slot, const FieldValues& values, int64_t now_us);

  void pause_or_resume(uint32_t slot, int64_t now_us);  ///< As the ticket's state now asks.
  void stop(uint32_t slot, ClockKind kind, int64_t now_us);
  void stop_all(uint32_t slot, int64_t now_us);
  void cancel_all(uint32_t slot, int64_t now_us);
  /// The resolution clock begins a new cycle; the response clock never does.
  void reopen(uint32_t slot, int64_t now_us);

  struct Due {
    int64_t at_us = sched::never.us;
    uint32_t clock = TicketStore::none;  ///< Whose effect it is.
  };
  /// The earliest effect of the ticket's clocks: smaller instant, threshold before breach, earlier
  /// clock.
  Due next_due(uint32_t slot) const;
  /// The effect that is due, dated at its instant.
  void fire(uint32_t slot, uint32_t clock);

  /// Earliest deadline of the running clocks; `never` if there is none.
  int64_t due_at_us(uint32_t slot) const;

 private:
  void start(uint32_t slot, uint32_t policy, int64_t now_us);
  void retarget(uint32_t slot, uint32_t clock, uint32_t policy, int64_t now_us);
  void complete(uint32_t slot, uint32_t clock, int64_t now_us);
  /// For a clock that ends or pauses at the very instant of its breach: that timer, due exactly
  /// now, has not been handed out yet.
  void breach_if_over(uint32_t slot, uint32_t clock, int64_t now_us);
  void breach(uint32_t slot, uint32_t clock, int64_t at_us);
  bool pauses_now(uint32_t slot, const Policy& policy) const;
  int64_t deadline_us(uint32_t clock) const;
  Event about(uint32_t slot, uint32_t clock, EventKind kind, int64_t at_us) const;
  void write(uint32_t slot, const Event& event);

  TicketStore& store_;
  const Rulebook& rules_;
  Chronicle& chronicle_;
};

}  // namespace paceline::desk
