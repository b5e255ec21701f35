// How many would be in service if there were always an agent: M_t/G/∞.
//
// Handling that outlasts an interval carries work into the next, which the stationary formula
// λ·E[S] of each interval (PSA) does not see. The number in service is Poisson with mean m(t) = ∫
// λ(t − u) P(S > u) du.
//
// Sources: C. Palm 1943; S. G. Eick, W. A. Massey and W. Whitt 1993, "The physics of the M_t/G/∞
// queue", eq. (1).
//
// Owner: any thread; pure.  Allocates: the result.
#pragma once

#include <functional>
#include <vector>

#include "sim/analytic/answer.h"
#include "sim/analytic/distribution.h"

namespace paceline::sim {

/// m at time t for arrivals spread evenly over each of the intervals, the first beginning at 0 with
/// an empty system. Exact. t may lie inside or after the intervals.
Answer<double> offered_load_at(const std::vector<double>& arrivals_per_interval, double interval,
                               const Distribution& service, double t);

/// The same at every interval's end.
Answer<std::vector<double>> offered_load_at_ends(const std::vector<double>& arrivals_per_interval,
                                                 double interval, const Distribution& service);

/// The largest m within each interval, sought at `points` equal steps: what to staff for.
Answer<std::vector<double>> offered_load_peaks(const std::vector<double>& arrivals_per_interval,
                                               double interval, const Distribution& service,
                                               size_t points = 8);

/// m at time t for a smooth rate that has lasted for ever. `rate` is asked at times before t, and
/// must not change its mind within a sixteenth of `smoothness` (say, of its period). By quadrature,
/// relative error about 1e-12. Errors: a service whose tail is too long for that.
Answer<double> offered_load_of(const std::function<double(double)>& rate, double smoothness,
                               const Distribution& service, double t);

}  // namespace paceline::sim
