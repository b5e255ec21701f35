#include "sched/sla_clock.h"

#include <gtest/gtest.h>

#include <array>

namespace paceline::sched {
namespace {

constexpr Instant start{1'767'571'200'000'000};  // 2026-01-05T00:00Z
constexpr std::array<Threshold, 3> shares{{{5'000, 0}, {10'000, 0}, {15'000, 0}}};
constexpr int64_t four_hours = (hour * 4).us;

class SlaClockTest : public ::testing::Test {
 protected:
  ClockTerms terms_{&always_, shares};
  Calendar always_;
  SlaClock clock_;
};

TEST_F(SlaClockTest, EffectsComeInOrderOfTheTimeTheyNeed) {
  clock_.start(terms_, four_hours, start);
  EXPECT_EQ(clock_.next_due_us(), (start + hour * 2).us);
  EXPECT_EQ(clock_.next_effect(terms_).which, 0U);
  clock_.fire(terms_, 0);
  EXPECT_EQ(clock_.next_due_us(), (start + hour * 4).us);
  EXPECT_EQ(clock_.next_effect(terms_).which, 1U);
  clock_.fire(terms_, 1);
  EXPECT_EQ(clock_.next_due_us(), (start + hour * 4 + microsecond).us);
  EXPECT_EQ(clock_.next_effect(terms_).which, SlaClock::Effect::breach);
  clock_.fire(terms_, SlaClock::Effect::breach);
  EXPECT_TRUE(clock_.breached);
  EXPECT_EQ(clock_.next_due_us(), (start + hour * 6).us);
  clock_.fire(terms_, 2);
  EXPECT_EQ(clock_.next_due_us(), never.us);
}

TEST_F(SlaClockTest, TimeLeftToTheDeadlineIsAThresholdToo) {
  constexpr std::array<Threshold, 2> before{{{7'500, 0}, {0, (hour * 2).us}}};
  const ClockTerms terms{&always_, before};
  clock_.start(terms, four_hours, start);
  EXPECT_EQ(clock_.next_effect(terms).which, 1U) << "two hours before comes before 75 %";
  EXPECT_EQ(clock_.next_due_us(), (start + hour * 2).us);
}

TEST_F(SlaClockTest, AThresholdWithMoreTimeLeftThanTheTargetIsDueAtOnce) {
  constexpr std::array<Threshold, 1> before{{{0, (hour * 5).us}}};
  clock_.start({&always_, before}, four_hours, start);
  EXPECT_EQ(clock_.next_due_us(), start.us);
}

TEST_F(SlaClockTest, PausedTimeIsNotConsumed) {
  clock_.start(terms_, four_hours, start);
  clock_.pause(terms_, start + hour);
  EXPECT_EQ(clock_.next_due_us(), never.us);
  EXPECT_EQ(clock_.consumed(terms_, start + hour * 9).us, hour.us);
  clock_.resume(terms_, start + hour * 10);
  EXPECT_EQ(clock_.deadline(terms_), start + hour * 13);
}

TEST_F(SlaClockTest, PauseAndResumeAtOneInstantChangesNothing) {
  clock_.start(terms_, four_hours, start);
  const int64_t due_us = clock_.next_due_us();
  clock_.pause(terms_, start + hour);
  clock_.resume(terms_, start + hour);
  EXPECT_EQ(clock_.next_due_us(), due_us);
}

TEST_F(SlaClockTest, ACutChangesNoFigure) {
  clock_.start(terms_, four_hours, start);
  clock_.cut(terms_, start + hour);
  EXPECT_EQ(clock_.consumed(terms_, start + hour * 2).us, (hour * 2).us);
  EXPECT_EQ(clock_.next_due_us(), (start + hour * 2).us);
}

TEST_F(SlaClockTest, AThresholdIsReachedByTheWholeMicrosecondAboveItsShare) {
  EXPECT_EQ(share_amount_us(3, 5'000), 2);
  EXPECT_EQ(share_amount_us(4, 5'000), 2);
  EXPECT_EQ(share_amount_us(1, 1), 1);
}

TEST_F(SlaClockTest, AThousandPercentOfAHundredYearsDoesNotOverflow) {
  const int64_t century_us = (day * 36'525).us;
  EXPECT_EQ(share_amount_us(century_us, 100'000), century_us * 10);
}

TEST_F(SlaClockTest, RetargetingKeepsWhatIsConsumedAndSkipsWhatHasPassed) {
  clock_.start(terms_, four_hours, start);
  clock_.cut(terms_, start + hour + minute * 30);
  clock_.retarget(terms_, (hour * 2).us);
  EXPECT_EQ(clock_.consumed_us, (hour + minute * 30).us);
  EXPECT_EQ(clock_.fired, 1U);
  EXPECT_EQ(clock_.next_due_us(), (start + hour * 2).us);
}

TEST_F(SlaClockTest, ANewCycleMayCarryWhatWasUsed) {
  clock_.start(terms_, four_hours, start);
  clock_.stop(terms_, start + hour * 3);
  EXPECT_EQ(clock_.ended_at_us(), (start + hour * 3).us);
  clock_.start(terms_, four_hours, start + hour * 24, clock_.consumed_us);
  EXPECT_EQ(clock_.deadline(terms_), start + hour * 25);
  EXPECT_EQ(clock_.fired, 1U);
}

TEST_F(SlaClockTest, ACycleThatStartsOverItsTargetIsArmedForNoBreach) {
  const ClockTerms no_thresholds{&always_, {}};
  clock_.start(no_thresholds, hour.us, start, (hour * 2).us);
  EXPECT_TRUE(clock_.over_at_start);
  EXPECT_EQ(clock_.next_due_us(), never.us);
}

}  // namespace
}  // namespace paceline::sched
