// The rules now in force, compiled: queues, agents, calendars, policies, routes, criticality.
//
// Tables only grow, so that a position in an event means the same for ever; what a new
// configuration drops is kept for the tickets and clocks that still follow it.
//
// Owner: shard thread.  Allocates: when something is defined.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/configuration.h"
#include "engine/desk/dictionary.h"
#include "engine/desk/limits.h"
#include "engine/desk/objects.h"
#include "engine/desk/policy.h"
#include "engine/desk/predicate.h"
#include "engine/desk/reject.h"
#include "sched/base/digest.h"
#include "sched/base/stable_list.h"
#include "sched/calendar.h"
#include "sched/dispatch.h"

namespace paceline::desk {

struct WorkSources;

struct Queue {
  QueueDefinition definition;
  uint32_t group = 0;  ///< Number of definition.group.
  bool strict[sched::priority_count] = {};
  uint32_t waiting = 0;  ///< Queued: in a line, held for somebody or offered.
  uint32_t in_hand = 0;  ///< Assigned or in progress.
  uint32_t pending = 0;
  bool held = false;               ///< By an operator.
  bool window_open = false;        ///< Arrivals are being collected.
  std::vector<sched::Need> needs;  ///< By routing step.
  std::vector<sched::Preference> preferred;
  bool routes_by_timer = false;  ///< Steps, overflow, sun or no_touch may move its tickets.
};

struct Agent {
  AgentDefinition definition;
};

struct CalendarVersion {
  sched::CalendarSpec spec;
  sched::Calendar calendar;
};

/// Where an attribute's values are numbered; the rulebook's literals use the same numbers.
class ValueNumbers {
 public:
  virtual ~ValueNumbers() = default;
  virtual uint32_t number(Field field, std::string_view value) = 0;
};

class Rulebook {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  explicit Rulebook(const Limits& limits);

  /// What is wrong with a configuration, without changing anything; empty if it can be applied.
  std::string problem_with(const Configuration& configuration) const;

  /// Replaces settings, routes, criticalities and the policies in force; defines the calendars.
  /// Queues and agents are the caller's to define (the dispatcher must hear of them). Requires
  /// problem_with() to be empty.
  void apply(const Configuration& configuration, ValueNumbers& numbers, bool unfinished = false);

  /// Numbers the values that conditions name; queues by this rulebook.
  ValueResolver resolver(ValueNumbers& numbers) const;
  /// What conditions may read of services, configuration items and requesters.
  const std::vector<ReferencedObject>& objects() const { return objects_; }
  /// Bits of the fields by which a ticket names an object that is another one since the newest
  /// configuration; `unfinished`: since the one before, whose pass over the tickets went on.
  uint32_t changed_objects(const FieldValues& values) const;
  /// Names of requesters that conditions may read: those listed and those named.
  Dictionary& requesters() { return requesters_; }
  const Dictionary& requesters() const { return requesters_; }

  const DeskSettings& settings() const { return settings_; }
  uint64_t version() const { return version_; }

  Result<uint32_t> define_queue(const QueueDefinition& definition);
  uint32_t find_queue(std::string_view name) const { return queue_names_.find(name); }
  Queue& queue(uint32_t position) { return queues_[position]; }
  const Queue& queue(uint32_t position) const { return queues_[position]; }
  uint32_t queue_count() const { return static_cast<uint32_t>(queues_.size()); }
  uint32_t triage() const { return triage_; }
  uint32_t find_group(std::string_view name) const { return groups_.find(name); }
  uint32_t group_number(std::string_view name) { return groups_.intern(name); }

  Result<uint32_t> define_agent(const AgentDefinition& definition);
  uint32_t find_agent(std::string_view name) const { return agent_names_.find(name); }
  /// Of a step beyond the last: the last.
  const sched::Need& step_need(uint32_t queue, uint32_t step) const;
  const std::vector<sched::Preference>& preferences(uint32_t queue) const {
    return queues_[queue].preferred;
  }
  /// Of the kinds of work there are (line_book.h).
  WorkSources work_sources(std::function<uint32_t(std::string_view)> channel_number) const;
  /// Where what nobody wants goes.
  uint32_t coordinator() const;
  /// Languages and clearances are skills with names no need can write.
  uint32_t language_skill(std::string_view language);
  uint32_t clearance_skill(std::string_view clearance);
  std::string_view skill_name(uint32_t skill) const { return skills_.text(skill); }
  Agent& agent(uint32_t position) { return agents_[position]; }
  const Agent& agent(uint32_t position) const { return agents_[position]; }
  uint32_t agent_count() const { return static_cast<uint32_t>(agents_.size()); }
  sched::Abilities abilities(uint32_t agent);
  /// The calendar of the agent's shifts; null where it has none.
  const sched::Calendar* shift(uint32_t agent) const;
  uint32_t shift_calendar(uint32_t agent) const;  ///< Its position; none likewise.
  /// The newest version of a calendar by its name; null where there is none.
  const sched::Calendar* calendar_named(std::string_view name) const;

  const Policy& policy(uint32_t position) const { return policies_[position]; }
  uint32_t policy_count() const { return static_cast<uint32_t>(policies_.size()); }
  bool in_force(uint32_t position) const { return policies_[position].in_force_as == position; }

