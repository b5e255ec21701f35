// A figure adjusted by a control: something the replication shows beside it whose mean is known.
//
// The count of arrivals is the usual one: a replication with more arrivals than the rates say waits
// longer, and that part of its noise is taken out. Source: S. S. Lavenberg and P. D. Welch 1981, "A
// perspective on the use of control variables to increase the efficiency of Monte Carlo
// simulations": β by least squares, Student with n − 2 degrees of freedom.
//
// Owner: any thread; pure.  Allocates: the text of an error.
#pragma once

#include "sim/statistics/co_moments.h"
#include "sim/statistics/estimate.h"

namespace paceline::sim {

struct ControlledEstimate {
  Estimate adjusted;
  Estimate plain;
  double slope = 0.0;         ///< β: change of the figure with one more of the control.
  double correlation2 = 0.0;  ///< ρ²: the share of the variance that the control explains.
  /// How many times as many replications the plain figure would need for the same half-width,
  /// (plain / adjusted)²; below 1 where the control does not help.
  double variance_reduction = 1.0;
};

/// Numbers of an observation: numerator, denominator, control. A control that never varies changes
/// nothing. Errors: fewer than three observations that show the figure, a level outside (0, 1).
Answer<ControlledEstimate> controlled(const CoMoments<3>& moments, double control_mean,
                                      double level);

}  // namespace paceline::sim
