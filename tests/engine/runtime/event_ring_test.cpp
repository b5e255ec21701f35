#include "engine/runtime/event_ring.h"

#include <gtest/gtest.h>

#include "tests/support/memory_archive.h"

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

TEST(EventRing, BeginsAnywhere) {
  EventRing ring(4);
  ring.begin_after(6);
  EXPECT_EQ(ring.first(), 7U);  // the next to come: whoever asks for an older one is too late
  EXPECT_EQ(ring.last(), 6U);
  ring.append(events(7, 8));
  EXPECT_EQ(ring.first(), 7U);
  ring.append(events(9, 12));
  EXPECT_EQ(ring.first(), 9U);
  std::vector<desk::Event> out;
  EXPECT_EQ(ring.read(9, 0, 100, out), 13U);
  ASSERT_EQ(out.size(), 4U);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(out[i].sequence, 9 + i);
}

TEST(EventRing, IsWrittenDownEmptyToo) {
  for (const uint64_t before : {0U, 6U}) {
    EventRing ring(4), again(4);
    ring.begin_after(before);
    EXPECT_EQ(sched::test::load(again, sched::test::saved(ring)), "");
    EXPECT_EQ(again.last(), before);
    EXPECT_EQ(again.first(), ring.first());
  }
}

TEST(EventRing, IsWrittenDownAndFilledIntoALargerOrASmallerOne) {
  EventRing ring(4);
  ring.append(events(1, 10));
  const sched::test::Image image = sched::test::saved(ring);
  for (const uint32_t kept : {2U, 4U, 100U}) {
    EventRing again(kept);
    EXPECT_EQ(sched::test::load(again, image), "");
    EXPECT_EQ(again.last(), 10U);
    EXPECT_EQ(again.first(), kept == 2 ? 9U : 7U);
    again.append(events(11, 11));
    EXPECT_EQ(again.last(), 11U);
  }
}

}  // namespace
}  // namespace paceline::runtime
