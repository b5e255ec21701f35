// Who is given what: awards after every command and timer, in one go after definitions, in batches
// where a queue collects its arrivals, and to agents who ask.
#include <algorithm>
#include <queue>

#include "engine/desk/floor.h"
#include "engine/desk/lifecycle.h"
#include "sched/assignment.h"
#include "sched/base/check.h"

namespace paceline::desk {

using sched::AgentId;

namespace {

/// Tickets, and agents for them, that are matched together; a larger window goes one by one.
constexpr uint32_t batch_max = 64;

}  // namespace

std::span<const sched::ExternalScore> Floor::scores(uint32_t slot) const {
  return store_.scores(slot);
}

uint64_t Floor::settle() {
  uint64_t given = 0;
  // Mostly one round; what an award brings about, a rung that moves the ticket on say, is another.
  for (bool first_round = true; !ready_.empty() || !freed_.empty() || dispatcher_.any_opened();
       first_round = false) {
    // A freed agent takes the most pressing ticket; if that is the one just become ready, the agent
    // with the best claim to it does.
    for (size_t i = 0; i < freed_.size(); ++i) {
      const uint32_t agent = freed_[i];
      for (uint32_t slot = dispatcher_.ticket_for(AgentId{agent}); slot != none;
           slot = dispatcher_.ticket_for(AgentId{agent})) {
        uint32_t taker = agent;
        if (std::find(ready_.begin(), ready_.end(), slot) != ready_.end()) {
          taker = dispatcher_.agent_for(slot, {}, scores(slot)).value_or(AgentId{agent}).value;
        }
        const uint64_t id = store_.hot(slot).id;
        const bool awarded = award(slot, taker) && store_.hot(slot).agent == agent;
        if (awarded && first_round && i == 0 && given == 0) given = id;
      }
    }
    freed_.clear();
    for (size_t i = 0; i < ready_.size(); ++i) {
      const uint32_t slot = ready_[i];
      if (!dispatcher_.waiting(slot)) continue;
      if (const auto agent = dispatcher_.agent_for(slot, {}, scores(slot))) {
        award(slot, agent->value);
      }
    }
    ready_.clear();
    if (dispatcher_.any_opened()) {
      dispatcher_.take_opened(opened_);
      match_released(opened_);
    }
  }
  return given;
}

void Floor::match_all() {
  ready_.clear();
  freed_.clear();
  std::vector<uint32_t> all(lines_.line_count());
  for (uint32_t line = 0; line < all.size(); ++line) all[line] = line;
  match_lines(all);
  for (uint32_t agent = 0; agent < rules_.agent_count(); ++agent) {
    if (dispatcher_.fit(AgentId{agent}) != 0) freed_.push_back(agent);
  }
  settle();
}

/// Heads of these lines, most pressing first, as long as there is somebody for them.
void Floor::match_lines(std::span<const uint32_t> lines) {
  struct Head {
    sched::Standing standing;
    uint32_t line;
  };
  const auto later = [](const Head& a, const Head& b) { return ahead(b.standing, a.standing); };
  std::priority_queue<Head, std::vector<Head>, decltype(later)> heads(later);
  const auto show = [&](uint32_t line) {
    const sched::ReadyQueue& waiting = dispatcher_.line(line);
    if (!waiting.empty()) heads.push({waiting.top_standing(), line});
  };
  for (const uint32_t line : lines) show(line);
  while (!heads.empty()) {
    const uint32_t line = heads.top().line;
    heads.pop();
    if (dispatcher_.line(line).empty()) continue;
    const uint32_t slot = dispatcher_.line(line).top();
    const auto agent = dispatcher_.agent_for(slot, {}, scores(slot));
    if (!agent) continue;  // nobody for the head; for those behind it settle() asks the agents
    award(slot, agent->value);
    show(line);
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
  if (bars_self(slot, agent)) return false;
  const QueueDefinition& queue = rules_.queue(ticket.queue).definition;
  std::vector<uint32_t> offered;
  if (!queue.auto_accept && !offers_.full()) {
    offered.push_back(agent);
    const size_t offers = std::min<size_t>(queue.fan_out, dispatcher_.spare(line));
    while (offered.size() < offers) {
      const auto another = dispatcher_.agent_for(slot, offered, scores(slot));
      if (!another || bars_self(slot, another->value)) break;
      offered.push_back(another->value);
    }
  }
  dispatcher_.note_award(AgentId{agent}, slot);
  ++given_;
  if (offered.empty()) {
    note_given(agent);
    change(slot, decide_assign(ticket, agent).value());
    return true;
  }
  leave_line(slot);
  for (const uint32_t taker : offered) {
    note_given(taker);
    make_offer(slot, taker, none, false);
  }
  rearm(slot);
  return true;
}

/// Whoever was defined after a ticket of their own began to wait is barred from it when it comes to
/// that; it is offered to another.
bool Floor::bars_self(uint32_t slot, uint32_t agent) {
  if (self_of(slot) != agent) return false;
  dispatcher_.exclude(AgentId{agent}, slot);
  ready_.push_back(slot);
  return true;
}

uint64_t Floor::next_for(uint32_t agent) {
  for (;;) {
    const uint32_t slot = dispatcher_.ticket_for(AgentId{agent}, true);
    if (slot == none) return 0;
    const uint64_t id = store_.hot(slot).id;
    fire_due_of(slot);
    if (dispatcher_.ticket_for(AgentId{agent}, true) != slot || store_.hot(slot).id != id) continue;
    if (bars_self(slot, agent)) continue;
    const CauseScope scope(chronicle_, Cause::match);
    dispatcher_.note_award(AgentId{agent}, slot);
    note_given(agent);
    change(slot, decide_assign(store_.hot(slot), agent).value());
    return id;
  }
}

bool Floor::score(uint32_t slot, uint32_t agent, int8_t points) {
  constexpr size_t scores_max = 8;
  const std::span<const sched::ExternalScore> before = store_.scores(slot);
  std::vector<sched::ExternalScore> scores(before.begin(), before.end());
  const auto known = std::find_if(scores.begin(), scores.end(),
                                  [&](const auto& score) { return score.agent == agent; });
  if (points == 0) {
    if (known == scores.end()) return true;
    scores.erase(known);
  } else if (known != scores.end()) {
    known->points = points;
  } else if (scores.size() < scores_max) {
    scores.push_back({agent, points});
  } else {
    return false;
  }
  store_.set_scores(slot, std::move(scores));
  return true;
}

void Floor::open_window(uint32_t queue) {
  Queue& collected = rules_.queue(queue);
  if (collected.window_open || collected.definition.window_us == 0 ||
      collected.definition.mode != QueueMode::push) {
    return;
  }
  collected.window_open = true;
  if (window_end_us_.size() <= queue) window_end_us_.resize(queue + 1, 0);
  window_end_us_[queue] = now_.us + collected.definition.window_us;
  for (const uint32_t line : lines_.lines_of(queue)) dispatcher_.hold_line(line, true);
  rearm_queue(queue);
}

void Floor::close_window(uint32_t queue) {
  rules_.queue(queue).window_open = false;
  window_end_us_[queue] = 0;
  if (rules_.queue(queue).held) return;
  const std::vector<uint32_t> lines = lines_.lines_of(queue);
  for (const uint32_t line : lines) dispatcher_.hold_line(line, false);
  matching_changed_ = true;
  assign_batch(queue);
  match_released(lines);
}

/// Nothing of these lines was given for a while: whoever may have something of them now is asked.
void Floor::match_released(std::span<const uint32_t> lines) {
  match_lines(lines);
  // Tickets held for one agent stand beside the lines; and who must not have the head of a line may
  // have what is behind it.
  dispatcher_.add_free_with_own_view(freed_);
}

/// As many of the window's tickets as can be, at the least total rank; of equal ranks the agents
/// who come first in the queue's order.
void Floor::assign_batch(uint32_t queue) {
  std::vector<uint32_t> tickets;
  size_t waiting = 0;
  for (const uint32_t line : lines_.lines_of(queue)) waiting += dispatcher_.line(line).size();
  if (waiting > batch_max) return;  // one by one: the best of a part may be worse for the whole
  for (const uint32_t line : lines_.lines_of(queue)) {
    const std::vector<uint32_t> first = dispatcher_.line(line).peek(batch_max);
    tickets.insert(tickets.end(), first.begin(), first.end());
  }
  std::sort(tickets.begin(), tickets.end(), [&](uint32_t a, uint32_t b) {
    return ahead(dispatcher_.standing(a), dispatcher_.standing(b));
  });
  std::vector<uint32_t> agents;
  for (const uint32_t slot : tickets) {
    std::vector<uint32_t> seen;
    while (seen.size() < tickets.size()) {
      const auto agent = dispatcher_.agent_for(slot, seen, scores(slot));
      if (!agent) break;
      seen.push_back(agent->value);
      const bool known = std::find(agents.begin(), agents.end(), agent->value) != agents.end();
      if (known) continue;
      if (agents.size() == batch_max) return;
      agents.push_back(agent->value);
    }
  }
  if (tickets.empty() || agents.empty()) return;
  std::vector<int64_t> costs;
  for (const uint32_t slot : tickets) {
    for (size_t i = 0; i < agents.size(); ++i) {
      const AgentId agent{agents[i]};
      const uint32_t line = dispatcher_.line_of(slot);
      int64_t cost = sched::no_pair;
      if (dispatcher_.hindrance(agent, slot) == sched::Hindrance::none) {
        int64_t rank = dispatcher_.rank(agent, line).total;
        for (const sched::ExternalScore& score : scores(slot)) {
          if (score.agent == agents[i]) rank = std::max<int64_t>(0, rank - score.points);
        }
        cost = rank * batch_max * batch_max + static_cast<int64_t>(i);
      }
      costs.push_back(cost);
    }
  }
  const auto rows = static_cast<uint32_t>(tickets.size());
  const auto columns = static_cast<uint32_t>(agents.size());
  const std::vector<uint32_t> chosen = sched::cheapest_assignment(costs, rows, columns);
  for (uint32_t row = 0; row < rows; ++row) {
    const uint32_t slot = tickets[row];
    if (chosen[row] == sched::unassigned || !dispatcher_.waiting(slot)) continue;
    if (dispatcher_.spare(dispatcher_.line_of(slot)) == 0) continue;
    const AgentId agent{agents[chosen[row]]};
    if (dispatcher_.hindrance(agent, slot) == sched::Hindrance::none) award(slot, agent.value);
  }
}

}  // namespace paceline::desk
