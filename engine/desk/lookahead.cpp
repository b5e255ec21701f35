#include "engine/desk/lookahead.h"

#include <array>

namespace paceline::desk {
namespace {

uint64_t ticket_of(const CommandFrame& frame, CommandKind kind, size_t index) {
  switch (kind) {
    case CommandKind::update:
      return frame.update[index].ticket;
    case CommandKind::message:
      return frame.message[index].ticket;
    case CommandKind::assign:
      return frame.assign[index].ticket;
    case CommandKind::start:
      return frame.start[index].ticket;
    case CommandKind::requeue:
      return frame.requeue[index].ticket;
    case CommandKind::pend:
      return frame.pend[index].ticket;
    case CommandKind::resume:
      return frame.resume[index].ticket;
    case CommandKind::resolve:
      return frame.resolve[index].ticket;
    case CommandKind::close:
      return frame.close[index].ticket;
    default:
      return 0;
  }
}

}  // namespace

void Lookahead::begin(const CommandFrame& frame) {
  any_ = false;
  if (floor_.store().high_water() < cold_tickets) return;
  tickets_.clear();
  std::array<size_t, command_kind_count> next{};
  for (const CommandKind kind : frame.order) {
    tickets_.push_back(ticket_of(frame, kind, next[static_cast<size_t>(kind)]++));
    any_ = any_ || tickets_.back() != 0;
  }
  slots_.assign(tickets_.size(), Floor::none);
  if (!any_) return;
  for (size_t at = 0; at < cells_ahead && at < slots_.size(); ++at) expect_cell(at);
  for (size_t at = 0; at < tickets_ahead && at < slots_.size(); ++at) expect_ticket(at);
  for (size_t at = 0; at < clocks_ahead && at < slots_.size(); ++at) expect_clocks(at);
}

void Lookahead::expect_cell(size_t at) {
  if (tickets_[at] != 0) floor_.store().expect_id(tickets_[at]);
}

void Lookahead::expect_ticket(size_t at) {
  if (tickets_[at] == 0) return;
  const uint32_t slot = floor_.store().likely_slot(tickets_[at]);
  slots_[at] = slot;
  if (slot == Floor::none) return;
  floor_.store().expect(slot);
  floor_.wheel().expect(slot);
}

void Lookahead::expect_clocks(size_t at) {
  if (slots_[at] == Floor::none) return;
  const Ticket& ticket = floor_.store().hot(slots_[at]);
  floor_.store().clocks().expect(ticket.first_clock);
}

}  // namespace paceline::desk
