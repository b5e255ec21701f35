// Patience from a log: who gave up tells how long it was, who was answered only that it was longer.
//
// Sources: E. L. Kaplan and P. Meier 1958, "Nonparametric estimation from incomplete observations";
// for exponential patience the maximum-likelihood mean is waiting time / number who gave up.
//
// Owner: any thread; pure.  Allocates: the result.
#pragma once

#include <vector>

#include "sim/analytic/answer.h"
#include "sim/analytic/distribution.h"

namespace paceline::sim {

struct ObservedWait {
  double wait = 0.0;
  bool abandoned = false;  ///< Else answered: patience was longer than this.
};

struct SurvivalStep {
  double time = 0.0;
  double survival = 1.0;  ///< P(patience > time)
  int64_t at_risk = 0;    ///< Still waiting just before `time`.
  int64_t abandoned = 0;  ///< At `time`; those answered then were still at risk.
};

struct PatienceEstimate {
  std::vector<SurvivalStep> steps;  ///< One for each different wait, ascending.
  /// Total waiting time / number who gave up; infinite if nobody did.
  double mean_if_exponential = 0.0;
};
/// Errors: no waits, negative ones.
Answer<PatienceEstimate> estimate_patience(std::vector<ObservedWait> waits);

/// The estimate as a law. What the log does not show (patience beyond the longest wait) is endless.
/// Errors: nobody gave up.
Answer<Distribution> patience_law(const PatienceEstimate& estimate);

}  // namespace paceline::sim
