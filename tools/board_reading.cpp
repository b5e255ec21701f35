#include "tools/board_reading.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace paceline::tools {

namespace {

bool live(const desk::ClockView& clock) {
  return clock.state == "running" || clock.state == "paused";
}

/// By what a list of tickets is in order.
std::pair<int64_t, uint64_t> place(const desk::TicketView& ticket, bool breached) {
  const desk::ClockView* clock = breached ? first_breached(ticket) : next_due(ticket);
  const int64_t at_us = clock == nullptr ? 0 : breached ? clock->breached_at_us : clock->due_at_us;
  return {at_us, ticket.id};
}

void take_earlier(int64_t& earliest_us, int64_t at_us) {
  if (at_us != 0 && (earliest_us == 0 || at_us < earliest_us)) earliest_us = at_us;
}

}  // namespace

const desk::ClockView* next_due(const desk::TicketView& ticket) {
  const desk::ClockView* next = nullptr;
  for (const desk::ClockView& clock : ticket.clocks) {
    if (clock.due_at_us == 0 || clock.breached_at_us != 0 || clock.remaining_us < 0) continue;
    if (next == nullptr || clock.due_at_us < next->due_at_us) next = &clock;
  }
  return next;
}

const desk::ClockView* first_breached(const desk::TicketView& ticket) {
  const desk::ClockView* first = nullptr;
  for (const desk::ClockView& clock : ticket.clocks) {
    if (!live(clock) || (clock.breached_at_us == 0 && clock.remaining_us >= 0)) continue;
    if (first == nullptr || clock.breached_at_us < first->breached_at_us) first = &clock;
  }
  return first;
}

void add_slice(BoardReading& reading, desk::Answer&& slice, bool breached, uint32_t limit) {
  if (reading.queues.empty()) {
    reading.queues = std::move(slice.queues);
  } else if (reading.queues.size() == slice.queues.size()) {
    // A queue defined meanwhile is in the next reading.
    for (size_t i = 0; i < slice.queues.size(); ++i) {
      desk::QueueView& sum = reading.queues[i];
      const desk::QueueView& more = slice.queues[i];
      sum.offered += more.offered;
      sum.unroutable += more.unroutable;
      sum.at_risk += more.at_risk;
      sum.breached += more.breached;
      take_earlier(sum.oldest_enqueued_at_us, more.oldest_enqueued_at_us);
      take_earlier(sum.next_due_at_us, more.next_due_at_us);
    }
  }
  auto& list = breached ? reading.breached : reading.due;
  list.insert(list.end(), std::make_move_iterator(slice.tickets.begin()),
              std::make_move_iterator(slice.tickets.end()));
  std::sort(list.begin(), list.end(),
            [&](const auto& a, const auto& b) { return place(a, breached) < place(b, breached); });
  if (list.size() > limit) list.resize(limit);
}

wire::Called<BoardReading> read_board(wire::Client& client, sched::DeskNumber desk,
                                      const BoardQuestion& question) {
  BoardReading reading;
  desk::Query query;
  const auto ask = [&] { return client.query(desk, query, question.timeout); };

  query.kind = desk::QueryKind::board;
  query.at_us = question.window_us;
  query.limit = question.tickets;
  for (const bool breached : {false, true}) {
    if (breached && !question.breached) break;
    query.mode = breached ? 1 : 0;
    query.after = 0;
    for (bool more = true; more;) {
      auto slice = ask();
      if (!slice) return sched::Unexpected{slice.error()};
      // A slice that leads nowhere would be asked for again and again.
      more = slice->more && slice->next_after > query.after;
      query.after = slice->next_after;
      if (breached) slice->queues.clear();
      add_slice(reading, std::move(*slice), breached, question.tickets);
    }
  }
  query = {};
  query.kind = desk::QueryKind::agents;
  auto agents = ask();
  if (!agents) return sched::Unexpected{agents.error()};
  reading.agents = std::move(agents->agents);
  query.kind = desk::QueryKind::status;
  auto status = ask();
  if (!status) return sched::Unexpected{status.error()};
  reading.status = std::move(status->status);
  auto server = client.status(question.timeout);
  if (!server) return sched::Unexpected{server.error()};
  for (auto& [name, value] : server->figures) reading.figures.emplace(std::move(name), value);
  reading.draining = server->draining;
  reading.durability = server->durability;
  return reading;
}

BoardSums sums_of(const BoardReading& reading) {
  BoardSums sums;
  sums.at_us = reading.status.now_us;
  sums.opened = reading.status.opened;
  sums.resolved = reading.status.resolved;
  sums.breaches = reading.status.breaches;
  const auto figure = [&](const char* name) {
    const auto found = reading.figures.find(name);
    return found == reading.figures.end() ? 0 : found->second;
  };
  sums.log_syncs = figure("log_syncs");
  sums.log_sync_us = figure("log_sync_us");
  for (const desk::AgentView& agent : reading.agents) {
    const int64_t handling_us = agent.busy_us + agent.wrap_up_us;
    sums.agents[agent.name] = {handling_us, handling_us + agent.available_us};
  }
  return sums;
}

void BoardPast::add(BoardSums sums) {
  // A desk that went back, or a server that began anew, has another past.
  if (!sums_.empty() && (sums.at_us < sums_.back().at_us || sums.opened < sums_.back().opened ||
                         sums.log_syncs < sums_.back().log_syncs)) {
    sums_.clear();
  }
  const int64_t at_us = sums.at_us;
  sums_.push_back(std::move(sums));
  while (sums_.size() > 2 && sums_[1].at_us <= at_us - span_us) sums_.pop_front();
}

}  // namespace paceline::tools
