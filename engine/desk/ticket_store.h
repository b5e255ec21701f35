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

#include "engine/desk/attribute_sets.h"
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

  /// What not every ticket has; made where there is none.
  TicketSide& side(uint32_t slot) {
    return tickets_[slot].has_side ? sides_[side_of_[slot]] : make_side(slot);
  }
  const TicketSide* find_side(uint32_t slot) const {
    return tickets_[slot].has_side ? &sides_[side_of_[slot]] : nullptr;
  }
  TicketSide* find_side(uint32_t slot) {
    return tickets_[slot].has_side ? &sides_[side_of_[slot]] : nullptr;
  }
  /// Its side, or one on which nothing is written.
  const TicketSide& known_side(uint32_t slot) const {
    static const TicketSide blank;
    return tickets_[slot].has_side ? sides_[side_of_[slot]] : blank;
  }

  /// Ids of its parts, in order of creation.
  std::span<const uint64_t> tasks(uint32_t slot) const;
  void add_task(uint32_t slot, uint64_t task);
  /// What somebody else thinks of agents for it; in order of agent.
  std::span<const sched::ExternalScore> scores(uint32_t slot) const;
  /// The resolution it is in cites this article. Nothing where the resolution has no interval.
  void cite(uint32_t slot, uint32_t article);
  /// What the resolution it is in cites; none as well where it is in none.
  uint32_t cited(uint32_t slot) const;
  void set_scores(uint32_t slot, std::vector<sched::ExternalScore> scores);

  const Attributes& attributes(uint32_t slot) const {
    return attribute_sets_[details_[slot].attributes];
  }
  void set_attributes(uint32_t slot, const Attributes& attributes);

  uint32_t count() const { return slots_.used(); }
  uint32_t high_water() const { return slots_.high_water(); }
  bool full() const { return slots_.left() == 0; }

  uint32_t find(uint64_t id) const;
  // What a command soon to come will touch.
  [[gnu::always_inline]] void expect_id(uint64_t id) const { by_id_.expect(sched::mix(id)); }
  uint32_t likely_slot(uint64_t id) const { return by_id_.guess(sched::mix(id)); }
  [[gnu::always_inline]] void expect(uint32_t slot) const {
    __builtin_prefetch(&tickets_[slot], 1);
    __builtin_prefetch(&details_[slot], 1);
  }
  [[gnu::always_inline]] void expect_external(uint64_t hash) const { by_external_id_.expect(hash); }
  [[gnu::always_inline]] void expect_interval(uint32_t slot) const {
    const uint32_t block = tickets_[slot].newest_interval;
    if (block != none) __builtin_prefetch(&intervals_[block], 1);
  }
  /// Likewise for what remove() touches: what hangs on the record, once that is near, …
  void expect_parts(uint32_t slot) const;
  /// … and what hangs on that.
  void expect_leaving(uint32_t slot) const;
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
  int64_t newest_interval_us(uint32_t slot) const { return newest_interval(slot).from_us; }
  /// Oldest first, into `intervals`.
  void intervals(uint32_t slot, std::vector<StateInterval>& intervals) const;
  /// It leaves `queue`. Lies among the intervals and takes the room of one; without room it is left
  /// out.
  void leave_queue(uint32_t slot, int64_t at_us, uint32_t queue);
  /// Oldest first, into `left`.
  void queues_left(uint32_t slot, std::vector<QueueLeft>& left) const;
  /// Commands that give an open ticket another state are refused without room; what timers,
  /// matching and ends still change is then merged into the interval before, and counted.
  Reject interval_refused(uint32_t slot) const {
    if (intervals_left() == 0) return Reject::intervals_full;
    const bool full = tickets_[slot].intervals == ticket_intervals_max;
    return full ? Reject::ticket_intervals_full : Reject::none;
  }
  uint32_t intervals_left() const { return intervals_max_ - intervals_used_; }
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
  /// Those after the first, which most often is known without one: filled from the front. One of
  /// state `none` is none: a queue was left then, whose position is in place of the reason.
  struct IntervalBlock {
    static constexpr uint32_t size = 5;
    int64_t from_us[size];
    uint32_t state_and_reason[size];  // state in the top 8 bits, reason + 1 below
    uint32_t older;                   // block
  };
  static_assert(sizeof(IntervalBlock) == 64, "one cache line");

  struct Newest {
    bool any = false;
    int64_t from_us = 0;
    uint32_t block = none;  // `none` where it is known without one
    uint32_t at = 0;
  };
  Newest newest_interval(uint32_t slot) const;
  uint32_t in_blocks(uint32_t slot) const {
    return tickets_[slot].intervals - uint32_t{details_[slot].queued_at_first};
  }
  template <class Each>
  void for_each_in_blocks(uint32_t slot, Each&& each) const;
  void append_interval(uint32_t slot, int64_t at_us, uint32_t state_and_reason);
  void rewrite_first(uint32_t slot, uint32_t state_and_reason);

  struct TextSizes {
    uint16_t external_id = 0, requester = 0, body = 0;
    uint32_t in_all() const {
      return static_cast<uint32_t>(sizeof(TextSizes)) + external_id + requester + body;
    }
  };
  TextSizes text_sizes(uint32_t slot) const;
  /// 0 and `text_full` where they do not fit; 0 too where there is nothing to keep.
  Result<sched::TextArena::Ref> write_texts(std::string_view external_id,
                                            std::string_view requester, std::string_view body);
  TicketSide& make_side(uint32_t slot);
  bool leads_astray(uint32_t slot, const Bounds& bounds) const;
  bool find_sides();
  bool attributes_known() const;
  bool intervals_add_up(uint32_t slot) const;

  sched::FixedArray<Ticket> tickets_;
  sched::FixedArray<TicketDetail> details_;
  SlotList slots_;
  sched::FixedArray<TicketSide> sides_;
  SlotList side_slots_;
  sched::FixedArray<uint32_t> side_of_;  // by slot, where has_side
  AttributeSets attribute_sets_;
  sched::FixedArray<IntervalBlock> intervals_;
  SlotList interval_slots_;
  uint32_t intervals_max_;
  uint32_t intervals_used_ = 0;
  uint64_t intervals_merged_ = 0;
  ClockStore clocks_;
  sched::TextArena texts_;
  sched::HashIndex by_id_;
  sched::HashIndex by_external_id_;
  std::vector<Dictionary> dictionaries_;
  std::map<uint32_t, std::vector<uint64_t>> tasks_;               // by slot
  std::map<uint32_t, std::vector<sched::ExternalScore>> scores_;  // by slot
};

}  // namespace paceline::desk
