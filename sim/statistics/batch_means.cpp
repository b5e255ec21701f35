#include "sim/statistics/batch_means.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "sched/base/check.h"

namespace paceline::sim {

namespace {

constexpr size_t batches_wanted = 64;
constexpr size_t batches_least = 16;

/// Sums of `size` neighbours each; what is left over at the beginning, next to the warm-up, goes.
std::vector<Observation> joined(std::span<const Observation> batches, size_t size) {
  std::vector<Observation> all;
  for (size_t at = batches.size() % size; at < batches.size(); at += size) {
    Observation sum{0, 0};
    for (const Observation& batch : batches.subspan(at, size)) {
      sum.numerator += batch.numerator;
      sum.denominator += batch.denominator;
    }
    all.push_back(sum);
  }
  return all;
}

double ratio_of(std::span<const Observation> batches) {
  Observation sum{0, 0};
  for (const Observation& batch : batches) {
    sum.numerator += batch.numerator;
    sum.denominator += batch.denominator;
  }
  return sum.denominator == 0 ? 0 : sum.numerator / sum.denominator;
}

/// How far each batch is off what the ratio says of its denominator.
std::vector<double> residuals(std::span<const Observation> batches, double ratio) {
  std::vector<double> off;
  for (const Observation& batch : batches)
    off.push_back(batch.numerator - ratio * batch.denominator);
  return off;
}

struct Likeness {
  double autocorrelation = 0.0;  // of neighbours
  double score = 0.0;            // standard normal if they are independent (von Neumann)
};
Likeness likeness(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) mean += value / n;
  double squares = 0;
  double products = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    squares += (values[i] - mean) * (values[i] - mean);
    if (i > 0) products += (values[i] - mean) * (values[i - 1] - mean);
  }
  if (squares == 0) return {};
  const double first = values.front() - mean;
  const double last = values.back() - mean;
  const double ends = (first * first + last * last) / (2 * squares);
  const double correlation = products / squares;
  return {correlation, std::sqrt((n * n - 1) / (n - 2)) * (correlation + ends)};
}

/// How much wider than Student's an interval is whose batches are skewed: the farther of the two
/// ends by R. Willink 2005, "A confidence interval and test for the mean of an asymmetric
/// distribution".
double widening(std::span<const double> off, double level) {
  const auto n = static_cast<double>(off.size());
  double squares = 0;
  double cubes = 0;
  for (const double value : off) {
    squares += value * value;
    cubes += value * value * value;
  }
  if (squares == 0 || cubes == 0) return 1;
  const double variance = squares / (n - 1);
  const double third = cubes * n / ((n - 1) * (n - 2));
  const double skew = third / (variance * std::sqrt(variance)) / (6 * std::sqrt(n));
  const auto bent = [skew](double t) {
    return std::abs(std::cbrt(1 + 6 * skew * (t - skew)) - 1) / (2 * std::abs(skew));
  };
  const double t = student_t(level, n - 1);
  return std::max({1.0, bent(t) / t, bent(-t) / t});
}

}  // namespace

BatchMeans::BatchMeans(uint32_t batches_max) : batches_max_(batches_max) {
  CHECK(batches_max >= batches_wanted && batches_max % 2 == 0);
  batches_.reserve(batches_max);
}

void BatchMeans::close_batch() {
  batches_.push_back(current_);
  current_ = {0, 0};
  in_current_ = 0;
  if (batches_.size() < batches_max_) return;
  batches_ = joined(batches_, 2);
  batches_.reserve(batches_max_);
  batch_size_ *= 2;
}

Answer<SteadyState> BatchMeans::result(double level) const {
  if (auto wrong = no_level(level)) return sched::Unexpected{*wrong};
  const std::span<const Observation> all(batches_);
  if (all.size() < 2 * batches_least)
    return impossible(Impossible::out_of_range,
                      "a steady state is sought in at least 160 observations, there are " +
                          std::to_string(observations_) + ": run longer");
  SteadyState found;
  const auto cut = warm_up(residuals(all, ratio_of(all.subspan(all.size() / 2))), 1);
  if (!cut) return sched::Unexpected{cut.error()};
  const auto cut_batches = static_cast<size_t>(cut.value().batches);
  found.warm_up = cut.value().batches * batch_size_;
  found.settled = cut_batches < all.size() / 2;

  const auto kept = all.subspan(cut_batches);
  size_t size = (kept.size() + batches_wanted - 1) / batches_wanted;
  std::vector<Observation> batches = joined(kept, size);
  constexpr double one_in_ten = 1.2815515655446004;  // of the standard normal
  for (;;) {
    const auto [autocorrelation, score] = likeness(residuals(batches, ratio_of(batches)));
    found.autocorrelation = autocorrelation;
    found.independent = score <= one_in_ten;
    const size_t wider = size + (size + 1) / 2;
    if (found.independent || kept.size() / wider < batches_least) break;
    size = wider;
    batches = joined(kept, size);
  }
  found.batch_observations = static_cast<int64_t>(size) * batch_size_;

  CoMoments<2> moments;
  for (const Observation& batch : batches) moments.add({batch.numerator, batch.denominator});
  const auto estimate = ratio_estimate(moments, level);
  if (!estimate) return sched::Unexpected{estimate.error()};
  found.estimate = estimate.value();
  found.estimate.half_width *= widening(residuals(batches, found.estimate.mean), level);
  if (!found.independent) {
    const double rho = std::clamp(found.autocorrelation, 0.0, 0.95);
    const double wider = std::sqrt((1 + rho) / (1 - rho));
    found.estimate.deviation *= wider;
    found.estimate.half_width *= wider;
  }
  return found;
}

}  // namespace paceline::sim
