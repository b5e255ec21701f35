#include "tools/servicenow_plan.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "sched/base/check.h"
#include "sched/priority.h"

namespace paceline::tools {

using desk::CommandKind;
using desk::State;

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

sched::PriorityMatrix servicenow_matrix() {
  using sched::Priority;
  sched::PriorityMatrix matrix;
  matrix.cell = {{{Priority::p1, Priority::p2, Priority::p3},
                  {Priority::p2, Priority::p3, Priority::p4},
                  {Priority::p3, Priority::p4, Priority::p4}}};
  return matrix;
}

}  // namespace

RowState row_state(std::string_view text) {
  struct Known {
    std::string_view text;
    RowState state;
  };
  static constexpr std::array known = {
      Known{"New", RowState::fresh},           Known{"Active", RowState::active},
      Known{"In Progress", RowState::active},  Known{"Work in Progress", RowState::active},
      Known{"Resolved", RowState::resolved},   Known{"Closed", RowState::closed},
      Known{"Cancelled", RowState::cancelled}, Known{"Canceled", RowState::cancelled},
  };
  for (const Known& one : known) {
    if (text == one.text) return one.state;
  }
  return RowState::waiting;
}

desk::Configuration servicenow_configuration() {
  desk::Configuration configuration;
  configuration.settings.matrix = servicenow_matrix();
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
  const ServiceNowRow& row = *command.row;
  const std::string_view text = texts.text(command.text);
  const wire::Addressed to{.ticket = 0, .external_id = texts.text(row.number)};
  switch (command.kind) {
    case CommandKind::open: {
      wire::OpenFields fields;
      fields.external_id = to.external_id;
      fields.category = texts.text(row.category);
      fields.subcategory = texts.text(row.subcategory);
      fields.service = texts.text(row.service);
      fields.config_item = texts.text(row.config_item);
      fields.channel = texts.text(row.channel);
      fields.requester = texts.text(row.requester);
      fields.queue = text;
      fields.occurred_at_us = row.opened_at_us;
      fields.impact = static_cast<sched::Impact>(row.impact);
      fields.urgency = static_cast<sched::Urgency>(row.urgency);
      writer.open(fields);
      return;
    }
    case CommandKind::update: {
      wire::UpdateFields fields;
      fields.to = to;
      fields.fields = command.fields;
      fields.category = texts.text(row.category);
      fields.subcategory = texts.text(row.subcategory);
      fields.service = texts.text(row.service);
      fields.config_item = texts.text(row.config_item);
      fields.channel = texts.text(row.channel);
      fields.requester = texts.text(row.requester);
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

ServiceNowPlan::ServiceNowPlan(const ServiceNowLog& log)
    : log_(log),
      order_(log.rows.size()),
      tickets_(log.texts.size()),
      group_known_(log.texts.size()),
      agent_known_(log.texts.size()) {
  CHECK(log.rows.size() < std::numeric_limits<uint32_t>::max());
  note_order_in_file();
  std::iota(order_.begin(), order_.end(), 0U);
  std::stable_sort(order_.begin(), order_.end(), [&](uint32_t a, uint32_t b) {
    return log.rows[a].updated_at_us < log.rows[b].updated_at_us;
  });
}

void ServiceNowPlan::note_order_in_file() {
  std::vector<int64_t> newest(log_.texts.size(), std::numeric_limits<int64_t>::min());
  for (const ServiceNowRow& row : log_.rows) {
    if (row.updated_at_us < newest[row.number]) ++irregular_["time runs backwards in file"];
    newest[row.number] = row.updated_at_us;
  }
}

bool ServiceNowPlan::next(std::vector<PlannedCommand>& commands) {
  commands.clear();
  if (next_ == order_.size()) return false;
  row_ = &log_.rows[order_[next_++]];
  at_us_ = row_->updated_at_us;
  out_ = &commands;
  Ticket& ticket = tickets_[row_->number];
  note(ticket, *row_);
  follow(ticket, *row_);
  ticket.row = row_;
  return true;
}

void ServiceNowPlan::note(const Ticket& ticket, const ServiceNowRow& row) {
  const std::string& text = log_.texts.text(row.state);
  const RowState state = row_state(text);
  if (state == RowState::waiting && !text.starts_with("Awaiting") && text != "On Hold") {
    ++irregular_["unknown state " + text];
  }
  if (row.opened_at_us == 0) ++irregular_["opened_at not stated"];
  if (row.updated_at_us < row.opened_at_us) ++irregular_["row before opened_at"];
  if (row.impact == 0) ++irregular_["impact not stated"];
  if (row.urgency == 0) ++irregular_["urgency not stated"];
  const auto priority = servicenow_matrix().at(static_cast<sched::Impact>(row.impact),
                                               static_cast<sched::Urgency>(row.urgency));
  if (row.priority != 0 && row.priority != static_cast<uint8_t>(priority)) {
    ++irregular_["priority differs from matrix"];
  }
  if (ticket.row == nullptr) {
    if (state != RowState::fresh && state != RowState::active) ++irregular_["first seen " + text];
    return;
  }
  if (row.opened_at_us != ticket.opened_at_us) ++irregular_["opened_at changes within a ticket"];
  const std::string& text_before = log_.texts.text(ticket.row->state);
  if (row.state == ticket.row->state) return;
  const RowState before = row_state(text_before);
  const bool forward = before == RowState::resolved ? state == RowState::closed
                       : before == RowState::closed || before == RowState::cancelled
                           ? false
                           : state != RowState::closed && state != RowState::fresh;
  if (!forward) ++irregular_[text_before + "→" + text];
}

void ServiceNowPlan::follow(Ticket& ticket, const ServiceNowRow& row) {
  define(row.group, row.agent);
  const size_t touches_from = out_->size();
  if (ticket.row == nullptr) {
    open(ticket, row);
  } else {
    update(ticket, row);
  }
  const RowState wanted = row_state(log_.texts.text(row.state));
  if (needs_reopen(ticket.state, wanted)) {
    emit(CommandKind::reopen);
    ticket.state = State::queued;
    ticket.agent = 0;
  }
  if (row.group != 0 && row.group != ticket.group && ticket.state != State::cancelled) {
    move(ticket, row.group);
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
  reach(ticket, wanted, row.state);
  if (out_->size() == touches_from) emit(CommandKind::update);
}

void ServiceNowPlan::open(Ticket& ticket, const ServiceNowRow& row) {
  ++ticket_count_;
  emit(CommandKind::open, row.group);
  ticket.group = row.group;
  ticket.opened_at_us = row.opened_at_us;
  ticket.state = State::queued;
}

void ServiceNowPlan::update(const Ticket& ticket, const ServiceNowRow& row) {
  const ServiceNowRow& before = *ticket.row;
  uint32_t fields = 0;
  const auto compare = [&](auto old_value, auto new_value, auto which) {
    if (old_value != new_value) fields |= desk::bit(which);
  };
  compare(before.category, row.category, desk::TextField::category);
  compare(before.subcategory, row.subcategory, desk::TextField::subcategory);
  compare(before.service, row.service, desk::TextField::service);
  compare(before.config_item, row.config_item, desk::TextField::config_item);
  compare(before.channel, row.channel, desk::TextField::channel);
  compare(before.requester, row.requester, desk::TextField::requester);
  compare(before.impact, row.impact, desk::FieldBit::impact);
  compare(before.urgency, row.urgency, desk::FieldBit::urgency);
  if (fields == 0) return;
  emit(CommandKind::update);
  out_->back().fields = fields;
}

void ServiceNowPlan::move(Ticket& ticket, TextPool::Id group) {
  emit(CommandKind::requeue, group);
  ticket.group = group;
  if (ended(ticket.state)) return;  // corrects who owned it
  ticket.state = State::queued;
  ticket.agent = 0;
}

void ServiceNowPlan::go_back_to_queue(Ticket& ticket) {
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

void ServiceNowPlan::reach(Ticket& ticket, RowState wanted, TextPool::Id reason) {
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

void ServiceNowPlan::define(TextPool::Id group, TextPool::Id agent) {
  if (group != 0 && !group_known_[group]) {
    group_known_[group] = true;
    emit(CommandKind::define_queue, group);
  }
  if (agent != 0 && !agent_known_[agent]) {
    agent_known_[agent] = true;
    emit(CommandKind::define_agent, agent);
  }
}

void ServiceNowPlan::emit(CommandKind kind, TextPool::Id text) {
  out_->push_back({.kind = kind, .row = row_, .text = text});
}

}  // namespace paceline::tools
