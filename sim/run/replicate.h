// Many runs of one scenario, in parallel, until there are enough of them.
//
// Each replication is a world of its own with its own streams; results are folded by number, so
// figures are the same to the last bit on any number of threads. With a precision asked for, the
// number of replications follows from the figures that are looked at.
//
// Owner: one thread, which waits; oneTBB's do the work.  Allocates: a world for each thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "sim/statistics/paired.h"
#include "sim/statistics/replications.h"
#include "sim/statistics/stopping.h"
#include "sim/world/world.h"

namespace paceline::sim {

/// Plays one run and says what it showed.
using Play = std::function<std::vector<Observation>(World& world)>;

struct RunPlan {
  uint64_t seed = 1;
  int64_t replications = 100;          ///< Where no precision is asked for.
  std::optional<Precision> precision;  ///< Of `watched`.
  std::vector<size_t> watched;         ///< Positions of figures.
  /// Contacts expected in a run: precision is then asked of figures adjusted by how many came.
  std::optional<double> contacts_expected;
  uint32_t threads = 0;                ///< 0: as many as there are cores.
};

/// After each replication; `planned` may grow. False: stop.
using Progress = std::function<bool(int64_t done, int64_t planned)>;

struct RunTotals {
  RunCounts counts;
  uint64_t contacts = 0;    ///< Offered, in all replications.
  uint64_t event_hash = 0;  ///< Over the hashes of all replications; equal: the same runs.
  bool interrupted = false;
  std::optional<Course> course;  ///< Where a precision was asked for.
};

struct Replicated {
  Replications observed;
  RunTotals totals;
};

/// Errors: a precision that makes no sense, one of none watched.
Answer<Replicated> replicate(std::shared_ptr<const Model> model, std::vector<std::string> names,
                             const RunPlan& plan, const Play& play, const Progress& progress = {});

struct Paired {
  PairedReplications observed;
  RunTotals totals;
};
/// Replication i of both draws the same numbers. `plan.precision` is of the differences.
Answer<Paired> compare(std::shared_ptr<const Model> first, std::shared_ptr<const Model> second,
                       std::vector<std::string> names, const RunPlan& plan, const Play& play_first,
                       const Play& play_second, const Progress& progress = {});

}  // namespace paceline::sim
