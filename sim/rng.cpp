#include "sim/rng.h"

namespace paceline::sim {

uint32_t Stream::below(uint32_t bound) {
  CHECK(bound > 0);
  // Lemire: the high word of a product, with the few values redrawn that would weigh more. How many
  // those are takes a division, and is asked only where it can be one of them.
  uint64_t product = uint64_t{bits32()} * bound;
  if (static_cast<uint32_t>(product) < bound) {
    const uint32_t redraw_under = (0U - bound) % bound;
    while (static_cast<uint32_t>(product) < redraw_under) product = uint64_t{bits32()} * bound;
  }
  return static_cast<uint32_t>(product >> 32);
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

double Stream::erlang(uint32_t shape, double mean) {
  CHECK(shape > 0);
  double sum = 0.0;
  for (uint32_t i = 0; i < shape; ++i) sum += exponential(mean);
  return sum / static_cast<double>(shape);
}

}  // namespace paceline::sim
