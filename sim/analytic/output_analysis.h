// What to make of simulated figures: how sure they are, where they begin to be steady, which system
// to simulate more.
//
// Sources: Student's t ("Student" 1908) for means of replications; planned number for a relative
// half-width, A. M. Law 2015, "Simulation modeling and analysis", section 9.4.1; MSER-5, K. P.
// White 1997 and K. P. White, M. J. Cobb and S. C. Spratt 2000; OCBA, C.-H. Chen, J. Lin, E.
// Yücesan and S. E. Chick 2000, "Simulation budget allocation for further enhancing the efficiency
// of ordinal optimization".
//
// Owner: any thread; pure.  Allocates: lists of the result.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sim/analytic/answer.h"

namespace paceline::sim {

/// Why this is no level of confidence, if it is none.
std::optional<PlanError> no_level(double level);

/// Two-sided: t with P(|T| ≤ t) = level. Requires freedom ≥ 1 and 0 < level < 1.
double student_t(double level, double freedom);

struct MeanInterval {
  double mean = 0.0;
  double deviation = 0.0;  ///< Of one observation (n − 1).
  double half_width = 0.0;
};
/// Errors: fewer than two observations, a level outside (0, 1).
Answer<MeanInterval> mean_interval(std::span<const double> observations, double level);

/// The least number of observations with t·s/√n ≤ g / (1 + g) · |mean|, so that the half-width is
/// about g of the true mean. Errors: a mean of 0, or more than `most`.
Answer<int64_t> planned_observations(const MeanInterval& pilot, double level, double relative,
                                     int64_t most = 100'000'000);

struct WarmUp {
  int64_t batches = 0;  ///< To cut off, of `batch_size` observations each.
  int64_t observations = 0;
  double mser = 0.0;
  double mean = 0.0;  ///< Of the whole batches that remain.
};
/// MSER-m: the cut d that minimises Σ(bᵢ − b̄)² / (n − d)² over the batch means after it, d at most
/// half of them. Errors: fewer than two batches.
Answer<WarmUp> warm_up(std::span<const double> observations, size_t batch_size = 5);

/// Shares of a budget over systems of these means and deviations, so that the one with the least
/// mean is told from the others best. Errors: fewer than two systems, a deviation that is not
/// positive, two that share the least mean (then no budget tells them apart).
Answer<std::vector<double>> allocate_budget(std::span<const double> means,
                                            std::span<const double> deviations);

}  // namespace paceline::sim
