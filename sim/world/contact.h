// A requester's contact from the first attempt to the end, and how a ticket's number leads to it.
//
// Owner: one thread.  Allocates: as more are there at once; never for the length of a run.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/world/model.h"

namespace paceline::sim {

struct Contact {
  enum class Phase : uint8_t {
    none,      ///< The slot is free.
    orbiting,  ///< Will try again.
    waiting,
    working,
    pending,
    resolved,  ///< May come back, or be closed.
    ended,     ///< Forgotten after the batch.
  };
  static constexpr uint32_t none = 0xffff'ffff;

  uint64_t ticket = 0;  ///< On the desk; 0: not there.
  uint64_t key = 0;     ///< Of its random streams: demand from bit 46 on, its number below.
  int64_t came_us = 0;  ///< This and the others: since the epoch.
  int64_t opened_us = 0;
  int64_t waits_since_us = 0;
  int64_t handling_us = -1;  ///< Recorded: of the first spell.
  // While an agent works on it: work left at speed 1, as of `paced_us`, and the speed now.
  int64_t left_us = 0;
  int64_t paced_us = 0;
  int64_t spell_us = 0;    ///< Worked on in this spell, at whatever speed; not while it rests.
  int64_t answers_us = 0;  ///< First public message; `never`.
  int64_t resolved_us = 0;
  int64_t resumes_us = 0;  ///< The end of the pending spell.
  int64_t returns_us = 0;  ///< Reopens or closes what is resolved; `never`.
  uint32_t rate_ppm = 0;   ///< 0: it rests in hand; nobody is there, or is busy with a call.
  uint32_t agent = none;
  uint32_t next_in_hand = none;  ///< The agent's next contact.
  uint32_t entry_queue = none;   ///< Where it waited first.
  int32_t interval = -1;         ///< Of its arrival.
  uint32_t tally = none;         ///< Where it counts; none: what it is has changed.
  Model::Traits traits;
  uint16_t service = 0, config_item = 0, subcategory = 0, language = 0;
  uint32_t requester = 0;
  uint8_t impact = 0, urgency = 0;
  bool vip = false;
  Phase phase = Phase::none;
  bool blocks = false;  ///< In hand: nothing else is worked on beside it.
  bool answered = false;
  bool responded = false;
  bool has_line = false;
  bool reopens_next = false;  ///< At returns_us; else closes.
  uint16_t tries = 0;
  uint16_t waits = 0;   ///< Begun.
  uint16_t spells = 0;  ///< Begun.
  uint16_t offers = 0;
  uint16_t reopens = 0;
  uint16_t outcomes[4] = {};  ///< By Outcome::Kind, so far.
  const WorkRule* work = nullptr;
};

/// Ticket number → contact. Numbers are dense and grow; entries lie in a ring by number, which
/// doubles where an old ticket still is where a new one wants to be.
class TicketBook {
 public:
  void set(uint64_t number, uint32_t contact) {
    while (entries_[number & mask()].contact != Contact::none) grow();
    entries_[number & mask()] = {number, contact};
  }
  uint32_t find(uint64_t number) const {
    const Entry& entry = entries_[number & mask()];
    return entry.number == number ? entry.contact : Contact::none;
  }
  void erase(uint64_t number) {
    Entry& entry = entries_[number & mask()];
    if (entry.number == number) entry.contact = Contact::none;
  }

 private:
  struct Entry {
    uint64_t number = 0;
    uint32_t contact = Contact::none;
  };
  uint64_t mask() const { return entries_.size() - 1; }
  void grow() {
    std::vector<Entry> before(entries_.size() * 2);
    before.swap(entries_);
    for (const Entry& entry : before) {
      if (entry.contact != Contact::none) entries_[entry.number & mask()] = entry;
    }
  }
  std::vector<Entry> entries_ = std::vector<Entry>(1'024);
};

/// Contacts in slots that are used again.
class Contacts {
 public:
  uint32_t create(const Contact& like) {
    if (free_.empty()) {
      records_.push_back(like);
      return static_cast<uint32_t>(records_.size() - 1);
    }
    const uint32_t slot = free_.back();
    free_.pop_back();
    records_[slot] = like;
    return slot;
  }
  void remove(uint32_t slot) {
    records_[slot].phase = Contact::Phase::none;
    free_.push_back(slot);
  }
  Contact& operator[](uint32_t slot) { return records_[slot]; }
  const Contact& operator[](uint32_t slot) const { return records_[slot]; }
  size_t count() const { return records_.size() - free_.size(); }

 private:
  std::vector<Contact> records_;
  std::vector<uint32_t> free_;
};

}  // namespace paceline::sim
