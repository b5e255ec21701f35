// One agent, or an approximation for several, with handling times of any law.
//
// Sources: F. Pollaczek 1930 and A. Khinchine 1932 (mean wait λE[S²] / 2(1 − ρ)); second moment
// 2E[W]² + λE[S³] / 3(1 − ρ), L. Takács 1962 from D. V. Lindley's 1952 equation; A. M. Lee and P.
// A. Longton 1959 for several agents.
//
// Owner: any thread; pure.  Allocates: texts of errors.
#pragma once

#include "sim/analytic/answer.h"
#include "sim/analytic/distribution.h"

namespace paceline::sim {

/// M/G/1, first come first served. Times in the unit of 1 / rate.
struct SingleServer {
  double occupancy = 0.0;  ///< ρ, also the share that waits.
  double mean_wait = 0.0;
  double wait_variance = 0.0;
  double mean_sojourn = 0.0;
  double mean_queue = 0.0;
};
/// Errors: inputs; unstable if the arrival rate × mean handling time is 1 or more.
Answer<SingleServer> single_server(double arrival_rate, const Distribution& service);

/// **An approximation** of M/G/c: the mean wait of M/M/c times (1 + cv²) / 2. Exact for exponential
/// handling times and for one agent; within some per cent where cv is below 1, worse above and in
/// light traffic. Errors: as DelayQueue.
Answer<double> approximate_mean_wait(double arrival_rate, const Distribution& service,
                                     double servers);

}  // namespace paceline::sim
