#include "wire/ticket_codec.h"

#include "engine/desk/command.h"
#include "wire/clock_codec.h"

namespace paceline::wire {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <class Table>
using Offset = flatbuffers::Offset<Table>;

constexpr auto kind_last = static_cast<uint8_t>(desk::TicketKind::task);

void read_past(FieldReader& reader, const schema::TicketView& table, desk::TicketView& ticket) {
  if (reader.in_place(table.intervals(), sizeof(schema::StateInterval), "ticket.intervals")) {
    for (const schema::StateInterval* each : *table.intervals()) {
      desk::StateInterval& interval = ticket.intervals.emplace_back();
      interval.from_us = each->from_us();
      interval.reason = each->reason();
      interval.state =
          reader.enumerator(each->state(), desk::State::cancelled, "ticket.intervals.state");
    }
  }
  if (reader.in_place(table.queues_left(), sizeof(schema::QueueLeft), "ticket.queues_left")) {
    for (const schema::QueueLeft* each : *table.queues_left())
      ticket.queues_left.push_back({each->at_us(), each->queue(), 0});
  }
}

}  // namespace

Offset<schema::TicketView> put(Builder& builder, const desk::TicketView& ticket) {
  const auto reason = put_text(builder, ticket.reason);
  const auto queue = put_text(builder, ticket.queue);
  const auto agent = put_text(builder, ticket.agent);
  const auto external_id = put_text(builder, ticket.external_id);
  const auto category = put_text(builder, ticket.category);
  const auto subcategory = put_text(builder, ticket.subcategory);
  const auto service = put_text(builder, ticket.service);
  const auto config_item = put_text(builder, ticket.config_item);
  const auto channel = put_text(builder, ticket.channel);
  const auto requester = put_text(builder, ticket.requester);
  const auto requester_type = put_text(builder, ticket.requester_type);
  const auto organisation = put_text(builder, ticket.organisation);
  const auto contract = put_text(builder, ticket.contract);
  const auto body = put_text(builder, ticket.body);
  const auto stage = put_text(builder, ticket.stage);
  const auto language = put_text(builder, ticket.language);
  const auto confidentiality = put_text(builder, ticket.confidentiality);
  const auto routed_by = put_text(builder, ticket.routed_by);
  const auto clocks = put_tables<schema::ClockView>(
      builder, ticket.clocks,
      [](Builder& b, const desk::ClockView& clock) { return put(b, clock); });

  const auto intervals = put_records<schema::StateInterval>(builder, std::span(ticket.intervals));
  const auto queues_left = put_records<schema::QueueLeft>(builder, std::span(ticket.queues_left));

  schema::TicketViewBuilder view(builder);
  view.add_id(ticket.id);
  view.add_version(ticket.version);
  view.add_kind(static_cast<schema::TicketKind>(ticket.kind));
  view.add_impact(static_cast<schema::Impact>(ticket.impact));
  view.add_urgency(static_cast<schema::Urgency>(ticket.urgency));
  view.add_priority(static_cast<schema::Priority>(ticket.priority));
  view.add_vip(ticket.vip);
  view.add_sentiment(static_cast<schema::Sentiment>(ticket.sentiment));
  view.add_state(static_cast<schema::State>(ticket.state));
  view.add_reason(reason);
  view.add_queue(queue);
  view.add_agent(agent);
  view.add_external_id(external_id);
  view.add_category(category);
  view.add_subcategory(subcategory);
  view.add_service(service);
  view.add_config_item(config_item);
  view.add_channel(channel);
  view.add_requester(requester);
  view.add_requester_type(requester_type);
  view.add_organisation(organisation);
  view.add_contract(contract);
  view.add_body(body);
  view.add_recorded_at_us(ticket.recorded_at_us);
  view.add_follows(ticket.follows);
  view.add_occurred_at_us(ticket.occurred_at_us);
  view.add_first_response_at_us(ticket.first_response_at_us);
  view.add_resolved_at_us(ticket.resolved_at_us);
  view.add_closed_at_us(ticket.closed_at_us);
  view.add_touched_at_us(ticket.touched_at_us);
  view.add_enqueued_at_us(ticket.enqueued_at_us);
  view.add_press_at_us(ticket.press_at_us);
  view.add_resume_at_us(ticket.resume_at_us);
  view.add_merged_into(ticket.merged_into);
  view.add_stage(stage);
  view.add_promised_at_us(ticket.promised_at_us);
  view.add_workaround(ticket.workaround);
  view.add_major(ticket.major);
  view.add_reminders_sent(ticket.reminders_sent);
  view.add_archived(ticket.archived);
  view.add_clocks(clocks);
  view.add_language(language);
  view.add_confidentiality(confidentiality);
  view.add_confidence(ticket.confidence);
  view.add_step(ticket.step);
  view.add_parent(ticket.parent);
  view.add_tasks_open(ticket.tasks_open);
  view.add_routed_by(routed_by);
  view.add_hops(ticket.hops);
  view.add_escalations(ticket.escalations);
  view.add_bounces(ticket.bounces);
  view.add_declines(ticket.declines);
  view.add_tier(ticket.tier);
  view.add_checklist_done(ticket.checklist_done);
  view.add_checklist_of(ticket.checklist_of);
  view.add_marks(ticket.marks);
  view.add_intervals(intervals);
  view.add_queues_left(queues_left);
  return view.Finish();
}

