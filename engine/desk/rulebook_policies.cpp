// Policies of the rulebook: which version is in force, and what follows a calendar's new version.
#include <algorithm>

#include "engine/desk/policy_defaults.h"
#include "engine/desk/rulebook.h"
#include "sched/base/check.h"

namespace paceline::desk {

std::vector<PauseRule> Rulebook::pauses_of(const PolicyDefinition& definition) const {
  std::vector<PauseRule> pauses;
  if (definition.pause_stated) {
    for (const std::string& reason : definition.pause) {
      pauses.push_back({reason, bit(definition.clock), ""});
    }
    return pauses;
  }
  for (const PauseRule& rule : settings_.pauses) {
    if ((rule.clocks & bit(definition.clock)) != 0) {
      pauses.push_back({rule.reason, bit(definition.clock), rule.when});
    }
  }
  return pauses;
}

uint32_t Rulebook::find_policy(const PolicyDefinition& definition, uint32_t calendar,
                               const std::vector<PauseRule>& pauses) const {
  for (uint32_t position = 0; position < policies_.size(); ++position) {
    const Policy& policy = policies_[position];
    if (policy.calendar_version == calendar && policy.definition == definition &&
        policy.pause_rules == pauses) {
      return position;
    }
  }
  return none;
}

uint32_t Rulebook::track_for(ClockKind kind, const std::string& label) {
  const auto known = std::find_if(tracks_.begin(), tracks_.end(), [&](const Track& track) {
    return track.kind == kind && track.label == label;
  });
  if (known != tracks_.end()) return static_cast<uint32_t>(known - tracks_.begin());
  CHECK(tracks_.size() < clocks_per_ticket_max);
  tracks_.push_back({kind, label, {}, 0});
  return static_cast<uint32_t>(tracks_.size() - 1);
}

uint32_t Rulebook::add_policy(const PolicyDefinition& definition, uint32_t calendar,
                              const std::vector<PauseRule>& pauses) {
  CHECK(policies_.size() < limits_.policies_max);
  Policy& policy = policies_.emplace_back();
  policy.definition = definition;
  policy.pause_rules = pauses;
  policy.calendar_version = calendar;
  policy.calendar = &calendars_[calendar].calendar;
  policy.track = static_cast<uint8_t>(track_for(definition.clock, definition.label));
  return static_cast<uint32_t>(policies_.size() - 1);
}

void Rulebook::compile(Policy& policy, const ValueResolver& resolve) {
  compile_conditions(policy, resolve, catalogue_,
                     [this](std::string_view reason) { return reasons_.intern(reason); });
  policy.rung_calendars.clear();
  for (const Rung& rung : policy.definition.rungs) {
    policy.rung_calendars.push_back(
        rung.calendar.empty() ? nullptr : &calendars_[calendar_for(rung.calendar)].calendar);
  }
}

void Rulebook::apply_policies(const Configuration& configuration, const ValueResolver& resolve) {
  for (Track& track : tracks_) {
    track.in_force.clear();
    track.fields = track.choice_fields = 0;
    track.cyclic = false;
  }
  for (const PolicyDefinition& definition : configuration.policies) {
    const uint32_t calendar = calendar_for(definition.calendar);
    const std::vector<PauseRule> pauses = pauses_of(definition);
    uint32_t position = find_policy(definition, calendar, pauses);
    if (position == none) position = add_policy(definition, calendar, pauses);
    tracks_[policies_[position].track].in_force.push_back(position);
  }
  make_successors();
  for (Policy& policy : policies_) compile(policy, resolve);
  tracks_in_force_ = 0;
  for (Policy& policy : policies_) policy.in_force_as = none;
  for (Track& track : tracks_) {
    tracks_in_force_ += track.in_force.empty() ? 0 : 1;
    for (const uint32_t position : track.in_force) {
      track.fields |= policies_[position].fields;
      track.cyclic = track.cyclic || policies_[position].cyclic;
      track.choice_fields |= policies_[position].when.fields() | always_field;
      for (Policy& policy : policies_) {
        if (policy.definition.name == policies_[position].definition.name) {
          policy.in_force_as = position;
        }
      }
    }
  }

  pending_rules_.assign(1, PendingRule{});
  pending_reasons_.clear();
  for (const PendingRule& rule : settings_.pending) {
    if (rule.reason.empty()) {
      pending_rules_.front() = rule;
    } else {
      pending_rules_.push_back(rule);
      pending_reasons_.push_back(reasons_.intern(rule.reason));
    }
  }
  const uint32_t desk_calendar =
      settings_.calendar.empty() ? none : calendar_for(settings_.calendar);
  desk_calendar_ = desk_calendar == none ? nullptr : &calendars_[desk_calendar].calendar;
}

/// Every version under a calendar that has a newer one gets the same policy under that.
void Rulebook::make_successors() {
  successors_made_ = false;
  const auto count = static_cast<uint32_t>(policies_.size());
  for (uint32_t position = 0; position < count; ++position) {
    if (policies_[position].successor != none) continue;
    const uint32_t calendar = calendar_for(policies_[position].definition.calendar);
    if (calendar == policies_[position].calendar_version) continue;
    const PolicyDefinition definition = policies_[position].definition;
    const std::vector<PauseRule> pauses = policies_[position].pause_rules;
    uint32_t successor = find_policy(definition, calendar, pauses);
    if (successor == none) successor = add_policy(definition, calendar, pauses);
    policies_[position].successor = successor;
    successors_made_ = true;
  }
}

uint32_t Rulebook::newest(uint32_t position) const {
  while (policies_[position].successor != none) position = policies_[position].successor;
  return position;
}

uint32_t Rulebook::policy_for(uint32_t track, const FieldValues& values) const {
  for (const uint32_t position : tracks_[track].in_force) {
    if (policies_[position].when.holds(values)) return position;
  }
  return none;
}

sched::Instant Rulebook::period_end(sched::Instant from, const Period& period,
                                    uint16_t times) const {
  if (period.business_days != 0) {
    // A desk that lost its calendar since has no business days any more.
    if (desk_calendar_ == nullptr) return sched::never;
    return desk_calendar_->end_of_business_day(from, uint32_t{period.business_days} * times,
                                               Target{}.cut_off_s);
  }
  if (period.us == 0) return sched::never;
  return from + sched::Duration{period.us} * times;
}

const PendingRule& Rulebook::pending_rule(uint32_t reason) const {
  for (size_t i = 0; i < pending_reasons_.size(); ++i) {
    if (pending_reasons_[i] == reason) return pending_rules_[i + 1];
  }
  return pending_rules_.front();
}

}  // namespace paceline::desk
