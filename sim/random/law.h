// Laws of times as the simulator draws them: the sampling half of analytic/distribution.h.
//
// Parameters mean the same and are refused with the same words; to_distribution() hands a
// scenario's law to the formulas. A draw uses only our own functions (random/elementary.h), so its
// bits depend on the stream alone.
//
// Where one uniform number is enough the law is inverted: a draw then grows with its number, so
// that common random numbers stay coupled when a mean is changed. That is why a normal is Wichura's
// inverse and not Box–Muller (which wants two numbers, a sine and a cosine) or the polar method
// (which wants a varying count). Gamma is by rejection (G. Marsaglia and W. W. Tsang 2000, "A
// simple method for generating gamma variables"); the empirical law is inverted through a guide
// table (H.-C. Chen and Y. Asau 1974), in about two steps whatever its size.
//
// Times are in whatever unit the parameters are.
//
// Owner: any thread once made (immutable); the stream is the caller's.  Allocates: when made.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/analytic/distribution.h"
#include "sim/rng.h"

namespace paceline::sim {

class Law {
 public:
  using Atom = Distribution::Atom;
  using Phase = Distribution::Phase;

  /// Never: every draw is infinite.
  Law() = default;
  static Law never() { return Law(); }

  // Errors: those of Distribution, word for word.
  static Answer<Law> exponential(double mean);
  static Answer<Law> deterministic(double value);
  static Answer<Law> uniform(double least, double most);
  static Answer<Law> lognormal(double mean, double cv);  ///< cv: deviation / mean.
  static Answer<Law> gamma(double mean, double shape);   ///< Erlang-k: shape k.
  static Answer<Law> weibull(double scale, double shape);
  static Answer<Law> hyperexponential(const std::vector<Phase>& phases);
  /// Shares may add up to less than 1: the rest is never reached, its draws are infinite.
  static Answer<Law> empirical(std::vector<Atom> atoms);

  /// 0 or more; infinite where the law says never.
  double draw(Stream& stream) const;

  /// By the C library: for reports, not for what must be the same everywhere.
  double mean() const;
  /// The share of draws that is infinite.
  double endless_share() const { return formula_ ? formula_->endless_share() : 1.0; }

  /// The same law for formulas. Errors: never, which no formula takes.
  Answer<Distribution> to_distribution() const;

 private:
  enum class Kind : uint8_t {
    never,
    exponential,
    deterministic,
    uniform,
    lognormal,
    gamma,
    weibull,
    hyperexponential,
    empirical
  };
  static Answer<Law> made(Answer<Distribution> formula, Kind kind, double a, double b, double c);
  double draw_gamma(Stream& stream) const;
  double draw_mixture(Stream& stream) const;
  double draw_empirical(Stream& stream) const;

  Kind kind_ = Kind::never;
  double a_ = 0.0;                   // mean, value, least, log-mean, scale of the draw, scale
  double b_ = 0.0;                   // –, –, width, log-deviation, d of the paper, 1 / shape
  double c_ = 0.0;                   // gamma: 1 / shape below 1, else 0
  std::vector<double> values_;       // of atoms, ascending; means of phases
  std::vector<double> share_until_;  // sums of shares, this one included; the last covers the rest
  std::vector<uint32_t> guide_;      // where the search for u begins, by ⌊u · size⌋
  std::optional<Distribution> formula_;
};

}  // namespace paceline::sim
