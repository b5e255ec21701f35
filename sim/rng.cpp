#include "sim/rng.h"

#include <bit>

#include "sched/base/check.h"
#include "sched/base/hash_index.h"

namespace paceline::sim {

namespace {

constexpr uint32_t low(uint64_t x) { return static_cast<uint32_t>(x); }
constexpr uint32_t high(uint64_t x) { return static_cast<uint32_t>(x >> 32); }

}  // namespace

std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  constexpr int rounds = 10;
  for (int round = 0; round < rounds; ++round) {
    const uint64_t a = uint64_t{0xd2511f53U} * counter[0];
    const uint64_t b = uint64_t{0xcd9e8d57U} * counter[2];
    counter = {high(b) ^ counter[1] ^ key[0], low(b), high(a) ^ counter[3] ^ key[1], low(a)};
    key[0] += 0x9e3779b9U;
    key[1] += 0xbb67ae85U;
  }
  return counter;
}

double log_of(double x) {
  CHECK(x > 0.0);
  // x = m · 2^e with m in [√½, √2), then ln m = 2 artanh((m − 1) / (m + 1)) by its series: the
  // argument stays below 0.172, so eleven terms reach the last bit.
  const auto bits = std::bit_cast<uint64_t>(x);
  int exponent = static_cast<int>(bits >> 52) - 1023;
  double mantissa =
      std::bit_cast<double>((bits & 0x000f'ffff'ffff'ffffULL) | 0x3ff0'0000'0000'0000ULL);
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    ++exponent;
  }
  const double z = (mantissa - 1.0) / (mantissa + 1.0);
  const double z2 = z * z;
  double series = 0.0;
  for (int k = 21; k >= 1; k -= 2) series = series * z2 + 1.0 / static_cast<double>(k);
  constexpr double ln2 = 0.69314718055994530942;
  return 2.0 * z * series + static_cast<double>(exponent) * ln2;
}

Stream::Stream(const StreamKey& key)
    : key_{low(sched::mix(key.seed)), high(sched::mix(key.seed)) ^ key.replication},
      counter_{0, (uint32_t{static_cast<uint16_t>(key.purpose)} << 16) | key.occurrence,
               low(key.ticket), high(key.ticket)} {}

uint32_t Stream::bits32() {
  if (used_ == block_.size()) {
    block_ = philox(counter_, key_);
    ++counter_[0];
    used_ = 0;
  }
  return block_[used_++];
}

uint64_t Stream::bits64() {
  const uint64_t first = bits32();
  return (first << 32) | bits32();
}

double Stream::uniform() {
  constexpr double unit = 1.0 / 9007199254740992.0;  // 2^-53
  return (static_cast<double>(bits64() >> 11) + 0.5) * unit;
}

uint32_t Stream::below(uint32_t bound) {
  CHECK(bound > 0);
  // Lemire: the high word of a product, with the few values redrawn that would weigh more.
  const uint32_t redraw_under = (0U - bound) % bound;
  for (;;) {
    const uint64_t product = uint64_t{bits32()} * bound;
    if (low(product) >= redraw_under) return high(product);
  }
}

bool Stream::chance(uint32_t ppm) { return below(1'000'000) < ppm; }

uint32_t Stream::pick(std::span<const uint32_t> weights) {
  uint64_t sum = 0;
  for (const uint32_t weight : weights) sum += weight;
  CHECK(sum > 0 && sum <= 0xffff'ffffULL);
  uint32_t at = below(static_cast<uint32_t>(sum));
  for (uint32_t i = 0; i < weights.size(); ++i) {
    if (at < weights[i]) return i;
    at -= weights[i];
  }
  CHECK(false && "the sum of the weights covers every draw");
  return 0;
}

double Stream::exponential(double mean) { return -mean * log_of(uniform()); }

double Stream::erlang(uint32_t shape, double mean) {
  CHECK(shape > 0);
  double sum = 0.0;
  for (uint32_t i = 0; i < shape; ++i) sum += exponential(mean);
  return sum / static_cast<double>(shape);
}

}  // namespace paceline::sim
