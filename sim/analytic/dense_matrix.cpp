#include "sim/analytic/dense_matrix.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sched/base/check.h"

namespace paceline::sim {

namespace {

/// P·A = L·U in place, rows swapped so that pivots are largest; `order` says where they came from.
bool factorise(DenseMatrix& matrix, std::vector<size_t>& order) {
  const size_t size = matrix.rows();
  order.resize(size);
  std::iota(order.begin(), order.end(), size_t{0});
  double largest = 0;
  for (size_t i = 0; i < size; ++i)
    for (size_t j = 0; j < size; ++j) largest = std::max(largest, std::abs(matrix(i, j)));
  for (size_t k = 0; k < size; ++k) {
    size_t pivot = k;
    for (size_t i = k + 1; i < size; ++i)
      if (std::abs(matrix(i, k)) > std::abs(matrix(pivot, k))) pivot = i;
    // A singular matrix leaves rounding where a pivot should be.
    if (!(std::abs(matrix(pivot, k)) > 1e-14 * largest)) return false;
    if (pivot != k) {
      std::swap_ranges(matrix.row(k), matrix.row(k) + size, matrix.row(pivot));
      std::swap(order[k], order[pivot]);
    }
    const double* upper = matrix.row(k);
    for (size_t i = k + 1; i < size; ++i) {
      double* lower = matrix.row(i);
      if (lower[k] == 0) continue;
      const double factor = lower[k] /= upper[k];
      for (size_t j = k + 1; j < size; ++j) lower[j] -= factor * upper[j];
    }
  }
  return true;
}

}  // namespace

DenseMatrix product(const DenseMatrix& left, const DenseMatrix& right) {
  CHECK(left.columns() == right.rows());
  DenseMatrix result(left.rows(), right.columns());
  for (size_t i = 0; i < left.rows(); ++i) {
    double* out = result.row(i);
    for (size_t k = 0; k < left.columns(); ++k) {
      const double factor = left(i, k);
      if (factor == 0) continue;
      const double* in = right.row(k);
      for (size_t j = 0; j < right.columns(); ++j) out[j] += factor * in[j];
    }
  }
  return result;
}

bool solve_left(DenseMatrix& right, DenseMatrix& matrix) {
  CHECK(matrix.rows() == matrix.columns());
  CHECK(right.columns() == matrix.rows());
  const size_t size = matrix.rows();
  std::vector<size_t> order;
  if (!factorise(matrix, order)) return false;
  std::vector<double> y(size);
  for (size_t r = 0; r < right.rows(); ++r) {
    double* x = right.row(r);
    if (std::all_of(x, x + size, [](double cell) { return cell == 0; })) continue;
    // x·A = b with A = Pᵀ·L·U: first y·U = b, then z·L = y, then put the columns back.
    std::copy(x, x + size, y.begin());
    for (size_t k = 0; k < size; ++k) {
      const double* upper = matrix.row(k);
      y[k] /= upper[k];
      const double value = y[k];
      if (value == 0) continue;
      for (size_t j = k + 1; j < size; ++j) y[j] -= value * upper[j];
    }
    for (size_t k = size; k-- > 0;) {
      const double* lower = matrix.row(k);
      const double value = y[k];
      if (value == 0) continue;
      for (size_t j = 0; j < k; ++j) y[j] -= value * lower[j];
    }
    for (size_t k = 0; k < size; ++k) x[order[k]] = y[k];
  }
  return true;
}

namespace {

/// Takes states out one after the other, the last `kept` not. Afterwards the upper triangle holds
/// rates among those not yet taken out, the lower one shares, and `leaving` the pivots.
bool take_out(DenseMatrix& rates, std::vector<double>& leaving, size_t kept) {
  const size_t size = rates.rows();
  for (size_t k = 0; k + kept < size; ++k) {
    const double* out = rates.row(k);
    double pivot = leaving[k];
    for (size_t j = k + 1; j < size; ++j) pivot += out[j];
    if (!(pivot > 0)) return false;
    for (size_t i = k + 1; i < size; ++i) {
      double* from = rates.row(i);
      if (from[k] == 0) continue;
      const double share = from[k] /= pivot;
      for (size_t j = k + 1; j < size; ++j) from[j] += share * out[j];
      leaving[i] += share * leaving[k];
    }
    leaving[k] = pivot;
  }
  return true;
}

}  // namespace

bool time_in_states(DenseMatrix& right, Sojourn& states) {
  CHECK(right.columns() == states.rates.rows());
  const size_t size = states.rates.rows();
  if (!take_out(states.rates, states.leaving, 0)) return false;
  for (size_t r = 0; r < right.rows(); ++r) {
    double* x = right.row(r);
    for (size_t k = 0; k < size; ++k) {
      x[k] /= states.leaving[k];
      if (x[k] == 0) continue;
      const double* out = states.rates.row(k);
      for (size_t j = k + 1; j < size; ++j) x[j] += x[k] * out[j];
    }
    for (size_t k = size; k-- > 0;) {
      if (x[k] == 0) continue;
      const double* shares = states.rates.row(k);
      for (size_t j = 0; j < k; ++j) x[j] += x[k] * shares[j];
    }
  }
  return true;
}

std::vector<double> steady_proportions(const DenseMatrix& rates) {
  // The first state is kept to the end: it is the one that all others come back to.
  const size_t size = rates.rows();
  DenseMatrix reversed(size, size);
  for (size_t i = 0; i < size; ++i)
    for (size_t j = 0; j < size; ++j) reversed(size - 1 - i, size - 1 - j) = rates(i, j);
  std::vector<double> leaving(size, 0.0);
  if (!take_out(reversed, leaving, 1)) return {};
  std::vector<double> x(size, 0.0);
  x[size - 1] = 1;
  for (size_t k = size; k-- > 0;) {
    const double* shares = reversed.row(k);
    for (size_t j = 0; j < k; ++j) x[j] += x[k] * shares[j];
  }
  std::reverse(x.begin(), x.end());
  return x;
}

}  // namespace paceline::sim
