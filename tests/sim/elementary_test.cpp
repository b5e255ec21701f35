// Our own functions against the C library's in extended precision, and their corners.
#include "sim/random/elementary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sim/rng.h"

namespace paceline::sim {
namespace {

/// Distance in units of the last place of the exact value.
double units(double value, long double exact) {
  const double place = std::nextafter(std::abs(static_cast<double>(exact)), HUGE_VAL) -
                       std::abs(static_cast<double>(exact));
  return static_cast<double>(std::abs(static_cast<long double>(value) - exact)) / place;
}

TEST(Elementary, LogarithmIsExactToOneUnitInTheLastPlace) {
  Stream stream({31, 0, 0, Purpose::handling, 0});
  double worst = 0;
  for (double scale = 1e-300; scale < 1e300; scale *= 1.7) {
    for (int i = 0; i < 20; ++i) {
      const double x = scale * (1 + stream.uniform());
      worst = std::max(worst, units(log_of(x), std::log(static_cast<long double>(x))));
    }
  }
  for (int i = 0; i < 200'000; ++i) {
    for (const double x : {stream.uniform(), 0.9 + 0.2 * stream.uniform(),
                           1 + std::ldexp(stream.uniform() - 0.5, -(i % 50))}) {
      if (x != 1) worst = std::max(worst, units(log_of(x), std::log(static_cast<long double>(x))));
    }
  }
  EXPECT_LT(worst, 1);
  EXPECT_EQ(log_of(1), 0);
  EXPECT_EQ(log_of(std::numeric_limits<double>::min()),
            std::log(std::numeric_limits<double>::min()));
}

TEST(Elementary, LogarithmOfOnePlusKeepsTinyNumbers) {
  for (double x = 1e-30; x < 1e30; x *= 1.01)
    EXPECT_LT(units(log_one_plus(x), std::log1p(static_cast<long double>(x))), 3) << x;
  EXPECT_EQ(log_one_plus(0), 0);
}

TEST(Elementary, ExponentialIsExactToTwoUnitsInTheLastPlace) {
  Stream stream({31, 0, 1, Purpose::handling, 0});
  double worst = 0;
  for (int i = 0; i < 300'000; ++i) {
    for (const double x : {1'417 * stream.uniform() - 708, stream.uniform() - 0.5,
                           std::ldexp(stream.uniform() - 0.5, -(i % 60))})
      worst = std::max(worst, units(exp_of(x), std::exp(static_cast<long double>(x))));
  }
  EXPECT_LT(worst, 2);
  EXPECT_EQ(exp_of(0), 1);
}

TEST(Elementary, ExponentialEndsInZeroAndInfinity) {
  EXPECT_EQ(exp_of(-746), 0);
  EXPECT_EQ(exp_of(-HUGE_VAL), 0);
  EXPECT_GT(exp_of(-745.13), 0);
  EXPECT_TRUE(std::isfinite(exp_of(709.78)));
  EXPECT_TRUE(std::isinf(exp_of(709.79)));
  EXPECT_TRUE(std::isinf(exp_of(HUGE_VAL)));
}

TEST(Elementary, PowersComeBack) {
  for (double base = 1e-20; base < 1e20; base *= 3.3) {
    for (const double exponent : {0.05, 0.5, 1.0, 3.0, -2.0}) {
      const double wanted = std::pow(base, exponent);
      EXPECT_NEAR(power_of(base, exponent), wanted, wanted * 5e-14) << base << ' ' << exponent;
    }
  }
}

TEST(Elementary, TheNormalInverseComesBackInBothTails) {
  EXPECT_EQ(normal_inverse(0.5), 0);
  EXPECT_NEAR(normal_inverse(0.975), 1.9599639845400542, 1e-15);
  for (double share = 0x1p-53; share < 0.5;
       share = std::ldexp(std::ceil(std::ldexp(share * 1.03, 53)), -53)) {
    const double z = normal_inverse(share);
    EXPECT_EQ(normal_inverse(1 - share), -z);  // of the cells of Stream::uniform() both are exact
    // One unit of z is |z| of ln P at most.
    const double back = std::erfc(-z / std::sqrt(2.0)) / 2;
    EXPECT_NEAR(back / share, 1, 1e-15 * (4 + z * z)) << share;
  }
}

}  // namespace
}  // namespace paceline::sim
