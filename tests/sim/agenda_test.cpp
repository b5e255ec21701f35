#include "sim/world/agenda.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "sim/rng.h"

namespace paceline::sim {
namespace {

TEST(Agenda, WhatWasPlannedFirstComesFirstAtOneInstant) {
  Agenda agenda;
  agenda.plan(7, 100);
  agenda.plan(3, 100);
  agenda.plan(5, 100);
  agenda.plan(7, 100);  // anew: behind the others
  EXPECT_EQ(agenda.take(), 3U);
  EXPECT_EQ(agenda.take(), 5U);
  EXPECT_EQ(agenda.take(), 7U);
  EXPECT_EQ(agenda.next_us(), sched::never.us);
}

/// The obvious agenda: everything that is planned, in order.
class SortedAgenda {
 public:
  void plan(uint32_t slot, int64_t at_us) {
    drop(slot);
    const std::pair<int64_t, uint64_t> when{at_us, ++planned_};
    by_time_[when] = slot;
    by_slot_[slot] = when;
  }
  void drop(uint32_t slot) {
    const auto found = by_slot_.find(slot);
    if (found == by_slot_.end()) return;
    by_time_.erase(found->second);
    by_slot_.erase(found);
  }
  uint32_t take() {
    const uint32_t slot = by_time_.begin()->second;
    drop(slot);
    return slot;
  }
  bool planned(uint32_t slot) const { return by_slot_.contains(slot); }
  int64_t next_us() const {
    return by_time_.empty() ? sched::never.us : by_time_.begin()->first.first;
  }

 private:
  std::map<std::pair<int64_t, uint64_t>, uint32_t> by_time_;
  std::map<uint32_t, std::pair<int64_t, uint64_t>> by_slot_;
  uint64_t planned_ = 0;
};

TEST(Agenda, DoesWhatASortedListDoes) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    Stream dice({seed, 0, 0, Purpose::arrival, 0});
    const uint32_t slots = 1 + dice.below(200);
    const uint32_t instants = 1 + dice.below(1'000);  // few: many at one instant
    Agenda agenda;
    SortedAgenda model;
    for (int step = 0; step < 2'000; ++step) {
      const uint32_t slot = dice.below(slots);
      switch (dice.below(4)) {
        case 0:
          agenda.drop(slot);
          model.drop(slot);
          break;
        case 1:
          if (model.next_us() == sched::never.us) break;
          ASSERT_EQ(agenda.take(), model.take()) << step;
          break;
        default: {
          const int64_t at_us = dice.below(instants);
          agenda.plan(slot, at_us);
          model.plan(slot, at_us);
        }
      }
      ASSERT_EQ(agenda.next_us(), model.next_us()) << step;
      ASSERT_EQ(agenda.planned(slot), model.planned(slot)) << step;
    }
    while (model.next_us() != sched::never.us) ASSERT_EQ(agenda.take(), model.take());
    EXPECT_EQ(agenda.next_us(), sched::never.us);
  }
}

}  // namespace
}  // namespace paceline::sim
