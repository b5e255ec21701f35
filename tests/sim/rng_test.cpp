// Streams are the same everywhere, and their distributions have the moments they should.
#include "sim/rng.h"

#include <gtest/gtest.h>

#include <vector>

namespace paceline::sim {
namespace {

using Block = std::array<uint32_t, 4>;

TEST(Rng, PhiloxGivesThePublishedVectors) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
            (Block{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}));
  EXPECT_EQ(philox({~0U, ~0U, ~0U, ~0U}, {~0U, ~0U}),
            (Block{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU}));
  EXPECT_EQ(
      philox({0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U}, {0xa4093822U, 0x299f31d0U}),
      (Block{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U}));
}

TEST(Rng, StreamsAreTheSameUnderAnyCompiler) {
  Stream stream({7, 3, 42, Purpose::handling, 1});
  EXPECT_EQ(stream.bits32(), 0xd0129d8cU);
  EXPECT_EQ(stream.bits64(), 0x7ace8b5e2b1ff49eULL);
  EXPECT_EQ(stream.uniform(), 0x1.0faa339d7c89bp-1);
  EXPECT_EQ(stream.exponential(1.0), 0x1.1de68be89fb53p+1);
  EXPECT_EQ(stream.erlang(3, 600.0), 0x1.9a451d7b0dd79p+9);
}

TEST(Rng, EveryPartOfTheKeyMakesAnotherStream) {
  const StreamKey key{1, 2, 3, Purpose::pending, 4};
  const auto first = [](StreamKey k) { return Stream(k).bits64(); };
  StreamKey other = key;
  other.seed = 9;
  EXPECT_NE(first(key), first(other));
  other = key, other.replication = 9;
  EXPECT_NE(first(key), first(other));
  other = key, other.ticket = 9;
  EXPECT_NE(first(key), first(other));
  other = key, other.purpose = Purpose::reopen;
  EXPECT_NE(first(key), first(other));
  other = key, other.occurrence = 9;
  EXPECT_NE(first(key), first(other));
  EXPECT_EQ(first(key), first(key));
}

TEST(Rng, AUniformNumberIsNeverAnEnd) {
  EXPECT_EQ(Stream::unit_of(0), 0x1p-53);
  EXPECT_EQ(Stream::unit_of(~uint64_t{0}), 1 - 0x1p-53);
  EXPECT_GT(-log_of(Stream::unit_of(~uint64_t{0})), 0);  // no draw of 0 minutes either
}

TEST(Rng, ExponentialHasMeanAndVariance) {
  Stream stream({11, 0, 0, Purpose::handling, 0});
  constexpr int n = 200'000;
  double sum = 0.0;
  double squares = 0.0;
  for (int i = 0; i < n; ++i) {
    const double x = stream.exponential(2.0);
    sum += x;
    squares += x * x;
  }
  const double mean = sum / n;
  EXPECT_NEAR(mean, 2.0, 0.02);
  EXPECT_NEAR(squares / n - mean * mean, 4.0, 0.1);
}

TEST(Rng, PickFollowsTheWeights) {
  Stream stream({12, 0, 0, Purpose::attributes, 0});
  const std::vector<uint32_t> weights{1, 0, 3};
  std::vector<int> seen(3);
  for (int i = 0; i < 40'000; ++i) ++seen[stream.pick(weights)];
  EXPECT_NEAR(seen[0], 10'000, 400);
  EXPECT_EQ(seen[1], 0);
  EXPECT_NEAR(seen[2], 30'000, 400);
}

TEST(Rng, BelowCoversItsRangeEvenly) {
  Stream stream({13, 0, 0, Purpose::attributes, 0});
  std::vector<int> seen(7);
  for (int i = 0; i < 70'000; ++i) ++seen[stream.below(7)];
  for (const int count : seen) EXPECT_NEAR(count, 10'000, 400);
}

}  // namespace
}  // namespace paceline::sim
