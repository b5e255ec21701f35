#include "sim/analytic/heavy_traffic.h"

#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>

#include "sim/analytic/special_functions.h"

namespace paceline::sim {

double normal_hazard(double x) {
  if (x < 10) {
    const double density = std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
    return density / (std::erfc(x / std::numbers::sqrt2) / 2);
  }
  // Laplace's continued fraction x + 1/(x + 2/(x + 3/(x + …))).
  double tail = x;
  for (int k = 60; k > 0; --k) tail = x + k / tail;
  return tail;
}

double normal_quantile(double share) {
  return -std::numbers::sqrt2 * boost::math::erfc_inv(2 * share, special::Policy());
}

double halfin_whitt(double beta) {
  if (beta <= 0) return 1;
  return 1 / (1 + beta / normal_hazard(-beta));
}

Answer<double> garnett(double beta, double abandonment_per_service) {
  if (auto wrong = not_positive({{"abandonment rate by service rate", abandonment_per_service}}))
    return sched::Unexpected{*wrong};
  const double ratio = std::sqrt(abandonment_per_service);
  return 1 / (1 + ratio * normal_hazard(beta / ratio) / normal_hazard(-beta));
}

namespace {

/// Where a function that falls from 1 to 0 takes the value.
template <class F>
double where_falls_to(F&& f, double value, double low, double high) {
  while (f(high) > value) high *= 2;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (f(middle) > value ? low : high) = middle;
  }
  return (low + high) / 2;
}

std::optional<PlanError> no_share_of_waits(double p_wait) {
  if (p_wait > 0 && p_wait < 1) return std::nullopt;
  return PlanError{Impossible::out_of_range,
                   "share that waits is " + figure(p_wait) + ": it must be above 0 and below 1"};
}

}  // namespace

Answer<double> halfin_whitt_beta(double p_wait) {
  if (auto wrong = no_share_of_waits(p_wait)) return sched::Unexpected{*wrong};
  return where_falls_to(halfin_whitt, p_wait, 0, 1);
}

Answer<double> garnett_beta(double p_wait, double abandonment_per_service) {
  if (auto wrong = no_share_of_waits(p_wait)) return sched::Unexpected{*wrong};
  const auto at_zero = garnett(0, abandonment_per_service);
  if (!at_zero) return sched::Unexpected{at_zero.error()};
  const auto value = [&](double beta) { return garnett(beta, abandonment_per_service).value(); };
  double low = -1;
  while (value(low) < p_wait) low *= 2;
  return where_falls_to(value, p_wait, low, 1);
}

Answer<double> square_root_staffing(double load, double beta) {
  if (auto wrong = negative({{"offered load", load}})) return sched::Unexpected{*wrong};
  if (!std::isfinite(beta))
    return impossible(Impossible::out_of_range, "beta is no number: give one like 0.5");
  return std::max(0.0, std::ceil(load + beta * std::sqrt(load)));
}

}  // namespace paceline::sim
