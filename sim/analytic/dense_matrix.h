// A small dense matrix and what is done with it: products, and X·A = B.
//
// Owner: whoever holds it.  Allocates: at construction.
#pragma once

#include <cstddef>
#include <vector>

namespace paceline::sim {

class DenseMatrix {
 public:
  DenseMatrix() = default;
  DenseMatrix(size_t rows, size_t columns)
      : rows_(rows), columns_(columns), cells_(rows * columns) {}

  size_t rows() const { return rows_; }
  size_t columns() const { return columns_; }
  double& operator()(size_t row, size_t column) { return cells_[row * columns_ + column]; }
  double operator()(size_t row, size_t column) const { return cells_[row * columns_ + column]; }
  double* row(size_t index) { return cells_.data() + index * columns_; }
  const double* row(size_t index) const { return cells_.data() + index * columns_; }

 private:
  size_t rows_ = 0;
  size_t columns_ = 0;
  std::vector<double> cells_;
};

DenseMatrix product(const DenseMatrix& left, const DenseMatrix& right);

/// Replaces `right` by the X with X · `matrix` = `right`; rows of zeros cost nothing. `matrix` is
/// square and is overwritten by its factors. False if it is singular.
bool solve_left(DenseMatrix& right, DenseMatrix& matrix);

/// Rates between a few states, and the rates at which each leaves them for good; the diagonal of
/// `rates` is not looked at. Factorised and used without a single subtraction, so that every digit
/// holds however rare a state is (W. K. Grassmann, M. I. Taksar and D. P. Heyman 1985).
struct Sojourn {
  DenseMatrix rates;
  std::vector<double> leaving;
};

/// Replaces each row of `right` (rates into the states) by the time spent in each state. False if
/// some state is never left. `states` is overwritten.
bool time_in_states(DenseMatrix& right, Sojourn& states);

/// Steady state of states that are never left, up to a factor; nothing if some state cannot come
/// back to the first. The diagonal is not looked at.
std::vector<double> steady_proportions(const DenseMatrix& rates);

}  // namespace paceline::sim
