#include "wire/policy_codec.h"

#include "engine/desk/limits.h"
#include "sched/calendar.h"

namespace paceline::wire {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <class Table>
using Offset = flatbuffers::Offset<Table>;

constexpr uint32_t share_bp_max = 100'000;
constexpr uint32_t cut_off_s_max = 86'399;

Offset<schema::Rung> put_rung(Builder& builder, const desk::Rung& rung) {
  const auto notify = put_text_tables(builder, rung.notify);
  const auto queue = put_text(builder, rung.queue);
  const auto calendar = put_text(builder, rung.calendar);
  return schema::CreateRung(builder, rung.share_bp, rung.before_us, notify,
                            static_cast<schema::RungAction>(rung.action), queue, calendar,
                            rung.repeat_us, rung.repeat_max, rung.retarget);
}

desk::Rung read_rung(FieldReader& reader, const schema::Rung& table) {
  desk::Rung rung;
  rung.share_bp = reader.number(table.share_bp(), 0, share_bp_max, "rungs.share_bp");
  rung.before_us = reader.number(table.before_us(), 0, duration_us_max, "rungs.before_us");
  if ((rung.share_bp == 0) == (rung.before_us == 0))
    reader.fail(WireErrorKind::value_out_of_range, "rungs",
                "must state share_bp or before_us, and not both");
  rung.notify = read_text_tables(reader, table.notify(), "rungs.notify");
  rung.action = reader.enumerator(table.action(), desk::RungAction::open_bridge, "rungs.action");
  rung.queue = reader.text(table.queue(), "rungs.queue");
  rung.calendar = reader.text(table.calendar(), "rungs.calendar");
  rung.repeat_us = reader.number(table.repeat_us(), 0, duration_us_max, "rungs.repeat_us");
  rung.repeat_max = table.repeat_max();
  rung.retarget = table.retarget();
  return rung;
}

/// Shares ascend, what is given as time left follows them.
void read_rungs(FieldReader& reader, const schema::PolicyDefinition& table,
                std::vector<desk::Rung>& rungs) {
  if (table.rungs() != nullptr && table.rungs()->size() > desk::rungs_max) {
    reader.fail(WireErrorKind::counts_disagree, "rungs",
                "has more than " + std::to_string(desk::rungs_max) + " elements");
    return;
  }
  reader.tables(table.rungs(), "rungs", [&](const schema::Rung& each) {
    desk::Rung rung = read_rung(reader, each);
    if (rung.share_bp != 0 && !rungs.empty() && rung.share_bp <= rungs.back().share_bp)
      reader.fail(WireErrorKind::value_out_of_range, "rungs", "are not in ascending order");
    if (rung.share_bp != 0 && !rungs.empty() && rungs.back().share_bp == 0)
      reader.fail(WireErrorKind::value_out_of_range, "rungs",
                  "with share_bp must precede those with before_us");
    rungs.push_back(std::move(rung));
  });
}

}  // namespace

Offset<Texts> put_text_tables(Builder& builder, const std::vector<std::string>& texts) {
  return put_tables<schema::Text>(builder, texts, [](Builder& b, const std::string& text) {
    const auto value = put_text(b, text);
    return schema::CreateText(b, value);
  });
}

std::vector<std::string> read_text_tables(FieldReader& reader, const Texts* list,
                                          std::string_view field) {
  std::vector<std::string> texts;
  reader.tables(list, field, [&](const schema::Text& text) {
    texts.push_back(reader.text(text.value(), field));
  });
  return texts;
}

Offset<schema::Target> put(Builder& builder, const desk::Target& target) {
  return schema::CreateTarget(builder, static_cast<schema::TargetKind>(target.kind), target.us,
                              target.business_days, target.cut_off_s);
}

desk::Target read(FieldReader& reader, const schema::Target& table) {
  desk::Target target;
  target.kind = reader.enumerator(table.kind(), desk::TargetKind::promised, "target.kind");
  int64_t us_min = 0;
  int64_t us_max = sched::Calendar::horizon.us;
  uint16_t business_days_min = 0;
  switch (target.kind) {
    case desk::TargetKind::duration:
      us_min = 1;
      us_max = year_us;
      break;
    case desk::TargetKind::end_of_business_day:
      business_days_min = 1;
      break;
    case desk::TargetKind::instant:
      us_min = sched::Calendar::first_instant.us;
      break;
    case desk::TargetKind::promised:
      break;
  }
  target.us = reader.number(table.us(), us_min, us_max, "target.us");
  target.business_days = reader.number(table.business_days(), business_days_min, business_days_max,
                                       "target.business_days");
  target.cut_off_s = reader.number(table.cut_off_s(), 0, cut_off_s_max, "target.cut_off_s");
  return target;
}

