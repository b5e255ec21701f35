#include "sim/world/desk_port.h"

#include "sched/base/check.h"

namespace paceline::sim {

using desk::CommandKind;

namespace {

constexpr sched::DeskNumber desk_number{1};
constexpr desk::SessionId session{1};
constexpr uint32_t every_role =
    static_cast<uint32_t>(desk::Role::work) | static_cast<uint32_t>(desk::Role::administrator);

}  // namespace

DeskPort::DeskPort(const desk::Limits& limits, desk::ConfigurationDecoder decode)
    : desk_(desk_number, "simulated", limits, decode) {
  frame_.desk = desk_number;
  frame_.session = session;
  frame_.roles = every_role;
  outcome_.keeps_history = false;
}

void DeskPort::configure(std::span<const std::byte> document, uint64_t hash) {
  order_.push_back(CommandKind::config_begin);
  config_begin_.push_back({.bytes = static_cast<uint32_t>(document.size())});
  frame_.config_begin = config_begin_;
  desk::ConfigChunk& chunk = add(frame_.config_chunk, config_chunk_, CommandKind::config_chunk);
  chunk.size = static_cast<uint32_t>(document.size());
  text_.append(reinterpret_cast<const char*>(document.data()), document.size());
  order_.push_back(CommandKind::config_commit);
  config_commit_.push_back({.hash = hash});
  frame_.config_commit = config_commit_;
}

void DeskPort::open(const OpenDraft& draft) {
  desk::Open& open = add(frame_.open, open_, CommandKind::open);
  open.kind = draft.kind;
  open.impact = draft.impact;
  open.urgency = draft.urgency;
  open.vip = draft.vip ? 1 : 0;
  open.follows = draft.follows;
  const auto put = [&](desk::TextField field, std::string_view value) {
    if (!value.empty()) open.sizes[static_cast<size_t>(field)] = text(value);
  };
  // In the order of TextField: so they lie in the frame's text.
  put(desk::TextField::category, draft.category);
  put(desk::TextField::subcategory, draft.subcategory);
  put(desk::TextField::service, draft.service);
  put(desk::TextField::config_item, draft.config_item);
  put(desk::TextField::channel, draft.channel);
  put(desk::TextField::language, draft.language);
  put(desk::TextField::requester, draft.requester);
  put(desk::TextField::queue, draft.queue);
}

void DeskPort::message(uint64_t ticket, desk::AuthorKind author) {
  desk::Message& message = add(frame_.message, message_, CommandKind::message);
  message.ticket = ticket;
  message.author_kind = static_cast<uint8_t>(author);
  message.is_public = 1;
}

void DeskPort::start(uint64_t ticket) {
  add(frame_.start, start_, CommandKind::start).ticket = ticket;
}

void DeskPort::pend(uint64_t ticket, std::string_view reason, int64_t resume_at_us) {
  desk::Pend& pend = add(frame_.pend, pend_, CommandKind::pend);
  pend.ticket = ticket;
  pend.resume_at_us = resume_at_us;
  pend.reason_size = text(reason);
}

void DeskPort::resume(uint64_t ticket) {
  add(frame_.resume, resume_, CommandKind::resume).ticket = ticket;
}

void DeskPort::resolve(uint64_t ticket, std::string_view code) {
  desk::Resolve& resolve = add(frame_.resolve, resolve_, CommandKind::resolve);
  resolve.ticket = ticket;
  resolve.code_size = text(code);
}

void DeskPort::close(uint64_t ticket) {
  add(frame_.close, close_, CommandKind::close).ticket = ticket;
}

void DeskPort::reopen(uint64_t ticket, std::string_view reason) {
  desk::Reopen& reopen = add(frame_.reopen, reopen_, CommandKind::reopen);
  reopen.ticket = ticket;
  reopen.reason_size = text(reason);
}

void DeskPort::cancel(uint64_t ticket, std::string_view reason) {
  desk::Cancel& cancel = add(frame_.cancel, cancel_, CommandKind::cancel);
  cancel.ticket = ticket;
  cancel.reason_size = text(reason);
}

void DeskPort::escalate(uint64_t ticket, std::string_view queue, std::string_view reason,
                        std::string_view checklist) {
  desk::Escalate& escalate = add(frame_.escalate, escalate_, CommandKind::escalate);
  escalate.ticket = ticket;
  escalate.queue_size = text(queue);
  escalate.reason_size = text(reason);
  escalate.checklist_size = text(checklist);
}

void DeskPort::requeue(uint64_t ticket, std::string_view queue, std::string_view reason) {
  desk::Requeue& requeue = add(frame_.requeue, requeue_, CommandKind::requeue);
  requeue.ticket = ticket;
  requeue.queue_size = text(queue);
  requeue.reason_size = text(reason);
}

void DeskPort::bounce(uint64_t ticket, std::string_view reason) {
  desk::Bounce& bounce = add(frame_.bounce, bounce_, CommandKind::bounce);
  bounce.ticket = ticket;
  bounce.reason_size = text(reason);
}

void DeskPort::accept(uint64_t offer) {
  add(frame_.accept, accept_, CommandKind::accept).offer = offer;
}

void DeskPort::decline(uint64_t offer, std::string_view reason) {
  desk::Decline& decline = add(frame_.decline, decline_, CommandKind::decline);
  decline.offer = offer;
  decline.reason_size = text(reason);
}

void DeskPort::log_in(std::string_view agent) {
  desk::LogIn& log_in = add(frame_.log_in, log_in_, CommandKind::log_in);
  log_in.agent_size = text(agent);
}

void DeskPort::log_out(std::string_view agent) {
  desk::LogOut& log_out = add(frame_.log_out, log_out_, CommandKind::log_out);
  log_out.agent_size = text(agent);
}

void DeskPort::set_state(std::string_view agent, desk::AgentStep step, std::string_view code) {
  desk::SetAgentState& state =
      add(frame_.set_agent_state, set_agent_state_, CommandKind::set_agent_state);
  state.step = static_cast<uint8_t>(step);
  state.agent_size = text(agent);
  state.code_size = text(code);
}

void DeskPort::next(std::string_view agent) {
  desk::Next& next = add(frame_.next, next_, CommandKind::next);
  next.agent_size = text(agent);
}

/// What was said of this kind is said.
void DeskPort::forget(CommandKind kind) {
  const auto clear = [](auto& shown, auto& commands) {
    shown = {};
    commands.clear();
  };
  switch (kind) {
    case CommandKind::config_begin:
      return clear(frame_.config_begin, config_begin_);
    case CommandKind::config_chunk:
      return clear(frame_.config_chunk, config_chunk_);
    case CommandKind::config_commit:
      return clear(frame_.config_commit, config_commit_);
    case CommandKind::open:
      return clear(frame_.open, open_);
    case CommandKind::message:
      return clear(frame_.message, message_);
    case CommandKind::start:
      return clear(frame_.start, start_);
    case CommandKind::pend:
      return clear(frame_.pend, pend_);
    case CommandKind::resume:
      return clear(frame_.resume, resume_);
    case CommandKind::resolve:
      return clear(frame_.resolve, resolve_);
    case CommandKind::close:
      return clear(frame_.close, close_);
    case CommandKind::reopen:
      return clear(frame_.reopen, reopen_);
    case CommandKind::cancel:
      return clear(frame_.cancel, cancel_);
    case CommandKind::escalate:
      return clear(frame_.escalate, escalate_);
    case CommandKind::requeue:
      return clear(frame_.requeue, requeue_);
    case CommandKind::bounce:
      return clear(frame_.bounce, bounce_);
    case CommandKind::accept:
      return clear(frame_.accept, accept_);
    case CommandKind::decline:
      return clear(frame_.decline, decline_);
    case CommandKind::log_in:
      return clear(frame_.log_in, log_in_);
    case CommandKind::log_out:
      return clear(frame_.log_out, log_out_);
    case CommandKind::set_agent_state:
      return clear(frame_.set_agent_state, set_agent_state_);
    case CommandKind::next:
      return clear(frame_.next, next_);
    default:
      CHECK(false && "a command nobody here gives");
  }
}

const desk::Outcome& DeskPort::apply(sched::Instant now) {
  outcome_.clear();
  if (order_.empty()) {
    desk_.apply({now, {}}, outcome_);
    return outcome_;
  }
  frame_.first_number = next_number_;
  frame_.order = order_;
  frame_.text = text_;
  desk_.apply({now, {&frame_, 1}}, outcome_);
  next_number_ += order_.size();
  // Most batches hold a command or two: only their kinds are gone through.
  for (const CommandKind kind : order_) forget(kind);
  order_.clear();
  text_.clear();
  return outcome_;
}

}  // namespace paceline::sim
