#include "sched/timer_wheel.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "tests/models/timer_model.h"

namespace paceline::sched {
namespace {

constexpr uint32_t none = TimerWheel::none;
const auto by_node = [](uint32_t node) { return node; };

std::vector<uint32_t> pop_all(TimerWheel& wheel, Instant until) {
  std::vector<uint32_t> nodes;
  for (uint32_t node; (node = wheel.pop(until, by_node)) != none;) nodes.push_back(node);
  return nodes;
}

TEST(TimerWheel, AnEmptyWheelIsNeverDue) {
  TimerWheel wheel(4);
  EXPECT_EQ(wheel.next_due(), never);
  EXPECT_EQ(wheel.pop(never, by_node), none);
  EXPECT_EQ(wheel.armed_count(), 0U);
}

TEST(TimerWheel, TimersComeInOrderOfTheirDueInstant) {
  TimerWheel wheel(4);
  wheel.schedule(0, {300});
  wheel.schedule(1, {100});
  wheel.schedule(2, {200});
  EXPECT_EQ(wheel.next_due(), Instant{100});
  EXPECT_EQ(pop_all(wheel, {1'000}), (std::vector<uint32_t>{1, 2, 0}));
}

TEST(TimerWheel, OneMicrosecondBeforeItsInstantATimerIsNotDue) {
  TimerWheel wheel(1);
  wheel.schedule(0, {1'000'000});
  EXPECT_EQ(wheel.pop({999'999}, by_node), none);
  EXPECT_EQ(wheel.pop({1'000'000}, by_node), 0U);
}

TEST(TimerWheel, EqualInstantsComeInOrderOfRankNotOfScheduling) {
  TimerWheel wheel(3);
  for (const uint32_t node : {1U, 2U, 0U}) wheel.schedule(node, {5});
  const auto backwards = [](uint32_t node) { return 100 - node; };
  EXPECT_EQ(wheel.pop({5}, backwards), 2U);
  EXPECT_EQ(wheel.pop({5}, backwards), 1U);
  EXPECT_EQ(wheel.pop({5}, backwards), 0U);
}

TEST(TimerWheel, ACancelledTimerDoesNotFire) {
  TimerWheel wheel(2);
  wheel.schedule(0, {10});
  wheel.schedule(1, {20});
  wheel.cancel(0);
  wheel.cancel(0);
  EXPECT_FALSE(wheel.armed(0));
  EXPECT_EQ(wheel.armed_count(), 1U);
  EXPECT_EQ(wheel.next_due(), Instant{20});
  EXPECT_EQ(pop_all(wheel, never), (std::vector<uint32_t>{1}));
}

TEST(TimerWheel, MovingATimerLaterOrEarlierLeavesOneTimer) {
  TimerWheel wheel(2);
  wheel.schedule(0, {10});
  wheel.schedule(1, {50});
  wheel.schedule(0, {100});
  EXPECT_EQ(wheel.next_due(), Instant{50});
  wheel.schedule(0, {20});
  EXPECT_EQ(wheel.due(0), Instant{20});
  EXPECT_EQ(wheel.armed_count(), 2U);
  EXPECT_EQ(pop_all(wheel, never), (std::vector<uint32_t>{0, 1}));
}

TEST(TimerWheel, ACancelledTimerArmedAgainInTheFrontMayBecomeTheEarliest) {
  TimerWheel wheel(3);
  wheel.schedule(0, {3});
  wheel.schedule(1, {4});
  wheel.schedule(2, {6});
  wheel.cancel(1);
  EXPECT_EQ(wheel.pop({3}, by_node), 0U);
  wheel.schedule(1, {5});
  EXPECT_EQ(wheel.next_due(), Instant{5});
  EXPECT_EQ(pop_all(wheel, never), (std::vector<uint32_t>{1, 2}));
}

TEST(TimerWheel, AnInstantInThePastIsDueAtOnceAndFirst) {
  TimerWheel wheel(3);
  wheel.schedule(0, {1'000});
  EXPECT_EQ(wheel.pop({1'000}, by_node), 0U);
  wheel.schedule(1, {2'000});
  wheel.schedule(2, {-5});
  EXPECT_EQ(wheel.next_due(), Instant{-5});
  EXPECT_EQ(pop_all(wheel, {2'000}), (std::vector<uint32_t>{2, 1}));
}

TEST(TimerWheel, AskingAboutAnEarlierInstantThanBeforeIsFine) {
  TimerWheel wheel(2);
  wheel.schedule(0, {day.us * 400});
  EXPECT_EQ(wheel.pop({day.us * 399}, by_node), none);
  wheel.schedule(1, {20});
  EXPECT_EQ(wheel.pop({10}, by_node), none);
  EXPECT_EQ(wheel.pop({20}, by_node), 1U);
  EXPECT_EQ(wheel.next_due(), Instant{day.us * 400});
}

TEST(TimerWheel, TheWholeRangeOfInstantsIsExact) {
  constexpr int64_t least = std::numeric_limits<int64_t>::min();
  constexpr int64_t most = std::numeric_limits<int64_t>::max();
  TimerWheel wheel(6);
  const std::vector<int64_t> due{most, least, most - 1, 0, least + 1, -1};
  for (uint32_t node = 0; node < due.size(); ++node) wheel.schedule(node, {due[node]});
  EXPECT_EQ(pop_all(wheel, never), (std::vector<uint32_t>{1, 4, 5, 3, 2, 0}));
}

TEST(TimerWheel, ACrowdAtOneInstantComesInOrderOfRank) {
  constexpr uint32_t size = 5'000;
  TimerWheel wheel(size);
  for (uint32_t node = 0; node < size; ++node) wheel.schedule((node * 7) % size, {hour.us});
  for (uint32_t node = 0; node < size; ++node) EXPECT_EQ(wheel.pop({hour.us}, by_node), node);
}

TEST(TimerWheel, WhoeverJoinsACrowdBeingWorkedOffComesAtItsRank) {
  constexpr uint32_t size = 1'000;
  TimerWheel wheel(size);
  for (uint32_t node = 0; node < size; node += 2) wheel.schedule(node, {hour.us});
  EXPECT_EQ(wheel.pop(never, by_node), 0U);
  wheel.schedule(5, {hour.us});
  wheel.cancel(4);
  wheel.schedule(0, {hour.us});
  wheel.schedule(6, {hour.us + 1});
  EXPECT_EQ(wheel.pop(never, by_node), 0U);
  EXPECT_EQ(wheel.pop(never, by_node), 2U);
  EXPECT_EQ(wheel.pop(never, by_node), 5U);
  EXPECT_EQ(wheel.pop(never, by_node), 8U);
  wheel.schedule(0, {hour.us - 1});
  EXPECT_EQ(wheel.pop(never, by_node), 0U);
  EXPECT_EQ(wheel.pop(never, by_node), 10U);
}

TEST(TimerWheel, YearsWithoutATimerCostNothing) {
  TimerWheel wheel(2);
  for (int64_t year = 1; year < 200'000; ++year) {
    wheel.schedule(0, Instant{0} + day * 365 * year);
    ASSERT_EQ(wheel.pop(Instant{0} + day * 365 * year, by_node), 0U);
  }
}

TEST(TimerWheel, ACrowdSeenFirstDoesNotHideWhatLiesBeforeIt) {
  TimerWheel wheel(100);
  wheel.schedule(0, {0});
  // Later than the front, these share a list; the last to come are all of one instant.
  for (uint32_t node = 1; node < 40; ++node) wheel.schedule(node, {hour.us + node});
  for (uint32_t node = 40; node < 60; ++node) wheel.schedule(node, {hour.us + minute.us});
  EXPECT_EQ(wheel.pop({-1}, by_node), none);  // looks ahead
  EXPECT_EQ(wheel.pop({-1}, by_node), none);
  wheel.schedule(60, {hour.us + second.us});
  wheel.schedule(61, {hour.us + 2 * minute.us});
  std::vector<uint32_t> order;
  for (uint32_t node = 0; node < 40; ++node) order.push_back(node);
  order.push_back(60);
  for (uint32_t node = 40; node < 60; ++node) order.push_back(node);
  order.push_back(61);
  EXPECT_EQ(pop_all(wheel, never), order);
}

// --- The wheel and its model do the same ---

struct Mix {
  std::string name;
  uint32_t nodes;
  int steps;
  int64_t spread_us;   // of due instants round the present
  int64_t grain_us;    // instants are multiples of this: the coarser, the more are equal
  int64_t advance_us;  // of the present, at most, at every step
  int pops_per_step;   // at most
  uint32_t schedules;  // of ten
  uint32_t rings = 0;  // 0: as many as the wheel thinks fit
};

void PrintTo(const Mix& mix, std::ostream* out) { *out << mix.name; }

class TimerWheelProperty : public testing::TestWithParam<Mix> {};

TEST_P(TimerWheelProperty, DoesWhatTheModelDoes) {
  const Mix& mix = GetParam();
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const auto below = [&](int64_t bound) {
      return static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
    };
    TimerWheel wheel = mix.rings == 0 ? TimerWheel(mix.nodes) : TimerWheel(mix.nodes, mix.rings);
    models::TimerModel model;
    std::vector<uint64_t> rank(mix.nodes);
    int64_t now_us = 1'700'000'000'000'000;
    const auto rank_of = [&](uint32_t node) { return rank[node]; };

    for (int step = 0; step < mix.steps; ++step) {
      const auto node = static_cast<uint32_t>(below(mix.nodes));
      if (below(10) < mix.schedules) {
        int64_t due_us = now_us + below(mix.spread_us) - mix.spread_us / 8;
        switch (below(40)) {
          case 0:
            due_us = now_us + day.us * below(40'000);
            break;
          case 1:
            due_us = -below(1'000);
            break;
          case 2:
            due_us = never.us;
            break;
          case 3:
            if (wheel.armed(node)) due_us = wheel.due(node).us;
            break;
          case 4:
          case 5:
            if (model.next_due() < Instant{never.us / 2})
              due_us = model.next_due().us + below(3) - 1;
            break;
          default:
            due_us -= due_us % mix.grain_us;
        }
        // The rank of a node may change whenever it is armed anew.
        rank[node] = random() % 8 * mix.nodes + node;
        wheel.schedule(node, {due_us});
        model.schedule(node, {due_us}, rank[node]);
      } else {
        wheel.cancel(node);
        model.cancel(node);
        rank[node] = random();  // of no meaning while disarmed
      }
      if (below(3) == 0) {
        ASSERT_EQ(wheel.next_due(), model.next_due()) << "step " << step;
      }
      now_us += below(mix.advance_us + 1);
      const int64_t until_us = below(20) == 0 ? now_us - below(mix.spread_us) : now_us;
      for (int i = static_cast<int>(below(mix.pops_per_step + 1)); i > 0; --i) {
        const uint32_t popped = model.pop({until_us});
        ASSERT_EQ(wheel.pop({until_us}, rank_of), popped) << "step " << step;
        if (popped == none) break;
      }
      ASSERT_EQ(wheel.armed_count(), model.armed_count());
      const auto other = static_cast<uint32_t>(below(mix.nodes));
      ASSERT_EQ(wheel.armed(other), model.armed(other));
      if (model.armed(other)) {
        ASSERT_EQ(wheel.due(other), model.due(other));
      }
    }
    for (uint32_t popped = 0; popped != none;) {
      ASSERT_EQ(wheel.next_due(), model.next_due());
      popped = model.pop(never);
      ASSERT_EQ(wheel.pop(never, rank_of), popped);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Mixes, TimerWheelProperty,
    testing::Values(Mix{"few", 8, 20'000, minute.us, 1, second.us, 2, 6},
                    Mix{"spread over a week", 3'000, 30'000, 7 * day.us, 1, 10 * second.us, 3, 7},
                    Mix{"on the minute", 2'000, 30'000, hour.us, minute.us, second.us / 50, 2, 7},
                    Mix{"on the hour", 2'000, 30'000, hour.us * 3, hour.us, second.us, 1, 8},
                    Mix{"crowds", 4'000, 30'000, 64, 16, 1, 1, 8},
                    Mix{"within a second", 4'000, 30'000, second.us, 1, 40, 3, 8},
                    Mix{"leaps", 500, 20'000, 30 * day.us, hour.us, 2 * day.us, 400, 6},
                    Mix{"one ring", 1'000, 10'000, hour.us, minute.us, second.us, 1, 8, 1},
                    Mix{"four rings", 2'000, 20'000, 7 * day.us, 1, minute.us, 2, 7, 4},
                    Mix{"twelve rings", 2'000, 20'000, day.us, 16, second.us, 3, 7, 12}),
    [](const auto& mix) {
      std::string name = mix.param.name;
      for (char& c : name) c = c == ' ' ? '_' : c;
      return name;
    });

}  // namespace
}  // namespace paceline::sched
