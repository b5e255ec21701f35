#include "sched/ready_queue.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>

#include "tests/models/ready_model.h"

namespace paceline::sched {
namespace {

class ReadyLine : public testing::Test {
 protected:
  std::vector<uint32_t> positions = std::vector<uint32_t>(16);
  ReadyQueue line{positions};
};

TEST_F(ReadyLine, TheMostPressingComesFirst) {
  line.push(1, {300, 0});
  line.push(2, {100, 1});
  line.push(3, {200, 2});
  EXPECT_EQ(line.top(), 2U);
  EXPECT_EQ(line.top_standing().press_us, 100);
  EXPECT_EQ(line.size(), 3U);
}

TEST_F(ReadyLine, EquallyPressingTicketsKeepTheOrderOfTheirArrival) {
  line.push(9, {100, 1});
  line.push(2, {100, 2});
  line.push(5, {100, 0});
  EXPECT_EQ(line.peek(3), (std::vector<uint32_t>{5, 9, 2}));
}

TEST_F(ReadyLine, TheOrderOfArrivalMayWrap) {
  line.push(1, {100, 3});
  line.push(2, {100, 0xffff'fff0});
  EXPECT_EQ(line.top(), 2U);
}

TEST_F(ReadyLine, ATicketLeavesFromAnyPlace) {
  for (uint32_t slot = 0; slot < 10; ++slot) line.push(slot, {slot, slot});
  line.erase(4);
  line.erase(0);
  line.erase(9);
  EXPECT_EQ(line.peek(16), (std::vector<uint32_t>{1, 2, 3, 5, 6, 7, 8}));
}

TEST_F(ReadyLine, AChangedStandingMovesATicketEitherWay) {
  for (uint32_t slot = 0; slot < 6; ++slot) line.push(slot, {slot * 10, slot});
  line.update(5, {5, 5});
  line.update(0, {35, 0});
  EXPECT_EQ(line.peek(16), (std::vector<uint32_t>{5, 1, 2, 3, 0, 4}));
  EXPECT_EQ(line.standing(0).press_us, 35);
}

TEST_F(ReadyLine, PeekingShowsTheFirstFewAndChangesNothing) {
  for (uint32_t slot = 0; slot < 8; ++slot) line.push(slot, {-int64_t{slot}, slot});
  EXPECT_EQ(line.peek(3), (std::vector<uint32_t>{7, 6, 5}));
  EXPECT_TRUE(line.peek(0).empty());
  EXPECT_EQ(line.top(), 7U);
}

TEST_F(ReadyLine, ThoseWhoLeaveFromTheMiddleOfOrderlyArrivalsMakeRoom) {
  std::vector<uint32_t> many(10'000);
  ReadyQueue orderly{many};
  for (uint32_t slot = 0; slot < many.size(); ++slot) orderly.push(slot, {slot, slot});
  for (uint32_t slot = 0; slot < many.size(); ++slot) {
    if (slot % 100 != 50) orderly.erase(static_cast<uint32_t>(many.size()) - 1 - slot);
  }
  ASSERT_EQ(orderly.size(), 100U);
  for (uint32_t slot = 49; slot < many.size(); slot += 100) {
    ASSERT_EQ(orderly.top(), slot);
    ASSERT_EQ(orderly.standing(slot).press_us, slot);
    orderly.erase(slot);
  }
  EXPECT_TRUE(orderly.empty());
}

// In an order that no run holds: most stand in the heap, which changes its memory on the way.
TEST_F(ReadyLine, ALongLineIsAsOrderlyAsAShortOne) {
  std::vector<uint32_t> many(200'003);  // a prime
  const auto press_us = [&](uint32_t slot) { return int64_t{slot} * 77'777 % 200'003; };
  ReadyQueue unruly{many};
  for (uint32_t slot = 0; slot < many.size(); ++slot) unruly.push(slot, {press_us(slot), slot});
  for (uint32_t slot = 0; slot < many.size(); slot += 2) unruly.erase(slot);
  const ReadyQueue moved = std::move(unruly);
  int64_t last_us = -1;
  uint32_t seen = 0;
  for (const uint32_t slot : moved.peek(moved.size())) {
    ASSERT_EQ(slot % 2, 1U);
    ASSERT_GT(press_us(slot), std::exchange(last_us, press_us(slot)));
    ++seen;
  }
  EXPECT_EQ(seen, many.size() / 2);
}

TEST_F(ReadyLine, ALineMovedElsewhereKeepsItsTickets) {
  line.push(3, {1, 1});
  const ReadyQueue moved = std::move(line);
  EXPECT_EQ(moved.top(), 3U);
}

// --- Two lines that share their positions, and two models ---

TEST(ReadyQueueProperty, LinesDoWhatTheModelsDo) {
  constexpr uint32_t slots = 2'000;
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const auto below = [&](uint64_t bound) { return static_cast<uint32_t>(random() % bound); };
    const int64_t spread = seed % 2 == 0 ? 50 : 1'000'000'000;
    std::vector<uint32_t> positions(slots);
    ReadyQueue lines[2] = {ReadyQueue(positions), ReadyQueue(positions)};
    models::ReadyModel models[2];
    uint32_t order = 0;
    for (int step = 0; step < 40'000; ++step) {
      const uint32_t slot = below(slots);
      const uint32_t at = models[0].contains(slot) ? 0 : 1;
      // Seeds from 5 on: most come in the order in which they stand, under one of ten head starts.
      const bool orderly = seed >= 5 && below(8) != 0;
      const int64_t press_us = orderly ? step - 1'000 * int64_t{below(10)}
                                       : below(static_cast<uint64_t>(spread)) - spread / 2;
      if (!models[at].contains(slot)) {
        const uint32_t into = below(2);
        lines[into].push(slot, {press_us, order});
        models[into].push(slot, press_us, order++);
      } else if (below(2) == 0) {
        lines[at].erase(slot);
        models[at].erase(slot);
      } else {
        lines[at].update(slot, {press_us, order});
        models[at].erase(slot);
        models[at].push(slot, press_us, order++);
      }
      const uint32_t which = below(2);
      if (below(3) == 0 && !models[which].empty()) {
        lines[which].erase(models[which].top());
        models[which].erase(models[which].top());
      }
      for (uint32_t i = 0; i < 2; ++i) {
        ASSERT_EQ(lines[i].size(), models[i].size()) << "step " << step;
        if (!models[i].empty()) {
          ASSERT_EQ(lines[i].top(), models[i].top()) << "step " << step;
        }
      }
      if (step % 512 == 0) {
        ASSERT_EQ(lines[which].peek(40), models[which].peek(40)) << "step " << step;
      }
    }
  }
}

}  // namespace
}  // namespace paceline::sched
