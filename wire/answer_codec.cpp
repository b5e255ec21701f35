#include "wire/answer_codec.h"

#include <algorithm>
#include <map>

#include "wire/clock_codec.h"
#include "wire/schema.h"

namespace paceline::wire {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <class Table>
using Offset = flatbuffers::Offset<Table>;

// The largest answer lists 65,536 agents, or 1,000 tickets with their clocks.
constexpr flatbuffers::uoffset_t answer_tables_max = 200'000;

// Overloads for clocks, policies and changes; more of the same follow.
using wire::put;
using wire::read;

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
  const auto clocks = put_tables<schema::ClockView>(
      builder, ticket.clocks,
      [](Builder& b, const desk::ClockView& clock) { return put(b, clock); });

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
  return view.Finish();
}

desk::TicketView read(FieldReader& reader, const schema::TicketView& table) {
  desk::TicketView ticket;
  ticket.id = table.id();
  ticket.version = table.version();
  ticket.kind = reader.enumerator(table.kind(), uint8_t{1}, "ticket.kind");
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
  return ticket;
}

Offset<schema::QueueView> put(Builder& builder, const desk::QueueView& queue) {
  const auto queue_name = put_text(builder, queue.name);
  const auto group = put_text(builder, queue.group);
  const auto need = put_text(builder, queue.need);
  return schema::CreateQueueView(builder, queue_name, group, need, queue.tier,
                                 static_cast<schema::QueueMode>(queue.mode),
                                 static_cast<schema::Discipline>(queue.discipline), queue.waiting,
                                 queue.in_hand, queue.pending, queue.oldest_enqueued_at_us);
}

desk::QueueView read(FieldReader& reader, const schema::QueueView& table) {
  desk::QueueView queue;
  queue.name = reader.text(table.name(), "queue.name");
  queue.group = reader.text(table.group(), "queue.group");
  queue.need = reader.text(table.need(), "queue.need");
  queue.tier = table.tier();
  queue.mode = reader.enumerator(table.mode(), uint8_t{1}, "queue.mode");
  queue.discipline = reader.enumerator(table.discipline(), uint8_t{1}, "queue.discipline");
  queue.waiting = table.waiting();
  queue.in_hand = table.in_hand();
  queue.pending = table.pending();
  queue.oldest_enqueued_at_us = table.oldest_enqueued_at_us();
  return queue;
}

Offset<schema::AgentView> put(Builder& builder, const desk::AgentView& agent) {
  const auto agent_name = put_text(builder, agent.name);
  const auto groups = put_text(builder, agent.groups);
  const auto skills = put_text(builder, agent.skills);
  return schema::CreateAgentView(builder, agent_name, groups, skills, agent.logged_in,
                                 agent.capacity_milli, agent.used_milli, agent.tickets,
                                 agent.idle_since_us);
}

desk::AgentView read(FieldReader& reader, const schema::AgentView& table) {
  desk::AgentView agent;
  agent.name = reader.text(table.name(), "agent.name");
  agent.groups = reader.text(table.groups(), "agent.groups");
  agent.skills = reader.text(table.skills(), "agent.skills");
  agent.logged_in = table.logged_in();
  agent.capacity_milli = table.capacity_milli();
  agent.used_milli = table.used_milli();
  agent.tickets = table.tickets();
  agent.idle_since_us = table.idle_since_us();
  return agent;
}

Offset<schema::Names> put(Builder& builder, const desk::Names& names) {
  const auto queues = put_texts(builder, names.queues);
  const auto agents = put_texts(builder, names.agents);
  const auto policies = put_texts(builder, names.policies);
  const auto reasons = put_texts(builder, names.reasons);
  return schema::CreateNames(builder, queues, agents, policies, reasons);
}

desk::Names read(FieldReader& reader, const schema::Names& table) {
  desk::Names names;
  names.queues = reader.texts(table.queues(), "names.queues");
  names.agents = reader.texts(table.agents(), "names.agents");
  names.policies = reader.texts(table.policies(), "names.policies");
  names.reasons = reader.texts(table.reasons(), "names.reasons");
  return names;
}

