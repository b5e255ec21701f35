#include "wire/clock_codec.h"

#include "wire/policy_codec.h"

namespace paceline::wire {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <class Table>
using Offset = flatbuffers::Offset<Table>;

Offset<schema::SegmentView> put_segment(Builder& builder, const desk::SegmentView& segment) {
  const auto state = put_text(builder, segment.state);
  const auto reason = put_text(builder, segment.reason);
  const auto policy = put_text(builder, segment.policy);
  const auto calendar = put_text(builder, segment.calendar);
  return schema::CreateSegmentView(builder, segment.from_us, segment.to_us, state, reason, policy,
                                   segment.version, calendar, segment.calendar_version,
                                   segment.consumed_us, segment.cycle, segment.repaired);
}

desk::SegmentView read_segment(FieldReader& reader, const schema::SegmentView& table) {
  desk::SegmentView segment;
  segment.from_us = table.from_us();
  segment.to_us = table.to_us();
  segment.state = reader.text(table.state(), "segment.state");
  segment.reason = reader.text(table.reason(), "segment.reason");
  segment.policy = reader.text(table.policy(), "segment.policy");
  segment.version = table.version();
  segment.calendar = reader.text(table.calendar(), "segment.calendar");
  segment.calendar_version = table.calendar_version();
  segment.consumed_us = table.consumed_us();
  segment.cycle = table.cycle();
  segment.repaired = table.repaired();
  return segment;
}

Offset<schema::RungView> put_rung(Builder& builder, const desk::RungView& rung) {
  const auto notify = put_text(builder, rung.notify);
  const auto action = put_text(builder, rung.action);
  return schema::CreateRungView(builder, rung.share_bp, rung.before_us, notify, action, rung.passed,
                                rung.due_at_us, rung.next_action_at_us, rung.repetitions);
}

desk::RungView read_rung(FieldReader& reader, const schema::RungView& table) {
  desk::RungView rung;
  rung.share_bp = table.share_bp();
  rung.before_us = table.before_us();
  rung.notify = reader.text(table.notify(), "rung.notify");
  rung.action = reader.text(table.action(), "rung.action");
  rung.passed = table.passed();
  rung.due_at_us = table.due_at_us();
  rung.next_action_at_us = table.next_action_at_us();
  rung.repetitions = table.repetitions();
  return rung;
}

}  // namespace

Offset<schema::ClockView> put(Builder& builder, const desk::ClockView& clock) {
  const auto external_id = put_text(builder, clock.external_id);
  const auto label = put_text(builder, clock.label);
  const auto policy = put_text(builder, clock.policy);
  const auto calendar = put_text(builder, clock.calendar);
  const auto state = put_text(builder, clock.state);
  const auto verdict = put_text(builder, clock.verdict);
  const auto verdict_final = put_text(builder, clock.verdict_final);
  const auto verdict_worst = put_text(builder, clock.verdict_worst);
  const auto verdict_initial = put_text(builder, clock.verdict_initial);
  const auto next_effect = put_text(builder, clock.next_effect);
  const auto segments = put_tables<schema::SegmentView>(builder, clock.segments, put_segment);
  const auto rungs = put_tables<schema::RungView>(builder, clock.rungs, put_rung);

  schema::ClockViewBuilder view(builder);
  view.add_ticket(clock.ticket);
  view.add_external_id(external_id);
  view.add_kind(static_cast<schema::ClockKind>(clock.kind));
  view.add_label(label);
  view.add_policy(policy);
  view.add_version(clock.version);
  view.add_calendar(calendar);
  view.add_calendar_version(clock.calendar_version);
  view.add_state(state);
  view.add_verdict(verdict);
  view.add_verdict_final(verdict_final);
  view.add_verdict_worst(verdict_worst);
  view.add_verdict_initial(verdict_initial);
  view.add_target_us(clock.target_us);
  view.add_initial_target_us(clock.initial_target_us);
  view.add_consumed_us(clock.consumed_us);
  view.add_elapsed_us(clock.elapsed_us);
  view.add_remaining_us(clock.remaining_us);
  view.add_started_at_us(clock.started_at_us);
  view.add_since_us(clock.since_us);
  view.add_folded_us(clock.folded_us);
  view.add_due_at_us(clock.due_at_us);
  view.add_breached_at_us(clock.breached_at_us);
  view.add_next_effect_at_us(clock.next_effect_at_us);
  view.add_next_effect(next_effect);
  view.add_in_hours(clock.in_hours);
  view.add_cycle(clock.cycle);
  view.add_segments(segments);
  view.add_rungs(rungs);
  view.add_signals(clock.signals);
  return view.Finish();
}

