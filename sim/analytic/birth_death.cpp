#include "sim/analytic/birth_death.h"

#include <algorithm>
#include <cmath>

#include "sched/base/check.h"
#include "sim/analytic/special_functions.h"

namespace paceline::sim {

std::vector<double> steady_state(const BirthDeath& chain) {
  CHECK(!chain.births.empty());
  CHECK(chain.births.size() == chain.deaths.size());
  const size_t size = chain.births.size();
  size_t likeliest = 0;
  double log_share = 0;
  double log_most = 0;
  for (size_t i = 1; i < size && chain.births[i - 1] > 0; ++i) {
    log_share += std::log(chain.births[i - 1] / chain.deaths[i]);
    if (log_share > log_most) log_most = log_share, likeliest = i;
  }
  std::vector<double> shares(size, 0.0);
  shares[likeliest] = 1;
  double sum = 1;
  for (size_t i = likeliest + 1; i < size; ++i)
    sum += shares[i] = shares[i - 1] * chain.births[i - 1] / chain.deaths[i];
  for (size_t i = likeliest; i > 0; --i)
    sum += shares[i - 1] = shares[i] * chain.deaths[i] / chain.births[i - 1];
  for (double& share : shares) share /= sum;
  return shares;
}

namespace {

/// One step of the uniformised chain.
void step(const BirthDeath& chain, double rate, const std::vector<double>& from,
          std::vector<double>& to) {
  const size_t last = from.size() - 1;
  for (size_t i = 0; i <= last; ++i) {
    const double birth = i < last ? chain.births[i] : 0.0;
    const double death = i > 0 ? chain.deaths[i] : 0.0;
    double mass = from[i] * (1 - (birth + death) / rate);
    if (i > 0) mass += from[i - 1] * chain.births[i - 1] / rate;
    if (i < last) mass += from[i + 1] * chain.deaths[i + 1] / rate;
    to[i] = mass;
  }
}

}  // namespace

Answer<std::vector<double>> after(const BirthDeath& chain, std::vector<double> state, double time,
                                  std::vector<double>* integral) {
  const size_t size = state.size();
  if (size == 0 || chain.births.size() != size || chain.deaths.size() != size ||
      (integral != nullptr && integral->size() != size))
    return impossible(Impossible::out_of_range, "the chain and its state differ in length");
  if (auto wrong = negative({{"time", time}})) return sched::Unexpected{*wrong};
  double rate = 0;
  for (size_t i = 0; i < size; ++i) {
    const double out = (i + 1 < size ? chain.births[i] : 0) + (i > 0 ? chain.deaths[i] : 0);
    rate = std::max(rate, out);
  }
  if (rate == 0 || time == 0) {
    if (integral != nullptr)
      for (size_t i = 0; i < size; ++i) (*integral)[i] += time * state[i];
    return state;
  }
  const double steps_expected = rate * time;
  // Some seconds of work.
  const double steps_most = std::min(1e7, 4e9 / static_cast<double>(size));
  if (steps_expected > steps_most)
    return impossible(Impossible::too_large,
                      "about " + figure(steps_expected) + " steps of a chain of " +
                          figure(static_cast<double>(size)) +
                          " states: shorten the time to less than " + figure(steps_most / rate));
  std::vector<double> result(size, 0.0);
  std::vector<double> next(size);
  const double last_step = steps_expected + 12 * std::sqrt(steps_expected) + 40;
  for (double k = 0; k <= last_step; ++k) {
    const double here = special::poisson_share(k, steps_expected);
    const double later = special::gamma_below(k + 1, steps_expected);  // more than k steps
    for (size_t i = 0; i < size; ++i) result[i] += here * state[i];
    if (integral != nullptr)
      for (size_t i = 0; i < size; ++i) (*integral)[i] += later / rate * state[i];
    step(chain, rate, state, next);
    state.swap(next);
  }
  return result;
}

}  // namespace paceline::sim
