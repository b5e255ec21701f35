// Tickets written down and filled in again. Everything plain is bulk memory; indexes are found
// again, and what leads where is examined before anybody follows it.
#include <vector>

#include "engine/desk/ticket_store.h"

namespace paceline::desk {

void AttributeSets::persist(sched::Archive& archive) {
  archive.part("attribute sets", 1, sizeof(Set));
  archive.fields(slots_);
  sets_.persist(archive, slots_.high_water());
}

bool AttributeSets::rebuild(const std::vector<uint32_t>& users) {
  const SlotClaims slots(slots_);
  if (slots_.high_water() == 0 || slots.free(nothing)) return false;
  for (uint32_t set = nothing + 1; set < slots_.high_water(); ++set) {
    if (slots.free(set) != (users[set] == 0)) return false;
    sets_[set].users = users[set];
  }
  index_.rebuild(
      slots_.high_water(), slots_.used(), [&](uint32_t set) { return users[set] != 0 && set != 0; },
      [&](uint32_t set) { return hash_of(sets_[set].attributes); });
  return true;
}

void TicketStore::persist(sched::Archive& archive) {
  archive.part("tickets", 2, sizeof(Ticket), sizeof(TicketDetail), sizeof(TicketSide),
               sizeof(IntervalBlock), interned_count);
  archive.fields(slots_, side_slots_, interval_slots_, intervals_used_, intervals_merged_, tasks_,
                 scores_);
  for (Dictionary& dictionary : dictionaries_) dictionary.persist(archive);
  attribute_sets_.persist(archive);
  tickets_.persist(archive, slots_.high_water());
  details_.persist(archive, slots_.high_water());
  sides_.persist(archive, side_slots_.high_water());
  intervals_.persist(archive, interval_slots_.high_water());
  texts_.persist(archive);
  clocks_.persist(archive);
}

/// Whether something in the records is not the number of anything.
bool TicketStore::leads_astray(uint32_t slot, const Bounds& bounds) const {
  const Ticket& ticket = tickets_[slot];
  const TicketDetail& detail = details_[slot];
  const TicketSide& side = known_side(slot);
  const auto beyond = [](uint32_t position, uint32_t count) {
    return position != none && position >= count;
  };
  return (ticket.offers != 0) != (side.first_offer != none) || ticket.queue >= bounds.queues ||
         beyond(ticket.agent, bounds.agents) || beyond(ticket.reason, bounds.reasons) ||
         beyond(detail.routed_by, bounds.reasons) || beyond(side.queue_before, bounds.queues) ||
         beyond(detail.last_queue, bounds.queues) ||
         beyond(detail.previous_in_list, high_water()) ||
         beyond(detail.next_in_list, high_water()) || beyond(side.held_for, bounds.agents) ||
         detail.attributes >= attribute_sets_.high_water() ||
         (side.has_tasks != 0 && !tasks_.contains(slot)) ||
         (side.has_scores != 0 && !scores_.contains(slot));
}

/// Every ticket that says it has a side gets the one that says it is its own.
bool TicketStore::find_sides() {
  const SlotClaims sides(side_slots_);
  uint32_t found = 0;
  for (uint32_t at = 0; at < side_slots_.high_water(); ++at) {
    if (sides.free(at)) continue;
    const uint32_t slot = sides_[at].slot;
    if (slot >= high_water() || !tickets_[slot].has_side) return false;
    side_of_[slot] = at;
    ++found;
  }
  uint32_t wanted = 0;
  for (uint32_t slot = 0; slot < high_water(); ++slot) {
    if (tickets_[slot].id == 0) continue;
    wanted += tickets_[slot].has_side;
    if (tickets_[slot].has_side &&
        (side_of_[slot] >= side_slots_.high_water() || sides_[side_of_[slot]].slot != slot)) {
      return false;
    }
  }
  return found == wanted;
}

/// As many blocks of intervals as the ticket says it has. Requires chains without end to be ruled
/// out.
bool TicketStore::intervals_add_up(uint32_t slot) const {
  const uint32_t wanted = (in_blocks(slot) + IntervalBlock::size - 1) / IntervalBlock::size;
  uint32_t found = 0;
  for (uint32_t at = tickets_[slot].newest_interval; at != none; at = intervals_[at].older) ++found;
  return found == wanted;
}

bool TicketStore::attributes_known() const {
  for (uint32_t set = 0; set < attribute_sets_.high_water(); ++set) {
    for (size_t field = 0; field < interned_count; ++field) {
      if (attribute_sets_[set][field] > dictionaries_[field].size()) return false;
    }
  }
  return true;
}

void TicketStore::rebuild(sched::Archive& archive, const Bounds& bounds) {
  const SlotClaims slots(slots_);
  SlotClaims intervals(interval_slots_);
  SlotClaims clocks = clocks_.claims();
  std::vector<uint32_t> attribute_users(attribute_sets_.high_water() + size_t{1}, 0);
  uint32_t tickets = 0;
  uint32_t external_ids = 0;
  uint64_t interval_count = 0;
  bool sound = find_sides();
  for (uint32_t slot = 0; slot < high_water() && sound; ++slot) {
    const Ticket& ticket = tickets_[slot];
    sound = (ticket.id == 0) == slots.free(slot);
    if (ticket.id == 0) continue;
    ++tickets;
    sound = sound && !leads_astray(slot, bounds);
    if (!sound) break;
    ++attribute_users[details_[slot].attributes];
    interval_count += ticket.intervals;
    sound = ticket.intervals >= details_[slot].queued_at_first;
    intervals.claim(ticket.newest_interval);
    clocks.claim(ticket.first_clock);
    if (ticket.text == 0) continue;
    sound =
        sound && texts_.holds(ticket.text) && texts_.claim(ticket.text, text_sizes(slot).in_all());
    external_ids += sound && !external_id(slot).empty() ? 1 : 0;
  }
  for (uint32_t at = 0; at < interval_slots_.high_water(); ++at) {
    if (!intervals.free(at)) intervals.claim(intervals_[at].older);
  }
  clocks_.examine(archive, clocks, bounds.policies);
  sound = sound && tickets == count() && intervals.complete() &&
          interval_count == intervals_used_ && attribute_sets_.rebuild(attribute_users) &&
          attributes_known();
  for (uint32_t slot = 0; slot < high_water() && sound; ++slot) {
    sound = tickets_[slot].id == 0 || intervals_add_up(slot);
  }
  if (!archive.require(sound, "tickets do not lead to what is theirs")) return;
  texts_.rebuild();
  by_id_.rebuild(
      high_water(), count(), [&](uint32_t slot) { return tickets_[slot].id != 0; },
      [&](uint32_t slot) { return sched::mix(tickets_[slot].id); });
  by_external_id_.rebuild(
      high_water(), external_ids,
      [&](uint32_t slot) { return tickets_[slot].id != 0 && !external_id(slot).empty(); },
      [&](uint32_t slot) { return sched::hash_text(external_id(slot)); });
}

}  // namespace paceline::desk
