// What is observed in a replication or a batch, and what is made of many: a figure and how sure it
// is.
//
// Every figure is a ratio of sums: service level is answered in time / offered, mean wait is time
// waited / answered, backlog is level × time / time. A figure that is seen once a replication has
// denominator 1, one that is not seen (the 95th percentile of no waits) 0 and 0. So a replication
// with few tickets weighs little, as it must, and the same code serves all.
//
// The interval of a ratio is by the delta method: x̄/ȳ with the variance of (x − r·y)/ȳ. The
// jackknife, its rival, wants every replication kept and agrees with it but for terms of order 1/n,
// as large as those both leave out. The bias of x̄/ȳ is of that order too: small beside the
// half-width of order 1/√n.
//
// Half-widths use the C library and Boost.Math: the last digits are for people.
//
// Owner: any thread; plain values.  Allocates: the text of an error.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

#include "sim/analytic/answer.h"
#include "sim/analytic/output_analysis.h"
#include "sim/statistics/co_moments.h"

namespace paceline::sim {

struct Observation {
  double numerator = 0.0;
  double denominator = 1.0;
};

/// `deviation` is that of one observation.
struct Estimate : MeanInterval {
  int64_t observations = 0;
  double low() const { return mean - half_width; }
  double high() const { return mean + half_width; }
  bool holds(double value) const { return value >= low() && value <= high(); }
};

/// Half-width from the deviation of one observation. Requires freedom ≥ 1.
/// Errors: a level outside (0, 1).
Answer<Estimate> student_estimate(double mean, double deviation, int64_t observations,
                                  double freedom, double level);

/// Why there is no estimate: fewer than two observations show the figure. One alone would give a
/// half-width of 0.
std::optional<PlanError> not_estimable(int64_t observations, int64_t seen);

/// The ratio of the means of two of the numbers, and the weights of the linear form that has its
/// variance.
template <size_t size>
struct Ratio {
  double value = 0.0;
  std::array<double, size> weights{};
};
/// Requires a mean of the denominator that is not 0.
template <size_t size>
Ratio<size> ratio(const CoMoments<size>& moments, size_t numerator, size_t denominator) {
  Ratio<size> found;
  const double below = moments.mean(denominator);
  found.value = moments.mean(numerator) / below;
  found.weights[numerator] = 1 / below;
  found.weights[denominator] = -found.value / below;
  return found;
}

/// The first two numbers of each observation are numerator and denominator.
/// Errors: fewer than two observations with a denominator, a level outside (0, 1).
template <size_t size>
Answer<Estimate> ratio_estimate(const CoMoments<size>& moments, double level) {
  if (auto wrong = not_estimable(moments.count(), moments.seen(1)))
    return sched::Unexpected{*wrong};
  const auto found = ratio(moments, 0, 1);
  return student_estimate(found.value, std::sqrt(moments.variance(found.weights)), moments.count(),
                          static_cast<double>(moments.seen(1) - 1), level);
}

}  // namespace paceline::sim
