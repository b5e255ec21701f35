// A count that goes up and down by one: its steady state, and its course from a given start.
//
// Owner: any thread; pure.  Allocates: one or three arrays as long as the chain.
//
// Sources: product form of the steady state; transient by uniformisation, A. Jensen 1953,
// "Markoff chains as an aid in the study of Markoff processes" (every term non-negative).
#pragma once

#include <vector>

#include "sim/analytic/answer.h"

namespace paceline::sim {

/// Rates of state 0 … n: births[i] from i to i + 1 (the last is not used), deaths[i] from i to
/// i − 1 (the first is not used). Deaths of reachable states are above 0.
struct BirthDeath {
  std::vector<double> births;
  std::vector<double> deaths;
};

/// Probabilities that add up to 1. Begins at the likeliest state, so nothing overflows.
std::vector<double> steady_state(const BirthDeath& chain);

/// Goes on from `state` for `time`. Also adds to `integral` the integral of the state's
/// probabilities over that time. Cost: about (largest rate × time) steps over the chain. Errors:
/// too_large beyond 10 million steps, lists of different lengths.
Answer<std::vector<double>> after(const BirthDeath& chain, std::vector<double> state, double time,
                                  std::vector<double>* integral = nullptr);

}  // namespace paceline::sim
