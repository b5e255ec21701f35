#include "wire/command_writer.h"

#include <cstring>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "wire/schema.h"
#include "wire/text.h"

namespace paceline::wire {

using desk::CommandKind;

struct CommandWriter::Impl {
  // The frame so far.
  std::vector<CommandKind> order;
  std::string text;
  std::optional<WireError> error;  // the first text that cannot travel
  size_t records_size = 0;         // bytes in the vectors below

  std::vector<desk::Open> open;
  std::vector<desk::Update> update;
  std::vector<desk::Message> message;
  std::vector<desk::Assign> assign;
  std::vector<desk::Start> start;
  std::vector<desk::Requeue> requeue;
  std::vector<desk::Pend> pend;
  std::vector<desk::Resume> resume;
  std::vector<desk::Resolve> resolve;
  std::vector<desk::Close> close;
  std::vector<desk::Reopen> reopen;
  std::vector<desk::Cancel> cancel;
  std::vector<desk::DefineQueue> define_queue;
  std::vector<desk::DefineAgent> define_agent;
  std::vector<desk::LogIn> log_in;
  std::vector<desk::LogOut> log_out;
  std::vector<desk::ConfigBegin> config_begin;
  std::vector<desk::ConfigChunk> config_chunk;
  std::vector<desk::ConfigCommit> config_commit;
  std::vector<desk::Acknowledge> acknowledge;
  std::vector<desk::Merge> merge;
  std::vector<desk::ImportTicket> import_ticket;
  std::vector<desk::Migrate> migrate;
  std::vector<desk::Repair> repair;
  std::vector<desk::Accept> accept;
  std::vector<desk::Decline> decline;
  std::vector<desk::Withdraw> withdraw;
  std::vector<desk::SetAgentState> set_agent_state;
  std::vector<desk::Next> next;
  std::vector<desk::Escalate> escalate;
  std::vector<desk::Bounce> bounce;
  std::vector<desk::HandOver> hand_over;
  std::vector<desk::Reassign> reassign;
  std::vector<desk::SwitchRoute> switch_route;
  std::vector<desk::HoldQueue> hold_queue;
  std::vector<desk::Score> score;
  std::vector<desk::Reconcile> reconcile;
  std::vector<desk::Rate> rate;
  std::vector<uint16_t> resolve_article;  // up to the last resolve that cites one

