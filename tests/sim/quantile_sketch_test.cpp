// Quantiles within 1/128 of the exact ones, in memory that does not grow.
#include "sim/statistics/quantile_sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/random/law.h"

namespace paceline::sim {
namespace {

constexpr double shares[] = {0, 0.001, 0.07, 0.25, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 1};

/// Nearest rank, in thousandths so that nothing is rounded.
int64_t exact(const std::vector<int64_t>& sorted, double share) {
  const auto thousandths = static_cast<size_t>(std::lround(share * 1'000));
  const size_t rank = std::max<size_t>(1, (thousandths * sorted.size() + 999) / 1'000);
  return sorted[rank - 1];
}

TEST(QuantileSketch, IsWithinItsErrorOfTheExactQuantile) {
  const Law laws[] = {Law::exponential(3e8).value(), Law::lognormal(3e8, 3).value(),
                      Law::uniform(0, 300).value(), Law::weibull(1e12, 0.5).value()};
  for (const Law& law : laws) {
    for (const size_t size : {1, 2, 10, 100, 999, 20'000}) {
      Stream stream({52, 0, size, Purpose::handling, 0});
      QuantileSketch sketch;
      std::vector<int64_t> values;
      for (size_t i = 0; i < size; ++i) {
        values.push_back(static_cast<int64_t>(law.draw(stream)));
        sketch.add(values.back());
      }
      std::sort(values.begin(), values.end());
      for (const double share : shares) {
        const auto wanted = static_cast<double>(exact(values, share));
        EXPECT_NEAR(static_cast<double>(sketch.quantile(share).value()), wanted,
                    wanted * QuantileSketch::relative_error)
            << share << " of " << size;
      }
    }
  }
}

TEST(QuantileSketch, EveryValueIsAnsweredWithinTheError) {
  for (int64_t value = 0; value < 5'000'000'000'000'000'000; value += 1 + value / 977) {
    QuantileSketch sketch;
    sketch.add(0);
    sketch.add(value, 2);  // rank 2 is neither the first nor the last: it comes from a bucket
    sketch.add(std::numeric_limits<int64_t>::max());
    const auto found = sketch.quantile(0.5).value();
    ASSERT_LE(std::abs(static_cast<double>(found - value)),
              static_cast<double>(value) * QuantileSketch::relative_error)
        << value;
    ASSERT_TRUE(value >= 128 || found == value) << value;
  }
}

TEST(QuantileSketch, NoOrderOfMergingShows) {
  Stream stream({53, 0, 0, Purpose::handling, 0});
  QuantileSketch whole;
  std::vector<QuantileSketch> parts(6);
  for (int i = 0; i < 6'000; ++i) {
    const auto value = static_cast<int64_t>(stream.exponential(1e7 * (1 + i % 6)));
    whole.add(value);
    parts[static_cast<size_t>(i % 6)].add(value);
  }
  QuantileSketch forwards;
  QuantileSketch backwards;
  for (size_t i = 0; i < parts.size(); ++i) {
    forwards.merge(parts[i]);
    backwards.merge(parts[parts.size() - 1 - i]);
  }
  for (const double share : shares) {
    EXPECT_EQ(forwards.quantile(share), whole.quantile(share));
    EXPECT_EQ(backwards.quantile(share), whole.quantile(share));
  }
  EXPECT_EQ(forwards.count(), 6'000U);
  EXPECT_EQ(forwards.memory_bytes(), whole.memory_bytes());
}

TEST(QuantileSketch, MemoryDoesNotGrowWithTheCount) {
  Stream stream({53, 0, 1, Purpose::handling, 0});
  QuantileSketch sketch;
  for (int octave = 0; octave < 63; ++octave) sketch.add(int64_t{1} << octave);
  const size_t most = sketch.memory_bytes();
  EXPECT_LE(most, 31'000U);
  for (int i = 0; i < 100'000; ++i) sketch.add(static_cast<int64_t>(stream.exponential(1e9)));
  EXPECT_EQ(sketch.memory_bytes(), most);
}

TEST(QuantileSketch, OfNoneIsNoneAndACopyIsItsOwn) {
  QuantileSketch sketch;
  EXPECT_FALSE(sketch.quantile(0.5).has_value());
  sketch.add(40);
  QuantileSketch copy = sketch;
  copy.add(90, 10);
  EXPECT_EQ(sketch.quantile(0.5), 40);
  EXPECT_EQ(copy.quantile(0.5), 90);
  sketch = copy;
  EXPECT_EQ(sketch.quantile(0.5), 90);
  sketch.merge(QuantileSketch());
  EXPECT_EQ(sketch.count(), 11U);
}

}  // namespace
}  // namespace paceline::sim
