// A generated day: its size, its shape, and that it is the same day for everyone.
#include "sim/arrivals.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace paceline::sim {
namespace {

constexpr sched::Instant monday{1'767'571'200'000'000};  // 2026-01-05T00:00Z

TEST(Arrivals, TheAreaUnderTheRateIsTheExpectedNumber) {
  DemandProfile profile;
  profile.rate = {{0, 0.0}, {60, 60.0}, {120, 60.0}, {180, 0.0}};
  EXPECT_DOUBLE_EQ(expected_tickets(profile), 120.0);
  scale_to(profile, 480.0);
  EXPECT_DOUBLE_EQ(expected_tickets(profile), 480.0);
}

TEST(Arrivals, ADayBringsAboutAsManyAsExpected) {
  DemandProfile profile = office_day();
  scale_to(profile, 5'000.0);
  double sum = 0.0;
  for (uint32_t replication = 0; replication < 50; ++replication) {
    sum += static_cast<double>(arrivals_of_day(profile, monday, 1, replication).size());
  }
  EXPECT_NEAR(sum / 50.0, 5'000.0, 40.0);  // standard error 10
}

TEST(Arrivals, TheyFollowTheRateThroughTheDay) {
  DemandProfile profile;
  profile.rate = {{0, 0.0}, {1'440, 8'000.0}};
  const auto arrivals = arrivals_of_day(profile, monday, 5, 0);
  const auto noon = std::lower_bound(arrivals.begin(), arrivals.end(), monday + sched::hour * 12,
                                     [](const Arrival& a, sched::Instant t) { return a.at < t; });
  const double morning = static_cast<double>(noon - arrivals.begin());
  EXPECT_NEAR(morning / static_cast<double>(arrivals.size()), 0.25, 0.01);
}

TEST(Arrivals, InstantsAscendInsideTheDay) {
  const auto arrivals = arrivals_of_day(office_day(), monday, 3, 0);
  ASSERT_FALSE(arrivals.empty());
  EXPECT_TRUE(std::is_sorted(arrivals.begin(), arrivals.end(),
                             [](const Arrival& a, const Arrival& b) { return a.at < b.at; }));
  EXPECT_GE(arrivals.front().at, monday);
  EXPECT_LT(arrivals.back().at, monday + sched::day);
}

TEST(Arrivals, ADayIsTheSameUnderAnyCompiler) {
  const auto arrivals = arrivals_of_day(office_day(), monday, 20, 0);
  EXPECT_EQ(arrivals.size(), 5127U);
  EXPECT_EQ(arrivals.front().at.us - monday.us, 3722359);
  EXPECT_EQ(arrivals.back().at.us - monday.us, 86388218971);
}

TEST(Arrivals, AnotherReplicationIsAnotherDay) {
  EXPECT_NE(arrivals_of_day(office_day(), monday, 20, 0).front().at,
            arrivals_of_day(office_day(), monday, 20, 1).front().at);
}

}  // namespace
}  // namespace paceline::sim
