// Live offers: which ticket is offered to whom, until when, and what room is kept for it.
//
// An offer's number is never used again. Ended offers are forgotten: whoever answers one is told
// that it is gone.
//
// Owner: shard thread.  Allocates: when more offers live than ever before.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/desk/slot_list.h"
#include "sched/base/check.h"
#include "sched/base/hash_index.h"
#include "sched/dispatch.h"

namespace paceline::desk {

struct Offer {
  uint64_t number = 0;
  uint32_t slot = 0;  ///< The ticket's.
  uint32_t agent = 0;
  int64_t offered_at_us = 0;
  int64_t expires_at_us = 0;
  sched::Load load;  ///< Kept with the agent.
  bool hand_over = false;
  uint32_t note = 0xffff'ffff;  ///< Reason position, of a hand-over.
  uint32_t next_of_ticket = 0xffff'ffff;
  uint32_t next_of_agent = 0xffff'ffff;

  void persist(sched::Archive& archive) {
    archive.fields(number, slot, agent, offered_at_us, expires_at_us, load.work, load.weight_milli,
                   load.in_hand, hand_over, note, next_of_ticket, next_of_agent);
  }
};

class OfferBook {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  explicit OfferBook(uint32_t offers_max) : slots_(offers_max) {}

  bool full() const { return slots_.left() == 0; }
  uint32_t live() const { return slots_.used(); }
  uint64_t last_number() const { return last_number_; }

  /// Requires !full(). Heads of the two lists are the caller's.
  uint32_t add(const Offer& offer, uint32_t& first_of_ticket, uint32_t& first_of_agent) {
    const uint32_t index = slots_.take();
    CHECK(index != none);
    if (index == offers_.size()) offers_.emplace_back();
    Offer& added = offers_[index];
    added = offer;
    added.number = ++last_number_;
    added.next_of_ticket = first_of_ticket;
    added.next_of_agent = first_of_agent;
    first_of_ticket = first_of_agent = index;
    by_number_.insert(sched::mix(added.number), index, [&](uint32_t at) { return hash_of(at); });
    return index;
  }
  void remove(uint32_t index, uint32_t& first_of_ticket, uint32_t& first_of_agent) {
    unlink(index, first_of_ticket, &Offer::next_of_ticket);
    unlink(index, first_of_agent, &Offer::next_of_agent);
    by_number_.erase(hash_of(index), index, [&](uint32_t at) { return hash_of(at); });
    offers_[index].number = 0;
    slots_.give_back(index);
  }

  const Offer& operator[](uint32_t index) const { return offers_[index]; }
  Offer& operator[](uint32_t index) { return offers_[index]; }
  /// Calls each(offer) for every live one, in no order that means anything.
  template <class Each>
  void for_each(Each&& each) {
    for (Offer& offer : offers_) {
      if (offer.number != 0) each(offer);
    }
  }
  template <class Each>
  void for_each(Each&& each) const {
    for (const Offer& offer : offers_) {
      if (offer.number != 0) each(offer);
    }
  }
  /// Loading, the chains are examine()d after it.
  void persist(sched::Archive& archive) {
    archive.part("offers", 1);
    archive.fields(slots_, offers_, last_number_);
    archive.require(offers_.size() == slots_.high_water(), "offers are not as many as they say");
  }
  /// After settle(), loading. `of_tickets` and `of_agents` are claims() in which the first offer of
  /// every ticket and of every agent is claimed.
  void rebuild(sched::Archive& archive, SlotClaims& of_tickets, SlotClaims& of_agents) {
    const auto count = static_cast<uint32_t>(offers_.size());
    bool sound = true;
    for (uint32_t at = 0; at < count; ++at) {
      sound = sound && (offers_[at].number == 0) == of_tickets.free(at);
      if (of_tickets.free(at)) continue;
      of_tickets.claim(offers_[at].next_of_ticket);
      of_agents.claim(offers_[at].next_of_agent);
    }
    sound = sound && of_tickets.complete() && of_agents.complete();
    if (!archive.require(sound, "offers do not lead to what is theirs")) return;
    by_number_.rebuild(
        count, count, [&](uint32_t at) { return offers_[at].number != 0; },
        [&](uint32_t at) { return hash_of(at); });
  }
  SlotClaims claims() const { return SlotClaims(slots_); }
  uint32_t find(uint64_t number) const {
    return by_number_.find(sched::mix(number),
                           [&](uint32_t at) { return offers_[at].number == number; });
  }

 private:
  uint64_t hash_of(uint32_t index) const { return sched::mix(offers_[index].number); }
  void unlink(uint32_t index, uint32_t& first, uint32_t Offer::*next) {
    uint32_t* at = &first;
    while (*at != index) {
      CHECK(*at != none);
      at = &(offers_[*at].*next);
    }
    *at = offers_[index].*next;
  }

  SlotList slots_;
  std::vector<Offer> offers_;
  sched::HashIndex by_number_;
  uint64_t last_number_ = 0;
};

}  // namespace paceline::desk
