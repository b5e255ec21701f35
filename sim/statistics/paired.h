// Two scenarios under common random numbers: differences of their figures, with intervals.
//
// Replication i of both draws the same numbers, so that noise which moves both cancels: the
// interval is that of the differences, not of two independent means. How much that saved is said.
//
// One interval holds at its level; k of them at once hold together at level 1 − k·(1 − level) at
// least (Bonferroni): ask for a higher one.
//
// Owner: one thread at a time.  Allocates: what came too early, texts of errors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/statistics/co_moments.h"
#include "sim/statistics/estimate.h"
#include "sim/statistics/in_order.h"

namespace paceline::sim {

struct Difference {
  Estimate first;
  Estimate second;
  Estimate change;  ///< second − first
  /// How many times as many replications independent runs would need for the same half-width.
  double variance_reduction = 1.0;
};

class PairedReplications {
 public:
  explicit PairedReplications(std::vector<std::string> names);

  /// Requires an observation of each figure from both, and each replication from 0 on once.
  void add(int64_t replication, std::vector<Observation> first, std::vector<Observation> second);

  const std::vector<std::string>& names() const { return names_; }
  int64_t count() const { return order_.next(); }

  /// Errors: fewer than two replications that show it, a level outside (0, 1).
  Answer<Difference> difference(size_t figure, double level) const;

 private:
  std::vector<std::string> names_;
  // Numerator and denominator of the first, then of the second.
  std::vector<CoMoments<4>> moments_;
  InOrder<std::vector<CoMoments<4>::Values>> order_;
};

}  // namespace paceline::sim