  // Written by finish().
  flatbuffers::FlatBufferBuilder builder{4'096};

  uint32_t text_end() const { return static_cast<uint32_t>(text.size()); }

  uint16_t put(std::string_view value, const char* command, const char* field) {
    if (value.empty()) return 0;
    if (value.size() > text_size_max || !is_valid_text(value)) [[unlikely]] {
      refuse(value, command, field);
      return 0;
    }
    text.append(value);
    return static_cast<uint16_t>(value.size());
  }

  void refuse(std::string_view value, const char* command, const char* field) {
    if (error) return;
    const std::string where =
        "command " + std::to_string(order.size()) + " (" + command + "): " + field;
    if (value.size() > text_size_max)
      error = WireError{WireErrorKind::text_too_long,
                        where + " has " + std::to_string(value.size()) + " bytes, at most " +
                            std::to_string(text_size_max) + " can be kept: shorten it"};
    else
      error = WireError{WireErrorKind::text_invalid,
                        where + " is not UTF-8 or contains a NUL: convert it"};
  }

  template <class Record>
  Record addressed(const Addressed& to, const char* command) {
    Record record;
    record.ticket = to.ticket;
    record.expected_version = to.expected_version;
    record.text_at = text_end();
    record.external_id_size = put(to.external_id, command, "external_id");
    return record;
  }

  template <class Record>
  uint64_t add(CommandKind kind, std::vector<Record>& records, const Record& record) {
    records.push_back(record);
    order.push_back(kind);
    records_size += sizeof(Record);
    return order.size() - 1;
  }

  /// What Open, Update and ImportTicket have in common; texts in the order of desk::TextField.
  template <class Record, class Fields>
  void put_attributes(Record& record, const Fields& fields, std::string_view external_id,
                      std::string_view queue, const char* command) {
    record.sizes = {put(external_id, command, "external_id"),
                    put(fields.category, command, "category"),
                    put(fields.subcategory, command, "subcategory"),
                    put(fields.service, command, "service"),
                    put(fields.config_item, command, "config_item"),
                    put(fields.channel, command, "channel"),
                    put(fields.requester_type, command, "requester_type"),
                    put(fields.organisation, command, "organisation"),
                    put(fields.contract, command, "contract"),
                    put(fields.stage, command, "stage"),
                    put(fields.language, command, "language"),
                    put(fields.confidentiality, command, "confidentiality"),
                    put(fields.requester, command, "requester"),
                    put(fields.body, command, "body"),
                    put(queue, command, "queue")};
    record.promised_at_us = fields.promised_at_us;
    record.kind = static_cast<uint8_t>(fields.kind);
    record.impact = static_cast<uint8_t>(fields.impact);
    record.urgency = static_cast<uint8_t>(fields.urgency);
    record.vip = fields.vip ? 1 : 0;
    record.sentiment = static_cast<uint8_t>(fields.sentiment);
    record.workaround = fields.workaround ? 1 : 0;
    record.major = fields.major ? 1 : 0;
    if constexpr (requires { record.confidence; }) record.confidence = fields.confidence;
  }

  template <class Each>
  void for_each_vector(Each each) {
    each(open);
    each(update);
    each(message);
    each(assign);
    each(start);
    each(requeue);
    each(pend);
    each(resume);
    each(resolve);
    each(close);
    each(reopen);
    each(cancel);
    each(define_queue);
    each(define_agent);
    each(log_in);
    each(log_out);
    each(config_begin);
    each(config_chunk);
    each(config_commit);
    each(acknowledge);
    each(merge);
    each(import_ticket);
    each(migrate);
    each(repair);
    each(accept);
    each(decline);
    each(withdraw);
    each(set_agent_state);
    each(next);
    each(escalate);
    each(bounce);
    each(hand_over);
    each(reassign);
    each(switch_route);
    each(hold_queue);
    each(score);
    each(reconcile);
    each(rate);
  }

  template <class Struct, class Record>
  flatbuffers::Offset<flatbuffers::Vector<const Struct*>> put_all(
      const std::vector<Record>& records) {
    return put_records<Struct>(builder, std::span<const Record>(records));
  }
};

CommandWriter::CommandWriter() : impl_(std::make_unique<Impl>()) {}
CommandWriter::~CommandWriter() = default;
CommandWriter::CommandWriter(CommandWriter&&) noexcept = default;
CommandWriter& CommandWriter::operator=(CommandWriter&&) noexcept = default;

uint64_t CommandWriter::open(const OpenFields& fields) {
  desk::Open record;
  record.occurred_at_us = fields.occurred_at_us;
  record.follows = fields.follows;
  record.text_at = impl_->text_end();
  impl_->put_attributes(record, fields, fields.external_id, fields.queue, "open");
  return impl_->add(CommandKind::open, impl_->open, record);
}

uint64_t CommandWriter::update(const UpdateFields& fields) {
  desk::Update record;
  record.ticket = fields.to.ticket;
  record.expected_version = fields.to.expected_version;
  record.text_at = impl_->text_end();
  record.fields = fields.fields;
  impl_->put_attributes(record, fields, fields.to.external_id, {}, "update");
  return impl_->add(CommandKind::update, impl_->update, record);
}

uint64_t CommandWriter::message(const MessageFields& fields) {
  auto record = impl_->addressed<desk::Message>(fields.to, "message");
  record.author_kind = static_cast<uint8_t>(fields.author_kind);
  record.is_public = fields.is_public ? 1 : 0;
  record.automatic = fields.automatic ? 1 : 0;
  return impl_->add(CommandKind::message, impl_->message, record);
}

uint64_t CommandWriter::assign(const Addressed& to, std::string_view agent) {
  auto record = impl_->addressed<desk::Assign>(to, "assign");
  record.agent_size = impl_->put(agent, "assign", "agent");
  return impl_->add(CommandKind::assign, impl_->assign, record);
}

uint64_t CommandWriter::start(const Addressed& to) {
  const auto record = impl_->addressed<desk::Start>(to, "start");
  return impl_->add(CommandKind::start, impl_->start, record);
}

uint64_t CommandWriter::requeue(const Addressed& to, std::string_view queue,
                                std::string_view reason) {
  auto record = impl_->addressed<desk::Requeue>(to, "requeue");
  record.queue_size = impl_->put(queue, "requeue", "queue");
  record.reason_size = impl_->put(reason, "requeue", "reason");
  return impl_->add(CommandKind::requeue, impl_->requeue, record);
}

uint64_t CommandWriter::pend(const PendFields& fields) {
  auto record = impl_->addressed<desk::Pend>(fields.to, "pend");
  record.resume_at_us = fields.resume_at_us;
  record.max_pause_us = fields.max_pause_us;
  record.reminders = fields.reminders;
  record.reason_size = impl_->put(fields.reason, "pend", "reason");
  return impl_->add(CommandKind::pend, impl_->pend, record);
}

uint64_t CommandWriter::pend(const Addressed& to, std::string_view reason, int64_t resume_at_us) {
  return pend({.to = to, .reason = reason, .resume_at_us = resume_at_us});
}

uint64_t CommandWriter::resume(const Addressed& to) {
  const auto record = impl_->addressed<desk::Resume>(to, "resume");
  return impl_->add(CommandKind::resume, impl_->resume, record);
}

uint64_t CommandWriter::resolve(const Addressed& to, std::string_view code, bool restate,
                                std::string_view article) {
  auto record = impl_->addressed<desk::Resolve>(to, "resolve");
  record.code_size = impl_->put(code, "resolve", "code");
  record.restate = restate ? 1 : 0;
  if (!article.empty()) {
    impl_->resolve_article.resize(impl_->resolve.size());
    impl_->resolve_article.push_back(impl_->put(article, "resolve", "article"));
  }
  return impl_->add(CommandKind::resolve, impl_->resolve, record);
}

uint64_t CommandWriter::close(const Addressed& to, std::string_view code) {
  auto record = impl_->addressed<desk::Close>(to, "close");
  record.code_size = impl_->put(code, "close", "code");
  return impl_->add(CommandKind::close, impl_->close, record);
}

uint64_t CommandWriter::reopen(const Addressed& to, std::string_view reason) {
  auto record = impl_->addressed<desk::Reopen>(to, "reopen");
  record.reason_size = impl_->put(reason, "reopen", "reason");
  return impl_->add(CommandKind::reopen, impl_->reopen, record);
}

uint64_t CommandWriter::cancel(const Addressed& to, std::string_view reason) {
  auto record = impl_->addressed<desk::Cancel>(to, "cancel");
  record.reason_size = impl_->put(reason, "cancel", "reason");
  return impl_->add(CommandKind::cancel, impl_->cancel, record);
}

uint64_t CommandWriter::acknowledge(const Addressed& to, uint8_t clock, uint8_t rung) {
  auto record = impl_->addressed<desk::Acknowledge>(to, "acknowledge");
  record.clock = clock;
  record.rung = rung;
  return impl_->add(CommandKind::acknowledge, impl_->acknowledge, record);
}

uint64_t CommandWriter::merge(const Addressed& to, const Addressed& into) {
  auto record = impl_->addressed<desk::Merge>(to, "merge");
  record.into = into.ticket;
  record.into_external_id_size = impl_->put(into.external_id, "merge", "into_external_id");
  return impl_->add(CommandKind::merge, impl_->merge, record);
}

uint64_t CommandWriter::import_ticket(const ImportFields& fields) {
  desk::ImportTicket record;
  record.recorded_at_us = fields.recorded_at_us;
  record.occurred_at_us = fields.ticket.occurred_at_us;
  record.text_at = impl_->text_end();
  impl_->put_attributes(record, fields.ticket, fields.ticket.external_id, fields.ticket.queue,
                        "import_ticket");
  record.history_size = impl_->put(fields.history, "import_ticket", "history");
  record.agent_size = impl_->put(fields.agent, "import_ticket", "agent");
  return impl_->add(CommandKind::import_ticket, impl_->import_ticket, record);
}

uint64_t CommandWriter::migrate(desk::MigrateMode mode, std::string_view select,
                                std::string_view policy) {
  desk::Migrate record;
  record.text_at = impl_->text_end();
  record.select_size = impl_->put(select, "migrate", "select");
  record.policy_size = impl_->put(policy, "migrate", "policy");
  record.mode = static_cast<uint8_t>(mode);
  return impl_->add(CommandKind::migrate, impl_->migrate, record);
}

uint64_t CommandWriter::repair(const Addressed& to, bool newest) {
  auto record = impl_->addressed<desk::Repair>(to, "repair");
  record.newest = newest ? 1 : 0;
  return impl_->add(CommandKind::repair, impl_->repair, record);
}

uint64_t CommandWriter::accept(uint64_t offer, std::string_view agent) {
  desk::Accept record;
  record.offer = offer;
  record.text_at = impl_->text_end();
  record.agent_size = impl_->put(agent, "accept", "agent");
  return impl_->add(CommandKind::accept, impl_->accept, record);
}

uint64_t CommandWriter::decline(uint64_t offer, std::string_view reason, std::string_view agent) {
  desk::Decline record;
  record.offer = offer;
  record.text_at = impl_->text_end();
  record.agent_size = impl_->put(agent, "decline", "agent");
  record.reason_size = impl_->put(reason, "decline", "reason");
  return impl_->add(CommandKind::decline, impl_->decline, record);
}

uint64_t CommandWriter::withdraw(const Addressed& to) {
  const auto record = impl_->addressed<desk::Withdraw>(to, "withdraw");
  return impl_->add(CommandKind::withdraw, impl_->withdraw, record);
}

uint64_t CommandWriter::set_agent_state(const AgentStateFields& fields) {
  desk::SetAgentState record;
  record.text_at = impl_->text_end();
  record.agent_size = impl_->put(fields.agent, "set_agent_state", "agent");
  record.code_size = impl_->put(fields.code, "set_agent_state", "code");
  record.step = static_cast<uint8_t>(fields.step);
  record.requeue = fields.requeue ? 1 : 0;
  return impl_->add(CommandKind::set_agent_state, impl_->set_agent_state, record);
}

uint64_t CommandWriter::next(std::string_view agent) {
  desk::Next record;
  record.text_at = impl_->text_end();
  record.agent_size = impl_->put(agent, "next", "agent");
  return impl_->add(CommandKind::next, impl_->next, record);
}

uint64_t CommandWriter::escalate(const EscalateFields& fields) {
  auto record = impl_->addressed<desk::Escalate>(fields.to, "escalate");
  record.queue_size = impl_->put(fields.queue, "escalate", "queue");
  record.reason_size = impl_->put(fields.reason, "escalate", "reason");
  record.checklist_size = impl_->put(fields.checklist, "escalate", "checklist");
  return impl_->add(CommandKind::escalate, impl_->escalate, record);
}

uint64_t CommandWriter::bounce(const Addressed& to, std::string_view reason) {
  auto record = impl_->addressed<desk::Bounce>(to, "bounce");
  record.reason_size = impl_->put(reason, "bounce", "reason");
  return impl_->add(CommandKind::bounce, impl_->bounce, record);
}

uint64_t CommandWriter::hand_over(const Addressed& to, std::string_view agent,
                                  std::string_view note) {
  auto record = impl_->addressed<desk::HandOver>(to, "hand_over");
  record.agent_size = impl_->put(agent, "hand_over", "agent");
  record.note_size = impl_->put(note, "hand_over", "note");
  return impl_->add(CommandKind::hand_over, impl_->hand_over, record);
}

uint64_t CommandWriter::reassign(const ReassignFields& fields) {
  desk::Reassign record;
  record.text_at = impl_->text_end();
  record.where_size = impl_->put(fields.where, "reassign", "where");
  record.queue_size = impl_->put(fields.queue, "reassign", "queue");
  record.agent_size = impl_->put(fields.agent, "reassign", "agent");
  record.reason_size = impl_->put(fields.reason, "reassign", "reason");
  return impl_->add(CommandKind::reassign, impl_->reassign, record);
}

uint64_t CommandWriter::switch_route(std::string_view rule, bool on) {
  desk::SwitchRoute record;
  record.text_at = impl_->text_end();
  record.rule_size = impl_->put(rule, "switch_route", "rule");
  record.on = on ? 1 : 0;
  return impl_->add(CommandKind::switch_route, impl_->switch_route, record);
}

uint64_t CommandWriter::hold_queue(std::string_view queue, bool held) {
  desk::HoldQueue record;
  record.text_at = impl_->text_end();
  record.queue_size = impl_->put(queue, "hold_queue", "queue");
  record.held = held ? 1 : 0;
  return impl_->add(CommandKind::hold_queue, impl_->hold_queue, record);
}

uint64_t CommandWriter::score(const Addressed& to, std::string_view agent, int8_t points) {
  auto record = impl_->addressed<desk::Score>(to, "score");
  record.agent_size = impl_->put(agent, "score", "agent");
  record.points = points;
  return impl_->add(CommandKind::score, impl_->score, record);
}

uint64_t CommandWriter::reconcile(std::string_view agent, std::string_view tickets) {
  desk::Reconcile record;
  record.text_at = impl_->text_end();
  record.agent_size = impl_->put(agent, "reconcile", "agent");
  record.tickets_size = impl_->put(tickets, "reconcile", "tickets");
  return impl_->add(CommandKind::reconcile, impl_->reconcile, record);
}

uint64_t CommandWriter::rate(const RateFields& fields) {
  auto record = impl_->addressed<desk::Rate>(fields.to, "rate");
  record.survey = fields.survey;
  record.comment_size = impl_->put(fields.comment, "rate", "comment");
  record.score = fields.score;
  record.recommend = fields.recommend;
  return impl_->add(CommandKind::rate, impl_->rate, record);
}

uint64_t CommandWriter::define_queue(const DefineQueueFields& fields) {
  desk::DefineQueue record;
  record.text_at = impl_->text_end();
  record.weight_milli = fields.weight_milli;
  record.name_size = impl_->put(fields.name, "define_queue", "name");
  record.group_size = impl_->put(fields.group, "define_queue", "group");
  record.need_size = impl_->put(fields.need, "define_queue", "need");
  record.mode = static_cast<uint8_t>(fields.mode);
  record.discipline = static_cast<uint8_t>(fields.discipline);
  record.tier = fields.tier;
  return impl_->add(CommandKind::define_queue, impl_->define_queue, record);
}

uint64_t CommandWriter::define_agent(const DefineAgentFields& fields) {
  desk::DefineAgent record;
  record.text_at = impl_->text_end();
  record.capacity_milli = fields.capacity_milli;
  record.name_size = impl_->put(fields.name, "define_agent", "name");
  record.groups_size = impl_->put(fields.groups, "define_agent", "groups");
  record.skills_size = impl_->put(fields.skills, "define_agent", "skills");
  return impl_->add(CommandKind::define_agent, impl_->define_agent, record);
}

uint64_t CommandWriter::log_in(std::string_view agent) {
  desk::LogIn record;
  record.text_at = impl_->text_end();
  record.agent_size = impl_->put(agent, "log_in", "agent");
  return impl_->add(CommandKind::log_in, impl_->log_in, record);
}

uint64_t CommandWriter::log_out(std::string_view agent) {
  desk::LogOut record;
  record.text_at = impl_->text_end();
  record.agent_size = impl_->put(agent, "log_out", "agent");
  return impl_->add(CommandKind::log_out, impl_->log_out, record);
}

uint64_t CommandWriter::config_begin(uint32_t bytes) {
  return impl_->add(CommandKind::config_begin, impl_->config_begin,
                    desk::ConfigBegin{.bytes = bytes});
}

uint64_t CommandWriter::config_chunk(std::span<const std::byte> bytes) {
  const desk::ConfigChunk record{.text_at = impl_->text_end(),
                                 .size = static_cast<uint32_t>(bytes.size())};
  impl_->text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return impl_->add(CommandKind::config_chunk, impl_->config_chunk, record);
}

uint64_t CommandWriter::config_commit(uint64_t hash) {
  return impl_->add(CommandKind::config_commit, impl_->config_commit,
                    desk::ConfigCommit{.hash = hash});
}

size_t CommandWriter::size() const { return impl_->order.size(); }

size_t CommandWriter::frame_size() const {
  // The table with its description, and length and padding of each vector.
  constexpr size_t overhead = 256 + size_t{desk::command_kind_count} * 16;
  const size_t articles =
      impl_->resolve_article.empty() ? 0 : impl_->resolve.size() * sizeof(uint16_t);
  return frame_header_size + overhead + impl_->order.size() + impl_->text.size() +
         impl_->records_size + articles;
}

sched::Expected<std::span<const std::byte>, WireError> CommandWriter::finish(
    sched::DeskNumber desk, uint64_t first_number) {
  Impl& impl = *impl_;
  if (impl.error) return sched::Unexpected{*impl.error};
  if (impl.order.empty())
    return sched::Unexpected{
        WireError{WireErrorKind::empty, "no command to send: append at least one"}};

  auto& builder = impl.builder;
  builder.Clear();
  const auto text = impl.text.empty()
                        ? flatbuffers::Offset<flatbuffers::Vector<uint8_t>>(0)
                        : builder.CreateVector(reinterpret_cast<const uint8_t*>(impl.text.data()),
                                               impl.text.size());
  const auto order = builder.CreateVector(
      reinterpret_cast<const schema::CommandKind*>(impl.order.data()), impl.order.size());
  const auto open = impl.put_all<schema::Open>(impl.open);
  const auto update = impl.put_all<schema::Update>(impl.update);
  const auto message = impl.put_all<schema::Message>(impl.message);
  const auto assign = impl.put_all<schema::Assign>(impl.assign);
  const auto start = impl.put_all<schema::Start>(impl.start);
  const auto requeue = impl.put_all<schema::Requeue>(impl.requeue);
  const auto pend = impl.put_all<schema::Pend>(impl.pend);
  const auto resume = impl.put_all<schema::Resume>(impl.resume);
  const auto resolve = impl.put_all<schema::Resolve>(impl.resolve);
  const auto close = impl.put_all<schema::Close>(impl.close);
  const auto reopen = impl.put_all<schema::Reopen>(impl.reopen);
  const auto cancel = impl.put_all<schema::Cancel>(impl.cancel);
  const auto define_queue = impl.put_all<schema::DefineQueue>(impl.define_queue);
  const auto define_agent = impl.put_all<schema::DefineAgent>(impl.define_agent);
  const auto log_in = impl.put_all<schema::LogIn>(impl.log_in);
  const auto log_out = impl.put_all<schema::LogOut>(impl.log_out);
  const auto config_begin = impl.put_all<schema::ConfigBegin>(impl.config_begin);
  const auto config_chunk = impl.put_all<schema::ConfigChunk>(impl.config_chunk);
  const auto config_commit = impl.put_all<schema::ConfigCommit>(impl.config_commit);
  const auto acknowledge = impl.put_all<schema::Acknowledge>(impl.acknowledge);
  const auto merge = impl.put_all<schema::Merge>(impl.merge);
  const auto import_ticket = impl.put_all<schema::ImportTicket>(impl.import_ticket);
  const auto migrate = impl.put_all<schema::Migrate>(impl.migrate);
  const auto repair = impl.put_all<schema::Repair>(impl.repair);
  const auto accept = impl.put_all<schema::Accept>(impl.accept);
  const auto decline = impl.put_all<schema::Decline>(impl.decline);
  const auto withdraw = impl.put_all<schema::Withdraw>(impl.withdraw);
  const auto set_agent_state = impl.put_all<schema::SetAgentState>(impl.set_agent_state);
  const auto next = impl.put_all<schema::Next>(impl.next);
  const auto escalate = impl.put_all<schema::Escalate>(impl.escalate);
  const auto bounce = impl.put_all<schema::Bounce>(impl.bounce);
  const auto hand_over = impl.put_all<schema::HandOver>(impl.hand_over);
  const auto reassign = impl.put_all<schema::Reassign>(impl.reassign);
  const auto switch_route = impl.put_all<schema::SwitchRoute>(impl.switch_route);
  const auto hold_queue = impl.put_all<schema::HoldQueue>(impl.hold_queue);
  const auto score = impl.put_all<schema::Score>(impl.score);
  const auto reconcile = impl.put_all<schema::Reconcile>(impl.reconcile);
  const auto rate = impl.put_all<schema::Rate>(impl.rate);
  flatbuffers::Offset<flatbuffers::Vector<uint16_t>> resolve_article;
  if (!impl.resolve_article.empty()) {
    impl.resolve_article.resize(impl.resolve.size());
    resolve_article = builder.CreateVector(impl.resolve_article);
  }
  builder.Finish(schema::CreateCommands(
      builder, desk.value, first_number, order, text, open, update, message, assign, start, requeue,
      pend, resume, resolve, close, reopen, cancel, define_queue, define_agent, log_in, log_out,
      config_begin, config_chunk, config_commit, acknowledge, merge, import_ticket, migrate, repair,
      accept, decline, withdraw, set_agent_state, next, escalate, bounce, hand_over, reassign,
      switch_route, hold_queue, score, reconcile, rate, resolve_article));

  // The builder grows towards the front: the header goes there, and nothing is copied.
  const FrameHeader header{builder.GetSize(), static_cast<uint16_t>(MessageKind::commands),
                           protocol_version};
  builder.PushBytes(reinterpret_cast<const uint8_t*>(&header), sizeof header);
  return std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
}

void CommandWriter::clear() {
  impl_->order.clear();
  impl_->text.clear();
  impl_->error.reset();
  impl_->records_size = 0;
  impl_->resolve_article.clear();
  impl_->for_each_vector([](auto& records) { records.clear(); });
}

}  // namespace paceline::wire
