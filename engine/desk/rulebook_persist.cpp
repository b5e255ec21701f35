// The rulebook written down and filled in again.
#include <algorithm>

#include "engine/desk/configuration_archive.h"
#include "engine/desk/rulebook.h"

namespace paceline::desk {

using sched::Archive;

// Raised whenever a definition (configuration_archive.cpp) or something compiled changes its
// fields.
static constexpr uint32_t rulebook_version = 4;

static void persist(Archive& archive, Queue& queue) {
  auto& [definition, group, strict, waiting, in_hand, pending, held, window_open, needs, preferred,
         routes_by_timer] = queue;
  persist(archive, definition);
  for (bool& each : strict) archive.value(each);
  archive.fields(group, waiting, in_hand, pending, held, window_open, needs, routes_by_timer);
  archive.each(preferred, [&](sched::Preference& each) { sched::persist(archive, each); });
  archive.require(!needs.empty(), "a queue has no step");
}

static void persist(Archive& archive, Policy& policy) {
  persist(archive, policy.definition);
  archive.each(policy.pause_rules, [&](PauseRule& rule) { persist(archive, rule); });
  archive.fields(policy.calendar_version, policy.successor, policy.in_force_as, policy.track,
                 policy.cyclic, policy.cancel_when_start_false);
  archive.fields(policy.when, policy.start, policy.stop, policy.cancel, policy.reset,
                 policy.pause_when, policy.resume_when);
  archive.each(policy.pauses,
               [&](Policy::Pause& pause) { archive.fields(pause.reason, pause.when); });
  archive.fields(policy.fields, policy.has_reset, policy.has_pause_when);
  policy.thresholds.clear();
  for (const Rung& rung : policy.definition.rungs) {
    policy.thresholds.push_back({rung.share_bp, rung.before_us});
  }
}

void Rulebook::persist(Archive& archive) {
  archive.part("rulebook", rulebook_version, field_count);
  desk::persist(archive, settings_);
  archive.value(version_);
  archive.each(queues_, [&](Queue& queue) { desk::persist(archive, queue); });
  archive.each(agents_, [&](Agent& agent) { desk::persist(archive, agent.definition); });
  for (Dictionary* names :
       {&queue_names_, &agent_names_, &groups_, &skills_, &reasons_, &requesters_}) {
    names->persist(archive);
  }
  archive.each(calendars_, [&](CalendarVersion& version) {
    sched::persist(archive, version.spec);
    if (!archive.loading() || archive.failed()) return;
    auto compiled = sched::Calendar::compile(version.spec);
    if (archive.require(compiled.has_value(), "a calendar does not compile")) {
      version.calendar = std::move(compiled).value();
    }
  });
  archive.each(policies_, [&](Policy& policy) { desk::persist(archive, policy); });
  archive.each(tracks_, [&](Track& track) {
    archive.choice(track.kind, ClockKind::review);
    archive.fields(track.label, track.in_force, track.fields, track.choice_fields, track.cyclic);
  });
  archive.fields(tracks_in_force_, successors_made_);
  archive.each(pending_rules_, [&](PendingRule& rule) { desk::persist(archive, rule); });
  archive.fields(pending_reasons_);
  archive.each(routes_, [&](CompiledRoute& route) {
    archive.fields(route.rule, route.when, route.queue, route.min_confidence, route.on);
  });
  archive.each(criticalities_, [&](CriticalityEntry& entry) {
    archive.choice(entry.field, Field::requester);
    archive.choice(entry.impact, sched::Impact::low);
    archive.value(entry.value);
  });
  archive.each(objects_, [&](ReferencedObject& object) { desk::persist(archive, object); });
  archive.fields(changed_objects_, triage_);
  if (!archive.loading()) return;
  if (!archive.require(!leads_astray(), "rules do not lead to what they are about")) return;
  if (version_ != 0) {
    catalogue_ = ObjectCatalogue(objects_, ObjectCatalogue::Unknown::is_empty);
  }
  find_calendars();
}

/// Whether something in the tables is the position of nothing.
bool Rulebook::leads_astray() const {
  const auto beyond = [](uint32_t position, size_t count) {
    return position != none && position >= count;
  };
  bool astray = queue_names_.size() != queues_.size() || agent_names_.size() != agents_.size() ||
                triage_ >= queues_.size() || calendars_.empty() || pending_rules_.empty() ||
                pending_reasons_.size() + 1 != pending_rules_.size() ||
                tracks_.size() > clocks_per_ticket_max;
  for (const Queue& queue : queues_) astray = astray || queue.group >= groups_.size();
  for (uint32_t position = 0; position < policies_.size(); ++position) {
    const Policy& policy = policies_[position];
    astray = astray || policy.calendar_version >= calendars_.size() ||
             policy.track >= tracks_.size() || beyond(policy.in_force_as, policies_.size()) ||
             policy.thresholds.size() > rungs_max;
    // newest() follows them to the end.
    astray = astray || (policy.successor != none && policy.successor <= position) ||
             beyond(policy.successor, policies_.size());
    for (const Rung& rung : policy.definition.rungs) {
      astray = astray || (!rung.calendar.empty() && calendar_for(rung.calendar) == none);
    }
  }
  for (const Track& track : tracks_) {
    for (const uint32_t position : track.in_force) {
      astray = astray || position >= policies_.size();
    }
  }
  for (const CompiledRoute& route : routes_) astray = astray || route.queue >= queues_.size();
  return astray || (!settings_.calendar.empty() && calendar_for(settings_.calendar) == none);
}

/// As the newest configuration found them: there has been no calendar since.
void Rulebook::find_calendars() {
  for (Policy& policy : policies_) {
    policy.calendar = &calendars_[policy.calendar_version].calendar;
    policy.rung_calendars.clear();
    for (const Rung& rung : policy.definition.rungs) {
      policy.rung_calendars.push_back(calendar_named(rung.calendar));
    }
  }
  desk_calendar_ = calendar_named(settings_.calendar);
}

}  // namespace paceline::desk
