// What a report needs to know of one ticket, and nothing that changes when memory is tidied: the
// same record for a ticket on the desk and for one in the history file.
#pragma once

#include <cstdint>

#include "engine/desk/event.h"

namespace paceline::desk {

struct TicketFacts {
  uint64_t ticket = 0;
  int64_t recorded_at_us = 0;
  int64_t origin_at_us = 0;          ///< occurred_at where stated, else recorded_at.
  int64_t first_response_at_us = 0;  ///< 0: none yet.
  int64_t resolved_at_us = 0;        ///< Newest resolution; 0: never.
  int64_t closed_at_us = 0;
  int64_t touched_at_us = 0;  ///< Newest event.
  uint32_t queue = Event::none;
  uint32_t agent = Event::none;
  uint16_t moves = 0;           ///< Changes of queue, triage left out, repeats collapsed.
  uint16_t pingpongs = 0;       ///< A-B-A among these.
  uint16_t reopens = 0;         ///< From resolved.
  uint16_t closed_reopens = 0;  ///< From closed.
  uint8_t kind = 0;
  uint8_t priority = 0;
  State state = State::none;
  uint8_t reserved[5] = {};
};
static_assert(sizeof(TicketFacts) == 80);

/// In force from `from_us` until the next interval of the ticket begins.
struct StateInterval {
  int64_t from_us = 0;
  uint32_t reason =
      Event::none;  ///< Of a pending state; of a resolved or closed one the article cited.
  State state = State::none;
  uint8_t reserved[3] = {};
  bool operator==(const StateInterval& other) const {
    return from_us == other.from_us && reason == other.reason && state == other.state;
  }
};
static_assert(sizeof(StateInterval) == 16);

/// Was in `queue` until then; where it went says the next one, or the ticket.
struct QueueLeft {
  int64_t at_us = 0;
  uint32_t queue = Event::none;
  uint32_t reserved = 0;
  bool operator==(const QueueLeft&) const = default;
};
static_assert(sizeof(QueueLeft) == 16);

/// What happened to a ticket at least once.
enum TicketMark : uint8_t {
  mark_followed_up = 1,   ///< The requester wrote again before the first resolution.
  mark_escalated_up = 2,  ///< A rung of a clock's ladder acted.
};

}  // namespace paceline::desk
