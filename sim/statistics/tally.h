// Count, mean, variance and extremes of what a run shows, in constant memory.
//
// Two kinds. Tally takes any numbers; merging it gives the figures of all together, up to the last
// digits (B. P. Welford 1962; T. F. Chan, G. H. Golub and R. J. LeVeque 1983). DurationTally and
// LevelIntegral take whole microseconds and whole levels and add them up exactly, so that no order
// of adding or merging shows in any digit.
//
// Owner: one thread; merged by whoever has both.  Allocates: never.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "sched/base/check.h"

namespace paceline::sim {

__extension__ using Wide = __int128;  // sums of squared microseconds

class Tally {
 public:
  void add(double value) {
    ++count_;
    const double off = value - mean_;
    mean_ += off / static_cast<double>(count_);
    squares_ += off * (value - mean_);
    least_ = std::min(least_, value);
    most_ = std::max(most_, value);
  }

  void merge(const Tally& other) {
    if (other.count_ == 0) return;
    const auto ours = static_cast<double>(count_);
    const auto theirs = static_cast<double>(other.count_);
    const double off = other.mean_ - mean_;
    count_ += other.count_;
    mean_ += off * (theirs / (ours + theirs));
    squares_ += other.squares_ + off * off * (ours * theirs / (ours + theirs));
    least_ = std::min(least_, other.least_);
    most_ = std::max(most_, other.most_);
  }

  int64_t count() const { return count_; }
  double mean() const { return mean_; }  ///< 0 of none.
  /// Of one value (n − 1); 0 of fewer than two.
  double variance() const { return count_ < 2 ? 0 : squares_ / static_cast<double>(count_ - 1); }
  double deviation() const { return std::sqrt(variance()); }
  double least() const { return least_; }  ///< Infinite of none.
  double most() const { return most_; }    ///< −infinite of none.

 private:
  int64_t count_ = 0;
  double mean_ = 0.0;
  double squares_ = 0.0;  // of the distances to the mean
  double least_ = std::numeric_limits<double>::infinity();
  double most_ = -std::numeric_limits<double>::infinity();
};

/// Durations in whole microseconds, each below two years (2^46 µs).
class DurationTally {
 public:
  static constexpr int64_t duration_us_max = int64_t{1} << 46;

  void add(int64_t duration_us) {
    DCHECK(duration_us > -duration_us_max && duration_us < duration_us_max);
    ++count_;
    sum_ += duration_us;
    squares_ += Wide{duration_us} * duration_us;
    least_us_ = std::min(least_us_, duration_us);
    most_us_ = std::max(most_us_, duration_us);
  }

  void merge(const DurationTally& other) {
    count_ += other.count_;
    sum_ += other.sum_;
    squares_ += other.squares_;
    least_us_ = std::min(least_us_, other.least_us_);
    most_us_ = std::max(most_us_, other.most_us_);
  }

  int64_t count() const { return count_; }
  double sum_us() const { return static_cast<double>(sum_); }
  double mean_us() const {
    return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
  }
  /// Of one duration (n − 1), in µs²; 0 of fewer than two.
  double variance() const {
    if (count_ < 2) return 0;
    // About a whole number near the mean, so that the large part of the squares cancels exactly.
    const Wide centre = sum_ / count_;
    const Wide rest = sum_ - centre * count_;
    const Wide about = squares_ - centre * (sum_ + rest);
    const auto n = static_cast<double>(count_);
    const auto off = static_cast<double>(rest);
    return std::max(0.0, (static_cast<double>(about) - off * off / n) / (n - 1));
  }
  double deviation_us() const { return std::sqrt(variance()); }
  int64_t least_us() const { return least_us_; }  ///< The largest number of all of none.
  int64_t most_us() const { return most_us_; }    ///< The least number of all of none.

 private:
  int64_t count_ = 0;
  Wide sum_ = 0;
  Wide squares_ = 0;
  int64_t least_us_ = std::numeric_limits<int64_t>::max();
  int64_t most_us_ = std::numeric_limits<int64_t>::min();
};

/// A level that holds between changes (tickets waiting, agents busy), averaged over time.
class LevelIntegral {
 public:
  /// The level is `level` from `now_us` on. Requires that time does not run backwards.
  explicit LevelIntegral(int64_t now_us = 0, int64_t level = 0)
      : since_us_(now_us), level_(level), most_(level) {}

  void set(int64_t now_us, int64_t level) {
    advance(now_us);
    level_ = level;
    most_ = std::max(most_, level);
  }
  void change(int64_t now_us, int64_t by) { set(now_us, level_ + by); }

  /// Counts the level up to `now_us`: average() and spans include it.
  void advance(int64_t now_us) {
    DCHECK(now_us >= since_us_);
    const int64_t span_us = now_us - since_us_;
    integral_ += Wide{level_} * span_us;
    span_us_ += span_us;
    since_us_ = now_us;
  }

  /// Forgets what was (a warm-up) and keeps the level.
  void restart(int64_t now_us) { *this = LevelIntegral(now_us, level_); }

  /// Adds what the other has counted: another replication, or another spell. Keeps our level.
  void merge(const LevelIntegral& other) {
    integral_ += other.integral_;
    span_us_ += other.span_us_;
    most_ = std::max(most_, other.most_);
  }

  int64_t level() const { return level_; }
  int64_t most() const { return most_; }
  int64_t span_us() const { return span_us_; }
  double integral() const { return static_cast<double>(integral_); }  ///< level × µs
  /// Over the time counted; 0 of none.
  double average() const {
    return span_us_ == 0 ? 0 : static_cast<double>(integral_) / static_cast<double>(span_us_);
  }

 private:
  Wide integral_ = 0;
  int64_t span_us_ = 0;
  int64_t since_us_;
  int64_t level_;
  int64_t most_;
};

}  // namespace paceline::sim
