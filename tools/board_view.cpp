#include "tools/board_view.h"

#include <algorithm>

#include "tools/clock_show.h"

namespace paceline::tools {

namespace {

/// Whether `groups`, joined by commas, names `group`.
bool in_group(std::string_view groups, std::string_view group) {
  while (!groups.empty()) {
    const size_t comma = groups.find(',');
    if (groups.substr(0, comma) == group) return true;
    if (comma == std::string_view::npos) return false;
    groups.remove_prefix(comma + 1);
  }
  return false;
}

/// A target used up at closing time is only missed once the calendar opens again; until then
/// nothing is left, and no less.
int64_t slack_us(int64_t due_at_us, int64_t now_us) {
  return std::max<int64_t>(due_at_us - now_us, 0);
}

bool has_room(const desk::AgentView& agent) {
  return agent.state == "available" && !agent.lost && agent.used_milli < agent.capacity_milli;
}

/// Handling of handling and waiting for work between two readings.
class Occupancy {
 public:
  explicit Occupancy(const BoardSums* before) : before_(before) {}

  void add(const desk::AgentView& agent) {
    if (before_ == nullptr) return;
    const auto then = before_->agents.find(agent.name);
    if (then == before_->agents.end()) return;
    const int64_t handling_us = agent.busy_us + agent.wrap_up_us;
    handling_us_ += handling_us - then->second.first;
    total_us_ += handling_us + agent.available_us - then->second.second;
  }
  std::optional<uint32_t> share_bp() const {
    if (total_us_ <= 0) return {};
    return static_cast<uint32_t>(
        std::clamp<int64_t>((handling_us_ * 20'000 + total_us_) / (2 * total_us_), 0, 10'000));
  }

 private:
  const BoardSums* before_;
  int64_t handling_us_ = 0, total_us_ = 0;
};

BoardQueue board_queue(const desk::QueueView& queue, const BoardReading& reading,
                       const BoardSums* before) {
  const int64_t now_us = reading.status.now_us;
  BoardQueue line;
  line.name = queue.name;
  line.group = queue.group;
  line.need = queue.need;
  line.tier = queue.tier;
  line.mode = queue.mode;
  line.held = queue.held;
  line.waiting = queue.waiting;
  line.offered = queue.offered;
  line.unroutable = queue.unroutable;
  line.in_hand = queue.in_hand;
  line.pending = queue.pending;
  line.at_risk = queue.at_risk;
  line.breached = queue.breached;
  if (queue.oldest_enqueued_at_us != 0)
    line.oldest_us = std::max<int64_t>(now_us - queue.oldest_enqueued_at_us, 0);
  if (queue.next_due_at_us != 0) line.slack_us = slack_us(queue.next_due_at_us, now_us);
  Occupancy occupancy(before);
  for (const desk::AgentView& agent : reading.agents) {
    if (!in_group(agent.groups, queue.group)) continue;
    ++line.agents;
    line.agents_on += agent.logged_in ? 1 : 0;
    line.agents_free += has_room(agent) ? 1 : 0;
    occupancy.add(agent);
  }
  line.occupancy_bp = occupancy.share_bp();
  return line;
}

BoardAgent board_agent(const desk::AgentView& agent, int64_t now_us, const BoardSums* before) {
  BoardAgent line;
  line.name = agent.name;
  line.groups = agent.groups;
  line.skills = agent.skills;
  line.shift = agent.shift;
  line.shift_ends_at_us = agent.shift_ends_at_us;
  line.state = agent.state;
  line.code = agent.code;
  line.lost = agent.lost;
  line.tickets = agent.tickets;
  line.offers = agent.offers;
  line.used_milli = agent.used_milli;
  line.capacity_milli = agent.capacity_milli;
  if (agent.since_us != 0) line.in_state_us = std::max<int64_t>(now_us - agent.since_us, 0);
  Occupancy occupancy(before);
  occupancy.add(agent);
  line.occupancy_bp = occupancy.share_bp();
  return line;
}

void count_state(const desk::AgentView& agent, BoardAgentStates& states) {
  if (agent.lost) {
    ++states.lost;
  } else if (agent.state == "available") {
    ++(agent.used_milli == 0 ? states.idle : states.busy);
  } else if (agent.state == "wrap_up") {
    ++states.wrap_up;
  } else if (agent.state == "away") {
    ++states.away;
  } else if (agent.state == "no_response") {
    ++states.no_response;
  } else if (agent.state == "draining") {
    ++states.draining;
  } else {
    ++states.logged_out;
  }
}

void add(BoardQueue& total, const BoardQueue& queue) {
  total.waiting += queue.waiting;
  total.offered += queue.offered;
  total.unroutable += queue.unroutable;
  total.in_hand += queue.in_hand;
  total.pending += queue.pending;
  total.at_risk += queue.at_risk;
  total.breached += queue.breached;
  if (queue.oldest_us) total.oldest_us = std::max(total.oldest_us.value_or(0), *queue.oldest_us);
  if (queue.slack_us && (!total.slack_us || *queue.slack_us < *total.slack_us))
    total.slack_us = queue.slack_us;
}

void fill_rates(BoardView& view, const BoardSums& now, const BoardSums* before) {
  if (before == nullptr) return;
  const uint64_t syncs = now.log_syncs - before->log_syncs;
  if (now.log_syncs > before->log_syncs)
    view.log_sync_us = static_cast<int64_t>((now.log_sync_us - before->log_sync_us) / syncs);
  const int64_t passed_us = now.at_us - before->at_us;
  if (passed_us <= 0) return;
  const auto per_minute = [&](uint64_t sum, uint64_t sum_before) {
    return static_cast<double>(sum - std::min(sum, sum_before)) * 60e6 /
           static_cast<double>(passed_us);
  };
  view.opened_per_minute = per_minute(now.opened, before->opened);
  view.resolved_per_minute = per_minute(now.resolved, before->resolved);
  view.breaches_per_minute = per_minute(now.breaches, before->breaches);
}

}  // namespace

BoardTicket board_ticket(const desk::TicketView& ticket, int64_t now_us, bool breached) {
  BoardTicket line;
  line.id = ticket.id;
  line.name = ticket.external_id.empty() ? std::to_string(ticket.id) : ticket.external_id;
  line.priority = ticket.priority;
  line.state = desk::name(ticket.state);
  line.queue = ticket.queue;
  line.agent = ticket.agent;
  if (ticket.state == desk::State::queued && ticket.enqueued_at_us != 0)
    line.waits_us = std::max<int64_t>(now_us - ticket.enqueued_at_us, 0);
  const desk::ClockView* clock = breached ? first_breached(ticket) : next_due(ticket);
  if (clock == nullptr) return line;
  line.clock = clock_name(clock->kind, clock->label);
  line.policy = clock->policy;
  line.at_us = breached ? clock->breached_at_us : clock->due_at_us;
  if (line.at_us != 0)
    line.slack_us = breached ? line.at_us - now_us : slack_us(line.at_us, now_us);
  return line;
}

BoardView board_view(const BoardReading& reading, const BoardSums* before, int64_t window_us) {
  BoardView view;
  const int64_t now_us = reading.status.now_us;
  view.desk = reading.status.desk;
  view.at_us = now_us;
  view.window_us = window_us;
  for (const desk::QueueView& queue : reading.queues) {
    view.queues.push_back(board_queue(queue, reading, before));
    add(view.total, view.queues.back());
  }
  Occupancy occupancy(before);
  for (const desk::AgentView& agent : reading.agents) {
    view.agents.push_back(board_agent(agent, now_us, before));
    count_state(agent, view.states);
    ++view.total.agents;
    occupancy.add(agent);
    if (!agent.logged_in) continue;
    ++view.total.agents_on;
    view.total.agents_free += has_room(agent) ? 1 : 0;
    view.used_milli += agent.used_milli;
    view.capacity_milli += agent.capacity_milli;
  }
  view.total.occupancy_bp = occupancy.share_bp();
  for (const desk::TicketView& ticket : reading.due)
    view.at_risk.push_back(board_ticket(ticket, now_us, false));
  for (const desk::TicketView& ticket : reading.breached)
    view.breached.push_back(board_ticket(ticket, now_us, true));

  fill_rates(view, sums_of(reading), before);
  view.timer_lag_us_max = reading.status.timer_lag_us_max;
  for (const auto& [name, count] : reading.status.invariant_violations)
    view.invariant_violations += count;
  const auto figure = [&](const char* name) {
    const auto found = reading.figures.find(name);
    return found == reading.figures.end() ? uint64_t{0} : found->second;
  };
  view.invariant_violations += figure("invariant_violations");
  view.log_sync_us_max = static_cast<int64_t>(figure("log_sync_us_max"));
  view.log_records_not_durable = figure("log_records_not_durable");
  view.clock_waits = figure("clock_waits") != 0;
  view.synced = reading.durability == wire::Durability::sync;
  view.draining = reading.draining;
  return view;
}

}  // namespace paceline::tools
