#include "sim/analytic/output_analysis.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

#include "sim/analytic/special_functions.h"

namespace paceline::sim {

namespace {

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

std::optional<PlanError> no_level(double level) {
  if (level > 0 && level < 1) return std::nullopt;
  return PlanError{Impossible::out_of_range,
                   "level is " + figure(level) + ": it must be above 0 and below 1, like 0.95"};
}

double student_t(double level, double freedom) {
  const boost::math::students_t_distribution<double, special::Policy> law(freedom);
  return boost::math::quantile(boost::math::complement(law, (1 - level) / 2));
}

Answer<MeanInterval> mean_interval(std::span<const double> observations, double level) {
  if (auto wrong = no_level(level)) return sched::Unexpected{*wrong};
  if (observations.size() < 2)
    return impossible(Impossible::out_of_range, "an interval needs at least two observations");
  MeanInterval found;
  found.mean = mean_of(observations);
  double squares = 0;
  for (const double value : observations) squares += (value - found.mean) * (value - found.mean);
  const auto count = static_cast<double>(observations.size());
  found.deviation = std::sqrt(squares / (count - 1));
  found.half_width = student_t(level, count - 1) * found.deviation / std::sqrt(count);
  return found;
}

Answer<int64_t> planned_observations(const MeanInterval& pilot, double level, double relative,
                                     int64_t most) {
  if (auto wrong = no_level(level)) return sched::Unexpected{*wrong};
  if (auto wrong = not_positive({{"relative half-width", relative}}))
    return sched::Unexpected{*wrong};
  const double wanted = relative / (1 + relative) * std::abs(pilot.mean);
  const auto enough = [&](int64_t count) {
    const auto n = static_cast<double>(count);
    return student_t(level, n - 1) * pilot.deviation / std::sqrt(n) <= wanted;
  };
  if (wanted == 0 || !enough(most))
    return impossible(Impossible::out_of_reach,
                      "a relative half-width of " + figure(relative) + " cannot be reached: with " +
                          std::to_string(most) + " observations it is " +
                          figure(student_t(level, static_cast<double>(most) - 1) * pilot.deviation /
                                 std::sqrt(static_cast<double>(most))) +
                          " around a mean of " + figure(pilot.mean));
  int64_t low = 1;  // not enough, or not defined
  int64_t high = most;
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

Answer<WarmUp> warm_up(std::span<const double> observations, size_t batch_size) {
  if (batch_size == 0 || observations.size() / batch_size < 2)
    return impossible(Impossible::out_of_range, "a warm-up is sought in at least two batches of " +
                                                    std::to_string(batch_size) + " observations");
  const size_t count = observations.size() / batch_size;
  std::vector<double> batches(count);
  for (size_t i = 0; i < count; ++i)
    batches[i] = mean_of(observations.subspan(i * batch_size, batch_size));
  // From the end, so that each cut's sum of squares follows from the one after it (Welford).
  WarmUp found;
  found.mser = HUGE_VAL;
  double mean = 0;
  double squares = 0;
  for (size_t d = count; d-- > 0;) {
    const auto n = static_cast<double>(count - d);
    const double off = batches[d] - mean;
    mean += off / n;
    squares += off * (batches[d] - mean);
    const double mser = squares / (n * n);
    if (d <= count / 2 && mser <= found.mser) {
      found.mser = mser;
      found.batches = static_cast<int64_t>(d);
      found.mean = mean;
    }
  }
  found.observations = found.batches * static_cast<int64_t>(batch_size);
  return found;
}

Answer<std::vector<double>> allocate_budget(std::span<const double> means,
                                            std::span<const double> deviations) {
  if (means.size() < 2 || means.size() != deviations.size())
    return impossible(Impossible::out_of_range,
                      "a budget is shared by at least two systems, each with mean and deviation");
  for (const double deviation : deviations)
    if (auto wrong = not_positive({{"deviation", deviation}})) return sched::Unexpected{*wrong};
  const auto best =
      static_cast<size_t>(std::min_element(means.begin(), means.end()) - means.begin());
  std::vector<double> shares(means.size(), 0.0);
  double squares = 0;
  for (size_t i = 0; i < means.size(); ++i) {
    if (i == best) continue;
    const double gap = means[i] - means[best];
    if (!(gap > 0))
      return impossible(Impossible::out_of_reach,
                        "systems " + std::to_string(best + 1) + " and " + std::to_string(i + 1) +
                            " share the least mean: no budget tells them apart");
    shares[i] = deviations[i] * deviations[i] / (gap * gap);
    squares += shares[i] * shares[i] / (deviations[i] * deviations[i]);
  }
  shares[best] = deviations[best] * std::sqrt(squares);
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (double& share : shares) share /= sum;
  return shares;
}

}  // namespace paceline::sim
