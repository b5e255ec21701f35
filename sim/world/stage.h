// What requesters and agents of one run share: the desk, the time, the agenda, the sums.
//
// Owner: the world; one thread.
#pragma once

#include <cmath>
#include <cstdint>

#include "sim/rng.h"
#include "sim/world/agenda.h"
#include "sim/world/contact.h"
#include "sim/world/desk_port.h"
#include "sim/world/ledger.h"
#include "sim/world/model.h"

namespace paceline::sim {

/// Whose turn an entry of the agenda is.
enum class Actor : uint8_t { contact, agent, offer, clockwork };
constexpr uint32_t agenda_slot(Actor actor, uint32_t index) {
  return index << 2 | static_cast<uint32_t>(actor);
}

struct Stage {
  const Model& model;
  DeskPort& desk;
  Agenda agenda;
  Ledger ledger;
  Contacts contacts;
  uint64_t seed = 0;
  uint32_t replication = 0;
  int64_t start_us = 0;
  int64_t now_us = 0;

  Stream stream(uint64_t key, Purpose purpose, uint32_t occurrence = 0) const {
    return Stream({seed, replication, key, purpose, static_cast<uint16_t>(occurrence)});
  }
  /// A drawn time in whole microseconds; `never` beyond a hundred years.
  static int64_t whole_us(double drawn) {
    constexpr double longest = 3.2e15;
    return drawn < longest ? static_cast<int64_t>(drawn + 0.5) : sched::never.us;
  }
  /// Saturates: `never` stays never.
  static int64_t after(int64_t at_us, int64_t by_us) {
    return by_us == sched::never.us ? by_us : at_us + by_us;
  }
  int64_t draw(const Law& law, uint64_t key, Purpose purpose, uint32_t occurrence) const {
    Stream source = stream(key, purpose, occurrence);
    return whole_us(law.draw(source));
  }
  /// By the time at which the contact came.
  int64_t draw(const LawByTime& law, const Contact& contact, Purpose purpose,
               uint32_t occurrence) const {
    return draw(law.at(contact.came_us - start_us), contact.key, purpose, occurrence);
  }
  /// Every cell that a contact as a whole counts in.
  template <class Each>
  void each_cell(Contact& contact, Each&& each) {
    if (contact.tally == Contact::none) {
      contact.tally = ledger.tally_of({contact.traits.demand, contact.traits.channel,
                                       contact.entry_queue, contact.traits.priority});
    }
    each(ledger.tally(contact.tally));
    if (contact.interval < 0) return;
    each(*ledger.interval_cell(contact.interval));
    if (contact.entry_queue != Contact::none)
      each(*ledger.queue_interval_cell(contact.entry_queue, contact.interval));
  }
};

}  // namespace paceline::sim
