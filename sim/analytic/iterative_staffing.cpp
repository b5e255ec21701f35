#include "sim/analytic/iterative_staffing.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/analytic/special_functions.h"

namespace paceline::sim {

namespace {

/// The least s with P(N ≥ s) ≤ α, and that probability.
std::pair<double, double> least_staffing(const std::vector<double>& shares, double alpha) {
  double above = 0;  // P(N ≥ s)
  size_t s = shares.size();
  while (s > 0 && above + shares[s - 1] <= alpha) above += shares[--s];
  return {static_cast<double>(s), above};
}

double at_least(const std::vector<double>& shares, double s) {
  double sum = 0;
  for (size_t n = shares.size(); n-- > 0 && static_cast<double>(n) >= s;) sum += shares[n];
  return sum;
}

}  // namespace

Answer<IterativeStaffing> iterative_staffing(const Occupancy& occupancy, double alpha,
                                             int passes_max) {
  if (!(alpha > 0 && alpha < 1))
    return impossible(Impossible::out_of_range,
                      "share that waits is " + figure(alpha) + ": it must be above 0 and below 1");
  IterativeStaffing result;
  while (result.passes < std::max(1, passes_max) && !result.settled) {
    const auto shares = occupancy(result.staffing);
    if (!shares) return sched::Unexpected{shares.error()};
    ++result.passes;
    std::vector<double> next;
    double change = result.staffing.empty() ? HUGE_VAL : 0;
    for (size_t i = 0; i < shares->size(); ++i) {
      next.push_back(least_staffing((*shares)[i], alpha).first);
      if (!result.staffing.empty())
        change = std::max(change, std::abs(next[i] - result.staffing[i]));
    }
    result.settled = change <= 1 || next.empty();
    // Between two that differ by one, the larger keeps the promise.
    if (result.settled)
      for (size_t i = 0; i < result.staffing.size(); ++i)
        next[i] = std::max(next[i], result.staffing[i]);
    result.staffing = std::move(next);
    result.p_wait.clear();
    for (size_t i = 0; i < shares->size(); ++i)
      result.p_wait.push_back(at_least((*shares)[i], result.staffing[i]));
  }
  return result;
}

double poisson_staffing(double mean, double alpha) {
  double low = -1;  // too few
  double high = std::ceil(mean) + 1;
  while (special::gamma_below(high, mean) > alpha) high *= 2;
  while (high - low > 1) {
    const double middle = std::floor((low + high) / 2);
    const double p_wait = middle <= 0 ? 1 : special::gamma_below(middle, mean);
    (p_wait > alpha ? low : high) = middle;
  }
  return high;
}

Occupancy transient_occupancy(TransientDesk desk) {
  return [desk = std::move(desk)](
             const std::vector<double>& staffing) -> Answer<std::vector<std::vector<double>>> {
    TransientDesk asked = desk;
    asked.staffing = staffing;
    if (staffing.empty()) {
      // "Always an agent": more agents than there are arrivals of all day.
      const double arrivals = desk.interval * std::accumulate(desk.arrival_rates.begin(),
                                                              desk.arrival_rates.end(), 0.0);
      asked.staffing.assign(desk.arrival_rates.size(),
                            std::ceil(arrivals + 10 * std::sqrt(arrivals) + 10));
    }
    auto found = transient_desk(asked);
    if (!found) return sched::Unexpected{found.error()};
    return std::move(found->in_system);
  };
}

}  // namespace paceline::sim
