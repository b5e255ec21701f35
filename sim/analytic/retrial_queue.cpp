#include "sim/analytic/retrial_queue.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace paceline::sim {

namespace {

constexpr double cells_max = 2e7;

/// The tridiagonal equations of one level (an orbit of so many) in the busy servers below "all".
class Level {
 public:
  Level(const RetrialQueue& queue, double orbit)
      : queue_(queue), orbit_(orbit), servers_(static_cast<size_t>(queue.servers)) {}

  /// Probabilities of 0 … servers for one unit of "all busy"; `returning` is what comes back from
  /// larger orbits for one unit of it.
  std::vector<double> shape(const std::vector<double>& returning) const {
    std::vector<double> x(servers_ + 1);
    std::vector<double> above(servers_);  // of the eliminated system
    double pivot = 0;
    double excess = 0;  // of the pivot over the arrival rate, which it never falls below
    for (size_t m = 0; m < servers_; ++m) {
      const double done = static_cast<double>(m + 1) * queue_.service_rate;
      double right = returning[m] + (m + 1 == servers_ ? done : 0);
      if (m > 0) {
        right += queue_.arrival_rate * x[m - 1] / pivot;
        excess *= above[m - 1] / pivot;
      }
      excess += orbit_ * queue_.retry_rate;
      pivot = queue_.arrival_rate + excess;
      above[m] = done;
      x[m] = right;
      pivots_.push_back(pivot);
    }
    x[servers_] = 1;
    for (size_t m = servers_; m-- > 0;)
      x[m] = (x[m] + (m + 1 < servers_ ? above[m] * x[m + 1] : 0)) / pivots_[m];
    pivots_.clear();
    return x;
  }

 private:
  const RetrialQueue& queue_;
  double orbit_;
  size_t servers_;
  mutable std::vector<double> pivots_;
};

/// What the states of an orbit send to the orbit one smaller, by busy servers there.
std::vector<double> sent_down(const RetrialQueue& queue, const std::vector<double>& states,
                              double orbit) {
  std::vector<double> result(states.size(), 0.0);
  const double rate = orbit * queue.retry_rate;
  for (size_t n = 0; n + 1 < states.size(); ++n) result[n + 1] = states[n] * rate;
  result.back() += states.back() * rate * (1 - queue.p_retry);
  return result;
}

struct Orbits {
  std::vector<std::vector<double>> states;  // by orbit, then busy servers; not normalised
  double sum = 0.0;
};

Orbits solve(const RetrialQueue& queue, size_t orbit_max) {
  const auto servers = static_cast<size_t>(queue.servers);
  std::vector<std::vector<double>> ratios(orbit_max + 1);  // from all busy, one orbit less
  std::vector<double> returning(servers + 1, 0.0);
  for (size_t orbit = orbit_max; orbit > 0; --orbit) {
    const Level level(queue, static_cast<double>(orbit));
    std::vector<double> x = level.shape(returning);
    returning = sent_down(queue, x, static_cast<double>(orbit));
    // As many leave an orbit for the one below as come up into it.
    const double down = std::accumulate(returning.begin(), returning.end(), 0.0);
    const double scale = queue.arrival_rate * queue.p_retry / down;
    for (double& state : x) state *= scale;
    for (double& rate : returning) rate *= scale;
    ratios[orbit] = std::move(x);
  }
  Orbits found;
  found.states.push_back(Level(queue, 0).shape(returning));
  for (size_t orbit = 1; orbit <= orbit_max; ++orbit) {
    const double all_busy = found.states.back().back();
    for (double& state : ratios[orbit]) state *= all_busy;
    found.states.push_back(std::move(ratios[orbit]));
  }
  for (const auto& level : found.states)
    for (const double state : level) found.sum += state;
  return found;
}

}  // namespace

Answer<RetrialMeasures> retrial_queue(const RetrialQueue& queue) {
  if (auto wrong =
          not_positive({{"service rate", queue.service_rate}, {"retry rate", queue.retry_rate}}))
    return sched::Unexpected{*wrong};
  if (auto wrong = negative({{"arrival rate", queue.arrival_rate}}))
    return sched::Unexpected{*wrong};
  if (auto wrong = not_a_count({{"servers", queue.servers}})) return sched::Unexpected{*wrong};
  if (auto wrong = not_a_share({{"share of retries", queue.p_retry}}))
    return sched::Unexpected{*wrong};
  const double load = queue.arrival_rate / queue.service_rate;
  if (queue.p_retry == 1 && overloaded(load, queue.servers))
    return sched::Unexpected{unstable(load, queue.servers, "and everybody tries again for ever",
                                      ", or a smaller share of retries")};
  RetrialMeasures found;
  if (queue.arrival_rate == 0) return found;
  for (size_t orbit_max = 64;; orbit_max *= 2) {
    if (static_cast<double>(orbit_max) * queue.servers > cells_max)
      return impossible(Impossible::too_large,
                        "so many will try again that the chain has too many states: more servers "
                        "or a higher retry rate are computed");
    const Orbits orbits = solve(queue, orbit_max);
    double edge = 0;
    for (const double state : orbits.states.back()) edge += state;
    if (!(edge < 1e-15 * orbits.sum)) continue;
    double busy_orbit = 0;
    for (size_t orbit = 0; orbit < orbits.states.size(); ++orbit) {
      const auto& states = orbits.states[orbit];
      for (size_t n = 0; n < states.size(); ++n) {
        const double share = states[n] / orbits.sum;
        found.mean_busy += share * static_cast<double>(n);
        found.mean_orbit += share * static_cast<double>(orbit);
      }
      found.p_all_busy += states.back() / orbits.sum;
      busy_orbit += states.back() / orbits.sum * static_cast<double>(orbit);
    }
    found.mean_time_in_orbit = found.mean_orbit / queue.arrival_rate;
    found.p_lost = (1 - queue.p_retry) *
                   (found.p_all_busy + queue.retry_rate * busy_orbit / queue.arrival_rate);
    return found;
  }
}

}  // namespace paceline::sim
