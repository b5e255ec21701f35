// Rules of thumb that become exact as the desk grows: n = R + β√R.
//
// Sources: S. Halfin and W. Whitt 1981, "Heavy-traffic limits for queues with many exponential
// servers" (P(wait) without giving up); O. Garnett, A. Mandelbaum and M. Reiman 2002, "Designing a
// call center with impatient customers" (with it). h is the hazard of the standard normal.
//
// Owner: any thread; pure.  Allocates: texts of errors.
#pragma once

#include "sim/analytic/answer.h"

namespace paceline::sim {

/// φ(x) / (1 − Φ(x)), exact far out on both sides.
double normal_hazard(double x);
/// The standard normal's quantile. Requires 0 < share < 1.
double normal_quantile(double share);

/// P(wait) limit of M/M/n at β: 1 / (1 + βΦ(β)/φ(β)); 1 for β ≤ 0, where there is no steady state.
double halfin_whitt(double beta);
/// P(wait) limit of M/M/n+M at β: with r = √(θ/μ), 1 / (1 + r·h(β/r) / h(−β)).
/// Errors: a ratio that is not positive.
Answer<double> garnett(double beta, double abandonment_per_service);

/// β for a wanted P(wait). Errors: a share outside (0, 1).
Answer<double> halfin_whitt_beta(double p_wait);
Answer<double> garnett_beta(double p_wait, double abandonment_per_service);

/// R + β√R, rounded up: square-root staffing.
Answer<double> square_root_staffing(double load, double beta);

}  // namespace paceline::sim
