#include "sim/analytic/abandonment.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/analytic/erlang.h"
#include "sim/analytic/special_functions.h"

namespace paceline::sim {

namespace {

/// λH(x) − nμx, the logarithm of the offered wait's density but for a constant. Concave.
class Exponent {
 public:
  Exponent(double arrival_rate, double work_rate, const Distribution& patience)
      : arrival_rate_(arrival_rate), work_rate_(work_rate), patience_(patience) {}

  double at(double x) const {
    return arrival_rate_ * patience_.survival_integral(x) - work_rate_ * x;
  }
  bool rises(double x) const { return arrival_rate_ * patience_.survival(x) > work_rate_; }

  /// Where it is highest.
  double peak() const {
    if (!rises(0)) return 0;
    double high = 1 / work_rate_;
    while (rises(high)) high *= 2;
    double low = 0;
    for (int i = 0; i < 200 && high - low > 1e-15 * high; ++i) {
      const double middle = (low + high) / 2;
      (rises(middle) ? low : high) = middle;
    }
    return (low + high) / 2;
  }

  /// Where it is lower by `drop` than at `from`: to the left, which is not beyond the peak (0 if
  /// nowhere), or to the right of the peak.
  double left(double from, double drop) const {
    const double level = at(from) - drop;
    if (at(0) >= level) return 0;
    return crossing(level, 0, from);
  }
  double right(double peak, double drop) const {
    const double level = at(peak) - drop;
    double step = 1 / work_rate_;
    while (at(peak + step) > level) step *= 2;
    return crossing(level, peak + step, peak);
  }

 private:
  /// Between a place below the level and one at or above it; a panel's edge need not be exact.
  double crossing(double level, double below, double above) const {
    for (int i = 0; i < 50; ++i) {
      const double middle = (below + above) / 2;
      (at(middle) < level ? below : above) = middle;
    }
    return (below + above) / 2;
  }

