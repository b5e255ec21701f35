// Figures of independent replications: means and ratios with Student intervals.
//
// Replications are folded by their number, however they come: the figures are the same to the last
// bit on one thread or a hundred. (Across machines, merge() parts of the same sizes in the same
// order.) Memory does not grow with their count.
//
// Owner: one thread at a time.  Allocates: what came too early, texts of errors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/statistics/co_moments.h"
#include "sim/statistics/control.h"
#include "sim/statistics/estimate.h"
#include "sim/statistics/in_order.h"

namespace paceline::sim {

class Replications {
 public:
  /// The first replication this part holds.
  explicit Replications(std::vector<std::string> names, int64_t first = 0);

  /// Requires an observation of each figure, finite, and each replication once. `control` is what
  /// controlled() adjusts by: the count of arrivals.
  void add(int64_t replication, std::vector<Observation> observations, double control = 0);

  /// Requires the same figures, no replication still waiting for an earlier one, and that the other
  /// part begins where this one ends.
  void merge(const Replications& next);

  const std::vector<std::string>& names() const { return names_; }
  /// Replications in the figures: all before the first that has not come.
  int64_t count() const { return order_.next() - first_; }
  int64_t next() const { return order_.next(); }
  size_t waiting() const { return order_.waiting(); }

  /// Errors: fewer than two replications that show the figure, a level outside (0, 1).
  Answer<Estimate> estimate(size_t figure, double level) const;
  /// The same for each that can be estimated; none where it cannot.
  std::vector<std::optional<Estimate>> estimates(double level) const;
  Answer<ControlledEstimate> controlled(size_t figure, double control_mean, double level) const;

 private:
  std::vector<std::string> names_;
  int64_t first_;
  std::vector<CoMoments<3>> moments_;  // numerator, denominator, control
  InOrder<std::vector<CoMoments<3>::Values>> order_;
};

}  // namespace paceline::sim
