#include "sim/recorded/day_tally.h"

#include <algorithm>

#include "sim/world/assignment_digest.h"

namespace paceline::sim {

using desk::EventKind;

void DayTally::hear(const desk::Event& event) {
  const bool counts = event.noted_us >= from_us_;
  const auto count = [&](uint64_t& figure) { figure += counts ? 1 : 0; };
  if (event.ticket != 0 && event.state != desk::State::none) {
    auto [ticket, is_new] = tickets_.try_emplace(event.ticket, Ticket{event.noted_us});
    if (is_new) count(counts_.tickets);
    ticket->second.open = event.state != desk::State::resolved &&
                          event.state != desk::State::closed &&
                          event.state != desk::State::cancelled;
    if (is_assignment(event)) {
      count(counts_.assignments);
      if (!ticket->second.answered && counts) {
        ++counts_.answered;
        counts_.wait_us += event.noted_us - ticket->second.came_us;
        waits_us_.push_back(event.noted_us - ticket->second.came_us);
      }
      ticket->second.answered = true;
    }
  }
  switch (event.kind) {
    case EventKind::ticket_offered:
      return count(counts_.offers);
    case EventKind::ticket_declined:
      return count(counts_.declined);
    case EventKind::ticket_offer_expired:
      return count(counts_.expired);
    case EventKind::ticket_requeued:
      return count(counts_.requeued);
    case EventKind::ticket_escalated:
      return count(counts_.escalated);
    case EventKind::ticket_pended:
      return count(counts_.pended);
    case EventKind::ticket_reopened:
      return count(counts_.reopened);
    case EventKind::ticket_resolved:
      return count(counts_.resolved);
    case EventKind::ticket_cancelled:
      return count(counts_.cancelled);
    case EventKind::clock_completed:
      return count((event.flags & desk::clock_missed) != 0 ? counts_.clocks_missed
                                                           : counts_.clocks_met);
    default:
      return;
  }
}

DayFigures DayTally::figures() const {
  DayFigures figures = counts_;
  for (const auto& [number, ticket] : tickets_) figures.unfinished += ticket.open ? 1 : 0;
  std::vector<int64_t> waits_us = waits_us_;
  std::sort(waits_us.begin(), waits_us.end());
  const auto rank = [&](size_t percent) {
    return waits_us.empty() ? 0 : waits_us[(waits_us.size() * percent + 99) / 100 - 1];
  };
  figures.wait_p50_us = rank(50);
  figures.wait_p90_us = rank(90);
  return figures;
}

}  // namespace paceline::sim
