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

double RateCurve::expected_before(int64_t us) const {
  const int64_t cycles = cycle_us_ == 0 ? 0 : us / cycle_us_;
  double contacts = expected_ * static_cast<double>(cycles);
  for (const Piece& piece : pieces_) contacts += piece.before(us - cycles * cycle_us_);
  return contacts;
}

double RateCurve::Piece::before(int64_t us) const {
  const auto x = static_cast<double>(std::clamp(us, from_us, until_us) - from_us);
  return rate * x + slope * x * x / 2.0;
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
