// Staffing that keeps the chance to wait level all day, found by asking what would happen, staffing
// for that, and asking again.
//
// Begins as if there were always an agent; the number in the system then does not depend on
// staffing, and each pass staffs interval i with the least s of P(Nᵢ ≥ s) ≤ α. Where giving up is
// as fast as handling (θ = μ) the first pass is exact; else a few are needed.
//
// Who answers is open: an exact chain (transient_occupancy below), or a simulation.
//
// Source: Z. Feldman, A. Mandelbaum, W. A. Massey and W. Whitt 2008, "Staffing of time-varying
// queues to achieve time-stable performance" (ISA).
//
// Owner: any thread; pure.  Allocates: distributions by interval.
#pragma once

#include <functional>
#include <vector>

#include "sim/analytic/answer.h"
#include "sim/analytic/transient_desk.h"

namespace paceline::sim {

/// How many are in the system at each interval, as probabilities of 0, 1, 2 …, if staffed like
/// this. An empty staffing means that there is always an agent.
using Occupancy =
    std::function<Answer<std::vector<std::vector<double>>>(const std::vector<double>& staffing)>;

struct IterativeStaffing {
  std::vector<double> staffing;
  std::vector<double> p_wait;  ///< P(Nᵢ ≥ staffing) at the last pass.
  int passes = 0;
  bool settled = false;  ///< The last pass changed nothing by more than one agent.
};
/// Errors: α outside (0, 1), the occupancy's own.
Answer<IterativeStaffing> iterative_staffing(const Occupancy& occupancy, double alpha,
                                             int passes_max = 20);

/// The least s with P(N ≥ s) ≤ α for a Poisson count of this mean. Requires 0 < α < 1.
double poisson_staffing(double mean, double alpha);

/// The exact answer for M_t/M/s_t(+M) from empty, at the intervals' ends; `desk.staffing` is not
/// used.
Occupancy transient_occupancy(TransientDesk desk);

}  // namespace paceline::sim
