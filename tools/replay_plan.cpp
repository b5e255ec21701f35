#include "tools/replay_plan.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "sched/base/check.h"
#include "sched/priority.h"

namespace paceline::tools {

using desk::CommandKind;
using desk::State;
using desk::TextField;

namespace {

constexpr std::string_view triage = "triage";

bool ended(State state) {
  return state == State::resolved || state == State::closed || state == State::cancelled;
}

/// Must the ticket be reopened before it can be taken from `state` to `wanted`?
bool needs_reopen(State state, RowState wanted) {
  switch (state) {
    case State::resolved:
      return wanted != RowState::resolved && wanted != RowState::closed;
    case State::closed:
      return wanted != RowState::closed;
    case State::cancelled:
      return wanted != RowState::cancelled;
    default:
      return false;
  }
}

/// The attributes that are texts, in either command. The queue of an open is another matter.
struct TextMember {
  TextField field;
  std::string_view wire::OpenFields::*open;
  std::string_view wire::UpdateFields::*update;
};
constexpr std::array text_members = {
    TextMember{TextField::category, &wire::OpenFields::category, &wire::UpdateFields::category},
    TextMember{TextField::subcategory, &wire::OpenFields::subcategory,
               &wire::UpdateFields::subcategory},
    TextMember{TextField::service, &wire::OpenFields::service, &wire::UpdateFields::service},
    TextMember{TextField::config_item, &wire::OpenFields::config_item,
               &wire::UpdateFields::config_item},
    TextMember{TextField::channel, &wire::OpenFields::channel, &wire::UpdateFields::channel},
    TextMember{TextField::requester_type, &wire::OpenFields::requester_type,
               &wire::UpdateFields::requester_type},
    TextMember{TextField::organisation, &wire::OpenFields::organisation,
               &wire::UpdateFields::organisation},
    TextMember{TextField::contract, &wire::OpenFields::contract, &wire::UpdateFields::contract},
    TextMember{TextField::stage, &wire::OpenFields::stage, &wire::UpdateFields::stage},
    TextMember{TextField::language, &wire::OpenFields::language, &wire::UpdateFields::language},
    TextMember{TextField::confidentiality, &wire::OpenFields::confidentiality,
               &wire::UpdateFields::confidentiality},
    TextMember{TextField::requester, &wire::OpenFields::requester, &wire::UpdateFields::requester},
    TextMember{TextField::body, &wire::OpenFields::body, &wire::UpdateFields::body},
};
static_assert(text_members.size() == desk::text_field_count - 2);

}  // namespace

desk::Configuration replay_configuration(const sched::PriorityMatrix& matrix) {
  desk::Configuration configuration;
  configuration.settings.matrix = matrix;
  configuration.settings.auto_close = {};
  configuration.settings.reopen_window = {100 * 365 * sched::day.us, 0};
  configuration.settings.max_backdate_us = 0;
  configuration.settings.triage_queue = triage;
  desk::QueueDefinition queue;
  queue.name = triage;
  queue.group = triage;
  queue.mode = desk::QueueMode::manual;
  configuration.queues.push_back(queue);
  return configuration;
}

void put(const PlannedCommand& command, const TextPool& texts, wire::CommandWriter& writer) {
  const LogRow& row = *command.row;
  const std::string_view text = texts.text(command.text);
  const wire::Addressed to{.ticket = 0, .external_id = texts.text(row.number())};
  switch (command.kind) {
    case CommandKind::open: {
      wire::OpenFields fields;
      fields.external_id = to.external_id;
      for (const TextMember& member : text_members)
        fields.*member.open = texts.text(row.text(member.field));
      fields.queue = text;
      fields.occurred_at_us = row.occurred_at_us;
      fields.kind = static_cast<desk::TicketKind>(row.kind);
      fields.vip = row.vip != 0;
      fields.impact = static_cast<sched::Impact>(row.impact);
      fields.urgency = static_cast<sched::Urgency>(row.urgency);
      writer.open(fields);
      return;
    }
    case CommandKind::update: {
      wire::UpdateFields fields;
      fields.to = to;
      fields.fields = command.fields;
      for (const TextMember& member : text_members)
        fields.*member.update = texts.text(row.text(member.field));
      fields.kind = static_cast<desk::TicketKind>(row.kind);
      fields.vip = row.vip != 0;
      fields.impact = static_cast<sched::Impact>(row.impact);
      fields.urgency = static_cast<sched::Urgency>(row.urgency);
      writer.update(fields);
      return;
    }
    case CommandKind::define_queue:
      writer.define_queue(
          {.name = text, .group = text, .need = {}, .mode = desk::QueueMode::manual});
      return;
    case CommandKind::define_agent:
      writer.define_agent(
          {.name = text, .groups = triage, .skills = {}, .capacity_milli = 1'000'000'000});
      return;
    case CommandKind::assign:
      writer.assign(to, text);
      return;
    case CommandKind::start:
      writer.start(to);
      return;
    case CommandKind::requeue:
      writer.requeue(to, text);
      return;
    case CommandKind::pend:
      writer.pend(to, text);
      return;
    case CommandKind::resume:
      writer.resume(to);
      return;
    case CommandKind::resolve:
      writer.resolve(to, {}, command.restate);
      return;
    case CommandKind::close:
      writer.close(to);
      return;
    case CommandKind::reopen:
      writer.reopen(to);
      return;
    case CommandKind::cancel:
      writer.cancel(to);
      return;
    default:
      CHECK(false && "a plan makes no other commands");
  }
}

ReplayPlan::ReplayPlan(const TicketLog& log)
    : log_(log),
      order_(log.rows.size()),
      tickets_(log.texts.size()),
      group_known_(log.texts.size()),
      agent_known_(log.texts.size()),
      irregular_(log.irregular) {
  CHECK(log.rows.size() < std::numeric_limits<uint32_t>::max());
  note_order_in_file();
  std::iota(order_.begin(), order_.end(), 0U);
  std::stable_sort(order_.begin(), order_.end(),
                   [&](uint32_t a, uint32_t b) { return log.rows[a].at_us < log.rows[b].at_us; });
}

void ReplayPlan::note_order_in_file() {
  std::vector<int64_t> newest(log_.texts.size(), std::numeric_limits<int64_t>::min());
  for (const LogRow& row : log_.rows) {
    if (row.at_us < newest[row.number()]) ++irregular_["time runs backwards in file"];
    newest[row.number()] = row.at_us;
  }
}

bool ReplayPlan::next(std::vector<PlannedCommand>& commands) {
  commands.clear();
  if (next_ == order_.size()) return false;
  row_ = &log_.rows[order_[next_++]];
  at_us_ = row_->at_us;
  out_ = &commands;
  Ticket& ticket = tickets_[row_->number()];
  note(ticket, *row_);
  follow(ticket, *row_);
  ticket.row = row_;
  return true;
}

void ReplayPlan::note(const Ticket& ticket, const LogRow& row) {
  const std::string& text = log_.texts.text(row.state);
  const RowState state = row.wanted;
  if (!row.state_known) ++irregular_["unknown state " + text];
  if (!row.repeats) note_attributes(row);
  if (ticket.row == nullptr) {
    if (state != RowState::fresh && state != RowState::active) ++irregular_["first seen " + text];
    return;
  }
  if (row.occurred_at_us != ticket.occurred_at_us) {
    ++irregular_[std::string(log_.occurred_at_name) + " changes within a ticket"];
  }
  const std::string& text_before = log_.texts.text(ticket.row->state);
  if (row.state == ticket.row->state) return;
  const RowState before = ticket.row->wanted;
  const bool forward = before == RowState::resolved ? state == RowState::closed
                       : before == RowState::closed || before == RowState::cancelled
                           ? false
                           : state != RowState::closed && state != RowState::fresh;
  if (!forward) ++irregular_[text_before + "→" + text];
}

void ReplayPlan::note_attributes(const LogRow& row) {
  const std::string origin(log_.occurred_at_name);
  if (row.at_us < row.occurred_at_us) ++irregular_["row before " + origin];
  if (log_.counts_unstated) {
    if (row.occurred_at_us == 0) ++irregular_[origin + " not stated"];
    if (row.impact == 0) ++irregular_["impact not stated"];
    if (row.urgency == 0) ++irregular_["urgency not stated"];
  }
  const auto priority = log_.matrix.at(static_cast<sched::Impact>(row.impact),
                                       static_cast<sched::Urgency>(row.urgency));
  if (row.priority != 0 && row.priority != static_cast<uint8_t>(priority)) {
    ++irregular_["priority differs from matrix"];
  }
}

void ReplayPlan::follow(Ticket& ticket, const LogRow& row) {
  define(row.group(), row.agent);
  const size_t touches_from = out_->size();
  if (ticket.row == nullptr) {
    open(ticket, row);
  } else {
    update(ticket, row);
  }
  const RowState wanted = row.wanted;
  if (needs_reopen(ticket.state, wanted)) {
    emit(CommandKind::reopen);
    ticket.state = State::queued;
    ticket.agent = 0;
  }
  if (row.group() != 0 && row.group() != ticket.group && ticket.state != State::cancelled) {
    move(ticket, row.group());
  }
  if (wanted == RowState::fresh) {
    go_back_to_queue(ticket);
  } else if (wanted == RowState::active && ticket.state == State::pending) {
    emit(CommandKind::resume);
    ticket.state = ticket.was_in_progress ? State::in_progress
                   : ticket.agent != 0    ? State::assigned
                                          : State::queued;
  }
  if (row.agent != 0 && row.agent != ticket.agent && ticket.state != State::cancelled) {
    emit(CommandKind::assign, row.agent);
    ticket.agent = row.agent;
    if (ticket.state == State::pending) {
      ticket.was_in_progress = false;
    } else if (!ended(ticket.state)) {
      ticket.state = State::assigned;
    }
  }
  reach(ticket, wanted, row.reason);
  if (out_->size() == touches_from) emit(CommandKind::update);
}

void ReplayPlan::open(Ticket& ticket, const LogRow& row) {
  ++ticket_count_;
  emit(CommandKind::open, row.group());
  ticket.group = row.group();
  ticket.occurred_at_us = row.occurred_at_us;
  ticket.state = State::queued;
}

void ReplayPlan::update(const Ticket& ticket, const LogRow& row) {
  const LogRow& before = *ticket.row;
  uint32_t fields = 0;
  const auto compare = [&](auto old_value, auto new_value, auto which) {
    if (old_value != new_value) fields |= desk::bit(which);
  };
  for (const TextMember& member : text_members)
    compare(before.text(member.field), row.text(member.field), member.field);
  compare(before.kind, row.kind, desk::FieldBit::kind);
  compare(before.vip, row.vip, desk::FieldBit::vip);
  compare(before.impact, row.impact, desk::FieldBit::impact);
  compare(before.urgency, row.urgency, desk::FieldBit::urgency);
  if (fields == 0) return;
  emit(CommandKind::update);
  out_->back().fields = fields;
}

void ReplayPlan::move(Ticket& ticket, TextPool::Id group) {
  emit(CommandKind::requeue, group);
  ticket.group = group;
  if (ended(ticket.state)) return;  // corrects who owned it
  ticket.state = State::queued;
  ticket.agent = 0;
}

void ReplayPlan::go_back_to_queue(Ticket& ticket) {
  const bool pending = ticket.state == State::pending;
  if (ticket.state == State::in_progress || (pending && ticket.was_in_progress)) {
    emit(CommandKind::requeue);
    ticket.state = State::queued;
    ticket.agent = 0;
  } else if (pending) {
    emit(CommandKind::resume);
    ticket.state = ticket.agent != 0 ? State::assigned : State::queued;
  }
}

void ReplayPlan::reach(Ticket& ticket, RowState wanted, TextPool::Id reason) {
  switch (wanted) {
    case RowState::fresh:
      return;
    case RowState::active:
      if (ticket.state == State::in_progress) return;
      emit(CommandKind::start);
      ticket.state = State::in_progress;
      return;
    case RowState::waiting:
      if (ticket.state == State::pending && ticket.reason == reason) return;
      if (ticket.state != State::pending) {
        ticket.was_in_progress = ticket.state == State::in_progress;
      }
      emit(CommandKind::pend, reason);
      ticket.state = State::pending;
      ticket.reason = reason;
      return;
    case RowState::resolved:
      emit(CommandKind::resolve);
      out_->back().restate = ticket.state == State::resolved;
      ticket.state = State::resolved;
      return;
    case RowState::closed:
      if (ticket.state == State::closed) return;
      emit(CommandKind::close);
      ticket.state = State::closed;
      return;
    case RowState::cancelled:
      if (ticket.state == State::cancelled) return;
      emit(CommandKind::cancel);
      ticket.state = State::cancelled;
      return;
  }
}

void ReplayPlan::define(TextPool::Id group, TextPool::Id agent) {
  if (group != 0 && !group_known_[group]) {
    group_known_[group] = true;
    emit(CommandKind::define_queue, group);
  }
  if (agent != 0 && !agent_known_[agent]) {
    agent_known_[agent] = true;
    emit(CommandKind::define_agent, agent);
  }
}

void ReplayPlan::emit(CommandKind kind, TextPool::Id text) {
  out_->push_back({.kind = kind, .row = row_, .text = text});
}

}  // namespace paceline::tools
