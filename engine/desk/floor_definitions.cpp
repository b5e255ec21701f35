// Queues, agents and configurations: what is defined, and what follows for those who wait.
#include "engine/desk/floor.h"
#include "sched/base/check.h"

namespace paceline::desk {

using sched::AgentId;

Result<uint32_t> Floor::define_queue(const QueueDefinition& definition) {
  const uint32_t known = rules_.find_queue(definition.name);
  const uint32_t weight_before = known == none ? 0 : rules_.queue(known).definition.weight_milli;
  const auto position = rules_.define_queue(definition);
  if (!position) return position;
  dispatcher_.define_line(*position, rules_.line_terms(*position));
  const bool in_use =
      known != none && rules_.queue(known).in_hand + rules_.queue(known).pending > 0;
  if (in_use && weight_before != definition.weight_milli) {
    for (uint32_t slot = 0; slot < store_.high_water(); ++slot) {
      Ticket& ticket = store_.hot(slot);
      if (ticket.id == 0 || ticket.queue != known) continue;
      const Load after = load_of(ticket);
      if (after.weight_milli == 0 && !ticket.in_hand() && ticket.state != State::pending) continue;
      if (after.agent == none) continue;
      const uint32_t divisor = ticket.state == State::pending ? pending_weight_divisor : 1;
      dispatcher_.adjust(AgentId{after.agent},
                         int64_t{after.weight_milli} - int64_t{weight_before / divisor});
    }
  }
  if (known != none) restand(*position);
  matching_changed_ = true;
  Event event;
  event.kind = EventKind::queue_defined;
  event.queue = *position;
  chronicle_.write(event, nullptr, rules_.triage());
  return position;
}

/// Another discipline or head start gives those who wait another standing.
void Floor::restand(uint32_t queue) {
  for (const uint32_t slot : dispatcher_.line(queue).peek(dispatcher_.line(queue).size())) {
    dispatcher_.remove(slot);
    dispatcher_.enqueue(queue, slot, standing(slot));
  }
}

bool Floor::configure(const Configuration& configuration) {
  if (!rules_.problem_with(configuration).empty()) return false;
  const CauseScope scope(chronicle_, Cause::configuration);
  for (const QueueDefinition& queue : configuration.queues) {
    CHECK(define_queue(queue).has_value());
  }
  rules_.apply(configuration, *this, following_.active);
  rules_since_us_ = now_.us;
  // Open clocks and the timers of those that wait follow, some in each batch.
  following_ = {.active = store_.count() != 0, .last_number = last_ticket_};
  for (uint32_t queue = 0; queue < rules_.queue_count(); ++queue) {
    dispatcher_.define_line(queue, rules_.line_terms(queue));
    restand(queue);
  }
  for (const AgentDefinition& agent : configuration.agents) {
    CHECK(define_agent(agent).has_value());
  }
  match_all();
  Event event;
  event.kind = EventKind::policy_loaded;
  event.value_us = static_cast<int64_t>(rules_.version());
  chronicle_.write(event, nullptr, rules_.triage());
  return true;
}

Result<uint32_t> Floor::define_agent(const AgentDefinition& definition) {
  const auto position = rules_.define_agent(definition);
  if (!position) return position;
  dispatcher_.define_agent(AgentId{*position}, rules_.abilities(*position),
                           definition.capacity_milli);
  matching_changed_ = true;
  Event event;
  event.kind = EventKind::agent_defined;
  event.agent = *position;
  chronicle_.write(event, nullptr, rules_.triage());
  return position;
}

void Floor::log_in(uint32_t agent) {
  dispatcher_.log_in(AgentId{agent}, now_);
  freed_.push_back(agent);
  matching_changed_ = true;
  Event event;
  event.kind = EventKind::agent_logged_in;
  event.agent = agent;
  chronicle_.write(event, nullptr, rules_.triage());
}

void Floor::log_out(uint32_t agent) {
  dispatcher_.log_out(AgentId{agent});
  matching_changed_ = true;
  Event event;
  event.kind = EventKind::agent_logged_out;
  event.agent = agent;
  chronicle_.write(event, nullptr, rules_.triage());
}

}  // namespace paceline::desk