  double arrival_rate_, work_rate_;
  const Distribution& patience_;
};

/// Edges of the panels: by the exponent's value, by the patience's shape, finer towards 0.
std::vector<double> panel_edges(const Exponent& exponent, const Distribution& patience, double peak,
                                double threshold) {
  constexpr double drops[] = {0.5, 2, 5, 10, 18, 28, 40, 54};
  std::vector<double> edges{0, peak, threshold};
  for (const double drop : drops) {
    edges.push_back(exponent.left(peak, drop));
    edges.push_back(exponent.right(peak, drop));
  }
  double first = exponent.left(peak, drops[7]);
  if (threshold < peak) {  // what happens before it is rare, and must be exact all the same
    for (const double drop : drops) edges.push_back(exponent.left(threshold, drop));
    first = std::min(first, exponent.left(threshold, drops[7]));
  }
  const double last = exponent.right(peak, drops[7]);
  for (const double kink : patience.kinks()) edges.push_back(kink);
  if (patience.endless_share() == 0) {
    for (int i = -8; i <= 8; ++i) edges.push_back(patience.mean() + i * patience.deviation());
  }
  double fine = last;
  for (int i = 0; i < (patience.rough_at_zero() ? 25 : 12); ++i) edges.push_back(fine /= 4);
  std::erase_if(edges, [&](double edge) { return !(edge >= first && edge <= last); });
  edges.push_back(first);
  edges.push_back(last);
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

/// Integrals over the offered wait V > 0, each times e^−(highest exponent).
struct Integrals {
  double all = 0;             // J
  double offered_wait = 0;    // J₁
  double wait = 0;            // J_H
  double given_up = 0;        // ∫ G
  double given_up_wait = 0;   // ∫ E[patience; patience ≤ x]
  double served = 0;          // ∫ Ḡ
  double served_wait = 0;     // ∫ xḠ
  double above = 0;           // J(T)
  double served_within = 0;   // ∫₀ᵀ Ḡ
  double given_up_below = 0;  // ∫₀ᵀ G
};

Integrals integrate(const Exponent& exponent, const Distribution& patience,
                    const std::vector<double>& edges, double highest, double threshold) {
  Integrals sum;
  for (size_t i = 1; i < edges.size(); ++i) {
    const bool within = edges[i] <= threshold;
    special::panel_points(edges[i - 1], edges[i], [&](double x, double weight) {
      const double mass = weight * std::exp(exponent.at(x) - highest);
      const double alive = patience.survival(x);
      const double gone = patience.cdf(x);
      const double partial = patience.partial_mean(x);
      sum.all += mass;
      sum.offered_wait += mass * x;
      sum.wait += mass * (x * alive + partial);
      sum.given_up += mass * gone;
      sum.given_up_wait += mass * partial;
      sum.served += mass * alive;
      sum.served_wait += mass * x * alive;
      if (within) {
        sum.served_within += mass * alive;
        sum.given_up_below += mass * gone;
      } else {
        sum.above += mass;
      }
    });
  }
  return sum;
}

}  // namespace

Answer<AbandonmentMeasures> abandonment_queue(const AbandonmentQueue& queue,
                                              const Distribution& patience, double threshold) {
  if (auto wrong = not_positive({{"service rate", queue.service_rate}}))
    return sched::Unexpected{*wrong};
  if (auto wrong = negative({{"arrival rate", queue.arrival_rate}, {"threshold", threshold}}))
    return sched::Unexpected{*wrong};
  if (auto wrong = not_a_count({{"servers", queue.servers}})) return sched::Unexpected{*wrong};
  const double work_rate = queue.servers * queue.service_rate;
  const double load = queue.arrival_rate / queue.service_rate;
  const double endless = queue.arrival_rate * patience.endless_share();
  if (endless >= work_rate)
    return impossible(Impossible::unstable, "unstable: callers who never give up bring " +
                                                figure(endless / queue.service_rate) +
                                                " erlangs for " + figure(queue.servers) +
                                                " servers: take more servers");
  AbandonmentMeasures found;
  found.offered_load = load;
  if (queue.arrival_rate == 0) {
    found.p_served_within = 1;
    return found;
  }
  const Exponent exponent(queue.arrival_rate, work_rate, patience);
  const double peak = exponent.peak();
  const double highest = exponent.at(peak);
  const auto edges = panel_edges(exponent, patience, peak, threshold);
  const Integrals sum = integrate(exponent, patience, edges, highest, threshold);

  // ℰ = 1 / B(n − 1), against λJ on one scale.
  const double log_ratio = log_inverse_erlang_b(queue.servers - 1, load) - highest -
                           std::log(queue.arrival_rate * sum.all);
  const double at_once = 1 / (1 + std::exp(-log_ratio));
  found.p_wait = 1 / (1 + std::exp(log_ratio));
  const double scale = found.p_wait / sum.all;
  found.p_abandon = scale * sum.given_up;
  const double served = at_once + scale * sum.served;
  found.mean_wait = scale * sum.wait;
  found.mean_wait_served = scale * sum.served_wait / served;
  found.mean_wait_abandoned = sum.given_up > 0 ? sum.given_up_wait / sum.given_up : 0;
  found.mean_wait_if_waiting = sum.wait / sum.all;
  found.mean_queue = queue.arrival_rate * found.mean_wait;
  found.mean_offered_wait = scale * sum.offered_wait;
  found.occupancy = load * served / queue.servers;
  found.p_wait_above = scale * sum.above * patience.survival(threshold);
  found.p_served_within = at_once + scale * sum.served_within;
  found.p_abandon_within = scale * (sum.given_up_below + sum.above * patience.cdf(threshold));
  return found;
}

Answer<AbandonmentMeasures> erlang_a(const AbandonmentQueue& queue, double mean_patience,
                                     double threshold) {
  const auto patience = Distribution::exponential(mean_patience);
  if (!patience) return sched::Unexpected{patience.error()};
  return abandonment_queue(queue, *patience, threshold);
}

}  // namespace paceline::sim
