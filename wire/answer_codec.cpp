#include "wire/answer_codec.h"

#include <algorithm>
#include <map>

#include "engine/desk/command.h"
#include "wire/calendar_codec.h"
#include "wire/clock_codec.h"
#include "wire/schema.h"
#include "wire/ticket_codec.h"
#include "wire/why_codec.h"

namespace paceline::wire {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <class Table>
using Offset = flatbuffers::Offset<Table>;

// The largest answer lists 65,536 agents, or 1,000 tickets with their clocks.
constexpr flatbuffers::uoffset_t answer_tables_max = 200'000;

constexpr auto query_kind_last = desk::QueryKind::reporting;
constexpr auto mode_last = static_cast<uint8_t>(desk::QueueMode::pull);
constexpr auto discipline_last = static_cast<uint8_t>(desk::Discipline::priority_minutes);

// Overloads for tickets, clocks, policies, changes, offers and reasons; more of the same follow.
using wire::put;
using wire::read;

bool is_why(desk::QueryKind kind) {
  return kind == desk::QueryKind::why_ticket || kind == desk::QueryKind::why_agent ||
         kind == desk::QueryKind::why_queue;
}

Offset<schema::QueueView> put(Builder& builder, const desk::QueueView& queue) {
  const auto queue_name = put_text(builder, queue.name);
  const auto group = put_text(builder, queue.group);
  const auto need = put_text(builder, queue.need);
  return schema::CreateQueueView(
      builder, queue_name, group, need, queue.tier, static_cast<schema::QueueMode>(queue.mode),
      static_cast<schema::Discipline>(queue.discipline), queue.waiting, queue.in_hand,
      queue.pending, queue.oldest_enqueued_at_us, queue.offered, queue.unroutable, queue.held,
      queue.at_risk, queue.breached, queue.next_due_at_us);
}

desk::QueueView read(FieldReader& reader, const schema::QueueView& table) {
  desk::QueueView queue;
  queue.name = reader.text(table.name(), "queue.name");
  queue.group = reader.text(table.group(), "queue.group");
  queue.need = reader.text(table.need(), "queue.need");
  queue.tier = table.tier();
  queue.mode = reader.enumerator(table.mode(), mode_last, "queue.mode");
  queue.discipline = reader.enumerator(table.discipline(), discipline_last, "queue.discipline");
  queue.waiting = table.waiting();
  queue.in_hand = table.in_hand();
  queue.pending = table.pending();
  queue.oldest_enqueued_at_us = table.oldest_enqueued_at_us();
  queue.offered = table.offered();
  queue.unroutable = table.unroutable();
  queue.held = table.held();
  queue.at_risk = table.at_risk();
  queue.breached = table.breached();
  queue.next_due_at_us = table.next_due_at_us();
  return queue;
}

Offset<schema::AgentView> put(Builder& builder, const desk::AgentView& agent) {
  const auto agent_name = put_text(builder, agent.name);
  const auto groups = put_text(builder, agent.groups);
  const auto skills = put_text(builder, agent.skills);
  const auto state = put_text(builder, agent.state);
  const auto code = put_text(builder, agent.code);
  const auto languages = put_text(builder, agent.languages);
  const auto clearances = put_text(builder, agent.clearances);
  const auto channels = put_text(builder, agent.channels);
  const auto shift = put_text(builder, agent.shift);
  return schema::CreateAgentView(
      builder, agent_name, groups, skills, agent.logged_in, agent.capacity_milli, agent.used_milli,
      agent.tickets, agent.idle_since_us, state, code, agent.since_us, agent.state_ends_at_us,
      agent.lost, agent.shift_ends_at_us, agent.offers, agent.exclusions, agent.logged_in_us,
      agent.available_us, agent.busy_us, agent.wrap_up_us, agent.away_us, languages, clearances,
      channels, shift);
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
  agent.state = reader.text(table.state(), "agent.state");
  agent.code = reader.text(table.code(), "agent.code");
  agent.since_us = table.since_us();
  agent.state_ends_at_us = table.state_ends_at_us();
  agent.lost = table.lost();
  agent.shift_ends_at_us = table.shift_ends_at_us();
  agent.offers = table.offers();
  agent.exclusions = table.exclusions();
  agent.logged_in_us = table.logged_in_us();
  agent.available_us = table.available_us();
  agent.busy_us = table.busy_us();
  agent.wrap_up_us = table.wrap_up_us();
  agent.away_us = table.away_us();
  agent.languages = reader.text(table.languages(), "agent.languages");
  agent.clearances = reader.text(table.clearances(), "agent.clearances");
  agent.channels = reader.text(table.channels(), "agent.channels");
  agent.shift = reader.text(table.shift(), "agent.shift");
  return agent;
}

Offset<schema::SurveyView> put(Builder& builder, const desk::SurveyView& survey) {
  const auto queue = put_text(builder, survey.queue);
  const auto agent = put_text(builder, survey.agent);
  const auto comment = put_text(builder, survey.comment);
  return schema::CreateSurveyView(builder, survey.number, survey.ticket, queue, agent,
                                  survey.sent_at_us, survey.expires_at_us, survey.answered_at_us,
                                  survey.changed_at_us, survey.questions, survey.score,
                                  survey.recommend, survey.low, comment);
}

desk::SurveyView read(FieldReader& reader, const schema::SurveyView& table) {
  desk::SurveyView survey;
  survey.number = table.number();
  survey.ticket = table.ticket();
  survey.queue = reader.text(table.queue(), "survey.queue");
  survey.agent = reader.text(table.agent(), "survey.agent");
  survey.sent_at_us = table.sent_at_us();
  survey.expires_at_us = table.expires_at_us();
  survey.answered_at_us = table.answered_at_us();
  survey.changed_at_us = table.changed_at_us();
  survey.questions = reader.number(table.questions(), 0, desk::all_questions, "survey.questions");
  survey.score = reader.number(table.score(), -1, 5, "survey.score");
  survey.recommend = reader.number(table.recommend(), -1, 10, "survey.recommend");
  survey.low = table.low();
  survey.comment = reader.text(table.comment(), "survey.comment");
  return survey;
}

Offset<schema::AgentTimeView> put(Builder& builder, const desk::AgentTimeView& time) {
  const auto agent_name = put_text(builder, time.name);
  return schema::CreateAgentTimeView(
      builder, agent_name, time.from_us, time.to_us, time.logged_in_us, time.available_us,
      time.busy_us, time.wrap_up_us, time.away_us, time.scheduled_us, time.adherent_us);
}

desk::AgentTimeView read(FieldReader& reader, const schema::AgentTimeView& table) {
  desk::AgentTimeView time;
  time.name = reader.text(table.name(), "agent_time.name");
  time.from_us = table.from_us();
  time.to_us = table.to_us();
  time.logged_in_us = table.logged_in_us();
  time.available_us = table.available_us();
  time.busy_us = table.busy_us();
  time.wrap_up_us = table.wrap_up_us();
  time.away_us = table.away_us();
  time.scheduled_us = table.scheduled_us();
  time.adherent_us = table.adherent_us();
  return time;
}

Offset<schema::ReportingView> put(Builder& builder, const desk::ReportingView& reporting) {
  const auto calendar = put_text(builder, reporting.calendar);
  const auto spec = put(builder, reporting.spec);
  const auto targets = put_targets(builder, reporting.targets);
  return schema::CreateReportingView(builder, calendar, reporting.calendar_version, spec, targets);
}

desk::ReportingView read(FieldReader& reader, const schema::ReportingView& table) {
  desk::ReportingView reporting;
  reporting.calendar = reader.text(table.calendar(), "reporting.calendar");
  reporting.calendar_version = table.calendar_version();
  if (table.spec() != nullptr) reporting.spec = read(reader, *table.spec());
  reporting.targets = read_targets(reader, table.targets());
  return reporting;
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
                              violations, status.text_bytes, status.opened, status.resolved,
                              status.reopened, status.breaches);
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
  status.opened = table.opened();
  status.resolved = table.resolved();
  status.reopened = table.reopened();
  status.breaches = table.breaches();
  return status;
}

}  // namespace

