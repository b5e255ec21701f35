// Where each agent stands: its state and since when, its shift, its wrap-up, what it must not be
// given for a time, and what it has spent its time on.
//
// Records and arithmetic only; what follows from a change of state is the floor's
// (floor_agents.cpp).
//
// Owner: shard thread.  Time: always an argument.  Allocates: when an agent is defined, and when it
// declines more than ever before.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/desk/agent_diary.h"
#include "engine/desk/event.h"
#include "sched/base/archive.h"
#include "sched/base/digest.h"
#include "sched/base/stable_list.h"
#include "sched/base/time.h"

namespace paceline::desk {

/// A ticket the agent is not offered until then.
struct CoolOff {
  uint64_t ticket = 0;
  int64_t until_us = 0;
};

struct AgentRecord {
  static constexpr uint32_t none = 0xffff'ffff;

  AgentState state = AgentState::logged_out;
  uint32_t code = none;  ///< Reason position, of away.
  bool code_routable = false;
  bool code_planned = false;
  int64_t since_us = 0;
  int64_t logged_in_at_us = 0;
  int64_t shift_end_us = 0;      ///< Of the shift under way; 0: no shift set, or none under way.
  bool drained = false;          ///< In this shift, by its end.
  int64_t wrap_up_least_us = 0;  ///< Instants: when it may be ended …
  int64_t wrap_up_end_us = 0;    ///< … and when it ends by itself.
  int64_t wrap_up_length_us = 0;
  bool wrap_up_extended = false;
  AgentState after_wrap_up = AgentState::available;
  int64_t lost_at_us = 0;    ///< When its session broke; 0: it did not.
  int64_t grace_end_us = 0;  ///< When the next of its work is given up; 0: none.
  uint8_t expired_in_row = 0;
  uint32_t given = 0;        ///< Since log-in, for the ramp.
  int64_t next_edge_us = 0;  ///< Of shift or ramp; 0: none.
  int64_t next_band_us = 0;  ///< When the occupancy leaves its band; 0: never, or nobody asks.
  uint32_t first_offer = none;
  uint32_t offers = 0;
  uint32_t first_ticket = none;  ///< Slot; of those in hand or pending.
  uint32_t tickets = 0;          ///< In hand or pending.
  uint32_t in_hand = 0;          ///< Tickets assigned or in progress.
  std::vector<uint32_t> held;    ///< Slots of tickets that wait for this agent only.
  std::vector<CoolOff> cool_offs;

  // Sums up to `counted_us`, of the present log-in for the occupancy and of all time.
  int64_t counted_us = 0;
  bool busy = false;  ///< Has work in hand.
  int64_t session_busy_us = 0, session_available_us = 0;
  int64_t logged_in_us = 0, available_us = 0, busy_us = 0, wrap_up_us = 0, away_us = 0;

  bool logged_in() const { return state != AgentState::logged_out; }
  bool routable() const {
    return lost_at_us == 0 &&
           (state == AgentState::available || (state == AgentState::away && code_routable));
  }
  /// What the time since counted_us is booked under. A shift asks for work, for a wrap-up and for
  /// a planned absence, and lets an agent run out at its end; not for a session that broke.
  Activity activity() const;
  /// Books the time since counted_us to the state and business it was spent in.
  void count(int64_t now_us);
  /// Handling time of handling and available time since log-in, in thousandths; 0 at first.
  uint32_t occupancy_milli() const;
  /// When, with nothing else happening, the occupancy comes from one side of the band's edges to
  /// the other; 0: never. As counted.
  int64_t band_until_us(int64_t low_milli, int64_t high_milli) const;

  void persist(sched::Archive& archive);
};

class Roster {
 public:
  AgentRecord& operator[](uint32_t agent) {
    if (agent >= records_.size()) [[unlikely]] {
      records_.resize(agent + 1);
      diaries_.resize(agent + 1);
    }
    return records_[agent];
  }
  const AgentRecord& operator[](uint32_t agent) const { return records_[agent]; }
  AgentDiary& diary(uint32_t agent) { return diaries_[agent]; }
  const AgentDiary& diary(uint32_t agent) const { return diaries_[agent]; }
  uint32_t size() const { return static_cast<uint32_t>(records_.size()); }

  /// As AgentRecord::count, and in the agent's diary.
  void count(uint32_t agent, int64_t now_us);

  void add_to(sched::Digest& digest, uint32_t agent) const;
  void persist(sched::Archive& archive) {
    archive.part("agents", 3, sizeof(CoolOff));
    archive.fields(records_, diaries_);
    archive.require(diaries_.size() == records_.size(), "an agent without a diary");
  }

 private:
  sched::StableList<AgentRecord> records_;
  sched::StableList<AgentDiary> diaries_;  // apart: a look at a record is a copy of it
};

}  // namespace paceline::desk