using Figures = std::map<std::string, uint64_t>;

auto put(Builder& builder, const Figures& figures) {
  return put_tables<schema::Figure>(builder, figures, [](Builder& b, const auto& figure) {
    const auto figure_name = put_text(b, figure.first);
    return schema::CreateFigure(b, figure_name, figure.second);
  });
}

Figures read(FieldReader& reader, const flatbuffers::Vector<Offset<schema::Figure>>* list,
             std::string_view field) {
  Figures figures;
  reader.tables(list, field, [&](const schema::Figure& figure) {
    const auto placed = figures.emplace(reader.text(figure.name(), field), figure.value());
    if (!placed.second) reader.fail(WireErrorKind::counts_disagree, field, "names a figure twice");
  });
  return figures;
}

template <size_t size>
auto put_counts(Builder& builder, const uint64_t (&counts)[size]) {
  return builder.CreateVector(counts, size);
}

template <size_t size>
void read_counts(FieldReader& reader, const flatbuffers::Vector<uint64_t>* list,
                 uint64_t (&counts)[size], std::string_view field) {
  if (list == nullptr || list->size() != size) {
    reader.fail(WireErrorKind::counts_disagree, field,
                "must have " + std::to_string(size) + " elements");
    return;
  }
  if (!reader.in_place(list, sizeof(uint64_t), field)) return;
  for (size_t i = 0; i < size; ++i) counts[i] = list->Get(static_cast<flatbuffers::uoffset_t>(i));
}

template <size_t size>
auto put_percentiles(Builder& builder, const desk::Percentiles (&list)[size]) {
  std::vector<schema::Percentiles> structs;
  for (const auto& each : list) structs.emplace_back(each.n, each.p50_us, each.p90_us, each.p99_us);
  return builder.CreateVectorOfStructs(structs);
}

template <size_t size>
void read_percentiles(FieldReader& reader,
                      const flatbuffers::Vector<const schema::Percentiles*>* list,
                      desk::Percentiles (&out)[size], std::string_view field) {
  if (list == nullptr || list->size() != size) {
    reader.fail(WireErrorKind::counts_disagree, field,
                "must have " + std::to_string(size) + " elements");
    return;
  }
  if (!reader.in_place(list, sizeof(schema::Percentiles), field)) return;
  for (size_t i = 0; i < size; ++i) {
    const auto* each = list->Get(static_cast<flatbuffers::uoffset_t>(i));
    out[i] = {each->n(), each->p50_us(), each->p90_us(), each->p99_us()};
  }
}

Offset<schema::Kpi> put(Builder& builder, const desk::Kpi& kpi) {
  const auto by_kind = put_counts(builder, kpi.by_kind);
  const auto by_priority = put_counts(builder, kpi.by_priority);
  const auto by_state = put_counts(builder, kpi.by_state);
  const auto resolution = put_percentiles(builder, kpi.resolution);
  const auto first_response = put_percentiles(builder, kpi.first_response);
  const auto state_us =
      put_tables<schema::Duration>(builder, kpi.state_us, [](Builder& b, const auto& duration) {
        const auto label = put_text(b, duration.first);
        return schema::CreateDuration(b, label, duration.second);
      });
  const auto policies = put_tables<schema::PolicyVerdicts>(
      builder, kpi.policies, [](Builder& b, const desk::PolicyVerdicts& verdicts) {
        const auto policy = put_text(b, verdicts.policy);
        return schema::CreatePolicyVerdicts(b, policy, verdicts.met, verdicts.breached,
                                            verdicts.cancelled, verdicts.running,
                                            verdicts.running_breached);
      });
  const auto backlog = put(builder, kpi.backlog);
  return schema::CreateKpi(builder, kpi.at_us, kpi.tickets, by_kind, by_priority, by_state,
                           resolution, first_response, state_us, kpi.moves, kpi.moved, kpi.pingpong,
                           kpi.pingponged, kpi.reopens, kpi.reopened, kpi.closed_reopened,
                           kpi.resolved, policies, backlog, kpi.backlog_total);
}

