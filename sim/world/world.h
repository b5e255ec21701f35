// One run: the production desk under virtual time, requesters who come to it, agents who work.
//
// The world knows nothing of routing, queues' order or clocks: it says what people say, and hears
// what the desk decides, in the same commands and events as over a socket. Everything follows from
// (model, seed, replication); what is drawn for one contact does not depend on the others.
//
//     arrive ─▶ open ──queued──▶ patience ──▶ cancel, perhaps try again
//                        └─assigned─▶ work ──▶ resolve | escalate | requeue | bounce | pend
//
// Owner: one thread.  Time: microseconds since the epoch, whole.  Allocates: for what is there at
// once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "sim/world/assignment_digest.h"
#include "sim/world/stage.h"
#include "sim/world/workforce.h"

namespace paceline::sim {

struct RunCounts {
  uint64_t events = 0;
  uint64_t commands = 0;
  uint64_t refused = 0;       ///< Commands the desk said no to.
  uint64_t turned_away = 0;   ///< Of them tickets it had no room for.
  uint64_t without_rule = 0;  ///< Assignments for which no work rule says how long they take.
};

class World {
 public:
  World(std::shared_ptr<const Model> model, uint64_t seed, uint32_t replication);
  ~World();

  /// Lets time go on to the length of the scenario, or to an earlier instant since its start;
  /// everything due by then has happened. Nothing comes any more once the length is over.
  void run_until(int64_t since_start_us);
  /// After the length: serves who is there, for as long as the scenario says.
  void drain();

  /// Brought up to now. Integrals stop at the length of the scenario.
  const Ledger& ledger();
  /// Quantiles begin anew; sums go on.
  void begin_sample() { stage_.ledger.begin_sample(); }
  const RunCounts& counts() const { return counts_; }
  const desk::Desk& desk() const { return desk_->desk(); }
  /// Over every event of the desk: two runs with equal hashes were the same run.
  uint64_t event_hash() const { return desk_->desk().event_hash(); }
  /// Over who was given which ticket when.
  uint64_t assignment_digest() const { return assignments_.value(); }
  /// Contacts that are there or will come back.
  size_t contacts() const { return stage_.contacts.count(); }

 private:
  enum class Ask : uint8_t { other, open, outcome };
  struct Offer {
    uint64_t number = 0;
    uint32_t contact = Contact::none;
    bool declines = false;
  };
  struct Source {
    Contact usual;       ///< What they look like before anything is drawn.
    uint64_t count = 0;  ///< Contacts so far.
    RateCurve::Place place;
  };

  void begin();
  void act_all(int64_t at_us);
  void act(uint32_t agenda_slot);
  void apply();
  void settle_ended();

  // Requesters (world_requesters.cpp).
  void plan_source(uint32_t demand);
  void arrive(uint32_t demand);
  Contact usual_contact(uint32_t demand) const;
  void look(Contact& contact, const Model::DemandModel& demand) const;
  void look_recorded(Contact& contact, const RecordedContact& recorded) const;
  void attempt(uint32_t slot);
  bool comes_back(uint32_t slot, bool blocked);
  void give_up(uint32_t slot);
  void end(uint32_t slot);
  void come_back(uint32_t slot);
  void release_line(Contact& contact);
  void leave_desk(Contact& contact);
  double busyness(uint32_t demand, uint64_t cycle) const;

  // Work (world_work.cpp).
  void work_on(uint32_t slot);
  void finish(uint32_t slot);
  void carry_out(uint32_t slot, const Outcome& outcome);
  void resolve(uint32_t slot, const Model::OutcomeModel* outcomes);
  void answer_offer(uint32_t offer);

  // What the desk says (world_hearing.cpp).
  void hear(const desk::Event& event);
  void hear_waiting(uint32_t slot, const desk::Event& event);
  void hear_assigned(uint32_t slot, const desk::Event& event);
  void hear_offered(uint32_t slot, const desk::Event& event);
  void hear_resolved(uint32_t slot, const desk::Event& event);
  void hear_cancelled(uint32_t slot);
  void hear_agent(const desk::Event& event);
  void hear_clock(uint32_t slot, const desk::Event& event);
  void hear_refused(Ask what, uint32_t slot);
  void stop_waiting(uint32_t slot, bool answered);
  void end_offer(uint64_t number);
  void end_interval();

  void ask(Ask what, uint32_t contact);
  uint32_t clockwork_slot(uint32_t after_teams) const;

  std::shared_ptr<const Model> model_;
  std::unique_ptr<DeskPort> desk_;
  Stage stage_;
  Workforce workforce_;
  TicketBook book_;
  std::vector<Source> sources_;
  std::vector<uint32_t> lines_used_;
  std::vector<uint32_t> usual_queue_;  // by demand, for balking: where its last contact waited
  std::vector<uint32_t> waiting_in_;   // by queue
  std::vector<std::pair<Ask, uint32_t>>
      asks_;  // by command of the batch, up to the last that matters
  std::vector<std::pair<Ask, uint32_t>> refused_;
  std::vector<uint32_t> ended_;               // contacts to forget after the batch
  std::map<uint64_t, uint32_t> offer_slots_;  // by number on the desk
  std::vector<Offer> offers_;
  std::vector<uint32_t> free_offers_;
  std::vector<std::string> checklists_;  // by queue, complete
  RunCounts counts_;
  AssignmentDigest assignments_;
  int64_t opened_sum_us_ = 0;  // of open tickets, since the start
  int64_t end_us_ = 0;         // of arrivals
  uint32_t intervals_ended_ = 0;
  bool closed_ = false;  // integrals have stopped
};

}  // namespace paceline::sim
