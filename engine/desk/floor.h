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
#include <optional>
#include <span>
#include <string>
#include <string_view>
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
  uint64_t next_ticket_id() const { return id_of(last_ticket_ + 1); }
  uint64_t id_of(uint64_t number) const { return sched::TicketId::make(number_, number).value; }
  void use_ticket_id() { ++last_ticket_; }
  bool ever_issued(uint64_t id) const {
    const sched::TicketId ticket{id};
    return ticket.desk() == number_ && ticket.number() != 0 && ticket.number() <= last_ticket_;
  }
  /// Routes a ticket just created (texts and attributes set) and starts its clocks.
  void admit(uint32_t slot, uint32_t queue);
  /// Applies an event that a decide() gave; what follows from it follows.
  void change(uint32_t slot, Event event);
  /// Attributes were set: priority, policies and standing follow. `fields` says which; `changed`:
  /// bits of Field that are other ones besides.
  void attributes_changed(uint32_t slot, uint32_t fields, uint32_t changed = 0);
  /// This pending spell's own bounds; 0: as the reason's rule says.
  void limit_pause(uint32_t slot, int64_t max_pause_us, uint8_t reminders);
  /// The ticket is a duplicate of another: it closes, that one hears of it.
  void merge(uint32_t slot, uint32_t into, const Event& merged);
  /// A ticket's past as another desk has it, oldest first; see ImportTicket.
  struct PastStep {
    int64_t at_us = 0;
    State state = State::none;  ///< none: the requester had a first answer.
    uint32_t reason = none;     ///< Of pending.
  };
  /// Gives a ticket just created its past and its clocks what they used in it, silently.
  void take_over(uint32_t slot, uint32_t queue, uint32_t agent, std::span<const PastStep> past);
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

  // Rules that change many tickets, some in each batch (rollout.cpp).

  /// Clocks of former policy versions go under those in force; false while one is under way.
  bool begin_migration(Predicate select, std::string_view select_text, std::string_view policy,
                       Clockwork::Retarget mode);
  sched::Expected<Predicate, SyntaxError> parse_condition(std::string_view text);
  /// Likewise for a query: nothing is numbered for it, unknown values match nothing.
  sched::Expected<Predicate, SyntaxError> read_condition(std::string_view text) const;
  /// False if no rung was reached.
  bool acknowledge(uint32_t slot, uint8_t clock_kind, uint8_t rung);
  /// Rebuilds every clock of the ticket; how many differed.
  uint32_t repair(uint32_t slot, bool newest_calendars);
  bool rolling_out() const { return following_.active || migration_.active; }
  void advance_rollouts();
  /// The desk was down: what fell due in it and is stale by now is told in one event per clock.
  void recovered(sched::Instant down_from, sched::Instant down_to);
  /// The server's wall clock jumped; the next batch says so.
  void clock_jumped(int64_t by_us, bool waited) { jump_ = {by_us, waited}; }
  /// The version a migration would put a live clock under; its own if it stays.
  uint32_t migration_target(uint32_t clock, const FieldValues& values,
                            std::string_view policy) const;

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
  /// As it is kept in the history file.
  ArchivedTicket archived(uint32_t slot) const;
  /// `explained`: with segments and rungs.
  ClockView clock_view(uint32_t slot, uint32_t clock, bool explained) const;
  PolicyView policy_view(uint32_t position) const;
  /// What a migration or a repair would do; nothing where it would do nothing.
  std::optional<ClockChange> migration_preview(uint32_t slot, uint32_t clock,
                                               const FieldValues& values, std::string_view policy,
                                               Clockwork::Retarget mode) const;
  std::optional<ClockChange> repair_preview(uint32_t slot, uint32_t clock,
                                            bool newest_calendars) const;

 private:
  /// Pending work still takes a tenth, so that waking tickets do not overrun their agent.
  static constexpr uint32_t pending_weight_divisor = 10;

  struct Load {
    uint32_t agent = none;
    uint32_t weight_milli = 0;
  };

  uint32_t number(Field field, std::string_view value) override;
  uint32_t find_number(Field field, std::string_view value) const;

  /// A pass over all tickets by number, as far as it has come; part of the state.
  struct Rollout {
    bool active = false;
    uint64_t next_number = 1;
    uint64_t last_number = 0;
    uint64_t moved = 0;
  };
  struct Migration : Rollout {
    Predicate select;
    std::string select_text;
    std::string policy;
    Clockwork::Retarget mode = Clockwork::Retarget::carry;
  };

  void write(uint32_t slot, Event event);
  void follow_clocks(uint32_t slot, const Event& event, uint32_t queue_before);
  void follow_pending(uint32_t slot, const Event& event);
  void carry_out_consequences(uint32_t slot);
  void raise_priority(uint32_t slot, bool retarget);
  template <class Each>
  void advance(Rollout& rollout, uint32_t budget, Each&& each);
  void follow_rules(uint32_t slot);
  void fill(uint32_t slot, TicketView& view) const;
  void show_segments(uint32_t clock, ClockView& view) const;
  void show_rungs(uint32_t clock, ClockView& view) const;
  ClockChange change_of(uint32_t slot, uint32_t clock) const;
  void migrate(uint32_t slot);
  void follow_load(uint32_t slot, const Load& before);
  void follow_line(uint32_t slot, State state_before, uint32_t queue_before);
  void follow_counts(const Ticket& ticket, State before, uint32_t queue_before,
                     uint32_t agent_before);
  void follow_closing(uint32_t slot, const Event& event);
  Load load_of(const Ticket& ticket) const;
  void enqueue(uint32_t slot);
  void restand(uint32_t queue);
  sched::Standing standing(uint32_t slot) const;
  bool award(uint32_t slot, uint32_t agent);
  void note_over_capacity(uint32_t agent);

  void rearm(uint32_t slot);
  /// When the ticket's life goes on by itself, and how.
  enum class LifeStep : uint8_t { resume, remind, give_up, close, archive, none };
  struct LifeDue {
    int64_t at_us = sched::never.us;
    LifeStep step = LifeStep::none;
  };
  LifeDue life_due(uint32_t slot) const;
  LifeDue settled_due(uint32_t slot) const;
  void live_on(uint32_t slot, const LifeDue& due);
  void fire(uint32_t slot, int64_t due_us);
  void archive(uint32_t slot);

  void link_closed(uint32_t slot);
  void unlink_closed(uint32_t slot);
  void violated(const char* invariant);
  bool clocks_disagree(uint32_t clock) const;

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
  bool carrying_out_ = false;  // what rungs asked for

  struct Jump {
    int64_t by_us = 0;  // 0: none to be told
    bool waited = false;
  };
  Jump jump_;
  int64_t rules_since_us_ = 0;  // the newest configuration
  Rollout following_;
  Migration migration_;

  uint64_t last_ticket_ = 0;
  uint32_t last_order_ = 0;
  uint64_t archived_ = 0;
  uint32_t closed_first_ = none;  // closed and cancelled tickets in memory, oldest first
  uint32_t closed_last_ = none;
  uint32_t closed_count_ = 0;
  std::map<std::string, uint64_t> violations_;
  uint64_t not_attached_seen_ = 0;
};

}  // namespace paceline::desk
