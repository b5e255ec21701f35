#include "engine/desk/board.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace paceline::desk {

namespace {

constexpr int64_t never_us = sched::never.us;

/// The smallest `limit` of what it is offered, by instant and then by ticket.
class Foremost {
 public:
  struct Entry {
    int64_t at_us;
    uint64_t ticket;
    uint32_t slot;
    bool operator<(const Entry& other) const {
      return at_us != other.at_us ? at_us < other.at_us : ticket < other.ticket;
    }
  };

  explicit Foremost(uint32_t limit) : limit_(limit) {}

  void offer(const Entry& entry) {
    if (entries_.size() == limit_) {
      if (!(entry < entries_.front())) return;
      std::pop_heap(entries_.begin(), entries_.end());
      entries_.pop_back();
    }
    entries_.push_back(entry);
    std::push_heap(entries_.begin(), entries_.end());
  }
  std::vector<Entry> in_order() && {
    std::sort_heap(entries_.begin(), entries_.end());
    return std::move(entries_);
  }

 private:
  uint32_t limit_;
  std::vector<Entry> entries_;  // a heap, the latest in front
};

void count_waiting(const Ticket& ticket, QueueView& queue) {
  queue.unroutable += ticket.unroutable;
  queue.offered += ticket.offers != 0 ? 1 : 0;
  int64_t& oldest_us = queue.oldest_enqueued_at_us;
  if (oldest_us == 0 || ticket.enqueued_at_us < oldest_us) oldest_us = ticket.enqueued_at_us;
}

}  // namespace

void count_slice(const Floor& floor, const Query& query, uint32_t queue, uint32_t limit,
                 Answer& answer) {
  const TicketStore& store = floor.store();
  const uint32_t first = static_cast<uint32_t>(std::min<uint64_t>(query.after, store.high_water()));
  const uint32_t last = std::min(store.high_water(), first + board_slice);
  const int64_t risk_until_us = floor.now_us() + std::clamp<int64_t>(query.at_us, 0, sched::day.us);
  Foremost foremost(limit);

  for (uint32_t slot = first; slot < last; ++slot) {
    const Ticket& ticket = store.hot(slot);
    if (ticket.id == 0 || !ticket.open()) continue;
    QueueView& view = answer.queues[ticket.queue];
    if (ticket.state == State::queued) count_waiting(ticket, view);

    const bool listed = queue == Floor::none || queue == ticket.queue;
    bool breached = false;
    int64_t breached_at_us = never_us;
    int64_t due_us = never_us;
    for (uint32_t clock = ticket.first_clock; clock != Floor::none;
         clock = store.clock(clock).next) {
      const sched::SlaClock& record = store.clock(clock);
      if (!record.live()) continue;
      if (!record.may_breach()) {
        breached = true;
        breached_at_us = std::min(breached_at_us, store.clocks().breached_at_us(clock));
        continue;
      }
      if (record.state == sched::ClockState::running)
        due_us = std::min(due_us, floor.clockwork().deadline_us(clock));
    }
    view.breached += breached ? 1 : 0;
    if (due_us != never_us) {
      view.at_risk += due_us <= risk_until_us ? 1 : 0;
      if (view.next_due_at_us == 0 || due_us < view.next_due_at_us) view.next_due_at_us = due_us;
    }
    if (!listed) continue;
    if (query.mode == 0 && due_us != never_us) foremost.offer({due_us, ticket.id, slot});
    if (query.mode == 1 && breached) foremost.offer({breached_at_us, ticket.id, slot});
  }

  for (const auto& entry : std::move(foremost).in_order())
    answer.tickets.push_back(floor.view(entry.slot));
  answer.next_after = last;
  answer.more = last < store.high_water();
}

}  // namespace paceline::desk
