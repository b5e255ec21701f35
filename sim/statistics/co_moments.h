// Means and covariances of a few numbers that are observed together, in constant memory.
//
// Everything this folder estimates is a smooth function of such means: a ratio of sums, its
// adjustment by a control, the difference of two. Its variance is that of the linear form with the
// function's gradient (the delta method), which these sums give.
//
// Adding and merging in the same order gives the same bits; other orders differ in the last digits
// (B. P. Welford 1962; T. F. Chan, G. H. Golub and R. J. LeVeque 1983).
//
// Owner: one thread.  Allocates: never.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace paceline::sim {

template <size_t size>
class CoMoments {
 public:
  using Values = std::array<double, size>;

  void add(const Values& values) {
    ++count_;
    const auto n = static_cast<double>(count_);
    for (size_t i = 0; i < size; ++i) seen_[i] += values[i] != 0;
    absorb(values, 1 / n, (n - 1) / n);
  }

  void merge(const CoMoments& other) {
    if (other.count_ == 0) return;
    const auto ours = static_cast<double>(count_);
    const auto theirs = static_cast<double>(other.count_);
    count_ += other.count_;
    absorb(other.mean_, theirs / (ours + theirs), ours * theirs / (ours + theirs));
    for (size_t i = 0; i < size; ++i) seen_[i] += other.seen_[i];
    for (size_t i = 0; i < size; ++i)
      for (size_t j = 0; j <= i; ++j) products_[i][j] += other.products_[i][j];
  }

  int64_t count() const { return count_; }
  int64_t seen(size_t i) const { return seen_[i]; }  ///< Observations in which it is not 0.
  double mean(size_t i) const { return mean_[i]; }
  /// Of one observation (n − 1). Requires count() ≥ 2.
  double covariance(size_t i, size_t j) const {
    return products_[std::max(i, j)][std::min(i, j)] / static_cast<double>(count_ - 1);
  }
  /// Covariance of two linear forms of an observation. Requires count() ≥ 2.
  double covariance(const Values& a, const Values& b) const {
    double sum = 0;
    for (size_t i = 0; i < size; ++i)
      for (size_t j = 0; j < size; ++j) sum += a[i] * b[j] * covariance(i, j);
    return sum;
  }
  /// Of a linear form of one observation. Requires count() ≥ 2.
  double variance(const Values& weights) const {
    return std::max(0.0, covariance(weights, weights));
  }

 private:
  void absorb(const Values& values, double share, double weight) {
    Values off;
    for (size_t i = 0; i < size; ++i) off[i] = values[i] - mean_[i];
    for (size_t i = 0; i < size; ++i) mean_[i] += off[i] * share;
    for (size_t i = 0; i < size; ++i)
      for (size_t j = 0; j <= i; ++j) products_[i][j] += weight * off[i] * off[j];
  }

  int64_t count_ = 0;
  std::array<int64_t, size> seen_{};
  Values mean_{};
  std::array<Values, size> products_{};  // of the distances to the means; the lower triangle
};

}  // namespace paceline::sim
