#include "sched/sla_clock.h"

#include <gtest/gtest.h>

#include <array>

namespace paceline::sched {
namespace {

constexpr Instant start{1'767'571'200'000'000};  // 2026-01-05T00:00Z
constexpr std::array<uint32_t, 3> shares_bp{5'000, 10'000, 15'000};

class SlaClockTest : public ::testing::Test {
 protected:
  ClockTerms terms(Duration target) const { return {{target.us}, &always_, shares_bp}; }

  Calendar always_;
  SlaClock clock_;
};

TEST_F(SlaClockTest, EffectsComeInOrderOfTheTimeTheyNeed) {
  const ClockTerms four_hours = terms(hour * 4);
  clock_.start(four_hours, start);
  EXPECT_EQ(clock_.next_due_us, (start + hour * 2).us);
  clock_.fire(four_hours);
  EXPECT_EQ(clock_.next_due_us, (start + hour * 4).us);
  EXPECT_EQ(clock_.next_effect(four_hours), SlaClock::Effect::threshold);
  clock_.fire(four_hours);
  EXPECT_EQ(clock_.next_due_us, (start + hour * 4 + microsecond).us);
  EXPECT_EQ(clock_.next_effect(four_hours), SlaClock::Effect::breach);
  clock_.fire(four_hours);
  EXPECT_TRUE(clock_.breached);
  EXPECT_EQ(clock_.next_due_us, (start + hour * 6).us);
  clock_.fire(four_hours);
  EXPECT_EQ(clock_.next_due_us, never.us);
}

TEST_F(SlaClockTest, PausedTimeIsNotConsumed) {
  const ClockTerms four_hours = terms(hour * 4);
  clock_.start(four_hours, start);
  clock_.pause(four_hours, start + hour);
  EXPECT_EQ(clock_.next_due_us, never.us);
  EXPECT_EQ(clock_.consumed(four_hours, start + hour * 9).us, hour.us);
  clock_.resume(four_hours, start + hour * 10);
  EXPECT_EQ(clock_.deadline(four_hours), start + hour * 13);
}

TEST_F(SlaClockTest, PauseAndResumeAtOneInstantChangesNothing) {
  const ClockTerms four_hours = terms(hour * 4);
  clock_.start(four_hours, start);
  const int64_t due_us = clock_.next_due_us;
  clock_.pause(four_hours, start + hour);
  clock_.resume(four_hours, start + hour);
  EXPECT_EQ(clock_.next_due_us, due_us);
}

TEST_F(SlaClockTest, AThresholdIsReachedByTheWholeMicrosecondAboveItsShare) {
  EXPECT_EQ(threshold_amount_us(3, 5'000), 2);
  EXPECT_EQ(threshold_amount_us(4, 5'000), 2);
  EXPECT_EQ(threshold_amount_us(1, 1), 1);
}

TEST_F(SlaClockTest, RetargetingKeepsWhatIsConsumedAndSkipsWhatHasPassed) {
  const ClockTerms four_hours = terms(hour * 4);
  const ClockTerms two_hours = terms(hour * 2);
  clock_.start(four_hours, start);
  clock_.retarget(four_hours, two_hours, 1, start + hour + minute * 30);
  EXPECT_EQ(clock_.consumed_us, (hour + minute * 30).us);
  EXPECT_EQ(clock_.thresholds_fired, 1);
  EXPECT_EQ(clock_.next_due_us, (start + hour * 2).us);
}

TEST_F(SlaClockTest, AReopenedClockCarriesItsTimeIntoANewCycle) {
  const ClockTerms four_hours = terms(hour * 4);
  clock_.start(four_hours, start);
  clock_.stop(four_hours, start + hour * 3);
  clock_.reopen(four_hours, start + hour * 24);
  EXPECT_EQ(clock_.cycle, 2);
  EXPECT_EQ(clock_.deadline(four_hours), start + hour * 25);
  EXPECT_EQ(clock_.thresholds_fired, 1);
}

TEST_F(SlaClockTest, ACycleThatStartsOverItsTargetIsArmedForNoBreach) {
  const ClockTerms hour_long = terms(hour);
  clock_.start(hour_long, start);
  clock_.stop(hour_long, start + hour * 2);
  clock_.reopen(hour_long, start + hour * 3);
  EXPECT_TRUE(clock_.over_at_start);
  EXPECT_EQ(clock_.next_due_us, never.us);
}

}  // namespace
}  // namespace paceline::sched
