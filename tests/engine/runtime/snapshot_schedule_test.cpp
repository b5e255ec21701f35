#include "engine/runtime/snapshot_schedule.h"

#include <gtest/gtest.h>

namespace paceline::runtime {
namespace {

constexpr int64_t hour_us = sched::hour.us;
constexpr int64_t minute_us = sched::minute.us;

SnapshotSchedule schedule(uint64_t tail = 0) {
  return SnapshotSchedule({.log_bytes = 1'000, .every = sched::hour}, tail, 0);
}

TEST(SnapshotSchedule, IsDueWhenTheLogHasGrown) {
  auto next = schedule();
  next.logged(999);
  EXPECT_FALSE(next.due(1));
  next.logged(1);
  EXPECT_TRUE(next.due(1));
}

TEST(SnapshotSchedule, ALongTailFromBeforeTheStartCounts) { EXPECT_TRUE(schedule(5'000).due(0)); }

TEST(SnapshotSchedule, IsDueInTimeIfAnythingHappened) {
  auto next = schedule();
  EXPECT_FALSE(next.due(2 * hour_us));
  next.logged(1);
  EXPECT_FALSE(next.due(hour_us - 1));
  EXPECT_TRUE(next.due(hour_us));
}

TEST(SnapshotSchedule, WhatIsLoggedMeanwhileIsTheNextOnes) {
  auto next = schedule();
  next.logged(1'500);
  next.begun(10);
  next.logged(600);
  EXPECT_FALSE(next.due(10));  // one at a time
  EXPECT_FALSE(next.overtaken(10));
  next.ended(true, 20);
  EXPECT_EQ(next.bytes(), 600U);
  EXPECT_FALSE(next.due(20));
  next.logged(400);
  EXPECT_TRUE(next.due(20));
}

TEST(SnapshotSchedule, AfterOneThatFailedAllIsStillToDoButNotAtOnce) {
  auto next = schedule();
  next.logged(1'500);
  next.begun(0);
  next.logged(100);
  next.ended(false, 10);
  EXPECT_EQ(next.bytes(), 1'600U);
  EXPECT_FALSE(next.due(10));
  EXPECT_TRUE(next.due(10 + minute_us));
}

TEST(SnapshotSchedule, OneThatIsSlowerThanTheLogIsOvertaken) {
  auto next = schedule();
  next.logged(1'500);
  next.begun(10);
  next.logged(1'000);
  EXPECT_TRUE(next.overtaken(11));
  next.ended(true, 12);
  EXPECT_FALSE(next.overtaken(12));
  EXPECT_TRUE(next.due(12));
}

TEST(SnapshotSchedule, EitherReasonCanBeTurnedOff) {
  SnapshotSchedule never({.log_bytes = 0, .every = {}}, 1'000'000, 0);
  EXPECT_FALSE(never.due(1'000 * hour_us));
}

}  // namespace
}  // namespace paceline::runtime
