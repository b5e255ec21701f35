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
  by_id_.insert(sched::mix(id), slot, [&](uint32_t s) { return hash_of(s); });
  if (!external_id.empty()) {
    by_external_id_.insert(sched::hash_text(external_id), slot,
                           [&](uint32_t s) { return external_hash_of(s); });
  }
  return slot;
}

void TicketStore::remove(uint32_t slot) {
  Ticket& ticket = tickets_[slot];
  by_id_.erase(hash_of(slot), slot, [&](uint32_t s) { return hash_of(s); });
  if (details_[slot].external_id_size > 0) {
    by_external_id_.erase(external_hash_of(slot), slot,
                          [&](uint32_t s) { return external_hash_of(s); });
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

/// By name, so that another order of the record's members is no matter.
static void persist(sched::Archive& archive, TicketSide& side) {
  archive.fields(side.parent, side.tasks, side.tasks_open, side.held_for, side.hold_until_us,
                 side.overflow_check_us, side.bounce_pair, side.bounces_in_pair, side.bounces,
                 side.enqueued_before_us, side.order_before, side.escalations, side.checklist_done,
                 side.checklist_of, side.scores);
}

void TicketStore::persist(sched::Archive& archive) {
  archive.part("tickets", 1, sizeof(Ticket), sizeof(TicketDetail), sizeof(IntervalNode),
               interned_count);
  archive.fields(slots_, interval_slots_, intervals_merged_, sides_);
  for (Dictionary& dictionary : dictionaries_) dictionary.persist(archive);
  tickets_.persist(archive, slots_.high_water());
  details_.persist(archive, slots_.high_water());
  intervals_.persist(archive, interval_slots_.high_water());
  texts_.persist(archive);
  clocks_.persist(archive);
}

/// Whether something in the record is not the number of anything.
bool TicketStore::leads_astray(const Ticket& ticket, const TicketDetail& detail,
                               const Bounds& bounds) const {
  const auto beyond = [](uint32_t position, uint32_t count) {
    return position != none && position >= count;
  };
  bool astray =
      (ticket.offers != 0) != (detail.first_offer != none) || ticket.queue >= bounds.queues ||
      beyond(ticket.agent, bounds.agents) || beyond(ticket.reason, bounds.reasons) ||
      beyond(detail.routed_by, bounds.reasons) || beyond(detail.queue_before, bounds.queues) ||
      beyond(detail.last_queue, bounds.queues) || beyond(detail.previous_in_list, high_water()) ||
      beyond(detail.next_in_list, high_water());
  for (size_t field = 0; field < interned_count; ++field) {
    astray = astray || detail.interned[field] > dictionaries_[field].size();
  }
  return astray;
}

void TicketStore::rebuild(sched::Archive& archive, const Bounds& bounds) {
  const SlotClaims slots(slots_);
  SlotClaims intervals(interval_slots_);
  SlotClaims clocks = clocks_.claims();
  uint32_t tickets = 0;
  uint32_t external_ids = 0;
  uint32_t sides = 0;
  bool sound = true;
  for (uint32_t slot = 0; slot < high_water() && sound; ++slot) {
    const Ticket& ticket = tickets_[slot];
    const TicketDetail& detail = details_[slot];
    sound = (ticket.id == 0) == slots.free(slot);
    if (ticket.id == 0) continue;
    ++tickets;
    sound = sound && !leads_astray(ticket, detail, bounds);
    intervals.claim(ticket.newest_interval);
    clocks.claim(ticket.first_clock);
    if (ticket.text != 0) sound = sound && texts_.claim(ticket.text, text_size(slot));
    if (ticket.text == 0) sound = sound && text_size(slot) == 0;
    external_ids += detail.external_id_size != 0 ? 1 : 0;
    if (ticket.has_side) sound = sound && sides_.contains(slot);
    sides += ticket.has_side;
  }
  for (uint32_t at = 0; at < interval_slots_.high_water(); ++at) {
    if (!intervals.free(at)) intervals.claim(intervals_[at].older);
  }
  clocks_.examine(archive, clocks, bounds.policies);
  sound = sound && tickets == count() && intervals.complete() && sides == sides_.size();
  if (!archive.require(sound, "tickets do not lead to what is theirs")) return;
  texts_.rebuild();
  by_id_.rebuild(
      high_water(), count(), [&](uint32_t slot) { return tickets_[slot].id != 0; },
      [&](uint32_t slot) { return hash_of(slot); });
  by_external_id_.rebuild(
      high_water(), external_ids,
      [&](uint32_t slot) { return tickets_[slot].id != 0 && details_[slot].external_id_size != 0; },
      [&](uint32_t slot) { return external_hash_of(slot); });
}

}  // namespace paceline::desk
