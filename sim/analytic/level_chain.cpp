#include "sim/analytic/level_chain.h"

#include <algorithm>
#include <cmath>

#include "sched/base/check.h"
#include "sim/analytic/dense_matrix.h"

namespace paceline::sim {

namespace {

constexpr double cells_max = 2e7;  // of all matrices kept: 160 MB
constexpr double work_max = 4e10;  // multiplications

/// Rates of one level: up to the next, within (minus what leaves on the diagonal), down.
struct Blocks {
  DenseMatrix up, within, down;
};

Blocks blocks_of(const LevelModel& model, size_t level, bool last) {
  const size_t size = model.phases(level);
  Blocks blocks;
  if (!last) blocks.up = DenseMatrix(size, model.phases(level + 1));
  blocks.within = DenseMatrix(size, size);
  if (level > 0) blocks.down = DenseMatrix(size, model.phases(level - 1));
  std::vector<LevelModel::Move> moves;
  for (size_t phase = 0; phase < size; ++phase) {
    moves.clear();
    model.moves(level, phase, moves);
    for (const auto& move : moves) {
      if (move.level > level && last) continue;
      CHECK(move.level + 1 >= level && move.level <= level + 1);
      DenseMatrix& to = move.level > level   ? blocks.up
                        : move.level < level ? blocks.down
                                             : blocks.within;
      to(phase, move.phase) += move.rate;
      blocks.within(phase, phase) -= move.rate;
    }
  }
  return blocks;
}

DenseMatrix negative_sum(const DenseMatrix& a, const DenseMatrix* b) {
  DenseMatrix result(a.rows(), a.columns());
  for (size_t i = 0; i < a.rows(); ++i)
    for (size_t j = 0; j < a.columns(); ++j) result(i, j) = -a(i, j) - (b ? (*b)(i, j) : 0.0);
  return result;
}

/// R of levels that are all alike: up + R·within + R²·down = 0, its least solution.
Answer<DenseMatrix> geometric_ratio(const Blocks& blocks) {
  const size_t size = blocks.within.rows();
  const auto no = [] {
    return impossible(Impossible::unstable,
                      "unstable: a queue whose callers never give up grows for ever: take more "
                      "servers");
  };
  DenseMatrix fewer = blocks.down;
  DenseMatrix more = blocks.up;
  DenseMatrix factors = negative_sum(blocks.within, nullptr);
  if (!solve_left(fewer, factors)) return no();
  factors = negative_sum(blocks.within, nullptr);
  if (!solve_left(more, factors)) return no();
  DenseMatrix ratio = more;
  DenseMatrix path = fewer;
  for (int round = 0; round < 60; ++round) {
    DenseMatrix rest = negative_sum(product(more, fewer), nullptr);
    const DenseMatrix other = product(fewer, more);
    for (size_t i = 0; i < size; ++i)
      for (size_t j = 0; j < size; ++j) rest(i, j) += (i == j) - other(i, j);
    more = product(more, more);
    fewer = product(fewer, fewer);
    DenseMatrix copy = rest;
    if (!solve_left(more, copy) || !solve_left(fewer, rest)) return no();
    const DenseMatrix step = product(more, path);
    double largest = 0;
    for (size_t i = 0; i < size; ++i)
      for (size_t j = 0; j < size; ++j) {
        ratio(i, j) += step(i, j);
        largest = std::max(largest, std::abs(step(i, j)));
      }
    if (!std::isfinite(largest)) return no();
    if (largest < 1e-16) return ratio;
    path = product(fewer, path);
  }
  return no();
}

/// Probabilities of level 0, up to a factor, from the chain watched on it alone.
std::vector<double> first_level(const DenseMatrix& watched) {
  const size_t size = watched.rows();
  DenseMatrix equations = watched;
  DenseMatrix sum(1, size);
  sum(0, 0) = 1;
  for (size_t i = 0; i < size; ++i) equations(i, 0) = 1;  // instead of the equation that follows
  if (!solve_left(sum, equations)) return {};
  return {sum.row(0), sum.row(0) + size};
}

double total(const std::vector<double>& shares) {
  double sum = 0;
  for (const double share : shares) sum += share;
  return sum;
}

std::vector<double> times(const std::vector<double>& row, const DenseMatrix& matrix) {
  std::vector<double> result(matrix.columns(), 0.0);
  for (size_t i = 0; i < row.size(); ++i)
    for (size_t j = 0; j < result.size(); ++j) result[j] += row[i] * matrix(i, j);
  return result;
}

std::optional<PlanError> too_large(const LevelModel& model, LevelBound bound) {
  double cells = 0;
  double work = 0;
  for (size_t level = 0; level <= bound.top; ++level) {
    const auto phases = static_cast<double>(model.phases(level));
    if (phases > static_cast<double>(phases_max))
      return PlanError{Impossible::too_large,
                       "more than 600 states side by side: fewer servers, "
                       "less load or shorter patience are computed"};
    cells += phases * phases;
    work += phases * phases * phases * (bound.endless && level == bound.top ? 150 : 1.5);
    if (cells > cells_max || work > work_max)
      return PlanError{Impossible::too_large,
                       "the chain has too many states: fewer servers, less load or shorter "
                       "patience are computed"};
  }
  return std::nullopt;
}

}  // namespace

Answer<std::vector<std::vector<double>>> steady_state(const LevelModel& model, LevelBound bound) {
  if (auto wrong = too_large(model, bound)) return sched::Unexpected{*wrong};
  std::vector<DenseMatrix> ratios(bound.top + 1);  // π of level + 1 = π of level × ratio
  DenseMatrix returning;                           // what comes back from the levels above
  Blocks blocks = blocks_of(model, bound.top, !bound.endless);
  if (bound.endless) {
    auto ratio = geometric_ratio(blocks);
    if (!ratio) return sched::Unexpected{ratio.error()};
    ratios[bound.top] = *std::move(ratio);
    returning = product(ratios[bound.top], blocks.down);
  }
  for (size_t level = bound.top; level > 0; --level) {
    DenseMatrix watched = negative_sum(blocks.within, returning.rows() > 0 ? &returning : nullptr);
    Blocks below = blocks_of(model, level - 1, false);
    DenseMatrix ratio = std::move(below.up);
    if (!solve_left(ratio, watched))
      return impossible(Impossible::not_converged, "a level of the chain cannot be left");
    returning = product(ratio, blocks.down);
    ratios[level - 1] = std::move(ratio);
    blocks = std::move(below);
  }
  DenseMatrix watched = blocks.within;
  if (returning.rows() > 0)
    for (size_t i = 0; i < watched.rows(); ++i)
      for (size_t j = 0; j < watched.columns(); ++j) watched(i, j) += returning(i, j);

  std::vector<std::vector<double>> shares{first_level(watched)};
  if (shares[0].empty())
    return impossible(Impossible::not_converged, "the chain has no single steady state");
  double sum = total(shares[0]);
  double cells = 0;
  for (size_t level = 1; level <= bound.top || bound.endless; ++level) {
    shares.push_back(times(shares.back(), ratios[std::min(level, bound.top + 1) - 1]));
    const double mass = total(shares.back());
    sum += mass;
    cells += static_cast<double>(shares.back().size());
    if (!std::isfinite(sum) || cells > cells_max)
      return impossible(Impossible::unstable,
                        "unstable, or so nearly that millions of states matter: take more servers");
    if (level > bound.top && mass < 1e-17 * sum) break;
    if (sum > 1e200) {  // far below the likely levels; only proportions matter
      for (auto& one : shares)
        for (double& share : one) share *= 1e-200;
      sum *= 1e-200;
    }
  }
  for (auto& one : shares)
    for (double& share : one) share = std::max(0.0, share / sum);
  return shares;
}

}  // namespace paceline::sim
