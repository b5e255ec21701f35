// Boost.Math's functions under a policy that throws nothing and computes in double.
//
// Owner: any thread; pure.  Allocates: never.
#pragma once

#include <boost/math/policies/policy.hpp>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

namespace paceline::sim::special {

/// Errors become values (NaN, infinity), which the callers' checks of input keep from happening.
using Policy = boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::pole_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::underflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::denorm_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>,
    boost::math::policies::promote_double<false>>;

/// P(Gamma(shape, 1) ≤ x); of a whole shape n also P(Poisson(x) ≥ n). 0 for x ≤ 0.
inline double gamma_below(double shape, double x) {
  return x <= 0 ? 0.0 : boost::math::gamma_p(shape, x, Policy());
}
/// P(Gamma(shape, 1) > x); of a whole shape n also P(Poisson(x) < n).
inline double gamma_above(double shape, double x) {
  return x <= 0 ? 1.0 : boost::math::gamma_q(shape, x, Policy());
}
/// x^shape · e^−x / Γ(shape + 1); of a whole shape P(Poisson(x) = shape).
inline double poisson_share(double shape, double x) {
  if (x <= 0) return shape == 0 ? 1.0 : 0.0;
  return boost::math::gamma_p_derivative(shape + 1, x, Policy());
}
/// P(Beta(a, b) ≤ x).
inline double beta_below(double a, double b, double x) {
  return boost::math::ibeta(a, b, x, Policy());
}

/// ∫ over [from, to] by one panel of 20 Gauss–Legendre points; exact for polynomials up to 39.
template <class F>
double panel(F&& f, double from, double to) {
  return boost::math::quadrature::gauss<double, 20>::integrate(f, from, to);
}

/// Calls visit(x, weight) at the 20 points of a panel, for several integrals at once.
template <class Visit>
void panel_points(double from, double to, Visit&& visit) {
  using Gauss = boost::math::quadrature::gauss<double, 20>;
  const double middle = (from + to) / 2;
  const double half = (to - from) / 2;
  for (size_t i = 0; i < Gauss::abscissa().size(); ++i) {
    const double offset = half * Gauss::abscissa()[i];
    const double weight = half * Gauss::weights()[i];
    visit(middle - offset, weight);
    visit(middle + offset, weight);
  }
}

}  // namespace paceline::sim::special
