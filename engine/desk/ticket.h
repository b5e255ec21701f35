// The ticket's records: what every command touches, and what only some do.
//
// Plain, so that they lie in slabs. A slot is a ticket's place in memory and is used again;
// identities (ids, table positions) are what events and digests carry.
#pragma once

#include <array>
#include <cstdint>

#include "engine/desk/command.h"
#include "engine/desk/event.h"
#include "sched/base/ids.h"
#include "sched/dispatch.h"
#include "sched/priority.h"

namespace paceline::desk {

/// Interned attributes, in the order of TextField from category on.
inline constexpr size_t interned_count = 11;
constexpr size_t interned_index(TextField field) { return static_cast<size_t>(field) - 1; }
static_assert(interned_index(TextField::confidentiality) == interned_count - 1);
/// By interned_index: dictionary position + 1; 0: absent.
using Attributes = std::array<uint32_t, interned_count>;

constexpr bool is_open(State state) {
  return state != State::resolved && state != State::closed && state != State::cancelled;
}

/// What every command touches: one cache line.
struct Ticket {
  static constexpr uint32_t none = 0xffff'ffff;

  uint64_t id = 0;  ///< 0: the slot is free.
  int64_t enqueued_at_us = 0;
  uint32_t order = 0;  ///< Of first enqueueing in this queue; ties of press_at go by it.
  uint32_t version = 0;
  uint32_t queue = none;
  uint32_t agent = none;
  uint32_t first_clock = none;
  uint32_t reason = none;           ///< Of the pending state; else the resolution code.
  uint32_t newest_interval = none;  ///< Block of the newest ones.
  uint32_t text = 0;                ///< TextArena::Ref: sizes, external id, requester, body.
  State state = State::none;
  State before_pending = State::none;
  TicketKind kind = TicketKind::incident;
  sched::Priority priority = sched::Priority::none;
  sched::Impact impact = sched::Impact::none;  ///< As stated; none: derived.
  sched::Urgency urgency = sched::Urgency::none;
  Sentiment sentiment = Sentiment::none;
  uint8_t vip : 1 = 0;
  uint8_t reopened : 1 = 0;
  uint8_t workaround : 1 = 0;         ///< A workaround was accepted.
  uint8_t major : 1 = 0;              ///< Declared a major incident.
  uint8_t ball_at_requester : 1 = 0;  ///< The newest public message was the desk's.
  uint8_t aged : 1 = 0;               ///< Has waited for max_wait in this queue.
  uint8_t unroutable : 1 = 0;         ///< Waits, and nobody at all can serve it.
  uint8_t has_side : 1 = 0;           ///< There is a TicketSide.
  /// By the matrix; `priority` is this, raised by escalations.
  sched::Priority own_priority = sched::Priority::none;
  uint8_t raised : 4 = 0;  ///< Steps by which escalations raised the priority; at most 4.
  uint8_t raised_for_policies : 4 = 0;  ///< Those of them that policies read.
  uint16_t intervals = 0;               ///< At most ticket_intervals_max.
  uint8_t step = 0;                     ///< Routing step it waits at, from 0.
  uint8_t declines = 0;                 ///< Since it came to this queue.
  uint8_t offers = 0;                   ///< Live ones.
  uint8_t confidence = 0;               ///< Of what automation filled in, per cent; 0: a human did.

  bool open() const { return is_open(state); }
  /// What conditions read: its own, raised by the rungs that say so.
  sched::Priority policy_priority() const {
    return sched::raised(own_priority, raised_for_policies);
  }
  bool in_hand() const { return state == State::assigned || state == State::in_progress; }
};
static_assert(sizeof(Ticket) == 64, "one cache line");

/// What only some commands and the reports touch: one more cache line.
struct TicketDetail {
  int64_t recorded_at_us = 0;
  int64_t touched_at_us = 0;
  int64_t first_response_at_us = 0;
  int64_t resolved_at_us = 0;
  int64_t closed_at_us = 0;
  uint32_t attributes = 0;             ///< AttributeSets.
  uint32_t last_queue = Ticket::none;  ///< Newest queue that is not triage.
  // Neighbours in the list the ticket is in: of its agent's while it has it, of closed ones then.
  uint32_t previous_in_list = Ticket::none;
  uint32_t next_in_list = Ticket::none;
  uint32_t routed_by = Ticket::none;  ///< Reason position of the rule that chose its first queue.
  uint16_t moves = 0;
  uint8_t booked_work = 0;          ///< Kind of work its load is booked under.
  uint8_t queued_at_first : 1 = 0;  ///< Its first interval: queued from recorded_at on.
  uint8_t has_requester : 1 = 0;    ///< Among its texts.
  uint8_t followed_up : 1 = 0;      ///< TicketMark.
  uint8_t escalated_up : 1 = 0;     ///< Likewise.
};
static_assert(sizeof(TicketDetail) == 64, "one cache line");

/// What a ticket has only once something out of the common happened to it: two cache lines.
struct TicketSide {
  int64_t occurred_at_us = 0;            ///< 0: not stated.
  int64_t promised_at_us = 0;            ///< 0: not stated.
  uint64_t follows = 0;                  ///< The ticket it goes on from; 0: none.
  uint64_t merged_into = 0;              ///< The ticket it is a duplicate of; 0: none.
  int64_t resume_at_us = 0;              ///< While pending; 0: until resumed.
  int64_t pause_until_us = 0;            ///< While pending: when max_pause ends; 0: never.
  uint64_t parent = 0;                   ///< Of a task.
  int64_t hold_until_us = 0;             ///< Held until then; 0: without end.
  int64_t overflow_check_us = 0;         ///< When it is looked at next whether anybody is there.
  int64_t enqueued_before_us = 0;        ///< Its place in the queue it came from, …
  uint64_t bounce_pair = 0;              ///< The two queues of the newest bounce.
  uint32_t order_before = 0;             ///< … for when it bounces.
  uint32_t queue_before = Ticket::none;  ///< The queue the ticket moved here from (A-B-A).
  uint32_t first_offer = Ticket::none;
  uint32_t held_for = Ticket::none;  ///< The agent it waits for.
  uint32_t tasks_open = 0;
  uint32_t slot = 0;  ///< Whose it is.
  uint16_t pingpongs = 0;
  uint16_t reopens = 0;
  uint16_t closed_reopens = 0;
  uint16_t bounces = 0;
  uint16_t escalations = 0;
  uint8_t reminders_sent = 0;  ///< In this pending spell.
  uint8_t reminders_max = 0;   ///< 0: none.
  uint8_t bounces_in_pair = 0;
  uint8_t checklist_done = 0;  ///< At the newest escalation.
  uint8_t checklist_of = 0;
  uint8_t has_tasks : 1 = 0;   ///< There are parts of it; ended ones too.
  uint8_t has_scores : 1 = 0;  ///< Somebody else has scored agents for it.
};
static_assert(sizeof(TicketSide) == 128);

}  // namespace paceline::desk
