// Laws of handling times and of patience, as formulas need them: moments, tails and the partial
// mean.
//
// Everything is computed from sums of positive terms, so that small probabilities keep their
// digits: the integral of the survival function, for one, is x·P(X > x) + E[X; X ≤ x].
//
// Times are in whatever unit the rates beside them use. A law may leave a share of people with
// endless patience (empirical only); its mean is then infinite.
//
// Owner: any thread once made (immutable).  Allocates: lists of mixtures and empirical laws.
#pragma once

#include <vector>

#include "sim/analytic/answer.h"

namespace paceline::sim {

class Distribution {
 public:
  /// A value and its share of all.
  struct Atom {
    double value = 0.0;
    double share = 0.0;
  };
  /// An exponential part of a mixture.
  struct Phase {
    double share = 0.0;
    double mean = 0.0;
  };

  // Errors: parameters that are not positive, shares that do not add up to 1 (within 1e-9).
  static Answer<Distribution> exponential(double mean);
  static Answer<Distribution> deterministic(double value);
  static Answer<Distribution> uniform(double least, double most);
  static Answer<Distribution> lognormal(double mean, double cv);  ///< cv: deviation / mean.
  static Answer<Distribution> gamma(double mean, double shape);   ///< Erlang-k: shape k.
  static Answer<Distribution> weibull(double scale, double shape);
  static Answer<Distribution> hyperexponential(std::vector<Phase> phases);
  /// Shares may add up to less than 1: the rest is never reached (Kaplan–Meier's open end).
  static Answer<Distribution> empirical(std::vector<Atom> atoms);

  double mean() const { return moment(1); }
  double moment(int order) const;  ///< E[X^order], order 1 to 3.
  double deviation() const;
  double cdf(double x) const;       ///< P(X ≤ x), exact also where tiny.
  double survival(double x) const;  ///< P(X > x), exact also where tiny.
  /// E[X; X ≤ x].
  double partial_mean(double x) const;
  /// ∫₀ˣ P(X > u) du = E[min(X, x)].
  double survival_integral(double x) const;
  /// The share that is never reached; 0 but for an open-ended empirical law.
  double endless_share() const;

  /// Where the survival function jumps or bends, ascending: quadratures begin anew there.
  std::vector<double> kinks() const;
  bool memoryless() const { return kind_ == Kind::exponential; }
  /// Whether the survival function at 0 behaves like a broken power of x.
  bool rough_at_zero() const;

 private:
  enum class Kind : uint8_t {
    exponential,
    deterministic,
    uniform,
    lognormal,
    gamma,
    weibull,
    hyperexponential,
    empirical
  };
  Distribution(Kind kind, double a, double b) : kind_(kind), a_(a), b_(b) {}

  Kind kind_;
  double a_;  // mean, value, least, log-mean, mean, scale
  double b_;  // –, –, most, log-deviation, shape, shape
  std::vector<Phase> phases_;
  std::vector<Atom> atoms_;            // ascending
  std::vector<double> share_until_;    // sums of shares, this atom included
  std::vector<double> partial_until_;  // sums of value × share, likewise
  std::vector<double> share_after_;    // sums of shares above this atom, endless ones included
};

}  // namespace paceline::sim
