// Every capacity of one desk in one place. All memory is sized from it when the desk is created;
// what is full answers a Reject, nothing grows without bound.
#pragma once

#include <cstdint>

#include "sched/base/time.h"

namespace paceline::desk {

struct Limits {
  uint32_t tickets_max = 4'000'000;   ///< Open, and closed but not yet in the history file.
  uint32_t clocks_per_ticket = 3;     ///< On average: clocks_max = tickets_max × this.
  uint32_t intervals_per_ticket = 8;  ///< State intervals kept, on average, per ticket.
  uint32_t text_mib_max = 8'192;      ///< External ids, requesters and bodies, in MiB.
  uint32_t closed_max = 1'000'000;    ///< Above this the oldest closed ticket leaves early.
  uint32_t queues_max = 4'096;
  uint32_t agents_max = 65'536;
  uint32_t policies_max = 4'096;
  uint32_t calendars_max = 1'024;
  uint32_t dictionary_max = 1'000'000;  ///< Distinct values of one interned attribute.
  uint32_t sessions_max = 65'536;       ///< Every call of the command line is one.
  uint32_t reply_window = 8'192;        ///< Commands one session may have unanswered.
  uint32_t timers_per_batch = 1'000;
  uint32_t config_bytes_max = 4'194'304;
  uint32_t offers_max = 262'144;  ///< Live at once.
  uint32_t sticky_max = 262'144;  ///< Last resolvers remembered; the oldest give way.

  bool operator==(const Limits&) const = default;
};

/// Clocks of one ticket; a set of policies with more (clock, label) pairs is refused.
inline constexpr uint32_t clocks_per_ticket_max = 16;
inline constexpr uint32_t rungs_max = 32;  ///< Thresholds of one clock.
/// State intervals of one ticket, what a 16-bit count holds: some 1 MiB of a history record, which
/// may be 64. A ticket that changes its state more often is a mistake or an attack, and would take
/// the room of all others.
inline constexpr uint32_t ticket_intervals_max = 65'535;

/// A session unused this long is forgotten.
inline constexpr sched::Duration session_idle_max = sched::day;
/// Replies kept for all sessions together. Beyond it windows stop growing: a number that left its
/// window is answered `already_answered`, still never applied twice.
inline constexpr uint64_t replies_max = 4'194'304;

}  // namespace paceline::desk
