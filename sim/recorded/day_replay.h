// Lives through a recorded day: the production desk under virtual time, and people who do what they
// did.
//
// Under the rules it was recorded with everything comes out as it did: who was given what and when.
// Under other rules it says what the same day would have been like. There
// - acts follow their own ticket's waits, assignments and offers, whenever these now are;
// - what was done while a ticket waited is not done once it is with somebody, and the other way
//   round, except what comes from outside (messages of requesters, updates);
// - a ticket that is given to somebody once more than it was is resolved after the day's usual
//   time, and an offer more is accepted after the usual time;
// - timers fire when the live server's did, where these fell due then too, else at once.
//
// Instants that coincide keep the recorded order: commands of one batch stay together, batches
// follow each other.
//
// Owner: one thread.  Time: virtual.  Allocates: as the day needs.  Errors: none; what the desk
// refuses is counted.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/desk/desk.h"
#include "sim/recorded/act_frame.h"
#include "sim/recorded/day_tally.h"
#include "sim/recorded/recorded_day.h"
#include "sim/world/agenda.h"
#include "sim/world/assignment_digest.h"

namespace paceline::sim {

struct ReplayCounts {
  uint64_t commands = 0;
  uint64_t left_out = 0;                    ///< Acts there was no occasion for.
  uint64_t made_up = 0;                     ///< Answers and solutions the record does not have.
  std::map<std::string, uint64_t> refused;  ///< By "kind: reason".
};

class DayReplay {
 public:
  /// `day` outlives it.
  DayReplay(const RecordedDay& day, desk::ConfigurationDecoder decode);

  void run();

  uint64_t digest() const { return digest_.value(); }
  const std::vector<RecordedAssignment>& assignments() const { return assignments_; }
  DayFigures figures() const { return tally_.figures(); }
  const ReplayCounts& counts() const { return counts_; }

 private:
  static constexpr uint32_t none = RecordedAct::none;

  struct Ticket {
    uint64_t id = 0;  ///< 0: not on the desk.
    uint32_t opened_by = none;
    std::array<uint32_t, anchor_count> begun{};     ///< Waits, assignments, offers so far.
    std::array<uint32_t, anchor_count> recorded{};  ///< In the record.
    std::vector<uint64_t> offers;
    Anchor anchor = Anchor::day;  ///< What it follows now.
    uint32_t nth = 0;
    uint32_t made_up = none;  ///< What is to be made up for it.
  };
  /// Acts by what they follow.
  struct Place {
    uint32_t ticket;
    Anchor anchor;
    uint32_t nth;
    uint32_t act;
    auto operator<=>(const Place&) const = default;
  };
  struct MadeUp {
    uint32_t ticket;
    uint64_t offer;  ///< 0: resolve.
  };
  struct Tick {
    int64_t at_us;
    uint32_t batch;  ///< Recorded; `none`: the desk's own.
  };

  void index();
  int64_t usual(desk::CommandKind kind, Anchor anchor) const;
  Tick next_tick() const;
  uint32_t batch_of(uint32_t slot) const {
    return slot < day_.acts.size() ? day_.acts[slot].batch : none;
  }
  void play(uint32_t batch);
  void notify(uint32_t batch);
  bool tell(uint32_t slot);
  bool address(const RecordedAct& act, RecordedCommand& command) const;
  void apply();
  void hear_reply(uint32_t slot, const desk::Reply& reply);
  void hear(const desk::Event& event);
  void hear_follow_up(const desk::Event& event);
  void begin(uint32_t ticket, Anchor anchor);
  void plan(uint32_t ticket, Anchor anchor, uint32_t nth);
  void leave_out_rest(Ticket& ticket, uint32_t number);
  void make_up(uint32_t ticket, uint64_t offer, int64_t after_us);
  void name_agents();

  const RecordedDay& day_;
  desk::Desk desk_;
  desk::Outcome outcome_;
  ActFrame frame_;
  Agenda agenda_;               // by act, then by what is made up
  std::set<uint32_t> due_;      // now, in recorded order
  std::vector<uint32_t> told_;  // in the frame
  std::vector<Place> places_;
  std::vector<uint32_t> ticks_;  // batches at which timers fired
  std::vector<Ticket> tickets_;
  std::unordered_map<uint64_t, uint32_t> by_id_;
  std::unordered_map<uint32_t, std::deque<uint32_t>> follow_ups_;  // tasks by the ticket rated
  uint64_t low_ = 0;                                               // that of the newest low answer
  std::vector<MadeUp> made_up_;
  std::vector<uint32_t> agents_;  // of assignments_, until they are named
  std::vector<RecordedAssignment> assignments_;
  AssignmentDigest digest_;
  DayTally tally_;
  ReplayCounts counts_;
  size_t notices_told_ = 0;
  uint64_t next_number_ = 1;
  int64_t usual_handling_us_ = -1;  // −1: nothing was resolved
  int64_t usual_answer_us_ = 0;
  int64_t now_us_;
  uint32_t last_batch_ = none;  // played at this instant
};

/// Whether the event makes acts follow it, and as what; Anchor::day: it does not.
Anchor anchor_of(const desk::Event& event);

}  // namespace paceline::sim
