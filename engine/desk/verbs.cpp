#include "engine/desk/verbs.h"

#include <span>
#include <vector>

#include "engine/desk/lifecycle.h"
#include "engine/desk/need.h"
#include "engine/desk/predicate.h"
#include "engine/desk/verbs_shared.h"

namespace paceline::desk {

using sched::Unexpected;

namespace {

constexpr uint32_t all_interned = bit(TextField::requester) - bit(TextField::category);

constexpr uint32_t none = Floor::none;
/// Bytes of a value that is kept for ever; free text belongs into body.
constexpr size_t interned_size_max = 255;
constexpr int64_t max_pause_us_max = 100 * 366 * sched::day.us;

bool administrators_only(CommandKind kind) {
  return kind == CommandKind::define_queue || kind == CommandKind::define_agent ||
         kind == CommandKind::config_begin || kind == CommandKind::config_chunk ||
         kind == CommandKind::config_commit || kind == CommandKind::import_ticket ||
         kind == CommandKind::migrate || kind == CommandKind::repair ||
         kind == CommandKind::reassign || kind == CommandKind::switch_route ||
         kind == CommandKind::hold_queue;
}

}  // namespace

Reply Verbs::execute(const CommandFrame& frame, CommandKind kind, size_t index) {
  const bool administrator = (frame.roles & static_cast<uint32_t>(Role::administrator)) != 0;
  if (administrators_only(kind) && !administrator) return refuse(Reject::permission_denied);
  switch (kind) {
    case CommandKind::open:
      return open(frame, frame.open[index]);
    case CommandKind::update:
      return update(frame, frame.update[index]);
    case CommandKind::message: {
      const Message& message = frame.message[index];
      return on_ticket(frame, message, [&](uint32_t slot, TextCursor) {
        return decide_message(floor_.store().hot(slot), message);
      });
    }
    case CommandKind::assign: {
      const Assign& assign = frame.assign[index];
      return on_ticket(frame, assign, [&](uint32_t slot, TextCursor texts) -> Result<Event> {
        const uint32_t agent = floor_.rules().find_agent(texts.next(assign.agent_size));
        if (agent == none) return Unexpected{Reject::agent_unknown};
        return decide_assign(floor_.store().hot(slot), agent);
      });
    }
    case CommandKind::start:
      return on_ticket(frame, frame.start[index], [&](uint32_t slot, TextCursor) {
        const Ticket& ticket = floor_.store().hot(slot);
        const QueueMode mode = floor_.rules().queue(ticket.queue).definition.mode;
        return decide_start(ticket, mode == QueueMode::manual);
      });
    case CommandKind::requeue: {
      const Requeue& requeue = frame.requeue[index];
      return on_ticket(frame, requeue, [&](uint32_t slot, TextCursor texts) -> Result<Event> {
        const Ticket& ticket = floor_.store().hot(slot);
        const std::string_view name = texts.next(requeue.queue_size);
        const uint32_t queue = name.empty() ? ticket.queue : floor_.rules().find_queue(name);
        if (queue == none) return Unexpected{Reject::queue_unknown};
        const auto why = reason(texts.next(requeue.reason_size));
        if (!why) return Unexpected{why.error()};
        return decide_requeue(ticket, queue, *why);
      });
    }
    case CommandKind::pend: {
      const Pend& pend = frame.pend[index];
      if (pend.max_pause_us < 0 || pend.max_pause_us > max_pause_us_max) {
        return refuse(Reject::field_invalid, pend.ticket);
      }
      const Reply reply =
          on_ticket(frame, pend, [&](uint32_t slot, TextCursor texts) -> Result<Event> {
            if (pend.reason_size == 0) return Unexpected{Reject::field_required};
            const auto why = reason(texts.next(pend.reason_size));
            if (!why) return Unexpected{why.error()};
            return decide_pend(floor_.store().hot(slot), floor_.store().known_side(slot), *why,
                               pend.resume_at_us, floor_.now_us());
          });
      if (reply.code == 0 && (pend.max_pause_us != 0 || pend.reminders != 0)) {
        floor_.limit_pause(floor_.store().find(reply.ticket), pend.max_pause_us, pend.reminders);
      }
      return reply;
    }
    case CommandKind::resume:
      return on_ticket(frame, frame.resume[index], [&](uint32_t slot, TextCursor) {
        return decide_resume(floor_.store().hot(slot));
      });
    case CommandKind::resolve: {
      const Resolve& resolve = frame.resolve[index];
      return on_ticket(frame, resolve, [&](uint32_t slot, TextCursor texts) -> Result<Event> {
        const auto code = reason(texts.next(resolve.code_size));
        if (!code) return Unexpected{code.error()};
        const auto article =
            reason(frame.resolve_article.empty() ? "" : texts.next(frame.resolve_article[index]));
        if (!article) return Unexpected{article.error()};
        if (floor_.tasks_open(slot) != 0) return Unexpected{Reject::tasks_open};
        return decide_resolve(floor_.store().hot(slot), *code, resolve.restate != 0, *article);
      });
    }
    case CommandKind::close: {
      const Close& close = frame.close[index];
      return on_ticket(frame, close, [&](uint32_t slot, TextCursor texts) -> Result<Event> {
        const auto code = reason(texts.next(close.code_size));
        if (!code) return Unexpected{code.error()};
        if (floor_.tasks_open(slot) != 0) return Unexpected{Reject::tasks_open};
        return decide_close(floor_.store().hot(slot), *code);
      });
    }
    case CommandKind::reopen: {
      const Reopen& reopen = frame.reopen[index];
      return on_ticket(frame, reopen, [&](uint32_t slot, TextCursor texts) -> Result<Event> {
        const auto why = reason(texts.next(reopen.reason_size));
        if (!why) return Unexpected{why.error()};
        return decide_reopen(floor_.store().hot(slot), *why);
      });
    }
    case CommandKind::cancel: {
      const Cancel& cancel = frame.cancel[index];
      return on_ticket(frame, cancel, [&](uint32_t slot, TextCursor texts) -> Result<Event> {
        const auto why = reason(texts.next(cancel.reason_size));
        if (!why) return Unexpected{why.error()};
        return decide_cancel(floor_.store().hot(slot), *why);
      });
    }
    case CommandKind::define_queue:
      return define_queue(frame, frame.define_queue[index]);
    case CommandKind::define_agent:
      return define_agent(frame, frame.define_agent[index]);
    case CommandKind::log_in: {
      const LogIn& log_in = frame.log_in[index];
      return log_in_or_out(TextCursor(frame.text, log_in.text_at).next(log_in.agent_size), true);
    }
    case CommandKind::log_out: {
      const LogOut& log_out = frame.log_out[index];
      return log_in_or_out(TextCursor(frame.text, log_out.text_at).next(log_out.agent_size), false);
    }
    case CommandKind::config_begin:
      return config_begin(frame.config_begin[index]);
    case CommandKind::config_chunk:
      return config_chunk(frame, frame.config_chunk[index]);
    case CommandKind::config_commit:
      return config_commit(frame.config_commit[index]);
    case CommandKind::acknowledge:
      return acknowledge(frame, frame.acknowledge[index]);
    case CommandKind::merge:
      return merge(frame, frame.merge[index]);
    case CommandKind::import_ticket:
      return import_ticket(frame, frame.import_ticket[index]);
    case CommandKind::migrate:
      return migrate(frame, frame.migrate[index]);
    case CommandKind::repair:
      return repair(frame, frame.repair[index]);
    case CommandKind::accept: {
      const Accept& accept = frame.accept[index];
      return answer_offer(frame, accept.offer, accept.text_at, accept.agent_size, nullptr);
    }
    case CommandKind::decline: {
      const Decline& decline = frame.decline[index];
      return answer_offer(frame, decline.offer, decline.text_at, decline.agent_size,
                          &decline.reason_size);
    }
    case CommandKind::withdraw:
      return withdraw(frame, frame.withdraw[index]);
    case CommandKind::set_agent_state:
      return set_agent_state(frame, frame.set_agent_state[index]);
    case CommandKind::next:
      return next(frame, frame.next[index]);
    case CommandKind::escalate:
      return escalate(frame, frame.escalate[index]);
    case CommandKind::bounce:
      return bounce(frame, frame.bounce[index]);
    case CommandKind::hand_over:
      return hand_over(frame, frame.hand_over[index]);
    case CommandKind::reassign:
      return reassign(frame, frame.reassign[index]);
    case CommandKind::switch_route:
      return switch_route(frame, frame.switch_route[index]);
    case CommandKind::hold_queue:
      return hold_queue(frame, frame.hold_queue[index]);
    case CommandKind::score:
      return score(frame, frame.score[index]);
    case CommandKind::reconcile:
      return reconcile(frame, frame.reconcile[index]);
    case CommandKind::rate:
      return rate(frame, frame.rate[index]);
  }
  return refuse(Reject::field_invalid);
}

Result<uint32_t> Verbs::find(uint64_t id, std::string_view external_id, uint32_t expected_version) {
  TicketStore& store = floor_.store();
  if (id == 0 && external_id.empty()) return Unexpected{Reject::field_required};
  const auto look_up = [&] { return id != 0 ? store.find(id) : store.find_external(external_id); };
  uint32_t slot = look_up();
  if (slot == none) return Unexpected{Reject::ticket_unknown};
  floor_.fire_due_of(slot);
  slot = look_up();  // its own timer may have archived it
  if (slot == none) return Unexpected{Reject::ticket_unknown};
  if (expected_version != 0 && expected_version != store.hot(slot).version) {
    return Unexpected{Reject::version_conflict};
  }
  return slot;
}

template <class Command, class Decide>
Reply Verbs::on_ticket(const CommandFrame& frame, const Command& command, Decide&& decide) {
  TextCursor texts(frame.text, command.text_at);
  const auto slot =
      find(command.ticket, texts.next(command.external_id_size), command.expected_version);
  if (!slot) return refuse(slot.error(), command.ticket);
  const Ticket& ticket = floor_.store().hot(*slot);
  const Result<Event> event = decide(*slot, texts);
  if (!event) return refuse(event.error(), ticket.id);
  if (begins_interval(ticket, *event) && is_open(event->state)) {  // it can always be ended
    const Reject no = floor_.store().interval_refused(*slot);
    if (no != Reject::none) return refuse(no, ticket.id);
  }
  floor_.change(*slot, *event);
  return done(*slot);
}

Reply Verbs::open(const CommandFrame& frame, const Open& open) {
  TicketStore& store = floor_.store();
  const Texts texts = read_texts(frame, open.text_at, open.sizes);
  const std::string_view external_id = text_of(texts, TextField::external_id);
  const std::string_view queue_name = text_of(texts, TextField::queue);
  if (!is_instant(open.occurred_at_us) || !is_instant(open.promised_at_us)) {
    return refuse(Reject::field_invalid);
  }
  if (open.follows != 0 && !floor_.ever_issued(open.follows)) {
    return refuse(Reject::ticket_unknown, open.follows);
  }
  const bool task = static_cast<TicketKind>(open.kind) == TicketKind::task;
  if (task) {
    if (open.follows == 0) return refuse(Reject::field_required);
    const auto parent = find(open.follows, {}, 0);
    if (!parent) return refuse(parent.error(), open.follows);
    if (!store.hot(*parent).open()) return refuse(Reject::ticket_closed, open.follows);
  }
  uint32_t queue = none;
  if (!queue_name.empty()) {
    queue = floor_.rules().find_queue(queue_name);
    if (queue == none) return refuse(Reject::queue_unknown);
  }
  if (const uint32_t known = store.find_external(external_id); known != none) {
    return refuse(Reject::external_id_taken, store.hot(known).id);
  }
  const auto slot = create(open, texts);
  if (!slot) return refuse(slot.error());
  if (task) {
    floor_.add_task(store.find(open.follows), *slot);
  } else if (open.follows != 0) {
    store.side(*slot).follows = open.follows;
  }
  floor_.admit(*slot, queue);
  return done(*slot);
}

template <class Record>
Result<uint32_t> Verbs::create(const Record& record, const Texts& texts) {
  TicketStore& store = floor_.store();
  if (store.full()) return Unexpected{Reject::tickets_full};
  if (!store.has_clocks(floor_.rules().tracks_in_force())) return Unexpected{Reject::clocks_full};
  if (store.intervals_left() == 0) return Unexpected{Reject::intervals_full};
  const auto interned = intern(texts, all_interned);
  if (!interned) return Unexpected{interned.error()};
  // Only now is a number used up: what is refused leaves no gap.
  const auto slot =
      store.create(floor_.next_ticket_id(), text_of(texts, TextField::external_id),
                   text_of(texts, TextField::requester), text_of(texts, TextField::body));
  if (!slot) return slot;
  floor_.use_ticket_id();
  Ticket& ticket = store.hot(*slot);
  ticket.kind = static_cast<TicketKind>(record.kind);
  ticket.impact = static_cast<sched::Impact>(record.impact);
  ticket.urgency = static_cast<sched::Urgency>(record.urgency);
  ticket.sentiment = static_cast<Sentiment>(record.sentiment);
  ticket.vip = record.vip & 1U;
  ticket.workaround = record.workaround & 1U;
  ticket.major = record.major & 1U;
  if constexpr (requires { record.confidence; }) ticket.confidence = record.confidence;
  if (record.occurred_at_us != 0) store.side(*slot).occurred_at_us = record.occurred_at_us;
  if (record.promised_at_us != 0) store.side(*slot).promised_at_us = record.promised_at_us;
  store.set_attributes(*slot, *interned);
  return slot;
}
template Result<uint32_t> Verbs::create(const Open& record, const Texts& texts);
template Result<uint32_t> Verbs::create(const ImportTicket& record, const Texts& texts);

Reply Verbs::update(const CommandFrame& frame, const Update& update) {
  TicketStore& store = floor_.store();
  const Texts texts = read_texts(frame, update.text_at, update.sizes);
  constexpr uint32_t not_updatable = bit(TextField::external_id) | bit(TextField::queue);
  constexpr uint32_t known_fields = (bit(TextField::queue) * 2 - 1) | bit(FieldBit::kind) |
                                    bit(FieldBit::impact) | bit(FieldBit::urgency) |
                                    bit(FieldBit::vip) | bit(FieldBit::sentiment) |
                                    bit(FieldBit::workaround) | bit(FieldBit::major) |
                                    bit(FieldBit::promised_at) | bit(FieldBit::confidence);
  if ((update.fields & (not_updatable | ~known_fields)) != 0) return refuse(Reject::field_invalid);
  if (!is_instant(update.promised_at_us)) return refuse(Reject::field_invalid, update.ticket);
  const auto slot =
      find(update.ticket, text_of(texts, TextField::external_id), update.expected_version);
  if (!slot) return refuse(slot.error(), update.ticket);
  Ticket& ticket = store.hot(*slot);
  const auto asked = [&](auto field) { return (update.fields & bit(field)) != 0; };

  if (ticket.open() && !store.has_clocks(floor_.rules().tracks_in_force())) {
    return refuse(Reject::clocks_full, ticket.id);
  }
  const auto interned = intern(texts, update.fields);
  if (!interned) return refuse(interned.error(), ticket.id);
  uint32_t changed = 0;
  const std::string_view requester =
      asked(TextField::requester) ? text_of(texts, TextField::requester) : store.requester(*slot);
  const std::string_view body =
      asked(TextField::body) ? text_of(texts, TextField::body) : store.body(*slot);
  if (requester != store.requester(*slot)) changed |= bit(TextField::requester);
  if (body != store.body(*slot)) changed |= bit(TextField::body);
  if (changed != 0) {
    const uint32_t self_before = floor_.self_of(*slot);
    if (const auto set = store.set_texts(*slot, requester, body); !set) {
      return refuse(set.error(), ticket.id);
    }
    if (floor_.self_of(*slot) != self_before) floor_.include_self(*slot, self_before);
  }
  Attributes attributes = store.attributes(*slot);
  for (size_t i = 0; i < interned_count; ++i) {
    const auto field = static_cast<TextField>(i + 1);
    if (!asked(field) || attributes[i] == (*interned)[i]) continue;
    attributes[i] = (*interned)[i];
    changed |= bit(field);
  }
  if ((changed & all_interned) != 0) store.set_attributes(*slot, attributes);
  const auto set = [&](FieldBit field, auto& value, uint8_t wanted) {
    using Value = std::remove_reference_t<decltype(value)>;
    if (!asked(field) || value == static_cast<Value>(wanted)) return;
    value = static_cast<Value>(wanted);
    changed |= bit(field);
  };
  set(FieldBit::kind, ticket.kind, update.kind);
  set(FieldBit::impact, ticket.impact, update.impact);
  set(FieldBit::urgency, ticket.urgency, update.urgency);
  set(FieldBit::sentiment, ticket.sentiment, update.sentiment);
  set(FieldBit::confidence, ticket.confidence, update.confidence);
  if (asked(FieldBit::vip) && ticket.vip != (update.vip & 1U)) {
    ticket.vip = update.vip & 1U;
    changed |= bit(FieldBit::vip);
  }
  if (asked(FieldBit::workaround) && ticket.workaround != (update.workaround & 1U)) {
    ticket.workaround = update.workaround & 1U;
    changed |= bit(FieldBit::workaround);
  }
  if (asked(FieldBit::major) && ticket.major != (update.major & 1U)) {
    ticket.major = update.major & 1U;
    changed |= bit(FieldBit::major);
  }
  if (asked(FieldBit::promised_at) &&
      store.known_side(*slot).promised_at_us != update.promised_at_us) {
    store.side(*slot).promised_at_us = update.promised_at_us;
    changed |= bit(FieldBit::promised_at);
  }
  floor_.attributes_changed(*slot, changed);
  return done(*slot);
}

Reply Verbs::define_queue(const CommandFrame& frame, const DefineQueue& define) {
  TextCursor texts(frame.text, define.text_at);
  const std::string_view queue_name = texts.next(define.name_size);
  QueueDefinition definition;
  // What a command cannot say keeps the value a configuration gave it.
  if (const uint32_t known = floor_.rules().find_queue(queue_name); known != none) {
    definition = floor_.rules().queue(known).definition;
  }
  definition.name = queue_name;
  definition.group = texts.next(define.group_size);
  const std::string_view need = texts.next(define.need_size);
  if (!need.empty()) definition.steps.clear();
  if (definition.steps.empty()) definition.need = need;
  definition.tier = define.tier;
  definition.mode = static_cast<QueueMode>(define.mode);
  definition.discipline = static_cast<Discipline>(define.discipline);
  definition.weight_milli = define.weight_milli;
  if (!floor_.has_work_for(definition)) return refuse(Reject::work_kinds_full);
  const auto position = floor_.define_queue(definition);
  if (!position) return refuse(position.error());
  floor_.match_all();
  return {};
}

Reply Verbs::define_agent(const CommandFrame& frame, const DefineAgent& define) {
  TextCursor texts(frame.text, define.text_at);
  AgentDefinition definition;
  const std::string_view agent_name = texts.next(define.name_size);
  if (const uint32_t known = floor_.rules().find_agent(agent_name); known != none) {
    definition = floor_.rules().agent(known).definition;
    definition.groups.clear();
    definition.skills.clear();
  }
  definition.name = agent_name;
  std::string_view groups = texts.next(define.groups_size);
  while (!groups.empty()) {
    const size_t comma = groups.find(',');
    if (const std::string_view group = groups.substr(0, comma); !group.empty()) {
      definition.groups.emplace_back(group);
    }
    groups = comma == std::string_view::npos ? std::string_view{} : groups.substr(comma + 1);
  }
  const auto skills = parse_skills(texts.next(define.skills_size));
  if (!skills) return refuse(Reject::expression_invalid);
  for (const NamedLevel& skill : *skills) {
    definition.skills.emplace_back(skill.skill, skill.level);
  }
  definition.capacity_milli = define.capacity_milli;
  const auto position = floor_.define_agent(definition);
  if (!position) return refuse(position.error());
  floor_.match_all();
  return {};
}

Reply Verbs::log_in_or_out(std::string_view agent_name, bool in) {
  const auto agent = find_agent(agent_name);
  if (!agent) return refuse(agent.error());
  const AgentRecord& record = floor_.roster()[*agent];
  if (in && record.logged_in() && record.lost_at_us == 0) {
    return refuse(Reject::agent_already_logged_in);
  }
  if (!in && !record.logged_in()) return refuse(Reject::agent_not_logged_in);
  in ? floor_.log_in(*agent) : floor_.log_out(*agent);
  return {};
}

Reply Verbs::config_begin(const ConfigBegin& begin) {
  if (begin.bytes == 0 || begin.bytes > limits_.config_bytes_max) {
    return refuse(Reject::field_invalid);
  }
  staged_.clear();
  staged_size_ = begin.bytes;
  return {};
}

Reply Verbs::config_chunk(const CommandFrame& frame, const ConfigChunk& chunk) {
  if (staged_.size() + chunk.size > staged_size_) return refuse(Reject::configuration_incomplete);
  staged_ += frame.text.substr(chunk.text_at, chunk.size);
  return {};
}

Reply Verbs::config_commit(const ConfigCommit& commit) {
  const std::string document = std::move(staged_);
  const bool complete = staged_size_ != 0 && document.size() == staged_size_ &&
                        sched::hash_text(document) == commit.hash;
  staged_.clear();
  staged_size_ = 0;
  if (!complete) return refuse(Reject::configuration_incomplete);
  const auto configuration =
      decode_configuration_(std::as_bytes(std::span(document.data(), document.size())));
  if (!configuration || !floor_.configure(*configuration)) {
    return refuse(Reject::configuration_invalid);
  }
  return {};
}

Result<uint32_t> Verbs::reason(std::string_view text) {
  if (text.empty()) return none;
  if (text.size() > interned_size_max) return Unexpected{Reject::field_invalid};
  const uint32_t position = floor_.rules().reasons().intern(text);
  if (position == none) return Unexpected{Reject::dictionary_full};
  return position;
}

Result<std::array<uint32_t, interned_count>> Verbs::intern(const Texts& texts, uint32_t fields) {
  std::array<uint32_t, interned_count> positions{};
  for (size_t i = 0; i < interned_count; ++i) {
    const auto field = static_cast<TextField>(i + 1);
    if ((fields & bit(field)) == 0 || text_of(texts, field).empty()) continue;
    if (text_of(texts, field).size() > interned_size_max) {
      return Unexpected{Reject::field_invalid};
    }
    const uint32_t position = floor_.store().dictionary(field).intern(text_of(texts, field));
    if (position == none) return Unexpected{Reject::dictionary_full};
    positions[i] = position + 1;
  }
  return positions;
}

Reply Verbs::done(uint32_t slot) const {
  Reply reply;
  reply.ticket = floor_.store().hot(slot).id;
  reply.version = floor_.store().hot(slot).version;
  return reply;
}

}  // namespace paceline::desk
