// A steady state from one long run: the warm-up cut off, and an interval from batch means.
//
// Observations are summed up in batches of five; when the buffer is full, neighbours are joined and
// batches hold twice as many. So memory stays the same however long the run is, and any length can
// be looked at while it goes on.
//
// Warm-up: MSER (K. P. White 1997) over the stored batches, five observations each in a short run,
// five times a power of two in a longer one. Of a ratio the batches' x − r·y is looked at, r from
// the later half, which is defined also where a batch has no denominator.
//
// Interval: what remains is joined into at most 64 batches, and into fewer, at least 16, until von
// Neumann's test (one-sided at 10 %) no longer finds neighbours alike (J. von Neumann 1941; G. S.
// Fishman 1978). Few and long batches on purpose: Student's t for 63 instead of many costs 3 % of
// width, batches that still depend on each other cost the level. If 16 batches are still alike the
// interval is widened by √((1 + ρ) / (1 − ρ)) as of a first-order process (A. Tafazzoli and J. R.
// Wilson 2011, Skart) and the result says so: run longer.
// A skewed figure (waits of a busy desk) has its interval widened by R. Willink's formula (2005),
// as Skart does; the wider side counts for both.
//
// Owner: one thread.  Allocates: when made.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/statistics/estimate.h"

namespace paceline::sim {

struct SteadyState {
  Estimate estimate;               ///< Its observations are the batches of the interval.
  int64_t warm_up = 0;             ///< Observations cut off.
  int64_t batch_observations = 0;  ///< In each batch of the interval.
  double autocorrelation = 0.0;    ///< Between neighbouring batches.
  bool independent = false;        ///< Else the interval is widened, and the run too short for it.
  bool settled = false;            ///< Else the warm-up reaches half of the run: it is not over.
};

class BatchMeans {
 public:
  static constexpr int64_t first_batch_size = 5;

  /// Keeps up to `batches_max` batches, of two numbers each. Requires an even number from 64.
  explicit BatchMeans(uint32_t batches_max = 1'024);

  void add(const Observation& observation) {
    current_.numerator += observation.numerator;
    current_.denominator += observation.denominator;
    ++observations_;
    if (++in_current_ == batch_size_) close_batch();
  }
  void add(double value) { add(Observation{value, 1}); }

  int64_t observations() const { return observations_; }

  /// Errors: fewer than 32 batches of five, no denominator, a level outside (0, 1).
  Answer<SteadyState> result(double level) const;

 private:
  void close_batch();

  uint32_t batches_max_;
  int64_t batch_size_ = first_batch_size;
  int64_t observations_ = 0;
  int64_t in_current_ = 0;
  Observation current_{0, 0};
  std::vector<Observation> batches_;  // sums
};

}  // namespace paceline::sim
