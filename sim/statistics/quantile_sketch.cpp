#include "sim/statistics/quantile_sketch.h"

#include <algorithm>
#include <cmath>

namespace paceline::sim {

QuantileSketch::QuantileSketch(const QuantileSketch& other) { merge(other); }

QuantileSketch& QuantileSketch::operator=(const QuantileSketch& other) {
  if (this != &other) {
    *this = QuantileSketch();
    merge(other);
  }
  return *this;
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
