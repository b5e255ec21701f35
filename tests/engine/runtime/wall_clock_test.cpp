#include "engine/runtime/wall_clock.h"

#include <gtest/gtest.h>

namespace paceline::runtime {
namespace {

constexpr sched::Instant noon{1'000'000'000'000};

TEST(JumpWatch, ClocksThatGoTogetherRaiseNothing) {
  JumpWatch watch;
  EXPECT_EQ(watch.look(noon, 5).us, 0);
  EXPECT_EQ(watch.look(noon + sched::hour, 5 + sched::hour.us).us, 0);
  EXPECT_EQ(watch.jumps(), 0U);
}

TEST(JumpWatch, AWallClockThatRunsAheadByMoreThanTheBoundIsNoticedOnce) {
  JumpWatch watch(sched::minute * 5);
  watch.look(noon, 0);
  EXPECT_EQ(watch.look(noon + sched::minute * 5, 0).us, 0);
  EXPECT_EQ(watch.look(noon + sched::minute * 11, 0).us, sched::minute.us * 6);
  EXPECT_EQ(watch.look(noon + sched::minute * 11, 0).us, 0);
  EXPECT_EQ(watch.jumps(), 1U);
}

TEST(JumpWatch, AStepBackwardsIsNoticed) {
  JumpWatch watch;
  watch.look(noon, 0);
  EXPECT_EQ(watch.look(noon - sched::hour, 0).us, -sched::hour.us);
}

TEST(JumpWatch, OneThatWaitsGoesByTheMonotonicClockUntilBothAgree) {
  JumpWatch watch(sched::minute * 5, OnClockJump::wait);
  watch.look(noon, 0);
  EXPECT_EQ(watch.look(noon + sched::hour, sched::second.us).us, sched::hour.us - sched::second.us);
  EXPECT_TRUE(watch.waits());
  EXPECT_EQ(watch.now(), noon + sched::second);
  EXPECT_EQ(watch.look(noon + sched::hour + sched::second, 2 * sched::second.us).us, 0);
  EXPECT_EQ(watch.now(), noon + sched::second * 2);
  EXPECT_EQ(watch.look(noon + sched::minute, 3 * sched::second.us).us, 0);
  EXPECT_FALSE(watch.waits());
  EXPECT_EQ(watch.now(), noon + sched::minute);
  EXPECT_EQ(watch.jumps(), 1U);
}

TEST(JumpWatch, SomebodyWhoSaysTheSameAsTheWallClockEndsTheWait) {
  JumpWatch watch(sched::minute * 5, OnClockJump::wait);
  watch.look(noon, 0);
  EXPECT_FALSE(watch.confirm(noon));
  watch.look(noon + sched::hour, 0);
  EXPECT_FALSE(watch.confirm(noon));
  EXPECT_TRUE(watch.waits());
  EXPECT_TRUE(watch.confirm(noon + sched::hour + sched::minute));
  EXPECT_FALSE(watch.waits());
  EXPECT_EQ(watch.now(), noon + sched::hour);
  EXPECT_EQ(watch.look(noon + sched::hour + sched::second, sched::second.us).us, 0);
}

TEST(WallClock, BothClocksGoForward) {
  const WallClock clock;
  const auto wall = clock.now();
  const auto monotonic_us = clock.monotonic_us();
  EXPECT_GE(clock.now(), wall);
  EXPECT_GE(clock.monotonic_us(), monotonic_us);
}

}  // namespace
}  // namespace paceline::runtime
