// Instants of a Poisson process whose rate rises and falls: one draw an arrival, none thrown away.
//
// The integral of the rate is inverted: the next arrival is where one more unit-exponential amount
// of it has gone by. A cycle's rates may be scaled by a factor of that cycle's own.
//
// Owner: one thread.  Allocates: when made.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "sim/scenario/scenario.h"

namespace paceline::sim {

class RateCurve {
 public:
  /// Pieces ascending, inside the cycle, not all of rate 0; cycle 0: they come once.
  RateCurve(std::span<const RatePiece> pieces, int64_t cycle_us);

  /// Contacts expected in one cycle at factor 1.
  double expected() const { return expected_; }
  /// Contacts expected before this many microseconds since the start, at factor 1.
  double expected_before(int64_t us) const;

  /// Where a walk along the curve is.
  struct Place {
    uint64_t cycle = 0;
    uint32_t piece = 0;
    double within = 0.0;  ///< Contacts expected in the piece before here, at factor 1.
    double factor = 1.0;  ///< Of this cycle.
    bool begun = false;
  };
  /// `amount` expected contacts further on: microseconds since the start, or `never`. `factor_of`
  /// is asked once for each cycle, in order.
  template <class FactorOf>
  int64_t advance(Place& place, double amount, FactorOf&& factor_of) const {
    if (!place.begun) {
      place.begun = true;
      place.factor = factor_of(place.cycle);
    }
    for (;;) {
      if (place.piece == pieces_.size()) {
        if (cycle_us_ == 0) return sched::never.us;
        ++place.cycle;
        place.piece = 0;
        place.factor = factor_of(place.cycle);
      }
      const Piece& piece = pieces_[place.piece];
      const double left = (piece.area - place.within) * place.factor;
      if (amount < left) {
        place.within += amount / place.factor;
        return static_cast<int64_t>(place.cycle) * cycle_us_ + piece.at(place.within);
      }
      amount -= left;
      place.within = 0.0;
      ++place.piece;
    }
  }

 private:
  struct Piece {
    int64_t from_us;
    int64_t until_us;
    double area;
    double rate;   // at from, per µs
    double slope;  // per µs²
    int64_t at(double within) const;
    double before(int64_t us) const;
  };
  std::vector<Piece> pieces_;
  int64_t cycle_us_;
  double expected_ = 0.0;
};

}  // namespace paceline::sim
