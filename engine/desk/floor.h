// The working floor of a desk: what a change of one ticket does to lines, loads, clocks and timers.
//
// Every ticket event passes through change(): the record evolves, the event is written down, the
// line, the agent's load, the clocks and the one armed timer follow from the difference. Matching
// comes after, when the command's whole effect is there (settle()).
//
// Owner: shard thread.  Time: now(), set once per batch.  Allocates: never on its own.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/desk/chronicle.h"
#include "engine/desk/clockwork.h"
#include "engine/desk/reject.h"
#include "engine/desk/rulebook.h"
#include "engine/desk/ticket_store.h"
#include "sched/dispatch.h"
#include "sched/timer_wheel.h"

namespace paceline::desk {

class Floor final : public ValueNumbers {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  Floor(sched::DeskNumber number, const Limits& limits);

  void begin_batch(sched::Instant ts, Outcome& outcome);
  sched::Instant now() const { return now_; }
  int64_t now_us() const { return now_.us; }

  TicketStore& store() { return store_; }
  const TicketStore& store() const { return store_; }
  Rulebook& rules() { return rules_; }
  const Rulebook& rules() const { return rules_; }
  Chronicle& chronicle() { return chronicle_; }
  const Chronicle& chronicle() const { return chronicle_; }
  Clockwork& clockwork() { return clockwork_; }
  const Clockwork& clockwork() const { return clockwork_; }
  const sched::Dispatcher& dispatcher() const { return dispatcher_; }
  const sched::TimerWheel& wheel() const { return wheel_; }

  // Tickets.

  /// The id of the next ticket, until use_ticket_id() uses it up.
  uint64_t next_ticket_id() const { return sched::TicketId::make(number_, last_ticket_ + 1).value; }
  void use_ticket_id() { ++last_ticket_; }
  bool ever_issued(uint64_t id) const {
    const sched::TicketId ticket{id};
    return ticket.desk() == number_ && ticket.number() != 0 && ticket.number() <= last_ticket_;
  }
  /// Routes a ticket just created (texts and attributes set) and starts its clocks.
  void admit(uint32_t slot, uint32_t queue);
  /// Applies an event that a decide() gave; what follows from it follows.
  void change(uint32_t slot, Event event);
  /// Attributes were set: priority, policies and standing follow. `fields` says which.
  void attributes_changed(uint32_t slot, uint32_t fields);
  /// Dictionary positions and enumerators of the ticket, for predicates.
  FieldValues field_values(uint32_t slot) const;
  void derive_priority(uint32_t slot);

  // Matching.

  /// Awards what the command or timer made possible: to the agent set free, for the ticket ready.
  /// Returns the ticket that the agent set free was given first; 0 if none.
  uint64_t settle();
  /// Awards everything that can be, most pressing first; after definitions change.
  void match_all();

  // Timers.

  sched::Instant next_due() const { return wheel_.next_due(); }
  /// Fires what is due at or before `until`, at most `budget` effects; returns how many.
  uint32_t fire_due(sched::Instant until, uint32_t budget);
  /// Archives the oldest closed tickets beyond closed_max; after each command.
  void trim_closed();
  /// Fires the ticket's own effects due before now, so that a command meets it as it is.
  void fire_due_of(uint32_t slot);

  // Definitions.

  Result<uint32_t> define_queue(const QueueDefinition& definition);
  Result<uint32_t> define_agent(const AgentDefinition& definition);
  /// Takes effect whole or, where something in it cannot be, not at all (false).
  bool configure(const Configuration& configuration);
  void log_in(uint32_t agent);
  void log_out(uint32_t agent);

  // Health.

  void check_batch();
  std::vector<std::string> check_everything() const;
  const std::map<std::string, uint64_t>& violations() const { return violations_; }
  static void set_fatal(bool fatal);
  void add_to(sched::Digest& digest) const;

  uint64_t archived_count() const { return archived_; }
  uint64_t last_ticket() const { return last_ticket_; }
  TicketFacts facts(uint32_t slot) const;
  TicketView view(uint32_t slot) const;

 private:
  struct Load {
    uint32_t agent = none;
    uint32_t weight_milli = 0;
  };

  uint32_t number(Field field, std::string_view value) override;

  void write(uint32_t slot, Event event);
  void follow_clocks(uint32_t slot, const Event& event);
  void follow_load(uint32_t slot, const Load& before);
  void follow_line(uint32_t slot, State state_before, uint32_t queue_before);
  void follow_counts(const Ticket& ticket, State before, uint32_t queue_before,
                     uint32_t agent_before);
  void follow_closing(uint32_t slot, const Event& event);
  Load load_of(const Ticket& ticket) const;
  void enqueue(uint32_t slot);
  void restand(uint32_t queue);
  sched::Standing standing(uint32_t slot) const;
  void award(uint32_t slot, uint32_t agent);
  void note_over_capacity(uint32_t agent);

  void rearm(uint32_t slot);
  int64_t life_due_us(uint32_t slot) const;
  void fire(uint32_t slot, int64_t due_us);
  void archive(uint32_t slot);

  void link_closed(uint32_t slot);
  void unlink_closed(uint32_t slot);
  void violated(const char* invariant);

  sched::DeskNumber number_;
  Limits limits_;
  TicketStore store_;
  Rulebook rules_;
  Chronicle chronicle_;
  Clockwork clockwork_;
  sched::Dispatcher dispatcher_;
  sched::TimerWheel wheel_;

  // Written once per batch.
  sched::Instant now_;
  Outcome* outcome_ = nullptr;

  // Between a change and settle().
  std::vector<uint32_t> ready_;  // tickets that joined a line
  std::vector<uint32_t> freed_;  // agents that have more room
  bool matching_changed_ = false;

  uint64_t last_ticket_ = 0;
  uint32_t last_order_ = 0;
  uint64_t archived_ = 0;
  uint32_t closed_first_ = none;  // closed and cancelled tickets in memory, oldest first
  uint32_t closed_last_ = none;
  uint32_t closed_count_ = 0;
  std::map<std::string, uint64_t> violations_;
};

}  // namespace paceline::desk