  /// The (clock, label) pairs of all policies there ever were. A ticket has a clock of each at
  /// most.
  uint32_t track_count() const { return static_cast<uint32_t>(tracks_.size()); }
  /// Bits of the fields that decide about clocks of this track not yet there.
  uint32_t track_fields(uint32_t track) const { return tracks_[track].fields; }
  /// Bits of the fields that decide which of its policies a clock of this track is under.
  uint32_t choice_fields(uint32_t track) const { return tracks_[track].choice_fields; }
  /// Whether any of its policies in force is on cyclic clocks.
  bool track_cyclic(uint32_t track) const { return tracks_[track].cyclic; }
  /// The first policy in force of this track whose condition holds; `none` if there is none.
  uint32_t policy_for(uint32_t track, const FieldValues& values) const;
  /// How many tracks have a policy in force.
  uint32_t tracks_in_force() const { return tracks_in_force_; }
  /// The same policy under the newest version of its calendar; `position` itself if it is there.
  uint32_t newest(uint32_t position) const;
  /// Whether the configuration just applied gave a calendar in use a new version.
  bool has_successors() const { return successors_made_; }

  const CalendarVersion& calendar(uint32_t position) const { return calendars_[position]; }
  uint32_t calendar_count() const { return static_cast<uint32_t>(calendars_.size()); }
  /// The newest version of the calendar that business days of the desk are of; none where it has
  /// none.
  uint32_t desk_calendar() const;
  /// End of a period that begins at `from`; `never` for none and beyond the horizon.
  sched::Instant period_end(sched::Instant from, const Period& period, uint16_t times = 1) const;
  const PendingRule& pending_rule(uint32_t reason) const;

  struct Routed {
    uint32_t queue;
    uint32_t rule;  ///< Reason position of the rule's name; none: triage.
  };
  /// `confidence`: of what automation filled in, per cent; 0: a human did.
  Routed route(const FieldValues& values, uint8_t confidence) const;
  /// False if there is no such rule.
  bool switch_route(std::string_view rule, bool on);
  uint32_t find_route(std::string_view rule) const;

  /// Impact by criticality of configuration item or service; none if neither is listed.
  sched::Impact derived_impact(const FieldValues& values) const;

  /// Pending reasons, resolution codes, requeue reasons and rule names share one dictionary.
  Dictionary& reasons() { return reasons_; }
  const Dictionary& reasons() const { return reasons_; }

  void add_to(sched::Digest& digest) const;

  /// Definitions and what is compiled of them are written down, since compiled again a condition
  /// might mean what has come into being since: only calendars are compiled again, from their
  /// specifications. Positions stay what they were.
  void persist(sched::Archive& archive);

 private:
  std::string problem_with_queues(const Configuration& configuration) const;
  std::string problem_with_staff(const Configuration& configuration,
                                 const std::function<bool(const std::string&)>& is_calendar) const;
  void compile_queue(Queue& queue);
  void add_staff_to(sched::Digest& digest) const;

  bool leads_astray() const;
  void find_calendars();

  struct CompiledRoute {
    uint32_t rule;
    Predicate when;
    uint32_t queue;
    uint8_t min_confidence;
    bool on;
  };
  struct CriticalityEntry {
    Field field;
    uint32_t value;
    sched::Impact impact;
  };

  std::string problem_with_policies(
      const Configuration& configuration,
      const std::function<bool(const std::string&)>& is_calendar) const;

  struct Track {
    ClockKind kind;
    std::string label;
    std::vector<uint32_t> in_force;  // in the order of the file
    uint32_t fields = 0;
    uint32_t choice_fields = 0;
    bool cyclic = false;
  };

  uint32_t calendar_for(std::string_view name) const;
  uint32_t track_for(ClockKind kind, const std::string& label);
  uint32_t find_policy(const PolicyDefinition& definition, uint32_t calendar,
                       const std::vector<PauseRule>& pauses) const;
  uint32_t add_policy(const PolicyDefinition& definition, uint32_t calendar,
                      const std::vector<PauseRule>& pauses);
  std::vector<PauseRule> pauses_of(const PolicyDefinition& definition) const;
  void apply_policies(const Configuration& configuration, const ValueResolver& resolve);
  void apply_objects(const Configuration& configuration, ValueNumbers& numbers, bool unfinished);
  void make_successors();
  void compile(Policy& policy, const ValueResolver& resolve);

  Limits limits_;
  DeskSettings settings_;
  uint64_t version_ = 0;
  sched::StableList<Queue> queues_;
  Dictionary queue_names_;
  sched::StableList<Agent> agents_;
  Dictionary agent_names_;
  Dictionary groups_;
  Dictionary skills_;
  sched::StableList<CalendarVersion> calendars_;  // 0 is the built-in 24x7
  sched::StableList<Policy> policies_;
  std::vector<Track> tracks_;
  uint32_t tracks_in_force_ = 0;
  bool successors_made_ = false;
  std::vector<PendingRule> pending_rules_;  // by reason; the one for all others first
  std::vector<uint32_t> pending_reasons_;   // of pending_rules_, from the second on
  const sched::Calendar* desk_calendar_ = nullptr;
  std::vector<CompiledRoute> routes_;
  std::vector<CriticalityEntry> criticalities_;
  Dictionary reasons_;
  Dictionary requesters_;
  std::vector<ReferencedObject> objects_;
  ObjectCatalogue catalogue_;
  std::vector<std::pair<Field, uint32_t>> changed_objects_;  // ascending
  uint32_t triage_ = none;
};

}  // namespace paceline::desk
