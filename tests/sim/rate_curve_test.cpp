// A rate that rises and falls: its area, and instants where more of it has gone by.
#include "sim/world/rate_curve.h"

#include <gtest/gtest.h>

namespace paceline::sim {
namespace {

constexpr int64_t hour = 3'600'000'000;

/// From 0 to 12 an hour over two hours, then 6 an hour for one; then nothing until four are over.
RateCurve hill(int64_t cycle_us) {
  const std::vector<RatePiece> pieces = {{0, 2 * hour, 0, 12}, {2 * hour, 3 * hour, 6, 6}};
  return RateCurve(pieces, cycle_us);
}

TEST(RateCurve, ItsAreaIsWhatIsExpected) {
  const RateCurve curve = hill(0);
  EXPECT_DOUBLE_EQ(curve.expected(), 18);
  EXPECT_DOUBLE_EQ(curve.expected_before(0), 0);
  EXPECT_DOUBLE_EQ(curve.expected_before(hour), 3);
  EXPECT_DOUBLE_EQ(curve.expected_before(2 * hour + hour / 2), 15);
  EXPECT_DOUBLE_EQ(curve.expected_before(100 * hour), 18);
}

TEST(RateCurve, ACycleComesAgainAndAgain) {
  const RateCurve curve = hill(4 * hour);
  EXPECT_DOUBLE_EQ(curve.expected_before(4 * hour), 18);
  EXPECT_DOUBLE_EQ(curve.expected_before(41 * hour), 10 * 18 + 3);
}

TEST(RateCurve, AsMuchOfItHasGoneByAsWasAskedFor) {
  const RateCurve curve = hill(4 * hour);
  RateCurve::Place place;
  double gone = 0;
  for (const double amount : {0.5, 2.5, 13.0, 0.1, 4.0, 40.0}) {
    gone += amount;
    const int64_t at_us = curve.advance(place, amount, [](uint64_t) { return 1.0; });
    EXPECT_NEAR(curve.expected_before(at_us), gone, 1e-7);
  }
}

}  // namespace
}  // namespace paceline::sim
