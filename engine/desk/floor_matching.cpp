// Who waits where, and who is given what.
#include <algorithm>

#include "engine/desk/floor.h"
#include "engine/desk/lifecycle.h"
#include "sched/base/check.h"

namespace paceline::desk {

using sched::AgentId;

namespace {

/// Keeps strict classes ahead of every instant there is.
constexpr int64_t strict_ahead_us = int64_t{1} << 60;

}  // namespace

void Floor::enqueue(uint32_t slot) {
  dispatcher_.enqueue(store_.hot(slot).queue, slot, standing(slot));
  ready_.push_back(slot);
  matching_changed_ = true;
}

sched::Standing Floor::standing(uint32_t slot) const {
  const Ticket& ticket = store_.hot(slot);
  const Queue& queue = rules_.queue(ticket.queue);
  const QueueDefinition& definition = queue.definition;
  if (definition.discipline == Discipline::fifo) return {ticket.enqueued_at_us, ticket.order};
  int64_t due_us = clockwork_.due_at_us(slot);
  if (due_us == sched::never.us) due_us = ticket.enqueued_at_us + definition.default_horizon_us;
  const HeadStart& head_start = definition.head_start;
  const auto priority = static_cast<size_t>(ticket.priority);
  int64_t press_us = due_us - head_start.priority_us[priority];
  if (ticket.vip) press_us -= head_start.vip_us;
  if (ticket.reopened) press_us -= head_start.reopened_us;
  if (ticket.sentiment == Sentiment::negative) press_us -= head_start.negative_us;
  if (queue.strict[priority]) press_us -= strict_ahead_us;
  return {press_us, ticket.order};
}

uint64_t Floor::settle() {
  uint64_t given = 0;
  // Mostly one round; what an award brings about, a rung that moves the ticket on say, is another.
  for (bool first_round = true; !ready_.empty() || !freed_.empty(); first_round = false) {
    // A freed agent takes the most pressing ticket; if that is the one just become ready, the agent
    // idle longest has the better claim to it.
    for (size_t i = 0; i < freed_.size(); ++i) {
      const uint32_t agent = freed_[i];
      for (uint32_t slot = dispatcher_.ticket_for(AgentId{agent}); slot != none;
           slot = dispatcher_.ticket_for(AgentId{agent})) {
        uint32_t taker = agent;
        if (std::find(ready_.begin(), ready_.end(), slot) != ready_.end()) {
          taker = dispatcher_.agent_for(dispatcher_.line_of(slot))->value;
        }
        const uint64_t id = store_.hot(slot).id;
        const bool awarded = award(slot, taker);
        if (awarded && first_round && i == 0 && given == 0 && taker == agent) given = id;
      }
    }
    freed_.clear();
    for (size_t i = 0; i < ready_.size(); ++i) {
      const uint32_t slot = ready_[i];
      if (!dispatcher_.waiting(slot)) continue;
      if (const auto agent = dispatcher_.agent_for(dispatcher_.line_of(slot))) {
        award(slot, agent->value);
      }
    }
    ready_.clear();
  }
  return given;
}

void Floor::match_all() {
  ready_.clear();
  freed_.clear();
  for (;;) {
    uint32_t best = none;
    uint32_t best_agent = none;
    for (uint32_t queue = 0; queue < rules_.queue_count(); ++queue) {
      const sched::ReadyQueue& line = dispatcher_.line(queue);
      if (line.empty()) continue;
      const auto agent = dispatcher_.agent_for(queue);
      if (!agent) continue;
      if (best != none && !ahead(line.top_standing(), standing(best))) continue;
      best = line.top();
      best_agent = agent->value;
    }
    if (best == none) return;
    award(best, best_agent);
  }
}

/// What fell due of the ticket before comes first; false if that took it out of its line.
bool Floor::award(uint32_t slot, uint32_t agent) {
  const uint32_t line = dispatcher_.line_of(slot);
  {
    const CauseScope scope(chronicle_, Cause::timer);
    while (wheel_.armed(slot) && wheel_.due(slot) < now_) {
      const int64_t due_us = wheel_.due(slot).us;
      wheel_.cancel(slot);
      fire(slot, due_us);
    }
  }
  if (!dispatcher_.waiting(slot) || dispatcher_.line_of(slot) != line) return false;
  const CauseScope scope(chronicle_, Cause::match);
  const Ticket& ticket = store_.hot(slot);
  if (ticket.agent != none) violated("single_award");
  change(slot, decide_assign(ticket, agent).value());
  return true;
}

}  // namespace paceline::desk