void append(Bytes& out, const QueryMessage& message) {
  append_table(out, MessageKind::query, [&](Builder& builder) {
    const auto& query = message.query;
    const auto text = put_text(builder, query.text);
    const auto agent = put_text(builder, query.agent);
    return schema::CreateQuery(
        builder, message.tag, message.desk.value, static_cast<schema::QueryKind>(query.kind),
        query.ticket, text, agent, static_cast<schema::State>(query.state), query.after,
        query.limit, query.at_us, query.with_digest, query.mode, query.until_us);
  });
}

sched::Expected<QueryMessage, WireError> decode_query(std::span<const std::byte> payload) {
  const auto root = verified_root<schema::Query>(payload, "query");
  if (!root) return sched::Unexpected{root.error()};
  const auto& table = **root;
  FieldReader reader("query", payload.size());
  QueryMessage message{.tag = table.tag(), .desk = {table.desk()}, .query = {}};
  auto& query = message.query;
  query.kind = reader.enumerator(table.kind(), query_kind_last, "kind");
  query.ticket = table.ticket();
  query.text = reader.text(table.text(), "text");
  query.agent = reader.text(table.agent(), "agent");
  query.state = reader.enumerator(table.state(), uint8_t{desk::state_count - 1}, "state");
  query.after = table.after();
  query.limit = reader.number(table.limit(), 1, 1'000, "limit");
  query.at_us = table.at_us();
  query.with_digest = table.with_digest();
  query.mode = reader.number(table.mode(), 0, 2, "mode");
  query.until_us = table.until_us();
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
    const auto offers = put_tables<schema::OfferView>(builder, answer.offers, put_view);
    const auto surveys = put_tables<schema::SurveyView>(builder, answer.surveys, put_view);
    const auto agent_times =
        put_tables<schema::AgentTimeView>(builder, answer.agent_times, put_view);
    Offset<schema::ReportingView> reporting;
    if (answer.kind == desk::QueryKind::reporting) reporting = put(builder, answer.reporting);
    Offset<schema::Why> why;
    Offset<schema::Names> names;
    Offset<schema::Kpi> kpi;
    Offset<schema::Status> status;
    if (answer.kind == desk::QueryKind::names) names = put(builder, answer.names);
    if (answer.kind == desk::QueryKind::kpi) kpi = put(builder, answer.kpi);
    if (answer.kind == desk::QueryKind::status) status = put(builder, answer.status);
    if (is_why(answer.kind)) why = put(builder, answer.why);
    return schema::CreateAnswer(
        builder, message.tag, message.desk.value, static_cast<schema::QueryKind>(answer.kind),
        answer.code, tickets, queues, agents, names, kpi, status, clocks, policies, changes,
        answer.next_after, answer.more, offers, why, surveys, agent_times, reporting);
  });
}

sched::Expected<AnswerMessage, WireError> decode_answer(std::span<const std::byte> payload) {
  const auto root = verified_root<schema::Answer>(payload, "answer", answer_tables_max);
  if (!root) return sched::Unexpected{root.error()};
  const auto& table = **root;
  FieldReader reader("answer", payload.size());
  AnswerMessage message{.tag = table.tag(), .desk = {table.desk()}, .answer = {}};
  auto& answer = message.answer;
  answer.kind = reader.enumerator(table.kind(), query_kind_last, "kind");
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
  reader.tables(table.offers(), "offers", [&](const schema::OfferView& view) {
    answer.offers.push_back(read(reader, view));
  });
  if (table.why() != nullptr) answer.why = read(reader, *table.why());
  reader.tables(table.surveys(), "surveys", [&](const schema::SurveyView& view) {
    answer.surveys.push_back(read(reader, view));
  });
  reader.tables(table.agent_times(), "agent_times", [&](const schema::AgentTimeView& view) {
    answer.agent_times.push_back(read(reader, view));
  });
  if (table.reporting() != nullptr) answer.reporting = read(reader, *table.reporting());
  return reader.finish(std::move(message));
}

}  // namespace paceline::wire
