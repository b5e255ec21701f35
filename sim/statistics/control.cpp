#include "sim/statistics/control.h"

#include <cmath>

namespace paceline::sim {

Answer<ControlledEstimate> controlled(const CoMoments<3>& moments, double control_mean,
                                      double level) {
  const auto plain = ratio_estimate(moments, level);
  if (!plain) return sched::Unexpected{plain.error()};
  if (moments.seen(1) < 3)
    return impossible(Impossible::out_of_range,
                      "a figure is adjusted by a control from three observations on, there are 2");
  ControlledEstimate found{plain.value(), plain.value()};
  const auto figure = ratio(moments, 0, 1);
  const CoMoments<3>::Values control{0, 0, 1};
  const double figures = moments.variance(figure.weights);
  const double controls = moments.variance(control);
  if (controls == 0) return found;
  const double both = moments.covariance(figure.weights, control);
  found.slope = both / controls;
  found.correlation2 = figures == 0 ? 0 : std::min(1.0, both * both / (controls * figures));

  // Least squares: what is left has n − 2 degrees of freedom, and the adjustment itself is unsure
  // by how far the control's mean happened to be from the known one.
  const auto n = static_cast<double>(moments.count());
  const double freedom = static_cast<double>(moments.seen(1)) - 2;
  const double off = moments.mean(2) - control_mean;
  const double left = figures * (1 - found.correlation2) * (n - 1) / (n - 2);
  const double spread = 1 + off * off / controls * n / (n - 1);
  const auto adjusted = student_estimate(figure.value - found.slope * off, std::sqrt(left * spread),
                                         moments.count(), freedom, level);
  if (!adjusted) return sched::Unexpected{adjusted.error()};
  found.adjusted = adjusted.value();
  if (found.adjusted.half_width > 0) {
    const double narrower = found.plain.half_width / found.adjusted.half_width;
    found.variance_reduction = narrower * narrower;
  }
  return found;
}

}  // namespace paceline::sim
