#include "sim/world/rate_curve.h"

#include <algorithm>
#include <cmath>

#include "sched/base/check.h"

namespace paceline::sim {

namespace {
constexpr double per_us = 1.0 / 3'600e6;
}

RateCurve::RateCurve(std::span<const RatePiece> pieces, int64_t cycle_us) : cycle_us_(cycle_us) {
  for (const RatePiece& given : pieces) {
    const auto span = static_cast<double>(given.until_us - given.from_us);
    const double rate = given.from_per_hour * per_us;
    const double slope = (given.until_per_hour * per_us - rate) / span;
    const double area = (given.from_per_hour + given.until_per_hour) * per_us / 2.0 * span;
    if (area > 0.0) pieces_.push_back({given.from_us, given.until_us, area, rate, slope});
    expected_ += area;
  }
  CHECK(!pieces_.empty());
}

/// r·x + s·x²/2 = within, in the form of the root that stays exact where the slope is next to
/// nothing.
int64_t RateCurve::Piece::at(double within) const {
  const double x =
      slope == 0.0
          ? within / rate
          : 2.0 * within / (rate + std::sqrt(std::max(0.0, rate * rate + 2.0 * slope * within)));
  return std::min(from_us + static_cast<int64_t>(x), until_us - 1);
}

}  // namespace paceline::sim
