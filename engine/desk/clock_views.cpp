// What can be seen of clocks and policies, and what a migration or repair would change.
#include <algorithm>
#include <string>

#include "engine/desk/floor.h"

namespace paceline::desk {

using sched::ClockState;
using sched::Instant;
using sched::SlaClock;

namespace {

/// An answer with sixteen clocks fits a frame, and a history record stays small.
constexpr size_t segments_shown_max = 256;

int64_t shown(int64_t instant_us) { return instant_us == sched::never.us ? 0 : instant_us; }

std::string verdict(bool missed) { return missed ? "breached" : "met"; }

/// "75 %", "12.5 %", "1h 30m before"
std::string rung_text(const Rung& rung) {
  if (rung.share_bp != 0) {
    std::string text = std::to_string(rung.share_bp / 100);
    if (const uint32_t part = rung.share_bp % 100; part != 0) {
      text += part % 10 == 0 ? "." + std::to_string(part / 10)
                             : (part < 10 ? ".0" : ".") + std::to_string(part);
    }
    return text + " %";
  }
  std::string text;
  int64_t left_us = rung.before_us;
  for (const auto& [unit_us, unit] : {std::pair{sched::hour.us, "h"},
                                      {sched::minute.us, "m"},
                                      {sched::second.us, "s"},
                                      {int64_t{1}, "us"}}) {
    if (left_us < unit_us) continue;
    text += (text.empty() ? "" : " ") + std::to_string(left_us / unit_us) + unit;
    left_us %= unit_us;
  }
  return text + " before";
}

}  // namespace

ClockView Floor::clock_view(uint32_t slot, uint32_t clock, bool explained) const {
  const ClockStore& clocks = store_.clocks();
  const SlaClock& record = clocks.clock(clock);
  const Policy& policy = rules_.policy(record.policy);
  ClockView view;
  view.ticket = store_.hot(slot).id;
  view.external_id = store_.external_id(slot);
  view.kind = policy.kind();
  view.label = policy.definition.label;
  view.policy = policy.definition.name;
  view.version = record.policy;
  view.calendar = policy.definition.calendar;
  view.calendar_version = policy.calendar_version;
  view.state = sched::name(record.state);
  view.target_us = record.target_us;
  view.initial_target_us = clocks.initial_target_us(clock);
  view.consumed_us = record.consumed(policy.terms(), now_).us;
  view.remaining_us = record.target_us - view.consumed_us;
  view.started_at_us = clocks.started_at_us(clock);
  view.elapsed_us =
      std::max<int64_t>(0, (record.ended() ? record.ended_at_us() : now_.us) - view.started_at_us);
  view.since_us = record.since_us;
  view.folded_us = record.consumed_us;
  view.breached_at_us = clocks.breached_at_us(clock);
  view.in_hours = policy.calendar->open_at(now_);
  view.cycle = record.cycle;
  if (const ClockPast* past = clocks.past(clock)) view.signals = past->signals;
  if (record.state == ClockState::completed) {
    const uint8_t flags = clockwork_.verdict_flags(clock, record.consumed_us);
    view.verdict = verdict((flags & clock_missed) != 0);
    view.verdict_final = verdict((flags & clock_missed_final) != 0);
    view.verdict_worst = verdict((flags & clock_missed_worst) != 0);
    view.verdict_initial = verdict((flags & clock_missed_initial) != 0);
  }
  if (record.state == ClockState::running) {
    view.due_at_us = shown(clockwork_.deadline_us(clock));
    view.next_effect_at_us = shown(record.edge_us);
    if (const SlaClock::Effect effect = record.next_effect(policy.terms()); effect.any) {
      view.next_effect = effect.which == SlaClock::Effect::breach
                             ? "breach"
                             : rung_text(policy.definition.rungs[effect.which]);
    }
  }
  if (explained) {
    show_segments(clock, view);
    show_rungs(clock, view);
  }
  return view;
}

void Floor::show_segments(uint32_t clock, ClockView& view) const {
  const ClockStore& clocks = store_.clocks();
  const SlaClock& record = clocks.clock(clock);
  const ClockPast* past = clocks.past(clock);
  std::vector<ClockSegment> segments;
  clocks.segments(clock, segments);
  ClockSegment last;
  last.from_us = record.since_us;
  last.reason = clocks.reason(clock);
  last.policy = record.policy;
  last.cycle = record.cycle;
  last.state = record.state;
  last.set_begins = past != nullptr && past->set_begins ? 1 : 0;
  const int64_t folded_us = past != nullptr ? past->folded_us : 0;
  if (record.ended()) {
    last.state = past != nullptr ? past->state_at_end : ClockState::running;
    last.consumed_us = record.consumed_us - folded_us;
  } else {
    last.consumed_us = view.consumed_us - record.consumed_us;
  }
  segments.push_back(last);
  const size_t first =
      segments.size() > segments_shown_max ? segments.size() - segments_shown_max : 0;
  for (size_t i = first; i < segments.size(); ++i) {
    const ClockSegment& segment = segments[i];
    if (segment.state == ClockState::none) continue;
    const Policy& policy = rules_.policy(segment.policy);
    SegmentView& shown_segment = view.segments.emplace_back();
    shown_segment.from_us = segment.from_us;
    if (i + 1 < segments.size()) {
      shown_segment.to_us = segments[i + 1].from_us;
    } else if (record.ended()) {
      shown_segment.to_us = record.ended_at_us();
    }
    shown_segment.state = sched::name(segment.state);
    shown_segment.reason = rules_.reasons().text(segment.reason);
    shown_segment.policy = policy.definition.name;
    shown_segment.version = segment.policy;
    shown_segment.calendar = policy.definition.calendar;
    shown_segment.calendar_version = policy.calendar_version;
    shown_segment.consumed_us = segment.consumed_us;
    shown_segment.cycle = segment.cycle;
    shown_segment.repaired = segment.set_begins != 0;
  }
}

void Floor::show_rungs(uint32_t clock, ClockView& view) const {
  const ClockStore& clocks = store_.clocks();
  const SlaClock& record = clocks.clock(clock);
  const Policy& policy = rules_.policy(record.policy);
  for (uint32_t which = 0; which < policy.definition.rungs.size(); ++which) {
    const Rung& rung = policy.definition.rungs[which];
    RungView& rung_view = view.rungs.emplace_back();
    rung_view.share_bp = rung.share_bp;
    rung_view.before_us = rung.before_us;
    for (const std::string& recipient : rung.notify) {
      rung_view.notify += (rung_view.notify.empty() ? "" : ", ") + recipient;
    }
    rung_view.action = name(rung.action);
    rung_view.passed = (record.fired >> which & 1U) != 0;
    if (!rung_view.passed && record.state == ClockState::running) {
      const int64_t ahead_us = std::max<int64_t>(
          0, sched::amount_us(policy.thresholds[which], record.target_us) - record.consumed_us);
      rung_view.due_at_us = shown(policy.calendar->add(Instant{record.since_us}, {ahead_us}).us);
    }
    for (uint32_t at = clocks.first_step(clock); at != none; at = clocks.step(at).next) {
      if (clocks.step(at).rung != which) continue;
      rung_view.next_action_at_us = clocks.step(at).due_us;
      rung_view.repetitions = clocks.step(at).done;
    }
  }
}

PolicyView Floor::policy_view(uint32_t position) const {
  const Policy& policy = rules_.policy(position);
  PolicyView view;
  view.name = policy.definition.name;
  view.version = position;
  view.kind = policy.kind();
  view.label = policy.definition.label;
  view.when = policy.definition.when;
  view.target = policy.definition.target;
  view.calendar = policy.definition.calendar;
  view.calendar_version = policy.calendar_version;
  view.in_force = rules_.in_force(position);
  view.on_calendar_change = policy.definition.on_calendar_change;
  return view;
}

ClockChange Floor::change_of(uint32_t slot, uint32_t clock) const {
  const SlaClock& record = store_.clock(clock);
  const Policy& policy = rules_.policy(record.policy);
  ClockChange change;
  change.ticket = store_.hot(slot).id;
  change.external_id = store_.external_id(slot);
  change.kind = policy.kind();
  change.label = policy.definition.label;
  change.policy = policy.definition.name;
  change.version_before = record.policy;
  change.target_before_us = record.target_us;
  change.consumed_before_us = record.consumed(policy.terms(), now_).us;
  if (record.state == ClockState::running) {
    change.due_before_us = shown(clockwork_.deadline_us(clock));
  }
  change.breached_before_us = store_.clocks().breached_at_us(clock);
  return change;
}

std::optional<ClockChange> Floor::migration_preview(uint32_t slot, uint32_t clock,
                                                    const FieldValues& values,
                                                    std::string_view policy_name,
                                                    Clockwork::Retarget mode) const {
  const SlaClock& record = store_.clock(clock);
  if (!record.live()) return std::nullopt;
  const uint32_t target = migration_target(clock, values, policy_name);
  if (target == record.policy) return std::nullopt;
  ClockChange change = change_of(slot, clock);
  change.version_after = target;
  const Policy& policy = rules_.policy(target);
  if (mode == Clockwork::Retarget::retroactive) {
    const Clockwork::Rebuilt rebuilt =
        clockwork_.rebuild(slot, clock, clockwork_.retroactively(slot, target), values, now_.us);
    change.target_after_us = rebuilt.target_us;
    change.consumed_after_us = rebuilt.consumed_us;
    change.due_after_us = clockwork_.deadline_us(clock, rebuilt);
    change.breached_after_us =
        change.breached_before_us != 0 ? change.breached_before_us : rebuilt.breached_at_us;
    return change;
  }
  const auto amount = clockwork_.target_of(slot, clock, policy);
  change.target_after_us = amount.any ? amount.us : record.target_us;
  change.consumed_after_us = change.consumed_before_us;
  change.breached_after_us = change.breached_before_us;
  const bool another = change.target_after_us != change.target_before_us;
  if (another && change.consumed_after_us >= change.target_after_us && record.may_breach()) {
    change.breached_after_us = now_.us;
  }
  if (record.state == ClockState::running) {
    const int64_t left_us = std::max<int64_t>(0, change.target_after_us - change.consumed_after_us);
    const Instant from{std::max(record.since_us, now_.us)};
    // A deadline that has passed stays where the target was used up.
    const bool stays = left_us == 0 && change.consumed_before_us >= record.target_us;
    change.due_after_us =
        stays ? change.due_before_us : shown(policy.calendar->add(from, {left_us}).us);
  }
  return change;
}

std::optional<ClockChange> Floor::repair_preview(uint32_t slot, uint32_t clock,
                                                 bool newest_calendars) const {
  const Clockwork::Under under{.rule = newest_calendars ? Clockwork::Under::Rule::newest_calendar
                                                        : Clockwork::Under::Rule::recorded};
  const Clockwork::Rebuilt rebuilt =
      clockwork_.rebuild(slot, clock, under, field_values(slot), now_.us);
  if (!clockwork_.differs(clock, rebuilt, now_.us)) return std::nullopt;
  ClockChange change = change_of(slot, clock);
  change.version_after = rebuilt.segments.back().policy;
  change.target_after_us = rebuilt.target_us;
  change.consumed_after_us = rebuilt.consumed_us;
  change.due_after_us = clockwork_.deadline_us(clock, rebuilt);
  change.breached_after_us = rebuilt.breached_at_us;
  return change;
}

sched::Expected<Predicate, SyntaxError> Floor::read_condition(std::string_view text) const {
  const auto resolve = [this](Field field, std::string_view value) -> uint32_t {
    if (field == Field::queue) return rules_.find_queue(value);
    if (field == Field::reason) return rules_.reasons().find(value);
    if (field == Field::group) return rules_.find_group(value);
    return find_number(field, value);
  };
  const ObjectCatalogue objects(rules_.objects());
  return Predicate::parse(text, resolve, &objects);
}

}  // namespace paceline::desk
