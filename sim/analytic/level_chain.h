// The steady state of a Markov chain that goes up and down by one level, numerically exact.
//
// What has no formula (two classes on shared agents) is a chain whose states lie on levels, say by
// how many of the second class wait, with a few dozen phases each; a move changes the level by at
// most one. Eliminating levels from the top is exact, and where all levels beyond one are alike the
// rest is geometric: no truncation. Nothing is subtracted on the way down, for at the levels of an
// idle desk what is left of a difference would be rounding.
//
// Sources: block elimination, D. P. Gaver, P. A. Jacobs and G. Latouche 1984, "Finite
// birth-and-death models in randomly changing environments"; the matrix R, M. F. Neuts 1981; its
// quadratic iteration, G. Latouche and V. Ramaswami 1993, "A logarithmic reduction algorithm".
//
// Owner: any thread; pure.  Allocates: a matrix of phases² for each level.
#pragma once

#include <vector>

#include "sim/analytic/answer.h"

namespace paceline::sim {

class LevelModel {
 public:
  struct Move {
    size_t level;
    size_t phase;
    double rate;
  };
  virtual ~LevelModel() = default;
  virtual size_t phases(size_t level) const = 0;
  /// Appends where a state goes; rates are 0 or more, levels differ by at most one.
  virtual void moves(size_t level, size_t phase, std::vector<Move>& out) const = 0;
};

struct LevelBound {
  size_t top = 0;
  /// Levels from `top` on are all alike and never end; else `top` is the last, moves above it do
  /// not happen.
  bool endless = false;
};

/// Probabilities by level and phase; of an endless chain so many levels that what is
/// beyond is 1e-17 of those from `top` on.
/// Errors: too_large; unstable if an endless chain drifts away.
Answer<std::vector<std::vector<double>>> steady_state(const LevelModel& model, LevelBound bound);

/// Most phases of a level.
inline constexpr size_t phases_max = 600;

}  // namespace paceline::sim
