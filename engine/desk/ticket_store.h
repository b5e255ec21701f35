// Where tickets live: slots, texts, state intervals, clocks, and the ways to find a ticket.
//
// It keeps and finds; it knows no rule. All memory is sized from Limits and touched as it fills.
//
// Owner: shard thread.  Allocates: when an index doubles or text needs another chunk.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "engine/desk/clock_store.h"
#include "engine/desk/dictionary.h"
#include "engine/desk/facts.h"
#include "engine/desk/limits.h"
#include "engine/desk/reject.h"
#include "engine/desk/ticket.h"
#include "sched/base/fixed_array.h"
#include "sched/base/hash_index.h"
#include "sched/base/text_arena.h"

namespace paceline::desk {

class TicketStore {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  explicit TicketStore(const Limits& limits);

  Ticket& hot(uint32_t slot) { return tickets_[slot]; }
  const Ticket& hot(uint32_t slot) const { return tickets_[slot]; }
  TicketDetail& detail(uint32_t slot) { return details_[slot]; }
  const TicketDetail& detail(uint32_t slot) const { return details_[slot]; }

  /// What few tickets have; made where there is none.
  TicketSide& side(uint32_t slot) {
    tickets_[slot].has_side = 1;
    return sides_[slot];
  }
  const TicketSide* find_side(uint32_t slot) const {
    return tickets_[slot].has_side ? &sides_.at(slot) : nullptr;
  }

  uint32_t count() const { return slots_.used(); }
  uint32_t high_water() const { return slots_.high_water(); }
  bool full() const { return slots_.left() == 0; }

  uint32_t find(uint64_t id) const;
  // What a command soon to come will touch.
  [[gnu::always_inline]] void expect_id(uint64_t id) const { by_id_.expect(sched::mix(id)); }
  uint32_t likely_slot(uint64_t id) const { return by_id_.guess(sched::mix(id)); }
  [[gnu::always_inline]] void expect(uint32_t slot) const {
    __builtin_prefetch(&tickets_[slot], 1);
    const char* const detail = reinterpret_cast<const char*>(&details_[slot]);
    __builtin_prefetch(detail, 1);
    __builtin_prefetch(detail + 64, 1);
    __builtin_prefetch(detail + 128, 1);
  }
  uint32_t find_external(std::string_view external_id) const;

  /// A new ticket with this id and these texts, everything else zero. `text_full` where they do not
  /// fit. Requires !full() and that neither id nor external id is in use.
  Result<uint32_t> create(uint64_t id, std::string_view external_id, std::string_view requester,
                          std::string_view body);
  /// Frees the slot, its texts, intervals and clocks.
  void remove(uint32_t slot);

  std::string_view external_id(uint32_t slot) const;
  std::string_view requester(uint32_t slot) const;
  std::string_view body(uint32_t slot) const;
  /// Replaces requester and body. The views may point into the ticket's own text.
  Result<void> set_texts(uint32_t slot, std::string_view requester, std::string_view body);

  Dictionary& dictionary(TextField field) { return dictionaries_[interned_index(field)]; }
  const Dictionary& dictionary(TextField field) const {
    return dictionaries_[interned_index(field)];
  }
  std::string_view interned(uint32_t slot, TextField field) const;

  /// The state from `at` on. An interval that would be of zero length is overwritten. Without room
  /// for another, the interval before goes on; but an ended ticket ends in every report: its end
  /// takes the newest interval's place, and the one before that goes on.
  void begin_interval(uint32_t slot, int64_t at_us, State state, uint32_t reason);
  /// Since when the ticket is in its state; 0 before it has one.
  int64_t newest_interval_us(uint32_t slot) const {
    const uint32_t index = tickets_[slot].newest_interval;
    return index == none ? 0 : intervals_[index].from_us;
  }
  /// Oldest first, into `intervals`.
  void intervals(uint32_t slot, std::vector<StateInterval>& intervals) const;
  /// Commands that give an open ticket another state are refused without room; what timers,
  /// matching and ends still change is then merged into the interval before, and counted.
  Reject interval_refused(uint32_t slot) const {
    if (interval_slots_.left() == 0) return Reject::intervals_full;
    const bool full = tickets_[slot].intervals == ticket_intervals_max;
    return full ? Reject::ticket_intervals_full : Reject::none;
  }
  uint32_t intervals_left() const { return interval_slots_.left(); }
  uint64_t intervals_merged() const { return intervals_merged_; }

  bool has_clocks(uint32_t wanted) const { return clocks_.has_clocks(wanted); }
  /// A new clock at the end of the ticket's chain; `none` if all are taken.
  uint32_t add_clock(uint32_t slot) { return clocks_.add(tickets_[slot].first_clock); }
  ClockStore& clocks() { return clocks_; }
  const ClockStore& clocks() const { return clocks_; }
  sched::SlaClock& clock(uint32_t index) { return clocks_.clock(index); }
  const sched::SlaClock& clock(uint32_t index) const { return clocks_.clock(index); }

  uint64_t text_bytes() const { return texts_.bytes_used(); }

  void persist(sched::Archive& archive);
  /// After settle(), loading: examines what leads where and finds the indexes again. Values that
  /// lead elsewhere lie below these counts.
  struct Bounds {
    uint32_t queues, agents, policies, reasons;
  };
  void rebuild(sched::Archive& archive, const Bounds& bounds);

 private:
  struct IntervalNode {
    int64_t from_us;
    uint32_t older;
    uint32_t state_and_reason;  // state in the top 8 bits, reason + 1 below
  };

  uint64_t hash_of(uint32_t slot) const { return sched::mix(tickets_[slot].id); }
  uint64_t external_hash_of(uint32_t slot) const { return sched::hash_text(external_id(slot)); }
  uint32_t text_size(uint32_t slot) const;
  bool leads_astray(const Ticket& ticket, const TicketDetail& detail, const Bounds& bounds) const;

  sched::FixedArray<Ticket> tickets_;
  sched::FixedArray<TicketDetail> details_;
  SlotList slots_;
  sched::FixedArray<IntervalNode> intervals_;
  SlotList interval_slots_;
  uint64_t intervals_merged_ = 0;
  ClockStore clocks_;
  sched::TextArena texts_;
  sched::HashIndex by_id_;
  sched::HashIndex by_external_id_;
  std::vector<Dictionary> dictionaries_;
  std::map<uint32_t, TicketSide> sides_;  // by slot
};

}  // namespace paceline::desk
