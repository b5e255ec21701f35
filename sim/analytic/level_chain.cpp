#include "sim/analytic/level_chain.h"

#include <algorithm>
#include <cmath>

#include "sched/base/check.h"
#include "sim/analytic/dense_matrix.h"

namespace paceline::sim {

namespace {

constexpr double cells_max = 2e7;  // of all matrices kept: 160 MB
constexpr double work_max = 4e10;  // multiplications

/// Rates of one level: up to the next, within (nothing on the diagonal), down.
struct Blocks {
  DenseMatrix up, within, down;
  std::vector<double> leaving_down;  // of each phase
};

Blocks blocks_of(const LevelModel& model, size_t level, bool last) {
  const size_t size = model.phases(level);
  Blocks blocks;
  if (!last) blocks.up = DenseMatrix(size, model.phases(level + 1));
  blocks.within = DenseMatrix(size, size);
  if (level > 0) blocks.down = DenseMatrix(size, model.phases(level - 1));
  blocks.leaving_down.assign(size, 0.0);
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
      if (move.level != level || move.phase != phase) to(phase, move.phase) += move.rate;
      if (move.level < level) blocks.leaving_down[phase] += move.rate;
    }
  }
  return blocks;
}

double row_sum(const DenseMatrix& matrix, size_t row) {
  double sum = 0;
  for (size_t j = 0; j < matrix.columns(); ++j) sum += matrix(row, j);
  return sum;
}

/// Ratio of a level to the one below it, which leads `up` into it: what comes up, times how long it
/// stays before it goes down again; `returning` is what excursions above the level bring back.
/// Whoever is in the level leaves it downwards in the end, so no diagonal has to be subtracted.
std::optional<DenseMatrix> ratio_of(DenseMatrix up, const Blocks& blocks,
                                    const DenseMatrix& returning) {
  Sojourn states{blocks.within, blocks.leaving_down};
  if (returning.rows() > 0)
    for (size_t i = 0; i < returning.rows(); ++i)
      for (size_t j = 0; j < returning.columns(); ++j) states.rates(i, j) += returning(i, j);
  if (!time_in_states(up, states)) return std::nullopt;
  return up;
}

/// Whether levels that are all alike are left downwards faster than upwards, in the long run of
/// their phases (Neuts's drift condition).
bool falls(const Blocks& blocks) {
  const size_t size = blocks.within.rows();
  DenseMatrix phases(size, size);
  for (size_t i = 0; i < size; ++i)
    for (size_t j = 0; j < size; ++j)
      phases(i, j) = blocks.up(i, j) + blocks.within(i, j) + blocks.down(i, j);
  const auto shares = steady_proportions(phases);
  double up = 0;
  double down = 0;
  for (size_t i = 0; i < shares.size(); ++i) {
    up += shares[i] * row_sum(blocks.up, i);
    down += shares[i] * blocks.leaving_down[i];
  }
  return up < down * (1 - 1e-12);
}

/// R of levels that are all alike: up + R·within + R²·down = 0, its least solution.
Answer<DenseMatrix> geometric_ratio(const Blocks& blocks) {
  const size_t size = blocks.within.rows();
  const auto no = [] {
    return impossible(Impossible::unstable,
                      "unstable: a queue whose callers never give up grows for ever: take more "
                      "servers");
  };
  if (!falls(blocks)) return no();
  DenseMatrix staying(size, size);
  for (size_t i = 0; i < size; ++i) {
    for (size_t j = 0; j < size; ++j) staying(i, j) = -blocks.within(i, j);
    staying(i, i) = row_sum(blocks.up, i) + row_sum(blocks.within, i) + blocks.leaving_down[i];
  }
  DenseMatrix fewer = blocks.down;
  DenseMatrix more = blocks.up;
  DenseMatrix copy = staying;
  if (!solve_left(fewer, copy) || !solve_left(more, staying)) return no();
  DenseMatrix ratio = more;
  DenseMatrix path = fewer;
  bool settled = false;
  for (int round = 0; round < 60 && !settled; ++round) {
    const DenseMatrix there = product(more, fewer);
    const DenseMatrix back = product(fewer, more);
    DenseMatrix rest(size, size);
    for (size_t i = 0; i < size; ++i)
      for (size_t j = 0; j < size; ++j) rest(i, j) = (i == j) - there(i, j) - back(i, j);
    more = product(more, more);
    fewer = product(fewer, fewer);
    copy = rest;
    if (!solve_left(more, copy) || !solve_left(fewer, rest)) return no();
    const DenseMatrix step = product(more, path);
    double largest = 0;
    for (size_t i = 0; i < size; ++i)
      for (size_t j = 0; j < size; ++j) {
        ratio(i, j) += step(i, j);
        largest = std::max(largest, std::abs(step(i, j)));
      }
    if (!std::isfinite(largest)) return no();
    settled = largest < 1e-16;
    path = product(fewer, path);
  }
  if (!settled) return no();
  for (size_t i = 0; i < size; ++i)
    for (size_t j = 0; j < size; ++j) ratio(i, j) = std::max(0.0, ratio(i, j));
  // Two rounds of the plain iteration, which subtracts nothing, put rare phases right.
  for (int round = 0; round < 2; ++round) {
    auto better = ratio_of(blocks.up, blocks, product(ratio, blocks.down));
    if (!better) return no();
    ratio = *std::move(better);
  }
  return ratio;
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
    Blocks below = blocks_of(model, level - 1, false);
    auto ratio = ratio_of(std::move(below.up), blocks, returning);
    if (!ratio) return impossible(Impossible::not_converged, "a level of the chain cannot be left");
    returning = product(*ratio, blocks.down);
    ratios[level - 1] = *std::move(ratio);
    blocks = std::move(below);
  }
  DenseMatrix watched = blocks.within;
  if (returning.rows() > 0)
    for (size_t i = 0; i < watched.rows(); ++i)
      for (size_t j = 0; j < watched.columns(); ++j) watched(i, j) += returning(i, j);

  std::vector<std::vector<double>> shares{steady_proportions(watched)};
  if (shares[0].empty())
    return impossible(Impossible::not_converged, "the chain has no single steady state");
  double sum = total(shares[0]);
  double cells = 0;
  double beyond = 0;  // of the levels that are all alike
  for (size_t level = 1; level <= bound.top || bound.endless; ++level) {
    shares.push_back(times(shares.back(), ratios[std::min(level, bound.top + 1) - 1]));
    const double mass = total(shares.back());
    sum += mass;
    cells += static_cast<double>(shares.back().size());
    if (!std::isfinite(sum) || cells > cells_max)
      return impossible(Impossible::unstable,
                        "unstable, or so nearly that millions of states matter: take more servers");
    if (level >= bound.top) beyond += mass;
    if (level > bound.top && mass < 1e-17 * beyond) break;
    if (sum > 1e200) {  // far below the likely levels; only proportions matter
      for (auto& one : shares)
        for (double& share : one) share *= 1e-200;
      sum *= 1e-200;
      beyond *= 1e-200;
    }
  }
  for (auto& one : shares)
    for (double& share : one) share = std::max(0.0, share / sum);
  return shares;
}

}  // namespace paceline::sim
