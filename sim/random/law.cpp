#include "sim/random/law.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/random/elementary.h"

namespace paceline::sim {

namespace {

constexpr double endless = std::numeric_limits<double>::infinity();

}  // namespace

Answer<Law> Law::made(Answer<Distribution> formula, Kind kind, double a, double b, double c) {
  if (!formula) return sched::Unexpected{formula.error()};
  Law law;
  law.kind_ = kind;
  law.a_ = a;
  law.b_ = b;
  law.c_ = c;
  law.formula_ = std::move(formula).value();
  return law;
}

Answer<Law> Law::exponential(double mean) {
  return made(Distribution::exponential(mean), Kind::exponential, mean, 0, 0);
}

Answer<Law> Law::deterministic(double value) {
  return made(Distribution::deterministic(value), Kind::deterministic, value, 0, 0);
}

Answer<Law> Law::uniform(double least, double most) {
  return made(Distribution::uniform(least, most), Kind::uniform, least, most - least, 0);
}

Answer<Law> Law::lognormal(double mean, double cv) {
  auto formula = Distribution::lognormal(mean, cv);
  if (!formula) return sched::Unexpected{formula.error()};
  const double variance = cv < 1e10 ? log_one_plus(cv * cv) : 2 * log_of(cv);  // never overflows
  return made(std::move(formula), Kind::lognormal, log_of(mean) - variance / 2, std::sqrt(variance),
              0);
}

Answer<Law> Law::gamma(double mean, double shape) {
  // The paper's method is for shapes from 1; below, Gamma(shape) = Gamma(shape + 1) · U^(1/shape).
  const bool below_one = shape < 1;
  const double d = (below_one ? shape + 1 : shape) - 1.0 / 3;
  return made(Distribution::gamma(mean, shape), Kind::gamma, mean / shape, d,
              below_one ? 1 / shape : 0);
}

Answer<Law> Law::weibull(double scale, double shape) {
  return made(Distribution::weibull(scale, shape), Kind::weibull, scale, 1 / shape, 0);
}

Answer<Law> Law::hyperexponential(const std::vector<Phase>& phases) {
  auto law = made(Distribution::hyperexponential(phases), Kind::hyperexponential, 0, 0, 0);
  if (!law) return law;
  double share = 0;
  for (const Phase& phase : phases) {
    if (phase.share == 0) continue;
    law.value().values_.push_back(phase.mean);
    law.value().share_until_.push_back(share += phase.share);
  }
  law.value().share_until_.back() = endless;  // whatever the last digits of the sum are
  return law;
}

Answer<Law> Law::empirical(std::vector<Atom> atoms) {
  auto answer = made(Distribution::empirical(atoms), Kind::empirical, 0, 0, 0);
  if (!answer) return answer;
  Law& law = answer.value();
  std::erase_if(atoms, [](const Atom& atom) { return atom.share == 0; });
  std::stable_sort(atoms.begin(), atoms.end(),
                   [](const Atom& a, const Atom& b) { return a.value < b.value; });
  double share = 0;
  for (const Atom& atom : atoms) {
    law.values_.push_back(atom.value);
    law.share_until_.push_back(share += atom.share);
  }
  if (law.endless_share() == 0) law.share_until_.back() = endless;
  // The products are rounded as those of draw_empirical(): no atom is passed over.
  const auto size = static_cast<double>(atoms.size());
  uint32_t at = 0;
  for (size_t cell = 0; cell < atoms.size(); ++cell) {
    while (at < atoms.size() && law.share_until_[at] * size < static_cast<double>(cell)) ++at;
    law.guide_.push_back(at);
  }
  return answer;
}

double Law::draw(Stream& stream) const {
  switch (kind_) {
    case Kind::never:
      return endless;
    case Kind::exponential:
      return stream.exponential(a_);
    case Kind::deterministic:
      return a_;
    case Kind::uniform:
      return a_ + b_ * stream.uniform();
    case Kind::lognormal:
      return exp_of(a_ + b_ * normal_inverse(stream.uniform()));
    case Kind::gamma:
      return draw_gamma(stream);
    case Kind::weibull:
      return a_ * power_of(stream.exponential(1), b_);
    case Kind::hyperexponential:
      return draw_mixture(stream);
    case Kind::empirical:
      return draw_empirical(stream);
  }
  return endless;
}

double Law::draw_gamma(Stream& stream) const {
  const double d = b_;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = normal_inverse(stream.uniform());
    const double root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    const double u = stream.uniform();
    const double x2 = x * x;
    if (u < 1 - 0.0331 * x2 * x2 || log_of(u) < 0.5 * x2 + d * (1 - v + log_of(v))) {
      const double value = a_ * d * v;
      return c_ == 0 ? value : value * power_of(stream.uniform(), c_);
    }
  }
}

double Law::draw_mixture(Stream& stream) const {
  const double u = stream.uniform();
  size_t phase = 0;
  while (share_until_[phase] <= u) ++phase;
  return stream.exponential(values_[phase]);
}

double Law::draw_empirical(Stream& stream) const {
  const double u = stream.uniform();
  size_t at = guide_[static_cast<size_t>(u * static_cast<double>(guide_.size()))];
  while (at < share_until_.size() && share_until_[at] <= u) ++at;
  return at < values_.size() ? values_[at] : endless;
}

double Law::mean() const { return formula_ ? formula_->mean() : endless; }

Answer<Distribution> Law::to_distribution() const {
  if (formula_) return *formula_;
  return impossible(Impossible::out_of_range,
                    "the law is never: formulas take a law with some finite values, leave it out");
}

}  // namespace paceline::sim