desk::Kpi read(FieldReader& reader, const schema::Kpi& table) {
  desk::Kpi kpi;
  kpi.at_us = table.at_us();
  kpi.tickets = table.tickets();
  read_counts(reader, table.by_kind(), kpi.by_kind, "kpi.by_kind");
  read_counts(reader, table.by_priority(), kpi.by_priority, "kpi.by_priority");
  read_counts(reader, table.by_state(), kpi.by_state, "kpi.by_state");
  read_percentiles(reader, table.resolution(), kpi.resolution, "kpi.resolution");
  read_percentiles(reader, table.first_response(), kpi.first_response, "kpi.first_response");
  reader.tables(table.state_us(), "kpi.state_us", [&](const schema::Duration& duration) {
    kpi.state_us.emplace(reader.text(duration.name(), "kpi.state_us"), duration.us());
  });
  kpi.moves = table.moves();
  kpi.moved = table.moved();
  kpi.pingpong = table.pingpong();
  kpi.pingponged = table.pingponged();
  kpi.reopens = table.reopens();
  kpi.reopened = table.reopened();
  kpi.closed_reopened = table.closed_reopened();
  kpi.resolved = table.resolved();
  reader.tables(table.policies(), "kpi.policies", [&](const schema::PolicyVerdicts& verdicts) {
    kpi.policies.push_back({reader.text(verdicts.policy(), "kpi.policies"), verdicts.met(),
                            verdicts.breached(), verdicts.cancelled(), verdicts.running(),
                            verdicts.running_breached()});
  });
  kpi.backlog = read(reader, table.backlog(), "kpi.backlog");
  kpi.backlog_total = table.backlog_total();
  return kpi;
}

Offset<schema::Status> put(Builder& builder, const desk::Status& status) {
  const auto desk_name = put_text(builder, status.desk);
  const auto violations = put(builder, status.invariant_violations);
  return schema::CreateStatus(builder, desk_name, status.now_us, status.tickets, status.waiting,
                              status.archived, status.events, status.first_event, status.commands,
                              status.rejected, status.timers, status.timer_lag_us_max,
                              status.digest, status.event_hash, status.configuration_version,
                              violations, status.text_bytes);
}

desk::Status read(FieldReader& reader, const schema::Status& table) {
  desk::Status status;
  status.desk = reader.text(table.desk(), "status.desk");
  status.now_us = table.now_us();
  status.tickets = table.tickets();
  status.waiting = table.waiting();
  status.archived = table.archived();
  status.events = table.events();
  status.first_event = table.first_event();
  status.commands = table.commands();
  status.rejected = table.rejected();
  status.timers = table.timers();
  status.timer_lag_us_max = table.timer_lag_us_max();
  status.digest = table.digest();
  status.event_hash = table.event_hash();
  status.configuration_version = table.configuration_version();
  status.invariant_violations =
      read(reader, table.invariant_violations(), "status.invariant_violations");
  status.text_bytes = table.text_bytes();
  return status;
}

}  // namespace

void append(Bytes& out, const QueryMessage& message) {
  append_table(out, MessageKind::query, [&](Builder& builder) {
    const auto& query = message.query;
    const auto text = put_text(builder, query.text);
    const auto agent = put_text(builder, query.agent);
    return schema::CreateQuery(builder, message.tag, message.desk.value,
                               static_cast<schema::QueryKind>(query.kind), query.ticket, text,
                               agent, static_cast<schema::State>(query.state), query.after,
                               query.limit, query.at_us, query.with_digest, query.mode);
  });
}

