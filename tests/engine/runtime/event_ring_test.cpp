#include "engine/runtime/event_ring.h"

#include <gtest/gtest.h>

namespace paceline::runtime {
namespace {

std::vector<desk::Event> events(uint64_t first, uint64_t last) {
  std::vector<desk::Event> events;
  for (uint64_t sequence = first; sequence <= last; ++sequence) {
    desk::Event event;
    event.sequence = sequence;
    event.kind = static_cast<desk::EventKind>(sequence % 4);
    events.push_back(event);
  }
  return events;
}

TEST(EventRing, IsEmptyAtFirst) {
  EventRing ring(4);
  EXPECT_EQ(ring.first(), 0U);
  EXPECT_EQ(ring.last(), 0U);
}

TEST(EventRing, KeepsTheNewest) {
  EventRing ring(4);
  ring.append(events(1, 3));
  EXPECT_EQ(ring.first(), 1U);
  ring.append(events(4, 10));
  EXPECT_EQ(ring.first(), 7U);
  EXPECT_EQ(ring.last(), 10U);
  std::vector<desk::Event> out;
  EXPECT_EQ(ring.read(7, 0, 100, out), 11U);
  ASSERT_EQ(out.size(), 4U);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(out[i].sequence, 7 + i);
}

TEST(EventRing, ReadsNoMoreThanAskedForAndSaysWhereToGoOn) {
  EventRing ring(100);
  ring.append(events(1, 10));
  std::vector<desk::Event> out;
  EXPECT_EQ(ring.read(3, 0, 2, out), 5U);
  EXPECT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].sequence, 3U);
}

TEST(EventRing, AFilterSkipsTheOtherKinds) {
  EventRing ring(100);
  ring.append(events(1, 10));
  std::vector<desk::Event> out;
  EXPECT_EQ(ring.read(1, uint64_t{1} << 2, 100, out), 11U);
  ASSERT_EQ(out.size(), 3U);
  EXPECT_EQ(out[0].sequence, 2U);
  EXPECT_EQ(out[1].sequence, 6U);
  EXPECT_EQ(out[2].sequence, 10U);
}

}  // namespace
}  // namespace paceline::runtime
