// A ticket as reports see it: its attributes as words, its past as spells, visits and clocks.
//
// Derived from desk::TicketView of a `cases` query, which is the same for a ticket in memory and
// for one in the history file; so is everything computed from it.
//
// Owner: one thread.  Allocates: the lists of the past.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/desk/event.h"
#include "engine/desk/facts.h"
#include "engine/report/words.h"

namespace paceline::report {

/// Why a ticket is in no figure, the first that holds.
enum class Exclusion : uint8_t { none, cancelled, duplicate, spam, test, task };
inline constexpr const char* exclusion_names[] = {"",     "cancelled", "duplicate",
                                                  "spam", "test",      "task"};

enum class ClockState : uint8_t { running, paused, completed, cancelled };

/// A clock in its newest cycle.
struct ClockCase {
  desk::ClockKind kind = desk::ClockKind::response;
  ClockState state = ClockState::running;
  bool missed = false;  ///< The verdict, of a completed one.
  uint8_t cycle = 1;
  uint8_t signals = 0;  ///< Of gaming: 1 downgrade, 2 pause, 4 change of policy.
  Word label = 0;
  Word policy = 0;
  int64_t target_us = 0;
  int64_t consumed_us = 0;  ///< Business time.
  int64_t started_at_us = 0;
  int64_t ended_at_us = 0;     ///< 0: has not ended.
  int64_t due_at_us = 0;       ///< 0: paused or ended.
  int64_t breached_at_us = 0;  ///< 0: announced no breach.

  bool open() const { return state == ClockState::running || state == ClockState::paused; }
  bool late() const { return consumed_us > target_us; }
};

/// A stay in a queue.
struct Visit {
  Word queue = 0;
  int64_t from_us = 0;
  int64_t to_us = 0;  ///< Of the last one: when the ticket ended, or when it was looked at.
};

/// One time that it was resolved.
struct Resolution {
  int64_t at_us = 0;
  int64_t reopened_at_us = 0;  ///< 0: it was not.
  Word article = 0;            ///< Of the knowledge base, as it cites it.
};

/// One time that its requester was asked.
struct SurveyCase {
  uint64_t number = 0;
  Word queue = 0, agent = 0;  ///< Where and by whom it was resolved.
  int64_t sent_at_us = 0;
  int64_t answered_at_us = 0;  ///< 0: it was not.
  int64_t changed_at_us = 0;   ///< The answer that counts.
  uint8_t questions = 0;
  int8_t score = -1, recommend = -1;  ///< −1: none.
  bool low = false;                   ///< An answer was 2 or less, if it was replaced or not.
  std::string comment;
};

struct Case {
  uint64_t id = 0;
  std::string external_id;
  uint8_t kind = 0, priority = 0, tier = 1, marks = 0;
  desk::State state = desk::State::none;
  Exclusion exclusion = Exclusion::none;
  bool archived = false;
  Word queue = 0, group = 0, agent = 0, category = 0, subcategory = 0, service = 0, channel = 0,
       requester = 0, organisation = 0, code = 0;
  uint64_t merged_into = 0;
  uint64_t parent = 0;
  uint32_t hops = 0, escalations = 0, bounces = 0, reopens = 0;
  int64_t recorded_at_us = 0;
  int64_t occurred_at_us = 0;
  int64_t first_response_at_us = 0;
  int64_t resolved_at_us = 0;  ///< Newest, also if reopened since; 0: never.
  int64_t closed_at_us = 0;
  std::vector<desk::StateInterval> spells;
  std::vector<Visit> visits;  ///< Empty where the path is not known.
  std::vector<ClockCase> clocks;
  std::vector<Resolution> resolutions;
  std::vector<SurveyCase> surveys;  ///< Oldest first.

  // Worked out from the spells.
  int64_t queued_at_us = 0;    ///< First in a queue, else when it was recorded.
  int64_t accepted_at_us = 0;  ///< First in an agent's hands; 0: never.
  int64_t ended_at_us = 0;     ///< Resolved, closed or cancelled and so still; 0: open.
  int64_t active_us = 0;       ///< In progress.
  int64_t pending_us = 0;
  uint32_t pending_spells = 0;

  bool open() const { return ended_at_us == 0; }
  bool resolved() const { return ended_at_us != 0 && resolved_at_us != 0; }
  /// What it was at that instant; `none` before it was recorded.
  desk::State state_at(int64_t at_us) const;
  /// The clock of a kind that says most of it: the first without a label, else the first.
  const ClockCase* clock(desk::ClockKind wanted) const;
};

}  // namespace paceline::report
