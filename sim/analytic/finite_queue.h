// M/M/n/K and M/M/n/K+M: a limited number of lines, with or without giving up.
//
// Whoever comes while K are in the system (in service and waiting) is turned away. K = n is Erlang
// B, K → ∞ Erlang C or A.
//
// Sources: product form of the birth–death chain; the wait of somebody who finds i waiting is the
// sum of independent exponentials of rates nμ + jθ, j = 0 … i, so that e^−θW is Beta(nμ/θ, i + 1)
// (A. Rényi 1953 on order statistics), and Gamma(i + 1, nμ) without giving up.
//
// Owner: any thread; pure.  Allocates: an array of K + 1 numbers.
#pragma once

#include "sim/analytic/answer.h"

namespace paceline::sim {

struct FiniteQueue {
  double arrival_rate = 0.0;
  double service_rate = 0.0;
  double servers = 0.0;           ///< A whole number, 1 or more.
  double capacity = 0.0;          ///< In service and waiting; a whole number, servers or more.
  double abandonment_rate = 0.0;  ///< 1 / mean patience; 0: nobody gives up.
};

/// Shares are of all offered unless the name says otherwise. Times in the unit of 1 / rate.
struct FiniteMeasures {
  double offered_load = 0.0;
  double occupancy = 0.0;
  double p_block = 0.0;
  double p_wait = 0.0;           ///< Admitted, and not answered at once.
  double p_wait_admitted = 0.0;  ///< The same, of those admitted.
  double p_abandon = 0.0;
  double mean_queue = 0.0;
  double mean_wait_admitted = 0.0;  ///< Until answered or given up.
  double mean_wait_served = 0.0;    ///< Of those answered (ASA).
  double p_served_within = 0.0;  ///< Answered within the threshold: blocked ones count as missed.
  double service_level_admitted() const { return p_served_within / (1 - p_block); }
  double service_level_of_answered() const { return p_served_within / (1 - p_block - p_abandon); }
};

/// Errors: inputs, capacity below servers.
Answer<FiniteMeasures> finite_queue(const FiniteQueue& queue, double threshold);

}  // namespace paceline::sim
