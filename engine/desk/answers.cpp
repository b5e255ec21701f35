#include "engine/desk/answers.h"

#include <algorithm>

namespace paceline::desk {

namespace {

constexpr uint32_t none = Floor::none;

Answer refused(QueryKind kind, Reject reject) {
  Answer answer;
  answer.kind = kind;
  answer.code = static_cast<uint16_t>(reject);
  return answer;
}

void list_tickets(const Floor& floor, const Query& query, uint32_t queue, uint32_t agent,
                  Answer& answer) {
  const TicketStore& store = floor.store();
  const auto wanted = [&](const Ticket& ticket) {
    return ticket.id > query.after &&
           (query.state == 0 || static_cast<uint8_t>(ticket.state) == query.state) &&
           (queue == none || ticket.queue == queue) && (agent == none || ticket.agent == agent);
  };
  // The limit + 1 smallest ids above `after`: one more tells whether there is more.
  std::vector<std::pair<uint64_t, uint32_t>> smallest;
  for (uint32_t slot = 0; slot < store.high_water(); ++slot) {
    const Ticket& ticket = store.hot(slot);
    if (ticket.id == 0 || !wanted(ticket)) continue;
    if (smallest.size() > query.limit) {
      if (ticket.id > smallest.front().first) continue;
      std::pop_heap(smallest.begin(), smallest.end());
      smallest.pop_back();
    }
    smallest.emplace_back(ticket.id, slot);
    std::push_heap(smallest.begin(), smallest.end());
  }
  std::sort_heap(smallest.begin(), smallest.end());
  answer.more = smallest.size() > query.limit;
  if (answer.more) smallest.pop_back();
  for (const auto& [id, slot] : smallest) answer.tickets.push_back(floor.view(slot));
}

QueueView queue_view(const Floor& floor, uint32_t position) {
  const Queue& queue = floor.rules().queue(position);
  const QueueDefinition& definition = queue.definition;
  QueueView view;
  view.name = definition.name;
  view.group = definition.group;
  view.need = definition.need;
  view.tier = definition.tier;
  view.mode = static_cast<uint8_t>(definition.mode);
  view.discipline = static_cast<uint8_t>(definition.discipline);
  view.waiting = floor.dispatcher().line(position).size();
  view.in_hand = queue.in_hand;
  view.pending = queue.pending;
  return view;
}

AgentView agent_view(const Floor& floor, uint32_t position) {
  const Agent& agent = floor.rules().agent(position);
  AgentView view;
  view.name = agent.definition.name;
  for (const std::string& group : agent.definition.groups) {
    view.groups += (view.groups.empty() ? "" : ",") + group;
  }
  for (const auto& [skill, level] : agent.definition.skills) {
    view.skills += (view.skills.empty() ? "" : ",") + skill + ":" + std::to_string(level);
  }
  const sched::AgentId id{position};
  view.logged_in = floor.dispatcher().logged_in(id);
  view.capacity_milli = floor.dispatcher().capacity_milli(id);
  view.used_milli = floor.dispatcher().used_milli(id);
  view.tickets = agent.tickets;
  view.idle_since_us = floor.dispatcher().idle_since(id).us;
  return view;
}

void fill_oldest(const Floor& floor, std::vector<QueueView>& queues) {
  const TicketStore& store = floor.store();
  for (uint32_t slot = 0; slot < store.high_water(); ++slot) {
    const Ticket& ticket = store.hot(slot);
    if (ticket.id == 0 || ticket.state != State::queued) continue;
    int64_t& oldest_us = queues[ticket.queue].oldest_enqueued_at_us;
    if (oldest_us == 0 || ticket.enqueued_at_us < oldest_us) oldest_us = ticket.enqueued_at_us;
  }
}

Status status(const Floor& floor) {
  Status status;
  status.now_us = floor.now_us();
  status.tickets = floor.store().count();
  for (uint32_t queue = 0; queue < floor.rules().queue_count(); ++queue) {
    status.waiting += floor.dispatcher().line(queue).size();
  }
  status.archived = floor.archived_count();
  status.events = floor.chronicle().sequence();
  status.timers = floor.wheel().armed_count();
  status.timer_lag_us_max = floor.chronicle().metrics().timer_lag_us_max();
  status.event_hash = floor.chronicle().hash();
  status.configuration_version = floor.rules().version();
  status.invariant_violations = floor.violations();
  status.text_bytes = floor.store().text_bytes();
  return status;
}

}  // namespace

Answer answer_query(const Floor& floor, const Query& query) {
  Answer answer;
  answer.kind = query.kind;
  const Rulebook& rules = floor.rules();
  const bool by_queue = query.kind == QueryKind::tickets || query.kind == QueryKind::queue_peek;
  uint32_t queue = none;
  if (by_queue && !query.text.empty()) {
    queue = rules.find_queue(query.text);
    if (queue == none) return refused(query.kind, Reject::queue_unknown);
  }
  const uint32_t limit = std::clamp<uint32_t>(query.limit, 1, 1'000);
  switch (query.kind) {
    case QueryKind::ticket: {
      const uint32_t slot = query.ticket != 0 ? floor.store().find(query.ticket)
                                              : floor.store().find_external(query.text);
      if (slot == none) return refused(query.kind, Reject::ticket_unknown);
      answer.tickets.push_back(floor.view(slot));
      break;
    }
    case QueryKind::tickets: {
      uint32_t agent = none;
      if (!query.agent.empty()) {
        agent = rules.find_agent(query.agent);
        if (agent == none) return refused(query.kind, Reject::agent_unknown);
      }
      Query bounded = query;
      bounded.limit = limit;
      list_tickets(floor, bounded, queue, agent, answer);
      break;
    }
    case QueryKind::queues:
      for (uint32_t i = 0; i < rules.queue_count(); ++i) {
        answer.queues.push_back(queue_view(floor, i));
      }
      fill_oldest(floor, answer.queues);
      break;
    case QueryKind::queue_peek: {
      if (queue == none) return refused(query.kind, Reject::field_required);
      const sched::ReadyQueue& line = floor.dispatcher().line(queue);
      for (const uint32_t slot : line.peek(limit)) answer.tickets.push_back(floor.view(slot));
      answer.more = line.size() > limit;
      break;
    }
    case QueryKind::agents:
      for (uint32_t i = 0; i < rules.agent_count(); ++i) {
        answer.agents.push_back(agent_view(floor, i));
      }
      break;
    case QueryKind::names:
    case QueryKind::kpi:
      break;
    case QueryKind::status:
      answer.status = status(floor);
      break;
  }
  return answer;
}

}  // namespace paceline::desk