desk::ClockView read(FieldReader& reader, const schema::ClockView& table) {
  desk::ClockView clock;
  clock.ticket = table.ticket();
  clock.external_id = reader.text(table.external_id(), "clock.external_id");
  clock.kind = reader.enumerator(table.kind(), desk::ClockKind::review, "clock.kind");
  clock.label = reader.text(table.label(), "clock.label");
  clock.policy = reader.text(table.policy(), "clock.policy");
  clock.version = table.version();
  clock.calendar = reader.text(table.calendar(), "clock.calendar");
  clock.calendar_version = table.calendar_version();
  clock.state = reader.text(table.state(), "clock.state");
  clock.verdict = reader.text(table.verdict(), "clock.verdict");
  clock.verdict_final = reader.text(table.verdict_final(), "clock.verdict_final");
  clock.verdict_worst = reader.text(table.verdict_worst(), "clock.verdict_worst");
  clock.verdict_initial = reader.text(table.verdict_initial(), "clock.verdict_initial");
  clock.target_us = table.target_us();
  clock.initial_target_us = table.initial_target_us();
  clock.consumed_us = table.consumed_us();
  clock.elapsed_us = table.elapsed_us();
  clock.remaining_us = table.remaining_us();
  clock.started_at_us = table.started_at_us();
  clock.since_us = table.since_us();
  clock.folded_us = table.folded_us();
  clock.due_at_us = table.due_at_us();
  clock.breached_at_us = table.breached_at_us();
  clock.next_effect_at_us = table.next_effect_at_us();
  clock.next_effect = reader.text(table.next_effect(), "clock.next_effect");
  clock.in_hours = table.in_hours();
  clock.cycle = table.cycle();
  reader.tables(table.segments(), "clock.segments", [&](const schema::SegmentView& segment) {
    clock.segments.push_back(read_segment(reader, segment));
  });
  reader.tables(table.rungs(), "clock.rungs", [&](const schema::RungView& rung) {
    clock.rungs.push_back(read_rung(reader, rung));
  });
  clock.signals = table.signals();
  return clock;
}

Offset<schema::PolicyView> put(Builder& builder, const desk::PolicyView& policy) {
  const auto policy_name = put_text(builder, policy.name);
  const auto label = put_text(builder, policy.label);
  const auto when = put_text(builder, policy.when);
  const auto target = put(builder, policy.target);
  const auto calendar = put_text(builder, policy.calendar);
  return schema::CreatePolicyView(builder, policy_name, policy.version,
                                  static_cast<schema::ClockKind>(policy.kind), label, when, target,
                                  calendar, policy.calendar_version, policy.in_force,
                                  policy.running, policy.paused, policy.completed, policy.cancelled,
                                  static_cast<schema::OnCalendarChange>(policy.on_calendar_change));
}

desk::PolicyView read(FieldReader& reader, const schema::PolicyView& table) {
  desk::PolicyView policy;
  policy.name = reader.text(table.name(), "policy.name");
  policy.version = table.version();
  policy.kind = reader.enumerator(table.kind(), desk::ClockKind::review, "policy.kind");
  policy.label = reader.text(table.label(), "policy.label");
  policy.when = reader.text(table.when(), "policy.when");
  if (table.target() == nullptr)
    reader.fail(WireErrorKind::value_out_of_range, "policy.target", "is missing");
  else
    policy.target = read(reader, *table.target());
  policy.calendar = reader.text(table.calendar(), "policy.calendar");
  policy.calendar_version = table.calendar_version();
  policy.in_force = table.in_force();
  policy.running = table.running();
  policy.paused = table.paused();
  policy.completed = table.completed();
  policy.cancelled = table.cancelled();
  policy.on_calendar_change = reader.enumerator(
      table.on_calendar_change(), desk::OnCalendarChange::never, "policy.on_calendar_change");
  return policy;
}

Offset<schema::ClockChange> put(Builder& builder, const desk::ClockChange& change) {
  const auto external_id = put_text(builder, change.external_id);
  const auto label = put_text(builder, change.label);
  const auto policy = put_text(builder, change.policy);
  return schema::CreateClockChange(
      builder, change.ticket, external_id, static_cast<schema::ClockKind>(change.kind), label,
      policy, change.version_before, change.version_after, change.target_before_us,
      change.target_after_us, change.consumed_before_us, change.consumed_after_us,
      change.due_before_us, change.due_after_us, change.breached_before_us,
      change.breached_after_us);
}

desk::ClockChange read(FieldReader& reader, const schema::ClockChange& table) {
  desk::ClockChange change;
  change.ticket = table.ticket();
  change.external_id = reader.text(table.external_id(), "change.external_id");
  change.kind = reader.enumerator(table.kind(), desk::ClockKind::review, "change.kind");
  change.label = reader.text(table.label(), "change.label");
  change.policy = reader.text(table.policy(), "change.policy");
  change.version_before = table.version_before();
  change.version_after = table.version_after();
  change.target_before_us = table.target_before_us();
  change.target_after_us = table.target_after_us();
  change.consumed_before_us = table.consumed_before_us();
  change.consumed_after_us = table.consumed_after_us();
  change.due_before_us = table.due_before_us();
  change.due_after_us = table.due_after_us();
  change.breached_before_us = table.breached_before_us();
  change.breached_after_us = table.breached_after_us();
  return change;
}

}  // namespace paceline::wire