sched::Expected<QueryMessage, WireError> decode_query(std::span<const std::byte> payload) {
  const auto root = verified_root<schema::Query>(payload, "query");
  if (!root) return sched::Unexpected{root.error()};
  const auto& table = **root;
  FieldReader reader("query", payload.size());
  QueryMessage message{.tag = table.tag(), .desk = {table.desk()}, .query = {}};
  auto& query = message.query;
  query.kind = reader.enumerator(table.kind(), desk::QueryKind::repair, "kind");
  query.ticket = table.ticket();
  query.text = reader.text(table.text(), "text");
  query.agent = reader.text(table.agent(), "agent");
  query.state = reader.enumerator(table.state(), uint8_t{desk::state_count - 1}, "state");
  query.after = table.after();
  query.limit = reader.number(table.limit(), 1, 1'000, "limit");
  query.at_us = table.at_us();
  query.with_digest = table.with_digest();
  query.mode = reader.number(table.mode(), 0, 1, "mode");
  return reader.finish(std::move(message));
}

void append(Bytes& out, const AnswerMessage& message) {
  append_table(out, MessageKind::answer, [&](Builder& builder) {
    const auto& answer = message.answer;
    const auto put_view = [](Builder& b, const auto& view) { return put(b, view); };
    const auto tickets = put_tables<schema::TicketView>(builder, answer.tickets, put_view);
    const auto queues = put_tables<schema::QueueView>(builder, answer.queues, put_view);
    const auto agents = put_tables<schema::AgentView>(builder, answer.agents, put_view);
    const auto clocks = put_tables<schema::ClockView>(builder, answer.clocks, put_view);
    const auto policies = put_tables<schema::PolicyView>(builder, answer.policies, put_view);
    const auto changes = put_tables<schema::ClockChange>(builder, answer.changes, put_view);
    Offset<schema::Names> names;
    Offset<schema::Kpi> kpi;
    Offset<schema::Status> status;
    if (answer.kind == desk::QueryKind::names) names = put(builder, answer.names);
    if (answer.kind == desk::QueryKind::kpi) kpi = put(builder, answer.kpi);
    if (answer.kind == desk::QueryKind::status) status = put(builder, answer.status);
    return schema::CreateAnswer(builder, message.tag, message.desk.value,
                                static_cast<schema::QueryKind>(answer.kind), answer.code, tickets,
                                queues, agents, names, kpi, status, clocks, policies, changes,
                                answer.next_after, answer.more);
  });
}

sched::Expected<AnswerMessage, WireError> decode_answer(std::span<const std::byte> payload) {
  const auto root = verified_root<schema::Answer>(payload, "answer", answer_tables_max);
  if (!root) return sched::Unexpected{root.error()};
  const auto& table = **root;
  FieldReader reader("answer", payload.size());
  AnswerMessage message{.tag = table.tag(), .desk = {table.desk()}, .answer = {}};
  auto& answer = message.answer;
  answer.kind = reader.enumerator(table.kind(), desk::QueryKind::repair, "kind");
  answer.code = table.code();
  reader.tables(table.tickets(), "tickets", [&](const schema::TicketView& view) {
    answer.tickets.push_back(read(reader, view));
  });
  reader.tables(table.queues(), "queues", [&](const schema::QueueView& view) {
    answer.queues.push_back(read(reader, view));
  });
  reader.tables(table.agents(), "agents", [&](const schema::AgentView& view) {
    answer.agents.push_back(read(reader, view));
  });
  if (table.names() != nullptr) answer.names = read(reader, *table.names());
  if (table.kpi() != nullptr) answer.kpi = read(reader, *table.kpi());
  if (table.status() != nullptr) answer.status = read(reader, *table.status());
  reader.tables(table.clocks(), "clocks", [&](const schema::ClockView& view) {
    answer.clocks.push_back(read(reader, view));
  });
  reader.tables(table.policies(), "policies", [&](const schema::PolicyView& view) {
    answer.policies.push_back(read(reader, view));
  });
  reader.tables(table.changes(), "changes", [&](const schema::ClockChange& change) {
    answer.changes.push_back(read(reader, change));
  });
  answer.next_after = table.next_after();
  answer.more = table.more();
  return reader.finish(std::move(message));
}

}  // namespace paceline::wire
