// Rules that change many tickets: a new configuration, a migration, the end of a down-time.
//
// A pass goes over the tickets by number, as far in each batch as the batch's budget lets it; how
// far it has come is part of the state, so a replay goes the same way.
#include <algorithm>

#include "engine/desk/floor.h"

namespace paceline::desk {

using sched::Instant;

namespace {

/// Numbers looked up in one batch, for each ticket that may be changed in it: most numbers of a
/// desk that has worked for years belong to tickets that have left memory.
constexpr uint32_t lookups_per_ticket = 16;

}  // namespace

template <class Each>
void Floor::advance(Rollout& rollout, uint32_t budget, Each&& each) {
  uint64_t lookups = uint64_t{budget} * lookups_per_ticket;
  while (rollout.next_number <= rollout.last_number && budget > 0 && lookups-- > 0) {
    const uint64_t id = sched::TicketId::make(number_, rollout.next_number++).value;
    const uint32_t slot = store_.find(id);
    if (slot == none) continue;
    fire_due_of(slot);  // under the rules it was due under
    if (store_.find(id) != slot) continue;
    --budget;
    each(slot);
  }
}

void Floor::advance_rollouts() {
  const CauseScope scope(chronicle_, Cause::configuration);
  if (following_.active) {
    advance(following_, limits_.timers_per_batch, [&](uint32_t slot) { follow_rules(slot); });
    if (following_.next_number > following_.last_number) {
      following_.active = false;
      if (following_.moved != 0) {
        Event event;
        event.kind = EventKind::calendar_changed;
        event.value_us = static_cast<int64_t>(following_.moved);
        chronicle_.write(event);
      }
    }
  }
  if (reassignment_.active) {
    advance(reassignment_, limits_.timers_per_batch, [&](uint32_t slot) { reassign(slot); });
    if (reassignment_.next_number > reassignment_.last_number) {
      reassignment_.active = false;
      Event event;
      event.kind = EventKind::tickets_reassigned;
      event.value_us = static_cast<int64_t>(reassignment_.moved);
      write_agent(event);
    }
  }
  if (!sunsets_.empty()) {
    const Sunset sunset = sunsets_.front();
    advance(sunsets_.front(), limits_.timers_per_batch,
            [&](uint32_t slot) { set_sun(slot, sunset); });
    if (sunsets_.front().next_number > sunsets_.front().last_number) sunsets_.pop_front();
  }
  if (migration_.active) {
    advance(migration_, limits_.timers_per_batch, [&](uint32_t slot) { migrate(slot); });
    if (migration_.next_number > migration_.last_number) {
      migration_.active = false;
      Event event;
      event.kind = EventKind::policy_migrated;
      event.value_us = static_cast<int64_t>(migration_.moved);
      chronicle_.write(event);
    }
  }
}

/// Running clocks go on under their calendar's newest version, the priority follows the matrix and
/// the criticality of what the ticket is about, timers of the ticket's life follow the settings.
void Floor::follow_rules(uint32_t slot) {
  uint64_t moved = 0;
  const sched::Priority before = store_.hot(slot).own_priority;
  if (store_.hot(slot).open()) derive_priority(slot, field_values(slot));
  if (store_.hot(slot).own_priority != before) {
    attributes_changed(slot, bit(FieldBit::priority));
  }
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = store_.clock(clock).next) {
    const sched::SlaClock& record = store_.clock(clock);
    if (!record.live()) continue;
    const uint32_t newest = rules_.newest(record.policy);
    const OnCalendarChange change = rules_.policy(record.policy).definition.on_calendar_change;
    if (newest == record.policy || change != OnCalendarChange::immediate) continue;
    clockwork_.retarget(slot, clock, newest, Clockwork::Retarget::carry, {}, now_.us);
    ++moved;
  }
  // Conditions read what is known of the ticket's service, configuration item or requester.
  const FieldValues values = field_values(slot);
  const uint32_t changed = rules_.changed_objects(values);
  if (changed != 0) {
    clockwork_.react(slot, values, {.fields = changed}, now_.us);
    carry_out_consequences(slot);
  }
  following_.moved += moved;
  rebook(slot);
  stand_anew(slot);
  rearm(slot);
}

