#include "wire/calendar_codec.h"

namespace paceline::wire {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <class Table>
using Offset = flatbuffers::Offset<Table>;

constexpr uint32_t day_s = 86'400;
constexpr int32_t offset_s_max = 26 * 3'600;

schema::LocalDate put(sched::LocalDate date) { return {date.year, date.month, date.day}; }

sched::Zone read(FieldReader& reader, const schema::Zone& table) {
  sched::Zone zone;
  zone.name = reader.text(table.name(), "zone");
  zone.tzdata_version = reader.text(table.tzdata_version(), "tzdata_version");
  zone.first_offset_s =
      reader.number(table.first_offset_s(), -offset_s_max, offset_s_max, "first_offset_s");
  const auto* transitions = table.transitions();
  if (!reader.in_place(transitions, sizeof(schema::ZoneTransition), "transitions")) return zone;
  zone.transitions.reserve(transitions->size());
  for (const auto* each : *transitions) {
    const sched::ZoneTransition transition{
        {each->at_us()},
        reader.number(each->offset_s(), -offset_s_max, offset_s_max, "transitions.offset_s")};
    if (!zone.transitions.empty() && transition.at <= zone.transitions.back().at)
      reader.fail(WireErrorKind::value_out_of_range, "transitions", "are not in ascending order");
    zone.transitions.push_back(transition);
  }
  return zone;
}

sched::LocalDate read(FieldReader& reader, const schema::LocalDate& date, std::string_view field) {
  return {reader.number(date.year(), 1, 9'999, field), reader.number(date.month(), 1, 12, field),
          reader.number(date.day(), 1, 31, field)};
}

sched::YearlyInterval read(FieldReader& reader, const schema::YearlyInterval& interval) {
  sched::YearlyInterval yearly;
  yearly.on.kind =
      reader.enumerator(interval.kind(), sched::YearlyDay::Kind::easter, "yearly.kind");
  yearly.on.month = reader.number(interval.month(), 1, 12, "yearly.month");
  yearly.on.day = reader.number(interval.day(), 1, 31, "yearly.day");
  yearly.on.weekday = reader.number(interval.weekday(), 0, 6, "yearly.weekday");
  yearly.on.nth = reader.number(interval.nth(), 0, 5, "yearly.nth");
  yearly.on.offset_days = reader.number(interval.offset_days(), -366, 366, "yearly.offset_days");
  yearly.open_s = reader.number(interval.open_s(), 0, day_s, "yearly.open_s");
  yearly.close_s = reader.number(interval.close_s(), 0, 2 * day_s, "yearly.close_s");
  return yearly;
}

}  // namespace

Offset<schema::CalendarSpec> put(Builder& builder, const sched::CalendarSpec& spec) {
  std::vector<schema::ZoneTransition> transitions;
  for (const auto& each : spec.zone.transitions)
    transitions.emplace_back(each.at.us, each.offset_s);
  std::vector<schema::WeeklyInterval> week;
  for (const auto& each : spec.week) week.emplace_back(each.open_s, each.close_s, each.weekday);
  std::vector<schema::LocalDate> closed;
  for (const auto& each : spec.closed) closed.push_back(put(each));
  std::vector<schema::DateInterval> open;
  for (const auto& each : spec.open) open.emplace_back(put(each.date), each.open_s, each.close_s);
  std::vector<schema::YearlyInterval> yearly;
  for (const auto& each : spec.yearly)
    yearly.emplace_back(each.open_s, each.close_s, each.on.offset_days,
                        static_cast<schema::YearlyKind>(each.on.kind), each.on.month, each.on.day,
                        each.on.weekday, each.on.nth);

  const auto zone_name = put_text(builder, spec.zone.name);
  const auto tzdata_version = put_text(builder, spec.zone.tzdata_version);
  const auto transitions_at = builder.CreateVectorOfStructs(transitions);
  const auto zone = schema::CreateZone(builder, zone_name, tzdata_version, spec.zone.first_offset_s,
                                       transitions_at);
  const auto calendar_name = put_text(builder, spec.name);
  const auto week_at = builder.CreateVectorOfStructs(week);
  const auto closed_at = builder.CreateVectorOfStructs(closed);
  const auto open_at = builder.CreateVectorOfStructs(open);
  const auto yearly_at = builder.CreateVectorOfStructs(yearly);
  const auto operands_at = put_tables<schema::CalendarSpec>(
      builder, spec.operands, [](Builder& b, const auto& each) { return put(b, each); });
  const auto valid_from = put(spec.valid_from.value_or(sched::LocalDate{}));
  const auto valid_to = put(spec.valid_to.value_or(sched::LocalDate{}));
  return schema::CreateCalendarSpec(
      builder, calendar_name, spec.always_open, zone, week_at, closed_at, open_at, yearly_at,
      spec.valid_from ? &valid_from : nullptr, spec.valid_to ? &valid_to : nullptr,
      static_cast<schema::Algebra>(spec.algebra), operands_at);
}

sched::CalendarSpec read(FieldReader& reader, const schema::CalendarSpec& table) {
  sched::CalendarSpec spec;
  spec.name = reader.text(table.name(), "name");
  spec.always_open = table.always_open();
  if (table.zone() != nullptr) spec.zone = read(reader, *table.zone());
  const auto* week = table.week();
  if (reader.in_place(week, sizeof(schema::WeeklyInterval), "week")) {
    for (const auto* each : *week)
      spec.week.push_back({reader.number(each->weekday(), 0, 6, "week.weekday"),
                           reader.number(each->open_s(), 0, day_s, "week.open_s"),
                           reader.number(each->close_s(), 0, 2 * day_s, "week.close_s")});
  }
  const auto* closed = table.closed();
  if (reader.in_place(closed, sizeof(schema::LocalDate), "closed")) {
    for (const auto* each : *closed) spec.closed.push_back(read(reader, *each, "closed"));
  }
  const auto* open = table.open();
  if (reader.in_place(open, sizeof(schema::DateInterval), "open")) {
    for (const auto* each : *open)
      spec.open.push_back({read(reader, each->date(), "open.date"),
                           reader.number(each->open_s(), 0, day_s, "open.open_s"),
                           reader.number(each->close_s(), 0, 2 * day_s, "open.close_s")});
  }
  const auto* yearly = table.yearly();
  if (reader.in_place(yearly, sizeof(schema::YearlyInterval), "yearly")) {
    for (const auto* each : *yearly) spec.yearly.push_back(read(reader, *each));
  }
  if (const auto* date = table.valid_from()) spec.valid_from = read(reader, *date, "valid_from");
  if (const auto* date = table.valid_to()) spec.valid_to = read(reader, *date, "valid_to");
  spec.algebra = reader.enumerator(table.algebra(), sched::Algebra::minus, "algebra");
  // The verifier has bounded the depth.
  reader.tables(table.operands(), "operands", [&](const schema::CalendarSpec& operand) {
    spec.operands.push_back(read(reader, operand));
  });
  return spec;
}

Offset<Targets> put_targets(Builder& builder, const std::vector<desk::FigureTarget>& targets) {
  return put_tables<schema::FigureTarget>(builder, targets, [](Builder& b, const auto& target) {
    const auto figure = put_text(b, target.figure);
    const auto band = put_text(b, target.band);
    return schema::CreateFigureTarget(b, figure, band);
  });
}

std::vector<desk::FigureTarget> read_targets(FieldReader& reader, const Targets* list) {
  std::vector<desk::FigureTarget> targets;
  reader.tables(list, "targets", [&](const schema::FigureTarget& target) {
    targets.push_back({reader.text(target.figure(), "targets.figure"),
                       reader.text(target.band(), "targets.band")});
  });
  return targets;
}

}  // namespace paceline::wire
