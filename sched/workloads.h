// What agents have in hand, and what they still have room for.
//
// Capacity is in thousandths. Interruptible work does not stand in the way of work that is not:
// work that is not interruptible fits if with all work like it it stays within capacity,
// interruptible work if with everything it does. So routing alone never takes either part above
// capacity, and an agent one of whose parts is above it (by hand, by pending tickets that wake up)
// is over capacity and has room for nothing.
//
// Owner: shard thread.  Allocates: when agents and kinds of work are defined.
#pragma once

#include <cstdint>
#include <vector>

#include "sched/terms.h"

namespace paceline::sched {

class Workloads {
 public:
  static constexpr uint32_t kinds_max = 64;

  void define_work(uint32_t work, const WorkKind& kind);
  uint32_t kind_count() const { return static_cast<uint32_t>(kinds_.size()); }
  const WorkKind& kind(uint32_t work) const { return kinds_[work].kind; }
  void add_agent();
  void set_capacity(uint32_t agent, uint32_t milli) { totals_[agent].capacity_milli = milli; }

  void change(uint32_t agent, const Load& before, const Load& after);

  uint64_t used_milli(uint32_t agent) const { return totals_[agent].used_milli; }
  uint64_t primary_milli(uint32_t agent) const { return totals_[agent].primary_milli; }
  uint32_t capacity_milli(uint32_t agent) const { return totals_[agent].capacity_milli; }
  uint32_t in_hand(uint32_t agent, uint32_t channel) const;
  bool over_capacity(uint32_t agent) const;
  /// `none` if there is room, else blocked, channel_max or capacity.
  Hindrance hindrance(uint32_t agent, uint32_t work) const;
  /// Bits of the kinds of work there is room for.
  uint64_t room(uint32_t agent) const;

  uint32_t agent_count() const { return static_cast<uint32_t>(totals_.size()); }
  void persist(Archive& archive);

 private:
  struct Kind {
    WorkKind kind;
    uint32_t channel = 0;  // index into channels_
    void persist(Archive& archive) { archive.fields(kind, channel); }
  };
  struct Booked {
    uint64_t weight_milli = 0;
    uint32_t in_hand = 0;
  };
  struct Totals {
    uint64_t used_milli = 0;
    uint64_t primary_milli = 0;  // of it not interruptible
    uint32_t capacity_milli = 0;
    uint32_t primary_in_hand = 0;
    uint32_t blocking_in_hand = 0;
  };

  uint32_t index_of_channel(uint32_t channel);
  void book(uint32_t agent, const Load& load, bool take);
  void count(uint32_t agent, uint32_t work, uint64_t weight_milli, uint32_t in_hand, bool take);
  void count_all(bool take);
  bool lacks_room(const Totals& totals, const WorkKind& kind) const;
  static bool is_blocked(const Totals& totals, const WorkKind& kind) {
    return totals.blocking_in_hand != 0 || (kind.blocking && totals.primary_in_hand != 0);
  }
  bool is_full(uint32_t agent, const Kind& kind) const {
    return kind.kind.channel_max != 0 &&
           of_channel_[size_t{agent} * channels_.size() + kind.channel] >= kind.kind.channel_max;
  }

  std::vector<Kind> kinds_;
  std::vector<uint32_t> channels_;    // as the caller numbers them, in order of definition
  std::vector<Totals> totals_;        // by agent
  std::vector<Booked> booked_;        // by agent and kind of work
  std::vector<uint32_t> of_channel_;  // in hand, by agent and channel
};

}  // namespace paceline::sched
