#include "engine/report/statistics.h"

#include <gtest/gtest.h>

#include <vector>

#include "engine/report/period.h"
#include "tests/support/desk_driver.h"

namespace paceline::report {
namespace {

using desk::test::DeskDriver;

TEST(Statistics, PercentilesAreNearestRank) {
  const Spread spread = spread_of({50, 20, 40, 10, 30});
  EXPECT_EQ(spread.median_us, 30);  // ceil(0.5 · 5) = 3rd
  EXPECT_EQ(spread.p90_us, 50);     // ceil(4.5) = 5th
  EXPECT_EQ(spread.mean_us, 30);
  EXPECT_EQ(spread_of({1, 2}).mean_us, 2);  // 1.5 upwards
  EXPECT_EQ(spread_of({}).n, 0U);
}

TEST(Statistics, WilsonKnownValues) {
  // Newcombe 1998, table I: 81 of 263.
  const Interval interval = wilson(81, 263);
  EXPECT_NEAR(interval.low, 0.2553, 5e-5);
  EXPECT_NEAR(interval.high, 0.3662, 5e-5);
  EXPECT_NEAR(wilson(0, 20).high, 0.1611, 5e-5);
  EXPECT_EQ(wilson(0, 0).high, 1.0);
}

TEST(Statistics, TheSlopeDoesNotMindAnOutlier) {
  EXPECT_DOUBLE_EQ(theil_sen(std::vector<double>{1, 3, 5, 7, 9}), 2.0);
  EXPECT_DOUBLE_EQ(theil_sen(std::vector<double>{1, 3, 500, 7, 9}), 2.0);
  EXPECT_DOUBLE_EQ(theil_sen(std::vector<double>{4}), 0.0);
}

TEST(Statistics, MannKendallKnownValues) {
  // S = 10, variance 5·4·15 / 18 = 16.67, z = 9 / 4.082 = 2.2045.
  const MannKendall rising = mann_kendall(std::vector<double>{1, 2, 3, 4, 5});
  EXPECT_EQ(rising.s, 10);
  EXPECT_NEAR(rising.z, 2.2045, 5e-5);
  EXPECT_NEAR(rising.p, 0.0275, 5e-5);
  // Ties: S = 5 − 0, variance (4·3·13 − 2·1·9) / 18 = 7.667, z = 4 / 2.769.
  const MannKendall tied = mann_kendall(std::vector<double>{1, 2, 2, 3});
  EXPECT_EQ(tied.s, 5);
  EXPECT_NEAR(tied.z, 1.4446, 5e-5);
  EXPECT_EQ(mann_kendall(std::vector<double>{2, 2, 2}).p, 1.0);
}

TEST(Statistics, FairnessIsOneWhereAllDoTheSame) {
  EXPECT_DOUBLE_EQ(jain(std::vector<double>{3, 3, 3}), 1.0);
  EXPECT_DOUBLE_EQ(jain(std::vector<double>{1, 0, 0, 0}), 0.25);
  EXPECT_DOUBLE_EQ(jain(std::vector<double>{}), 1.0);
}

TEST(WorkingDays, SkipTheWeekEnd) {
  const auto us = [](const char* time) { return DeskDriver::instant_us(time); };
  EXPECT_EQ(working_days_after(us("10:00"), 1), us("+1 10:00"));
  EXPECT_EQ(working_days_after(us("10:00"), 5), us("+7 10:00"));
  EXPECT_EQ(working_days_after(us("+4 10:00"), 1), us("+7 10:00"));   // Friday → Monday
  EXPECT_EQ(working_days_after(us("+5 10:00"), 5), us("+12 00:00"));  // Saturday → end of Friday
  EXPECT_EQ(working_days_after(us("10:00"), 0), us("10:00"));
  EXPECT_EQ(week_of(us("+6 23:59")), us("00:00"));
}

}  // namespace
}  // namespace paceline::report
