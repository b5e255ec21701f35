// Agents as they behave: when they come, rest and leave, how fast they work, and what they have in
// hand.
//
// Who gets what is the desk's decision; this only hears of it. An agent at the end of its shift
// takes nothing new, ends what it has in hand and leaves (or leaves it for the next shift, where
// the team does so). A break that is due begins at once for new work and lasts its length from when
// nothing is in hand any more; what comes back into the agent's hands after that rests until it is
// over. While a blocking ticket is in hand, a call, everything else in hand rests.
//
//            shift begins                       shift ends
//     OFF ───────────────────▶ PRESENT ───────────────────▶ LEAVING ──nothing in hand──▶ OFF
//                              │     ▲
//                   break due  ▼     │ its length after nothing is in hand
//                              RESTING
//
// Owner: the world; one thread.  Allocates: when made.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/world/stage.h"

namespace paceline::sim {

class Workforce {
 public:
  explicit Workforce(Stage& stage);

  /// Who is at work when the run begins logs in.
  void begin();
  void act(uint32_t agent);              ///< What the agenda said is due.
  void change_headcount(uint32_t team);  ///< Likewise.

  /// The desk says so.
  void state_changed(uint32_t agent, desk::AgentState state);
  /// The contact is the agent's to work on; its left_us and traits are set.
  void take(uint32_t agent, uint32_t contact);
  /// The contact leaves the agent's hands: work so far is counted. False: it was not there.
  bool put_down(uint32_t contact);
  /// Before the command that takes the agent's last contact from it: whoever is to leave for being
  /// too many takes nothing new.
  void before_done(uint32_t agent);
  /// After a batch: who was leaving and has nothing in hand any more leaves.
  void settle();
  /// When it is done at this speed, or the requester is answered before.
  void plan_work(uint32_t contact);

 private:
  enum class Presence : uint8_t { off, present, leaving };
  struct Agent {
    uint32_t team = Model::none;
    uint32_t first_in_hand = Contact::none;
    uint32_t in_hand = 0;
    uint32_t blocking = 0;                  ///< Of them, by the configuration.
    uint32_t last_contact = Contact::none;  ///< Put down last; may be gone after the batch.
    uint32_t shifts = 0;                    ///< Begun.
    Presence presence = Presence::off;
    desk::AgentState state = desk::AgentState::logged_out;
    bool busy = false;
    bool staffed = false;
    bool available = false;
    bool paid = false;
    bool resting = false;     ///< Away for a break.
    uint32_t next_break = 0;  ///< Of the team's breaks.
    int64_t shift_from_us = 0;
    int64_t shift_until_us = sched::never.us;
    int64_t comes_us = sched::never.us;  ///< Logs in.
    int64_t break_us = sched::never.us;
    int64_t rested_us = sched::never.us;  ///< The break ends; `never` while work is in hand.
    int64_t wraps_until_us = sched::never.us;
  };
  struct TeamState {
    uint32_t present = 0;  ///< Not leaving.
    uint32_t surplus = 0;  ///< Still to leave, whoever is done first.
    uint64_t edge = 0;     ///< Headcounts passed.
  };

  const Team& rules(const Agent& agent) const { return *stage_.model.teams()[agent.team].rules; }
  const std::string& name(uint32_t agent) const { return stage_.model.agents()[agent].name; }
  void plan(uint32_t agent);
  void plan_shift(uint32_t agent, int64_t after_us);
  void begin_shift(uint32_t agent);
  void plan_break(uint32_t agent);
  void come(uint32_t agent);
  void leave(uint32_t agent);
  void end_shift(uint32_t agent);
  void recount(uint32_t agent);
  void pay(uint32_t agent, bool paid);
  /// Speeds of everything in hand follow from how much it is.
  void pace(uint32_t agent);
  bool on_break(const Agent& agent) const {
    return agent.resting && agent.rested_us != sched::never.us;
  }
  bool even_pace(const Agent& agent) const;
  uint32_t rate_of(const Agent& agent, const Contact& contact) const;
  void begin_wrap_up(uint32_t agent);

  Stage& stage_;
  std::vector<Agent> agents_;
  std::vector<TeamState> teams_;
  std::vector<uint32_t> done_;  // leaving, and perhaps ready to
};

}  // namespace paceline::sim
