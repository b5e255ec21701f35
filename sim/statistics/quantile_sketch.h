// Quantiles of durations in constant memory, to a stated relative error.
//
// Each power of two is cut into 64 equal buckets, as HdrHistogram does (G. Tene 2012): a bucket is
// found by the position of the highest bit, no logarithm is taken, and what is answered, the middle
// of a bucket, is within 1/128 (0.8 %) of the value sought. Values below 128 and the extremes are
// exact. Counts are whole numbers, so no order of adding or merging shows.
//
// A sketch holds only the powers of two it has seen: 0.5 KB each, 5 KB for waits of seconds to
// hours, at most 29 KB.
//
// Owner: one thread; merged by whoever has both.  Allocates: at the first value of a power of two.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

#include "sched/base/check.h"

namespace paceline::sim {

class QuantileSketch {
 public:
  static constexpr double relative_error = 1.0 / 128;

  QuantileSketch() = default;
  QuantileSketch(const QuantileSketch& other);
  QuantileSketch& operator=(const QuantileSketch& other);
  QuantileSketch(QuantileSketch&&) = default;
  QuantileSketch& operator=(QuantileSketch&&) = default;
  ~QuantileSketch() = default;

  /// Requires value ≥ 0.
  void add(int64_t value, uint64_t times = 1) {
    CHECK(value >= 0);
    if (times == 0) return;
    // Octave 0 holds 0 … 63; octave o from 1 holds [64, 128) · 2^(o − 1) in buckets of 2^(o − 1).
    const auto bits = static_cast<uint64_t>(value);
    const auto octave = static_cast<uint32_t>(std::bit_width(bits | 0x3f)) - 6;
    const uint64_t scaled = bits >> (octave == 0 ? 0 : octave - 1);
    auto& buckets = octaves_[octave];
    if (!buckets) buckets = std::make_unique<Octave>();
    (*buckets)[scaled % buckets_per_octave] += times;
    count_ += times;
    least_ = std::min(least_, value);
    most_ = std::max(most_, value);
  }
  void merge(const QuantileSketch& other);

  uint64_t count() const { return count_; }
  /// Nearest rank: the value of rank ⌈share · count⌉, the first for share 0. None of no values.
  /// Requires 0 ≤ share ≤ 1.
  std::optional<int64_t> quantile(double share) const;

  size_t memory_bytes() const;

 private:
  static constexpr uint32_t buckets_per_octave = 64;
  static constexpr uint32_t octave_count = 58;  // 0 … 127 take the first two
  using Octave = std::array<uint64_t, buckets_per_octave>;

  std::array<std::unique_ptr<Octave>, octave_count> octaves_;
  uint64_t count_ = 0;
  int64_t least_ = std::numeric_limits<int64_t>::max();
  int64_t most_ = 0;
};

}  // namespace paceline::sim
