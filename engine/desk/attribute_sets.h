// Interned attributes of tickets, as sets: what category, service, channel and the rest are, all
// together, is one number. Most tickets share theirs with many others.
//
// Owner: shard thread.  Allocates: when the index doubles.
#pragma once

#include <array>
#include <cstdint>
#include <new>
#include <vector>

#include "engine/desk/slot_list.h"
#include "engine/desk/ticket.h"
#include "sched/base/archive.h"
#include "sched/base/check.h"
#include "sched/base/digest.h"
#include "sched/base/fixed_array.h"
#include "sched/base/hash_index.h"

namespace paceline::desk {

class AttributeSets {
 public:
  static constexpr uint32_t nothing = 0;  ///< The set without attributes; always there.

  /// One for every ticket, were they all different.
  explicit AttributeSets(uint32_t tickets_max)
      : sets_(size_t{tickets_max} + 1), slots_(tickets_max + 1) {
    CHECK(slots_.take() == nothing);
    new (&sets_[nothing]) Set{};
  }

  const Attributes& operator[](uint32_t set) const { return sets_[set].attributes; }

  /// The set with these attributes, used once more. Requires fewer users than tickets_max.
  uint32_t use(const Attributes& attributes) {
    if (attributes == sets_[nothing].attributes) return nothing;
    const uint64_t hash = hash_of(attributes);
    uint32_t set = index_.find(hash, [&](uint32_t s) { return sets_[s].attributes == attributes; });
    if (set == HashIndex::none) {
      set = slots_.take();
      CHECK(set != SlotList::none);
      sets_.reach(set);
      new (&sets_[set]) Set{attributes, 0};
      index_.insert(hash, set);
    }
    ++sets_[set].users;
    return set;
  }
  void release(uint32_t set) {
    if (set == nothing || --sets_[set].users > 0) return;
    index_.erase(hash_of(sets_[set].attributes), set);
    slots_.give_back(set);
  }

  uint32_t high_water() const { return slots_.high_water(); }

  void persist(sched::Archive& archive);
  /// After settle(), loading: how many tickets have each set. False: that cannot be.
  bool rebuild(const std::vector<uint32_t>& users);

 private:
  using HashIndex = sched::HashIndex;
  struct Set {
    Attributes attributes{};
    uint32_t users = 0;
  };

  static uint64_t hash_of(const Attributes& attributes) {
    return sched::hash_bytes(attributes.data(), sizeof attributes);
  }

  sched::FixedArray<Set> sets_;
  SlotList slots_;
  HashIndex index_;
};

}  // namespace paceline::desk
