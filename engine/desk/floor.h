// The working floor of a desk: what a change of one ticket does to lines, loads, clocks and timers.
//
// Every ticket event passes through change(): the record evolves, the event is written down, the
// line, the agent's load, the clocks and the one armed timer follow from the difference. Matching
// comes after, when the command's whole effect is there (settle()).
//
// Owner: shard thread.  Time: now(), set once per batch.  Allocates: never on its own.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/chronicle.h"
#include "engine/desk/clockwork.h"
#include "engine/desk/line_book.h"
#include "engine/desk/offer_book.h"
#include "engine/desk/reject.h"
#include "engine/desk/roster.h"
#include "engine/desk/rulebook.h"
#include "engine/desk/sticky_table.h"
#include "engine/desk/survey_book.h"
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
  const LineBook& lines() const { return lines_; }
  const OfferBook& offers() const { return offers_; }
  const Roster& roster() const { return roster_; }
  const SurveyBook& surveys() const { return surveys_; }
  /// By their positions in the rulebook, for an agent's diary.
  AgentDiary::Calendars calendars() const;
  const sched::TimerWheel& wheel() const { return wheel_; }

  // What is soon to be touched (lookahead.h).

  void expect_agent(uint32_t agent) const;
  /// The ticket that is given out next, as far as can be foreseen.
  void expect_award() const {
    if (next_award_ == none) return;
    store_.clocks().expect(store_.hot(next_award_).first_clock);
    next_award_ = none;
  }

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
  void change(uint32_t slot, const Event& given);
  /// The agent who asked for the ticket, if an agent did.
  uint32_t self_of(uint32_t slot) const;
  /// Gives the ticket back to who might not have it for having asked for it.
  void include_self(uint32_t slot, uint32_t agent);
  bool bars_self(uint32_t slot, uint32_t agent);
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
  void derive_priority(uint32_t slot, const FieldValues& values);

  // Matching.

  /// Awards what the command or timer made possible: to the agent set free, for the ticket ready.
  /// Returns the ticket that the agent set free was given first; 0 if none.
  uint64_t settle();
  /// Awards everything that can be, most pressing first; after definitions change.
  void match_all();
  /// The agent asks for work, from queues of mode pull too; the ticket, or 0.
  uint64_t next_for(uint32_t agent);
  sched::Standing standing(uint32_t slot) const;
  /// An opinion from outside; false if eight agents have one already.
  bool score(uint32_t slot, uint32_t agent, int8_t points);

  // Offers (floor_offers.cpp).

  /// The live offer, with what fell due of its ticket fired; `none` if it is gone.
  uint32_t find_offer(uint64_t number);
  void accept(uint32_t offer);
  void decline(uint32_t offer, uint32_t reason);
  /// Takes every offer of the ticket back; it waits again.
  void withdraw(uint32_t slot);
  /// Offers the ticket to a named agent.
  Reject hand_over(uint32_t slot, uint32_t agent, uint32_t note);

  // Agents (floor_agents.cpp).

  void log_in(uint32_t agent);
  void log_out(uint32_t agent);
  Reject set_available(uint32_t agent);
  Reject set_away(uint32_t agent, uint32_t code);
  Reject extend_wrap_up(uint32_t agent);
  Reject drain(uint32_t agent, bool requeue);
  Reject lose(uint32_t agent);
  /// What the agent really holds; the first ticket that the desk has elsewhere.
  uint64_t reconcile(uint32_t agent, std::span<const uint64_t> held);
  /// Fires what is due of the agent before now.
  void fire_due_of_agent(uint32_t agent);

  // Tiers (floor_tiers.cpp).

  Reject escalate(uint32_t slot, uint32_t queue, uint32_t reason, uint8_t done, uint8_t of);
  Reject bounce(uint32_t slot, uint32_t reason);
  void add_task(uint32_t parent, uint32_t task);
  uint32_t tasks_open(uint32_t slot) const;
  void hold_queue(uint32_t queue, bool held);
  void switch_route(std::string_view rule, bool on);
  /// Moves every open ticket for which `where` holds; false while one is under way.
  bool begin_reassign(Predicate where, std::string_view text, uint32_t queue, uint32_t agent,
                      uint32_t reason);

  // Surveys (floor_surveys.cpp).

  /// Takes the answer, which is not refused; whether it is the survey's first low one.
  bool rate(uint64_t survey, const Rate& rate, std::string_view comment);

  // Timers.

  sched::Instant next_due() const { return wheel_.next_due(); }
  /// Fires what is due at or before `until`, at most `budget` effects, awards that follow from them
  /// counted; returns how many.
  uint32_t fire_due(sched::Instant until, uint32_t budget);
  /// Archives the oldest closed tickets beyond closed_max; after each command.
  void trim_closed();
  /// Fires the ticket's own effects due before now, so that a command meets it as it is.
  void fire_due_of(uint32_t slot);

  // Definitions.

  /// Whether there would be no more kinds of work than there may be.
  bool has_work_for(const QueueDefinition& definition);
  Result<uint32_t> define_queue(const QueueDefinition& definition);
  Result<uint32_t> define_agent(const AgentDefinition& definition);
  /// Takes effect whole or, where something in it cannot be, not at all (false).
  bool configure(const Configuration& configuration);

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
  bool rolling_out() const {
    return following_.active || migration_.active || reassignment_.active || !sunsets_.empty();
  }
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

  /// Between batches.
  void persist(sched::Archive& archive);
  /// After settle(), loading: what was not written down is worked out from what was.
  void rebuild(sched::Archive& archive);

  uint64_t archived_count() const { return archived_; }
  uint64_t last_ticket() const { return last_ticket_; }
  TicketFacts facts(uint32_t slot) const;
  uint8_t marks(uint32_t slot) const;         ///< TicketMark.
  TicketView case_view(uint32_t slot) const;  ///< As reports read it.
  TicketView view(uint32_t slot) const;
  SurveyView survey_view(uint64_t number) const;
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
  uint32_t number(Field field, std::string_view value) override;
  uint32_t find_number(Field field, std::string_view value) const;

  /// A pass over all tickets by number, as far as it has come; part of the state.
  struct Rollout {
    bool active = false;
    uint64_t next_number = 1;
    uint64_t last_number = 0;
    uint64_t moved = 0;
    void persist(sched::Archive& archive) {
      archive.fields(active, next_number, last_number, moved);
    }
  };
  struct Migration : Rollout {
    Predicate select;
    std::string select_text;
    std::string policy;
    Clockwork::Retarget mode = Clockwork::Retarget::carry;
  };

  struct Reassignment : Rollout {
    Predicate where;
    std::string where_text;
    uint32_t queue = none;
    uint32_t agent = none;
    uint32_t reason = none;
  };
  /// The end of a region's day, as far as its tickets have been told.
  struct Sunset : Rollout {
    uint32_t queue = 0;
    int64_t at_us = 0;
  };

  // Timers of the ticket's way through its queue, in the order in which they fire at one instant.
  enum class RouteStep : uint8_t { relax, expire, release_hold, age, overflow, no_touch, none };
  struct RouteDue {
    int64_t at_us = sched::never.us;
    RouteStep step = RouteStep::none;
  };

  void write(uint32_t slot, const Event& event);
  void write_agent(const Event& event);
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
  void follow_load(uint32_t slot, uint32_t agent_before, const sched::Load& before);
  void follow_line(uint32_t slot, const Event& event, State state_before, uint32_t queue_before);
  void follow_offers(uint32_t slot, const Event& event, State state_before, uint32_t queue_before,
                     uint32_t agent_before);
  void follow_agent(uint32_t slot, State state_before, uint32_t agent_before);
  void follow_tasks(uint32_t slot, State state_before);
  void follow_survey(uint32_t slot, const Event& event, State state_before);
  Event about_survey(uint64_t number, EventKind kind) const;
  void follow_resolver(uint32_t slot, const Event& event, uint32_t agent_before);
  void follow_counts(const Ticket& ticket, State before, uint32_t queue_before,
                     uint32_t agent_before);
  void follow_closing(uint32_t slot, const Event& event);
  sched::Load load_of(uint32_t slot) const;
  void rebook(uint32_t slot);
  void note_over_capacity(uint32_t agent);

  // Waiting (floor_routing.cpp).
  void enqueue(uint32_t slot);
  void leave_line(uint32_t slot);
  void stand_anew(uint32_t slot);
  void arrive(uint32_t slot);
  void begin_hold(uint32_t slot);
  void release_hold(uint32_t slot);
  void check_routable(uint32_t slot, uint32_t line);
  bool escalate_unroutable(uint32_t slot);
  bool overflow(uint32_t slot, const Overflow& rule, uint32_t reason, int64_t at_us);
  uint8_t step_at(uint32_t slot, int64_t at_us) const;
  RouteDue route_due(uint32_t slot) const;
  void route_on(uint32_t slot, const RouteDue& due);
  void open_window(uint32_t queue);
  void close_window(uint32_t queue);

  // Matching (floor_matching.cpp).
  bool award(uint32_t slot, uint32_t agent);
  std::span<const sched::ExternalScore> scores(uint32_t slot) const;
  void assign_batch(uint32_t queue);
  void match_lines(std::span<const uint32_t> lines);
  void match_released(std::span<const uint32_t> lines);
  void note_given(uint32_t agent);

  // Offers (floor_offers.cpp).
  void make_offer(uint32_t slot, uint32_t agent, uint32_t note, bool hand_over);
  void end_offer(uint32_t offer, Event event);
  void end_offers(uint32_t slot, std::string_view reason);
  void end_offers_of_agent(uint32_t agent, std::string_view reason);
  void wait_again(uint32_t slot);
  void expire(uint32_t offer, int64_t at_us);
  int64_t offer_timeout_us(uint32_t slot) const;
  bool is_live_talk(uint32_t slot) const;

  // Agents (floor_agents.cpp).
  void set_state(uint32_t agent, AgentState state, uint32_t code, int64_t at_us);
  void refresh_agent(uint32_t agent, int64_t at_us);
  uint64_t barred_work(uint32_t agent) const;
  void begin_wrap_up(uint32_t agent, const QueueDefinition& queue);
  void end_wrap_up(uint32_t agent, int64_t at_us);
  void find_shift(uint32_t agent, int64_t at_us);
  void pass_shift_edge(uint32_t agent, int64_t at_us);
  void count_time(uint32_t agent, int64_t at_us);
  void follow_shift(uint32_t agent);
  int64_t grace_us(uint32_t slot) const;
  void release_holds(uint32_t agent);
  void cool_off(uint32_t agent, uint32_t slot, int64_t until_us);
  int64_t agent_due(uint32_t agent) const;
  int64_t next_shift_edge(uint32_t agent, int64_t after_us) const;
  void refresh_band(uint32_t agent, int64_t at_us);
  void rearm_agent(uint32_t agent);
  void fire_agent(uint32_t agent, int64_t due_us);
  int64_t next_grace_end(uint32_t agent) const;
  void give_up_lost(uint32_t agent, int64_t at_us);
  uint32_t agent_node(uint32_t agent) const { return limits_.tickets_max + agent; }
  uint32_t queue_node(uint32_t queue) const {
    return limits_.tickets_max + limits_.agents_max + queue;
  }

  // Queues' own timers and passes (floor_tiers.cpp).
  void rearm_queue(uint32_t queue);
  int64_t queue_due(uint32_t queue) const;
  void fire_queue(uint32_t queue, int64_t due_us);
  void reassign(uint32_t slot);
  void set_sun(uint32_t slot, const Sunset& sunset);
  void move(uint32_t slot, EventKind kind, uint32_t queue, std::string_view reason);
  uint32_t own_reason(std::string_view reason) const { return rules_.reasons().find(reason); }

  std::function<uint32_t(std::string_view)> channel_number();
  void define_work();
  void book(bool booked);
  void follow_queue(uint32_t queue);
  void restand(uint32_t queue);
  void restand_aside();
  void find_sunset(uint32_t queue, int64_t after_us);
  uint64_t rank_of(uint32_t node) const;

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
  void tell_names();
  void gather_archived(uint32_t slot);
  void gather_archived_clock(uint32_t clock);
  void gather_surveys();
  void expect_archiving() const;
  /// When a pending ticket goes on: as asked, or at the end of the longest pause; 0: never.
  static int64_t resume_shown_us(const TicketSide& side) {
    return side.pause_until_us != 0 &&
                   (side.resume_at_us == 0 || side.pause_until_us < side.resume_at_us)
               ? side.pause_until_us
               : side.resume_at_us;
  }

  void link_closed(uint32_t slot);
  void unlink_closed(uint32_t slot);
  void persist_rollouts(sched::Archive& archive);
  void rebuild_offers(sched::Archive& archive);
  std::vector<sched::TimerWheel::Range> nodes_in_use() const;
  void violated(const char* invariant);
  bool clocks_disagree(uint32_t clock) const;

  sched::DeskNumber number_;
  Limits limits_;
  TicketStore store_;
  Rulebook rules_;
  Chronicle chronicle_;
  Clockwork clockwork_;
  sched::Dispatcher dispatcher_;
  LineBook lines_;
  OfferBook offers_;
  Roster roster_;
  StickyTable sticky_;
  SurveyBook surveys_;
  sched::TimerWheel wheel_;  // nodes: tickets, then agents, then queues

  // Written once per batch.
  sched::Instant now_;
  Outcome* outcome_ = nullptr;

  // Between a change and settle().
  std::vector<uint32_t> ready_;         // tickets that joined a line
  std::vector<uint32_t> freed_;         // agents that have more room
  std::vector<uint32_t> opened_;        // lines that need not keep who is free any more
  mutable uint32_t next_award_ = none;  // a line's new head, its clocks not yet fetched: a hint
  uint64_t given_ = 0;                  // awards so far, for what a batch may do
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
  Reassignment reassignment_;
  std::deque<Sunset> sunsets_;
  std::vector<int64_t> sun_due_us_;     // by queue: the next end of its region's day; 0: none
  std::vector<int64_t> window_end_us_;  // by queue; 0: none open
  std::map<uint32_t, uint32_t> missing_by_line_;  // what nobody has: reason by line
  std::map<uint32_t, uint64_t> misroutes_;        // by rule: tickets bounced that it had routed
  bool any_strict_ = true;
  bool uses_occupancy_ = false;
  bool remembers_resolvers_ = false;
  uint32_t hops_in_change_ = 0;  // overflows that one arrival sets off

  uint64_t last_ticket_ = 0;
  uint32_t last_order_ = 0;
  uint64_t archived_ = 0;
  uint32_t closed_first_ = none;  // closed and cancelled tickets in memory, oldest first
  uint32_t closed_last_ = none;
  uint32_t closed_count_ = 0;
  std::array<uint32_t, name_table_count> names_told_{};  // to the history file, by table
  ArchivedTicket leaving_;                               // the one being archived
  std::string leaving_comments_;
  std::vector<ClockSegment> segments_seen_;
  std::map<std::string, uint64_t> violations_;
  uint64_t not_attached_seen_ = 0;
};

}  // namespace paceline::desk