bool Floor::begin_migration(Predicate select, std::string_view select_text, std::string_view policy,
                            Clockwork::Retarget mode) {
  if (migration_.active) return false;
  migration_ = {};
  migration_.active = true;
  migration_.last_number = last_ticket_;
  migration_.select = std::move(select);
  migration_.select_text = select_text;
  migration_.policy = policy;
  migration_.mode = mode;
  return true;
}

uint32_t Floor::migration_target(uint32_t clock, const FieldValues& values,
                                 std::string_view policy) const {
  const uint32_t own = store_.clock(clock).policy;
  if (rules_.in_force(own)) return own;
  const uint32_t wanted = rules_.policy_for(rules_.policy(own).track, values);
  if (wanted == Rulebook::none) return own;
  if (!policy.empty() && rules_.policy(own).definition.name != policy) return own;
  return wanted;
}

void Floor::migrate(uint32_t slot) {
  const FieldValues values = field_values(slot);
  if (!migration_.select.holds(values)) return;
  bool any = false;
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = store_.clock(clock).next) {
    if (!store_.clock(clock).live()) continue;
    const uint32_t target = migration_target(clock, values, migration_.policy);
    if (target == store_.clock(clock).policy) continue;
    clockwork_.retarget(slot, clock, target, migration_.mode, values, now_.us);
    ++migration_.moved;
    any = true;
  }
  if (!any) return;
  clockwork_.react(slot, values, {}, now_.us);  // it may pause on another reason now
  carry_out_consequences(slot);
  stand_anew(slot);
  rearm(slot);
}

sched::Expected<Predicate, SyntaxError> Floor::parse_condition(std::string_view text) {
  const ObjectCatalogue objects(rules_.objects());
  return Predicate::parse(text, rules_.resolver(*this), &objects);
}

bool Floor::acknowledge(uint32_t slot, uint8_t clock_kind, uint8_t rung) {
  if (!clockwork_.acknowledge(slot, clock_kind, rung)) return false;
  rearm(slot);
  return true;
}

uint32_t Floor::repair(uint32_t slot, bool newest_calendars) {
  const Clockwork::Under under{.rule = newest_calendars ? Clockwork::Under::Rule::newest_calendar
                                                        : Clockwork::Under::Rule::recorded};
  uint32_t repaired = 0;
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = store_.clock(clock).next) {
    if (clockwork_.repair(slot, clock, under, field_values(slot), now_.us)) ++repaired;
  }
  if (repaired != 0) stand_anew(slot);
  rearm(slot);
  return repaired;
}

void Floor::recovered(Instant down_from, Instant down_to) {
  const int64_t stale_before_us = down_to.us - rules_.settings().stale_after_us;
  if (stale_before_us > down_from.us) {
    clockwork_.set_stale_before(std::max(clockwork_.stale_before_us(), stale_before_us));
  }
  // Nobody could answer, come back or wrap up meanwhile.
  const int64_t outage_us = down_to.us - down_from.us;
  std::vector<uint32_t> slots;
  offers_.for_each([&](Offer& offer) {
    offer.expires_at_us += outage_us;
    slots.push_back(offer.slot);
  });
  for (const uint32_t slot : slots) rearm(slot);
  for (uint32_t agent = 0; agent < roster_.size(); ++agent) {
    AgentRecord& record = roster_[agent];
    for (int64_t* at_us : {&record.wrap_up_end_us, &record.wrap_up_least_us, &record.grace_end_us,
                           &record.lost_at_us}) {
      if (*at_us != 0) *at_us += outage_us;
    }
    rearm_agent(agent);
  }
}

}  // namespace paceline::desk
