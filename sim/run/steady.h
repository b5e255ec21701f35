// The steady state of a scenario: one long run, its warm-up cut off, every figure with an interval.
//
// The run is looked at every `sample_us`: what the sums grew by is one observation of each figure
// (sim/statistics/batch_means.h). It goes on until the watched figures are sure enough or its
// longest length is over. A quantile is the mean of the samples' quantiles: take samples of a
// thousand contacts or more.
//
// Owner: one thread.  Allocates: one world, the batches.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "sim/run/replicate.h"
#include "sim/statistics/batch_means.h"

namespace paceline::sim {

/// Sums so far by figure, and which are values of their own instead (quantiles of the sample).
using Look = std::function<std::vector<Observation>(const Ledger& ledger)>;

struct SteadyPlan {
  uint64_t seed = 1;
  uint32_t replication = 0;
  int64_t sample_us = 0;               ///< 0: a 2,000th of the scenario's length.
  std::optional<Precision> precision;  ///< Of `watched`; `least` and `most` are ignored.
  std::vector<size_t> watched;
  std::vector<bool> cumulative;  ///< By figure; empty: all are.
};

struct SteadyRun {
  std::vector<BatchMeans> figures;
  RunTotals totals;
  int64_t length_us = 0;
};

/// Errors: none of the watched can be estimated when the length is over.
Answer<SteadyRun> run_steady(std::shared_ptr<const Model> model, size_t figure_count,
                             const SteadyPlan& plan, const Look& look,
                             const Progress& progress = {});

}  // namespace paceline::sim
