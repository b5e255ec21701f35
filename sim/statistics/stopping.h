// When to stop: enough replications that every figure is as sure as was asked.
//
// Looked at in rounds: after each, the number still needed is planned from the deviations so far
// (A. M. Law 2015, section 9.4.1), and the next round goes there, though no further than twice what
// there is: early deviations mislead. Since figures are folded in the order of replications, a run
// stops at the same number on any number of threads.
//
// Stopping when the interval looks narrow makes it miss a little more often than its level says,
// most where few are looked at: `least` guards against that.
//
// Owner: any thread; pure.  Allocates: the text of an error.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "sim/statistics/estimate.h"

namespace paceline::sim {

/// A figure is sure enough if either half-width is reached. 0: not asked for.
struct Precision {
  double level = 0.95;
  double relative = 0.0;  ///< Of the true mean: half-width ≤ g / (1 + g) · |mean|.
  double absolute = 0.0;  ///< In the figure's unit.
  int64_t least = 10;
  int64_t most = 10'000;
};

enum class Course : uint8_t {
  enough,     ///< Every figure is as sure as asked.
  more,       ///< Run until Verdict::until, then look again.
  exhausted,  ///< `most` are run and it is not reached; the half-widths stand as they are.
};

struct Verdict {
  Course course = Course::more;
  int64_t until = 0;             ///< Observations in all.
  std::optional<size_t> widest;  ///< The figure that needs most, unless enough.
};

/// Figures without an estimate (nobody showed them) ask for more.
/// Errors: nothing asked for, numbers that are not positive, least below 2 or above most.
Answer<Verdict> judge(const Precision& wanted, int64_t observations,
                      std::span<const std::optional<Estimate>> figures);

bool sure_enough(const Precision& wanted, const Estimate& figure);

/// How many times as long a steady-state run must be, by the square root law; 1 if sure enough,
/// infinite where a relative half-width around 0 is sought.
double longer(const Precision& wanted, const Estimate& figure);

}  // namespace paceline::sim