Offset<schema::PolicyDefinition> put(Builder& builder, const desk::PolicyDefinition& policy) {
  const auto policy_name = put_text(builder, policy.name);
  const auto when = put_text(builder, policy.when);
  const auto label = put_text(builder, policy.label);
  const auto target = put(builder, policy.target);
  const auto calendar = put_text(builder, policy.calendar);
  const auto start = put_text(builder, policy.start);
  const auto stop = put_text(builder, policy.stop);
  const auto cancel = put_text(builder, policy.cancel);
  const auto reset = put_text(builder, policy.reset);
  const auto pause_when = put_text(builder, policy.pause_when);
  const auto resume_when = put_text(builder, policy.resume_when);
  const auto pause = put_text_tables(builder, policy.pause);
  const auto rungs = put_tables<schema::Rung>(builder, policy.rungs, put_rung);

  schema::PolicyDefinitionBuilder table(builder);
  table.add_name(policy_name);
  table.add_when(when);
  table.add_clock(static_cast<schema::ClockKind>(policy.clock));
  table.add_label(label);
  table.add_target(target);
  table.add_calendar(calendar);
  table.add_start(start);
  table.add_stop(stop);
  table.add_cancel(cancel);
  table.add_reset(reset);
  table.add_pause_when(pause_when);
  table.add_resume_when(resume_when);
  table.add_cancel_when_start_false(policy.cancel_when_start_false);
  table.add_pause_stated(policy.pause_stated);
  table.add_pause(pause);
  table.add_pause_moves_fixed(policy.pause_moves_fixed);
  table.add_bot_counts(policy.bot_counts);
  table.add_automatic_counts(policy.automatic_counts);
  table.add_rungs(rungs);
  table.add_on_priority_change(static_cast<schema::OnPriorityChange>(policy.on_priority_change));
  table.add_on_calendar_change(static_cast<schema::OnCalendarChange>(policy.on_calendar_change));
  table.add_on_reopen(static_cast<schema::OnReopen>(policy.on_reopen));
  table.add_verdict(static_cast<schema::VerdictRule>(policy.verdict));
  table.add_origin(static_cast<schema::ClockOrigin>(policy.origin));
  table.add_merge_origin(static_cast<schema::MergeOrigin>(policy.merge_origin));
  return table.Finish();
}

desk::PolicyDefinition read(FieldReader& reader, const schema::PolicyDefinition& table) {
  desk::PolicyDefinition policy;
  policy.name = reader.text(table.name(), "name");
  policy.when = reader.text(table.when(), "when");
  policy.clock = reader.enumerator(table.clock(), desk::ClockKind::review, "clock");
  policy.label = reader.text(table.label(), "label");
  if (table.target() == nullptr)
    reader.fail(WireErrorKind::value_out_of_range, "target", "is missing");
  else
    policy.target = read(reader, *table.target());
  policy.calendar = reader.text(table.calendar(), "calendar");
  policy.start = reader.text(table.start(), "start");
  policy.stop = reader.text(table.stop(), "stop");
  policy.cancel = reader.text(table.cancel(), "cancel");
  policy.reset = reader.text(table.reset(), "reset");
  policy.pause_when = reader.text(table.pause_when(), "pause_when");
  policy.resume_when = reader.text(table.resume_when(), "resume_when");
  policy.cancel_when_start_false =
      reader.number(table.cancel_when_start_false(), -1, 1, "cancel_when_start_false");
  policy.pause_stated = table.pause_stated();
  policy.pause = read_text_tables(reader, table.pause(), "pause");
  policy.pause_moves_fixed = table.pause_moves_fixed();
  policy.bot_counts = table.bot_counts();
  policy.automatic_counts = table.automatic_counts();
  read_rungs(reader, table, policy.rungs);
  policy.on_priority_change = reader.enumerator(table.on_priority_change(),
                                                desk::OnPriorityChange::keep, "on_priority_change");
  policy.on_calendar_change = reader.enumerator(
      table.on_calendar_change(), desk::OnCalendarChange::never, "on_calendar_change");
  policy.on_reopen = reader.enumerator(table.on_reopen(), desk::OnReopen::proceed, "on_reopen");
  policy.verdict = reader.enumerator(table.verdict(), desk::VerdictRule::initial, "verdict");
  policy.origin = reader.enumerator(table.origin(), desk::ClockOrigin::occurred, "origin");
  policy.merge_origin =
      reader.enumerator(table.merge_origin(), desk::MergeOrigin::earliest, "merge_origin");
  return policy;
}

Offset<schema::Period> put(Builder& builder, const desk::Period& period) {
  return schema::CreatePeriod(builder, period.us, period.business_days);
}

desk::Period read_period(FieldReader& reader, const schema::Period* table, std::string_view field) {
  if (table == nullptr) return {};
  return {reader.number(table->us(), 0, duration_us_max, field),
          reader.number(table->business_days(), 0, business_days_max, field)};
}

Offset<schema::PauseRule> put(Builder& builder, const desk::PauseRule& rule) {
  const auto reason = put_text(builder, rule.reason);
  const auto when = put_text(builder, rule.when);
  return schema::CreatePauseRule(builder, reason, rule.clocks, when);
}

desk::PauseRule read(FieldReader& reader, const schema::PauseRule& table) {
  constexpr uint32_t all_clocks = (1U << desk::clock_kind_count) - 1;
  return {reader.text(table.reason(), "reason"),
          reader.number(table.clocks(), 0, all_clocks, "clocks"),
          reader.text(table.when(), "when")};
}

Offset<schema::PendingRule> put(Builder& builder, const desk::PendingRule& rule) {
  const auto reason = put_text(builder, rule.reason);
  const auto max_pause = put(builder, rule.max_pause);
  const auto remind_every = put(builder, rule.remind_every);
  return schema::CreatePendingRule(builder, reason, max_pause, remind_every, rule.reminders);
}

desk::PendingRule read(FieldReader& reader, const schema::PendingRule& table) {
  return {reader.text(table.reason(), "reason"),
          read_period(reader, table.max_pause(), "max_pause"),
          read_period(reader, table.remind_every(), "remind_every"), table.reminders()};
}

}  // namespace paceline::wire
