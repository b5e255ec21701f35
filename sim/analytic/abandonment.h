// M/M/n+G: Poisson arrivals, exponential handling, agents in one line, and callers who give up when
// their patience, of any law, runs out. With exponential patience it is Erlang A (Palm).
//
// Sources: F. Baccelli and G. Hebuterne 1981, "On queues with impatient customers" (the density of
// the offered wait); S. Zeltyn and A. Mandelbaum 2005, "Call centers with impatient customers:
// many-server asymptotics of the M/M/n+G queue", section 2 (the integrals J, J₁, J_H and ℰ).
// The offered wait V has density λ exp(λH(x) − nμx) / (ℰ + λJ) with H the integral of the
// patience's survival function; every figure is an integral of non-negative terms over it.
//
// Relative error below 1e-8 from 1 to 10,000 servers; the exponent is concave, so panels placed by
// its value cover the mass wherever it is. Times are in the unit of 1 / rate.
//
// Owner: any thread; pure.  Allocates: the list of panels.  Cost: about 0.1 ms, plus one step for
// each server and one panel for each value of an empirical law.
#pragma once

#include "sim/analytic/answer.h"
#include "sim/analytic/distribution.h"

namespace paceline::sim {

struct AbandonmentQueue {
  double arrival_rate = 0.0;
  double service_rate = 0.0;  ///< Of one agent.
  double servers = 0.0;       ///< A whole number, 1 or more.
};

/// Figures of the steady state. Shares are of all arrivals unless the name says otherwise.
struct AbandonmentMeasures {
  double offered_load = 0.0;
  double occupancy = 0.0;
  double p_wait = 0.0;  ///< Not answered at once, given up or not.
  double p_abandon = 0.0;
  double mean_wait = 0.0;            ///< Of all, until answered or given up.
  double mean_wait_served = 0.0;     ///< Of those answered (ASA).
  double mean_wait_abandoned = 0.0;  ///< Of those who gave up; 0 if nobody ever does.
  double mean_wait_if_waiting = 0.0;
  double mean_queue = 0.0;
  double mean_offered_wait = 0.0;  ///< Of somebody with endless patience.

  // By the threshold T; a wait of exactly T is within it.
  double p_wait_above = 0.0;      ///< Still waiting after T.
  double p_served_within = 0.0;   ///< Answered within T: service level of all offered.
  double p_abandon_within = 0.0;  ///< Gave up within T.
  /// Answered within T, of those who did not give up within T.
  double service_level_without_short() const { return p_served_within / (1 - p_abandon_within); }
  /// Answered within T, of those answered.
  double service_level_of_answered() const { return p_served_within / (1 - p_abandon); }
};

/// Errors: inputs; unstable if more callers with endless patience come than can be answered.
Answer<AbandonmentMeasures> abandonment_queue(const AbandonmentQueue& queue,
                                              const Distribution& patience, double threshold);

/// Erlang A: the same with exponential patience of the given mean.
Answer<AbandonmentMeasures> erlang_a(const AbandonmentQueue& queue, double mean_patience,
                                     double threshold);

}  // namespace paceline::sim
