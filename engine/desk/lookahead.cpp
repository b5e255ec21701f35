#include "engine/desk/lookahead.h"

#include <array>

#include "engine/desk/verbs_shared.h"

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

uint64_t external_hash(const CommandFrame& frame, const Open& open) {
  const uint16_t size = open.sizes[static_cast<size_t>(TextField::external_id)];
  return sched::hash_text(TextCursor(frame.text, open.text_at).next(size)) | 1;
}

}  // namespace

void Lookahead::begin(const CommandFrame& frame) {
  any_ = false;
  if (floor_.store().high_water() < cold_tickets) return;
  tickets_.clear();
  opens_.clear();
  std::array<size_t, command_kind_count> next{};
  size_t open = 0;
  next_id_ = floor_.next_ticket_id();  // what is refused makes it a wrong guess
  for (const CommandKind kind : frame.order) {
    tickets_.push_back(ticket_of(frame, kind, next[static_cast<size_t>(kind)]++));
    opens_.push_back(0);
    if (kind == CommandKind::open) opens_.back() = external_hash(frame, frame.open[open++]);
    any_ = any_ || tickets_.back() != 0 || opens_.back() != 0;
  }
  slots_.assign(tickets_.size(), Floor::none);
  if (!any_) return;
  for (size_t at = 0; at < opens_ahead && at < opens_.size(); ++at) expect_open(at);
  for (size_t at = 0; at < cells_ahead && at < slots_.size(); ++at) expect_cell(at);
  for (size_t at = 0; at < tickets_ahead && at < slots_.size(); ++at) expect_ticket(at);
  for (size_t at = 0; at < clocks_ahead && at < slots_.size(); ++at) expect_clocks(at);
}

void Lookahead::expect_open(size_t at) {
  if (opens_[at] == 0) return;
  floor_.store().expect_id(next_id_++);
  floor_.store().expect_external(opens_[at]);
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
  floor_.store().expect_interval(slots_[at]);
  if (ticket.agent != Floor::none) floor_.expect_agent(ticket.agent);
}

}  // namespace paceline::desk
