#include "engine/desk/ticket_store.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>

#include "sched/base/check.h"

namespace paceline::desk {

TicketStore::TicketStore(const Limits& limits)
    : tickets_(limits.tickets_max, sched::Pages::huge),
      details_(limits.tickets_max, sched::Pages::huge),
      slots_(limits.tickets_max),
      intervals_(size_t{limits.tickets_max} * limits.intervals_per_ticket),
      interval_slots_(static_cast<uint32_t>(std::min<uint64_t>(
          uint64_t{limits.tickets_max} * limits.intervals_per_ticket, 0xffff'fffe))),
      clocks_(limits),
      texts_(limits.text_mib_max) {
  for (size_t field = 0; field < interned_count; ++field) {
    dictionaries_.emplace_back(limits.dictionary_max);
  }
}

uint32_t TicketStore::find(uint64_t id) const {
  return by_id_.find(sched::mix(id), [&](uint32_t slot) { return tickets_[slot].id == id; });
}

uint32_t TicketStore::find_external(std::string_view wanted) const {
  if (wanted.empty()) return none;
  return by_external_id_.find(sched::hash_text(wanted),
                              [&](uint32_t slot) { return external_id(slot) == wanted; });
}

Result<uint32_t> TicketStore::create(uint64_t id, std::string_view external_id,
                                     std::string_view requester, std::string_view body) {
  const auto size = static_cast<uint32_t>(external_id.size() + requester.size() + body.size());
  sched::TextArena::Ref text = 0;
  if (size > 0) {
    text = texts_.allocate(size);
    if (text == 0) return sched::Unexpected{Reject::text_full};
    char* at = texts_.data(text);
    for (const std::string_view part : {external_id, requester, body}) {
      if (!part.empty()) std::memcpy(at, part.data(), part.size());
      at += part.size();
    }
  }
  const uint32_t slot = slots_.take();
  CHECK(slot != none);
  tickets_.reach(slot);
  details_.reach(slot);
  Ticket& ticket = *new (&tickets_[slot]) Ticket{};
  TicketDetail& detail = *new (&details_[slot]) TicketDetail{};
  ticket.id = id;
  ticket.text = text;
  detail.external_id_size = static_cast<uint16_t>(external_id.size());
  detail.requester_size = static_cast<uint16_t>(requester.size());
  detail.body_size = static_cast<uint16_t>(body.size());
  by_id_.insert(sched::mix(id), slot);
  if (!external_id.empty()) {
    by_external_id_.insert(sched::hash_text(external_id), slot);
  }
  return slot;
}

void TicketStore::expect_parts(uint32_t slot) const {
  const Ticket& ticket = tickets_[slot];
  by_id_.expect(sched::mix(ticket.id));
  clocks_.expect(ticket.first_clock);
  if (ticket.newest_interval != none) __builtin_prefetch(&intervals_[ticket.newest_interval]);
  if (ticket.text == 0) return;
  const char* const text = texts_.data(ticket.text);
  for (uint32_t at = 0; at < text_size(slot); at += 64) __builtin_prefetch(text + at);
}

void TicketStore::expect_leaving(uint32_t slot) const {
  if (details_[slot].external_id_size != 0)
    by_external_id_.expect(sched::hash_text(external_id(slot)));
  uint32_t at = tickets_[slot].newest_interval;
  for (int i = 0; i < 4 && at != none; ++i) {
    at = intervals_[at].older;
    if (at != none) __builtin_prefetch(&intervals_[at]);
  }
}

void TicketStore::remove(uint32_t slot) {
  Ticket& ticket = tickets_[slot];
  by_id_.erase(sched::mix(ticket.id), slot);
  if (details_[slot].external_id_size > 0) {
    by_external_id_.erase(sched::hash_text(external_id(slot)), slot);
  }
  if (ticket.text != 0) texts_.release(ticket.text, text_size(slot));
  for (uint32_t at = ticket.newest_interval; at != none;) {
    const uint32_t older = intervals_[at].older;
    interval_slots_.give_back(at);
    at = older;
  }
  clocks_.remove_chain(ticket.first_clock);
  if (ticket.has_side) sides_.erase(slot);
  ticket.has_side = 0;
  ticket.id = 0;
  ticket.state = State::none;
  slots_.give_back(slot);
}

uint32_t TicketStore::text_size(uint32_t slot) const {
  const TicketDetail& detail = details_[slot];
  return uint32_t{detail.external_id_size} + detail.requester_size + detail.body_size;
}

std::string_view TicketStore::external_id(uint32_t slot) const {
  const uint16_t size = details_[slot].external_id_size;
  return size == 0 ? std::string_view{} : std::string_view{texts_.data(tickets_[slot].text), size};
}

std::string_view TicketStore::requester(uint32_t slot) const {
  const TicketDetail& detail = details_[slot];
  if (detail.requester_size == 0) return {};
  return {texts_.data(tickets_[slot].text) + detail.external_id_size, detail.requester_size};
}

std::string_view TicketStore::body(uint32_t slot) const {
  const TicketDetail& detail = details_[slot];
  if (detail.body_size == 0) return {};
  return {texts_.data(tickets_[slot].text) + detail.external_id_size + detail.requester_size,
          detail.body_size};
}

Result<void> TicketStore::set_texts(uint32_t slot, std::string_view requester,
                                    std::string_view body) {
  const std::string_view external = external_id(slot);
  const auto size = static_cast<uint32_t>(external.size() + requester.size() + body.size());
  sched::TextArena::Ref text = 0;
  if (size > 0) {
    text = texts_.allocate(size);
    if (text == 0) return sched::Unexpected{Reject::text_full};
    char* at = texts_.data(text);
    for (const std::string_view part : {external, requester, body}) {
      if (!part.empty()) std::memcpy(at, part.data(), part.size());
      at += part.size();
    }
  }
  Ticket& ticket = tickets_[slot];
  TicketDetail& detail = details_[slot];
  if (ticket.text != 0) texts_.release(ticket.text, text_size(slot));
  ticket.text = text;
  detail.requester_size = static_cast<uint16_t>(requester.size());
  detail.body_size = static_cast<uint16_t>(body.size());
  return {};
}

std::string_view TicketStore::interned(uint32_t slot, TextField field) const {
  const uint32_t position = details_[slot].interned[interned_index(field)];
  return position == 0 ? std::string_view{} : dictionary(field).text(position - 1);
}

void TicketStore::begin_interval(uint32_t slot, int64_t at_us, State state, uint32_t reason) {
  Ticket& ticket = tickets_[slot];
  const uint32_t packed =
      (static_cast<uint32_t>(state) << 24) | ((reason + 1) & 0x00ff'ffff);  // none wraps to 0
  uint32_t index = ticket.newest_interval;
  if (index == none || intervals_[index].from_us != at_us) {
    const bool full = ticket.intervals == ticket_intervals_max;
    const uint32_t fresh = full ? none : interval_slots_.take();
    if (fresh != none) {
      intervals_.reach(fresh);
      intervals_[fresh].older = index;
      intervals_[fresh].from_us = at_us;
      ticket.newest_interval = index = fresh;
      ++ticket.intervals;
    } else {
      ++intervals_merged_;
      if (index == none || is_open(state)) return;
      if (intervals_[index].older != none) intervals_[index].from_us = at_us;
    }
  }
  intervals_[index].state_and_reason = packed;
}

void TicketStore::intervals(uint32_t slot, std::vector<StateInterval>& intervals) const {
  intervals.clear();
  for (uint32_t at = tickets_[slot].newest_interval; at != none; at = intervals_[at].older) {
    const IntervalNode& node = intervals_[at];
    StateInterval interval;
    interval.from_us = node.from_us;
    interval.state = static_cast<State>(node.state_and_reason >> 24);
    interval.reason = (node.state_and_reason & 0x00ff'ffff) - 1;  // 0 wraps to none
    intervals.push_back(interval);
  }
  std::reverse(intervals.begin(), intervals.end());
}

}  // namespace paceline::desk
