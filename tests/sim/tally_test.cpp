// Counts, means and levels, and that merging shows in nothing.
#include "sim/statistics/tally.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "sim/rng.h"

namespace paceline::sim {
namespace {

TEST(Tally, HasTheClosedFormsOfTheFirstWholeNumbers) {
  Tally tally;
  for (int i = 1; i <= 100; ++i) tally.add(i);
  EXPECT_EQ(tally.count(), 100);
  EXPECT_DOUBLE_EQ(tally.mean(), 50.5);
  EXPECT_DOUBLE_EQ(tally.variance(), 100 * 101 / 12.0);
  EXPECT_EQ(tally.least(), 1);
  EXPECT_EQ(tally.most(), 100);
}

TEST(Tally, OfNoneAndOfOneHasNoSpread) {
  Tally tally;
  EXPECT_EQ(tally.mean(), 0);
  EXPECT_EQ(tally.variance(), 0);
  tally.add(7);
  EXPECT_EQ(tally.mean(), 7);
  EXPECT_EQ(tally.variance(), 0);
}

TEST(Tally, KeepsTheSpreadOfNumbersFarFromZero) {
  Tally tally;
  for (const double x : {4.0, 7.0, 13.0, 16.0}) tally.add(1e9 + x);
  EXPECT_DOUBLE_EQ(tally.variance(), 30);
}

TEST(Tally, MergingGivesWhatOneWouldHave) {
  Stream stream({51, 0, 0, Purpose::handling, 0});
  Tally whole;
  std::vector<Tally> parts(7);
  for (int i = 0; i < 10'000; ++i) {
    const double x = stream.exponential(300);
    whole.add(x);
    parts[static_cast<size_t>(i * i % 7)].add(x);
  }
  parts.emplace_back();  // one that saw nothing
  Tally merged;
  for (const Tally& part : parts) merged.merge(part);
  EXPECT_EQ(merged.count(), whole.count());
  EXPECT_NEAR(merged.mean() / whole.mean(), 1, 1e-13);
  EXPECT_NEAR(merged.variance() / whole.variance(), 1, 1e-12);
  EXPECT_EQ(merged.least(), whole.least());
  EXPECT_EQ(merged.most(), whole.most());
}

TEST(DurationTally, HasTheSameBitsInAnyOrder) {
  Stream stream({51, 0, 1, Purpose::handling, 0});
  std::vector<int64_t> durations;
  for (int i = 0; i < 5'000; ++i)
    durations.push_back(static_cast<int64_t>(stream.exponential(1e11)) - 1'000'000'000);
  DurationTally forwards;
  for (const int64_t d : durations) forwards.add(d);
  std::vector<DurationTally> parts(5);
  for (size_t i = 0; i < durations.size(); ++i) parts[i % 5].add(durations[i]);
  DurationTally merged;
  for (size_t i = parts.size(); i-- > 0;) merged.merge(parts[i]);
  EXPECT_EQ(merged.mean_us(), forwards.mean_us());
  EXPECT_EQ(merged.variance(), forwards.variance());
  EXPECT_EQ(merged.least_us(), forwards.least_us());
  EXPECT_EQ(merged.most_us(), forwards.most_us());
}

TEST(DurationTally, AYearAndAMicrosecondKeepTheirSpread) {
  constexpr int64_t year_us = 31'557'600'000'000;
  DurationTally tally;
  for (int i = 0; i < 1'000; ++i) tally.add(year_us + i % 2);
  EXPECT_DOUBLE_EQ(tally.variance(), 250.0 / 999);
  EXPECT_DOUBLE_EQ(tally.mean_us(), static_cast<double>(year_us) + 0.5);
}

TEST(DurationTally, NegativeOnesAreAsExact) {
  DurationTally tally;
  for (const int64_t d : {-4, -7, -13, -16}) tally.add(d);
  EXPECT_DOUBLE_EQ(tally.mean_us(), -10);
  EXPECT_DOUBLE_EQ(tally.variance(), 30);
}

TEST(LevelIntegral, AveragesOverTime) {
  LevelIntegral waiting(1'000);
  waiting.change(1'010, +2);
  waiting.change(1'040, -1);
  waiting.advance(1'100);
  EXPECT_EQ(waiting.integral(), 10 * 0 + 30 * 2 + 60 * 1);
  EXPECT_EQ(waiting.span_us(), 100);
  EXPECT_DOUBLE_EQ(waiting.average(), 1.2);
  EXPECT_EQ(waiting.most(), 2);
  EXPECT_EQ(waiting.level(), 1);
}

TEST(LevelIntegral, ForgetsAWarmUpButNotTheLevel) {
  LevelIntegral busy;
  busy.set(0, 50);
  busy.set(10, 3);
  busy.restart(20);
  busy.advance(30);
  EXPECT_DOUBLE_EQ(busy.average(), 3);
  EXPECT_EQ(busy.most(), 3);
}

TEST(LevelIntegral, SpellsAddUpByTheirLength) {
  LevelIntegral first(0, 4);
  first.advance(10);
  LevelIntegral second(0, 1);
  second.advance(30);
  first.merge(second);
  EXPECT_DOUBLE_EQ(first.average(), (4 * 10 + 1 * 30) / 40.0);
  EXPECT_EQ(LevelIntegral().average(), 0);
}

}  // namespace
}  // namespace paceline::sim
