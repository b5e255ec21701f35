#include "engine/report/statistics.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace paceline::report {

namespace {

int64_t rank(const std::vector<int64_t>& sorted, size_t percent) {
  return sorted[(sorted.size() * percent + 99) / 100 - 1];
}

}  // namespace

Spread spread_of(std::vector<int64_t> durations_us) {
  Spread spread;
  spread.n = durations_us.size();
  if (durations_us.empty()) return spread;
  std::sort(durations_us.begin(), durations_us.end());
  for (const int64_t each : durations_us) spread.total_us += each;
  const auto n = static_cast<int64_t>(spread.n);
  spread.mean_us = (2 * spread.total_us + n) / (2 * n);
  spread.median_us = rank(durations_us, 50);
  spread.p90_us = rank(durations_us, 90);
  spread.max_us = durations_us.back();
  return spread;
}

Interval wilson(uint64_t successes, uint64_t n) {
  if (n == 0) return {};
  constexpr double z = 1.959963984540054;
  const auto count = static_cast<double>(n);
  const double share = static_cast<double>(successes) / count;
  const double scale = 1.0 / (1.0 + z * z / count);
  const double middle = scale * (share + z * z / (2.0 * count));
  const double half =
      scale * z * std::sqrt(share * (1.0 - share) / count + z * z / (4.0 * count * count));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

double theil_sen(std::span<const double> values) {
  std::vector<double> slopes;
  for (size_t i = 0; i < values.size(); ++i) {
    for (size_t j = i + 1; j < values.size(); ++j)
      slopes.push_back((values[j] - values[i]) / static_cast<double>(j - i));
  }
  if (slopes.empty()) return 0.0;
  std::sort(slopes.begin(), slopes.end());
  const size_t middle = slopes.size() / 2;
  return slopes.size() % 2 == 1 ? slopes[middle] : (slopes[middle - 1] + slopes[middle]) / 2.0;
}

MannKendall mann_kendall(std::span<const double> values) {
  MannKendall test;
  std::map<double, double> ties;
  for (size_t i = 0; i < values.size(); ++i) {
    ties[values[i]] += 1.0;
    for (size_t j = i + 1; j < values.size(); ++j)
      test.s += values[j] > values[i] ? 1 : values[j] < values[i] ? -1 : 0;
  }
  const auto n = static_cast<double>(values.size());
  double variance = n * (n - 1.0) * (2.0 * n + 5.0);
  for (const auto& [value, count] : ties) variance -= count * (count - 1.0) * (2.0 * count + 5.0);
  variance /= 18.0;
  if (variance <= 0.0 || test.s == 0) return test;
  test.z = (static_cast<double>(test.s) + (test.s > 0 ? -1.0 : 1.0)) / std::sqrt(variance);
  test.p = std::erfc(std::fabs(test.z) / std::sqrt(2.0));
  return test;
}

double jain(std::span<const double> shares) {
  double sum = 0.0;
  double squares = 0.0;
  for (const double share : shares) {
    sum += share;
    squares += share * share;
  }
  if (squares == 0.0) return 1.0;
  return sum * sum / (static_cast<double>(shares.size()) * squares);
}

}  // namespace paceline::report
