#include "sim/analytic/distribution.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/analytic/special_functions.h"

namespace paceline::sim {

namespace {

/// P(Z ≤ z) of the standard normal, exact in the left tail.
double normal_below(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

}  // namespace

Answer<Distribution> Distribution::exponential(double mean) {
  if (auto wrong = not_positive({{"mean", mean}})) return sched::Unexpected{*wrong};
  return Distribution(Kind::exponential, mean, 0);
}

Answer<Distribution> Distribution::deterministic(double value) {
  if (auto wrong = not_positive({{"value", value}})) return sched::Unexpected{*wrong};
  return Distribution(Kind::deterministic, value, 0);
}

Answer<Distribution> Distribution::uniform(double least, double most) {
  if (auto wrong = negative({{"least", least}})) return sched::Unexpected{*wrong};
  if (!(most > least) || !std::isfinite(most))
    return impossible(Impossible::out_of_range, "uniform from " + figure(least) + " to " +
                                                    figure(most) +
                                                    ": the end must be above the beginning");
  return Distribution(Kind::uniform, least, most);
}

Answer<Distribution> Distribution::lognormal(double mean, double cv) {
  if (auto wrong = not_positive({{"mean", mean}, {"cv", cv}})) return sched::Unexpected{*wrong};
  const double variance = std::log1p(cv * cv);
  return Distribution(Kind::lognormal, std::log(mean) - variance / 2, std::sqrt(variance));
}

Answer<Distribution> Distribution::gamma(double mean, double shape) {
  if (auto wrong = not_positive({{"mean", mean}, {"shape", shape}}))
    return sched::Unexpected{*wrong};
  return Distribution(Kind::gamma, mean, shape);
}

Answer<Distribution> Distribution::weibull(double scale, double shape) {
  if (auto wrong = not_positive({{"scale", scale}, {"shape", shape}}))
    return sched::Unexpected{*wrong};
  return Distribution(Kind::weibull, scale, shape);
}

Answer<Distribution> Distribution::hyperexponential(std::vector<Phase> phases) {
  double sum = 0;
  for (const Phase& phase : phases) {
    if (auto wrong = not_positive({{"mean", phase.mean}})) return sched::Unexpected{*wrong};
    if (auto wrong = not_a_share({{"share", phase.share}})) return sched::Unexpected{*wrong};
    sum += phase.share;
  }
  if (std::abs(sum - 1) > 1e-9)
    return impossible(Impossible::out_of_range,
                      "shares of the phases add up to " + figure(sum) + ": they must make 1");
  Distribution law(Kind::hyperexponential, 0, 0);
  law.phases_ = std::move(phases);
  return law;
}

Answer<Distribution> Distribution::empirical(std::vector<Atom> atoms) {
  double sum = 0;
  for (const Atom& atom : atoms) {
    if (auto wrong = negative({{"value", atom.value}})) return sched::Unexpected{*wrong};
    if (auto wrong = not_a_share({{"share", atom.share}})) return sched::Unexpected{*wrong};
    sum += atom.share;
  }
  std::erase_if(atoms, [](const Atom& atom) { return atom.share == 0; });
  if (atoms.empty() || sum > 1 + 1e-9)
    return impossible(Impossible::out_of_range,
                      "shares of an empirical law add up to " + figure(sum) +
                          ": at least one value is needed, and all together make at most 1");
  std::sort(atoms.begin(), atoms.end(),
            [](const Atom& a, const Atom& b) { return a.value < b.value; });
  Distribution law(Kind::empirical, 0, 0);
  double partial = 0;
  double share = 0;
  for (const Atom& atom : atoms) {
    law.share_until_.push_back(share += atom.share);
    law.partial_until_.push_back(partial += atom.share * atom.value);
  }
  double after = sum > 1 - 1e-9 ? 0.0 : 1 - sum;
  law.share_after_.resize(atoms.size());
  for (size_t i = atoms.size(); i-- > 0;) {
    law.share_after_[i] = after;
    after += atoms[i].share;
  }
  law.atoms_ = std::move(atoms);
  return law;
}

double Distribution::moment(int order) const {
  const double k = order;
  switch (kind_) {
    case Kind::exponential:
      return std::tgamma(k + 1) * std::pow(a_, k);
    case Kind::deterministic:
      return std::pow(a_, k);
    case Kind::uniform:
      return (std::pow(b_, k + 1) - std::pow(a_, k + 1)) / ((k + 1) * (b_ - a_));
    case Kind::lognormal:
      return std::exp(k * a_ + k * k * b_ * b_ / 2);
    case Kind::gamma: {
      double product = 1;
      for (int i = 0; i < order; ++i) product *= (b_ + i) * a_ / b_;
      return product;
    }
    case Kind::weibull:
      return std::pow(a_, k) * std::tgamma(1 + k / b_);
    case Kind::hyperexponential: {
      double sum = 0;
      for (const Phase& phase : phases_)
        sum += phase.share * std::tgamma(k + 1) * std::pow(phase.mean, k);
      return sum;
    }
    case Kind::empirical: {
      if (endless_share() > 0) return std::numeric_limits<double>::infinity();
      double sum = 0;
      for (const Atom& atom : atoms_) sum += atom.share * std::pow(atom.value, k);
      return sum;
    }
  }
  return 0;
}

double Distribution::deviation() const {
  switch (kind_) {
    case Kind::deterministic:
      return 0;
    case Kind::uniform:
      return (b_ - a_) / std::sqrt(12.0);
    case Kind::lognormal:
      return mean() * std::sqrt(std::expm1(b_ * b_));
    case Kind::gamma:
      return a_ / std::sqrt(b_);
    default:
      return std::sqrt(std::max(0.0, moment(2) - moment(1) * moment(1)));
  }
}

double Distribution::cdf(double x) const {
  if (x < 0) return 0;
  switch (kind_) {
    case Kind::exponential:
      return -std::expm1(-x / a_);
    case Kind::deterministic:
      return x >= a_ ? 1 : 0;
    case Kind::uniform:
      return std::clamp((x - a_) / (b_ - a_), 0.0, 1.0);
    case Kind::lognormal:
      return x == 0 ? 0 : normal_below((std::log(x) - a_) / b_);
    case Kind::gamma:
      return special::gamma_below(b_, x * b_ / a_);
    case Kind::weibull:
      return -std::expm1(-std::pow(x / a_, b_));
    case Kind::hyperexponential: {
      double sum = 0;
      for (const Phase& phase : phases_) sum -= phase.share * std::expm1(-x / phase.mean);
      return sum;
    }
    case Kind::empirical: {
      const auto after =
          std::upper_bound(atoms_.begin(), atoms_.end(), x,
                           [](double v, const Atom& atom) { return v < atom.value; });
      return after == atoms_.begin()
                 ? 0
                 : std::min(1.0, share_until_[static_cast<size_t>(after - atoms_.begin()) - 1]);
    }
  }
  return 0;
}

double Distribution::survival(double x) const {
  if (x < 0) return 1;
  switch (kind_) {
    case Kind::exponential:
      return std::exp(-x / a_);
    case Kind::deterministic:
      return x >= a_ ? 0 : 1;
    case Kind::uniform:
      return std::clamp((b_ - x) / (b_ - a_), 0.0, 1.0);
    case Kind::lognormal:
      return x == 0 ? 1 : normal_below((a_ - std::log(x)) / b_);
    case Kind::gamma:
      return special::gamma_above(b_, x * b_ / a_);
    case Kind::weibull:
      return std::exp(-std::pow(x / a_, b_));
    case Kind::hyperexponential: {
      double sum = 0;
      for (const Phase& phase : phases_) sum += phase.share * std::exp(-x / phase.mean);
      return sum;
    }
    case Kind::empirical: {
      const auto after =
          std::upper_bound(atoms_.begin(), atoms_.end(), x,
                           [](double v, const Atom& atom) { return v < atom.value; });
      return after == atoms_.begin()
                 ? 1
                 : share_after_[static_cast<size_t>(after - atoms_.begin()) - 1];
    }
  }
  return 0;
}

double Distribution::partial_mean(double x) const {
  if (x <= 0) return 0;
  switch (kind_) {
    case Kind::exponential: {
      // 1 − e^−u (1 + u), by its series where that cancels.
      const double u = x / a_;
      if (u < 0.05) {
        double term = u * u / 2;
        double sum = term;
        for (int k = 3; k < 14; ++k) {
          term *= -u / k * (k - 1) / (k - 2);
          sum += term;
        }
        return a_ * sum;
      }
      return a_ * (-std::expm1(-u) - u * std::exp(-u));
    }
    case Kind::deterministic:
      return x >= a_ ? a_ : 0;
    case Kind::uniform:
      if (x <= a_) return 0;
      x = std::min(x, b_);
      return (x - a_) * (x + a_) / 2 / (b_ - a_);
    case Kind::lognormal:
      return mean() * normal_below((std::log(x) - a_) / b_ - b_);
    case Kind::gamma:
      return a_ * special::gamma_below(b_ + 1, x * b_ / a_);
    case Kind::weibull:
      return mean() * special::gamma_below(1 + 1 / b_, std::pow(x / a_, b_));
    case Kind::hyperexponential: {
      double sum = 0;
      for (const Phase& phase : phases_)
        sum += phase.share * Distribution(Kind::exponential, phase.mean, 0).partial_mean(x);
      return sum;
    }
    case Kind::empirical: {
      const auto after =
          std::upper_bound(atoms_.begin(), atoms_.end(), x,
                           [](double v, const Atom& atom) { return v < atom.value; });
      return after == atoms_.begin()
                 ? 0
                 : partial_until_[static_cast<size_t>(after - atoms_.begin()) - 1];
    }
  }
  return 0;
}

double Distribution::survival_integral(double x) const {
  if (x <= 0) return 0;
  if (kind_ == Kind::exponential) return -a_ * std::expm1(-x / a_);
  return x * survival(x) + partial_mean(x);
}

double Distribution::endless_share() const {
  return kind_ == Kind::empirical ? share_after_.back() : 0.0;
}

std::vector<double> Distribution::kinks() const {
  if (kind_ == Kind::deterministic) return {a_};
  if (kind_ == Kind::uniform) return {a_, b_};
  std::vector<double> values;
  for (const Atom& atom : atoms_) values.push_back(atom.value);
  return values;
}

bool Distribution::rough_at_zero() const {
  return (kind_ == Kind::weibull || kind_ == Kind::gamma) && std::floor(b_) != b_;
}

}  // namespace paceline::sim
