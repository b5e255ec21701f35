#include "sim/statistics/quantile_sketch.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "sched/base/check.h"

namespace paceline::sim {

QuantileSketch::QuantileSketch(const QuantileSketch& other) { merge(other); }

QuantileSketch& QuantileSketch::operator=(const QuantileSketch& other) {
  if (this != &other) {
    *this = QuantileSketch();
    merge(other);
  }
  return *this;
}

void QuantileSketch::add(int64_t value, uint64_t times) {
  CHECK(value >= 0);
  if (times == 0) return;
  // Octave 0 holds 0 … 63; octave o from 1 holds [64, 128) · 2^(o − 1) in buckets of 2^(o − 1).
  const auto bits = static_cast<uint64_t>(value);
  const auto octave =
      static_cast<uint32_t>(std::max(6, static_cast<int>(std::bit_width(bits))) - 6);
  const uint64_t scaled = bits >> (octave == 0 ? 0 : octave - 1);
  auto& buckets = octaves_[octave];
  if (!buckets) buckets = std::make_unique<Octave>();
  (*buckets)[scaled % buckets_per_octave] += times;
  count_ += times;
  least_ = std::min(least_, value);
  most_ = std::max(most_, value);
}

void QuantileSketch::merge(const QuantileSketch& other) {
  for (uint32_t octave = 0; octave < octave_count; ++octave) {
    if (!other.octaves_[octave]) continue;
    auto& buckets = octaves_[octave];
    if (!buckets) buckets = std::make_unique<Octave>();
    for (uint32_t i = 0; i < buckets_per_octave; ++i) (*buckets)[i] += (*other.octaves_[octave])[i];
  }
  count_ += other.count_;
  least_ = std::min(least_, other.least_);
  most_ = std::max(most_, other.most_);
}

std::optional<int64_t> QuantileSketch::quantile(double share) const {
  CHECK(share >= 0 && share <= 1);
  if (count_ == 0) return std::nullopt;
  // A share like 0.07 is not exact: 7 of 100, not 8, although the product is above 7.
  const double product = share * static_cast<double>(count_) * (1 - 4e-16);
  const auto rank = std::clamp<uint64_t>(static_cast<uint64_t>(std::ceil(product)), 1, count_);
  if (rank == 1) return least_;
  if (rank == count_) return most_;
  uint64_t seen = 0;
  for (uint32_t octave = 0; octave < octave_count; ++octave) {
    if (!octaves_[octave]) continue;
    for (uint32_t i = 0; i < buckets_per_octave; ++i) {
      seen += (*octaves_[octave])[i];
      if (seen < rank) continue;
      if (octave == 0) return i;
      const int64_t width = int64_t{1} << (octave - 1);
      const int64_t middle = (int64_t{buckets_per_octave} + i) * width + (width - 1) / 2;
      return std::clamp(middle, least_, most_);
    }
  }
  CHECK(false && "the counts of the buckets add up to the count");
  return std::nullopt;
}

size_t QuantileSketch::memory_bytes() const {
  const auto held = std::count_if(octaves_.begin(), octaves_.end(),
                                  [](const auto& octave) { return octave != nullptr; });
  return sizeof *this + static_cast<size_t>(held) * sizeof(Octave);
}

}  // namespace paceline::sim
