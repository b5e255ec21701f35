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

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

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
  void add(int64_t value, uint64_t times = 1);
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