desk::TicketView read(FieldReader& reader, const schema::TicketView& table) {
  desk::TicketView ticket;
  ticket.id = table.id();
  ticket.version = table.version();
  ticket.kind = reader.enumerator(table.kind(), kind_last, "ticket.kind");
  ticket.impact = reader.enumerator(table.impact(), uint8_t{3}, "ticket.impact");
  ticket.urgency = reader.enumerator(table.urgency(), uint8_t{3}, "ticket.urgency");
  ticket.priority = reader.enumerator(table.priority(), uint8_t{5}, "ticket.priority");
  ticket.vip = reader.number(table.vip(), 0, 1, "ticket.vip");
  ticket.sentiment = reader.enumerator(table.sentiment(), uint8_t{3}, "ticket.sentiment");
  ticket.state = reader.enumerator(table.state(), desk::State::cancelled, "ticket.state");
  ticket.reason = reader.text(table.reason(), "ticket.reason");
  ticket.queue = reader.text(table.queue(), "ticket.queue");
  ticket.agent = reader.text(table.agent(), "ticket.agent");
  ticket.external_id = reader.text(table.external_id(), "ticket.external_id");
  ticket.category = reader.text(table.category(), "ticket.category");
  ticket.subcategory = reader.text(table.subcategory(), "ticket.subcategory");
  ticket.service = reader.text(table.service(), "ticket.service");
  ticket.config_item = reader.text(table.config_item(), "ticket.config_item");
  ticket.channel = reader.text(table.channel(), "ticket.channel");
  ticket.requester = reader.text(table.requester(), "ticket.requester");
  ticket.requester_type = reader.text(table.requester_type(), "ticket.requester_type");
  ticket.organisation = reader.text(table.organisation(), "ticket.organisation");
  ticket.contract = reader.text(table.contract(), "ticket.contract");
  ticket.body = reader.text(table.body(), "ticket.body");
  ticket.recorded_at_us = table.recorded_at_us();
  ticket.follows = table.follows();
  ticket.occurred_at_us = table.occurred_at_us();
  ticket.first_response_at_us = table.first_response_at_us();
  ticket.resolved_at_us = table.resolved_at_us();
  ticket.closed_at_us = table.closed_at_us();
  ticket.touched_at_us = table.touched_at_us();
  ticket.enqueued_at_us = table.enqueued_at_us();
  ticket.press_at_us = table.press_at_us();
  ticket.resume_at_us = table.resume_at_us();
  ticket.merged_into = table.merged_into();
  ticket.stage = reader.text(table.stage(), "ticket.stage");
  ticket.promised_at_us = table.promised_at_us();
  ticket.workaround = reader.number(table.workaround(), 0, 1, "ticket.workaround");
  ticket.major = reader.number(table.major(), 0, 1, "ticket.major");
  ticket.reminders_sent = table.reminders_sent();
  ticket.archived = table.archived();
  reader.tables(table.clocks(), "ticket.clocks", [&](const schema::ClockView& clock) {
    ticket.clocks.push_back(read(reader, clock));
  });
  ticket.language = reader.text(table.language(), "ticket.language");
  ticket.confidentiality = reader.text(table.confidentiality(), "ticket.confidentiality");
  ticket.confidence = reader.number(table.confidence(), 0, 100, "ticket.confidence");
  ticket.step = table.step();
  ticket.parent = table.parent();
  ticket.tasks_open = table.tasks_open();
  ticket.routed_by = reader.text(table.routed_by(), "ticket.routed_by");
  ticket.hops = table.hops();
  ticket.escalations = table.escalations();
  ticket.bounces = table.bounces();
  ticket.declines = table.declines();
  ticket.tier = table.tier();
  ticket.checklist_done = table.checklist_done();
  ticket.checklist_of = table.checklist_of();
  ticket.marks = table.marks();
  read_past(reader, table, ticket);
  return ticket;
}

}  // namespace paceline::wire
