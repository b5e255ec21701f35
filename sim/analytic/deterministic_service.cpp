#include "sim/analytic/deterministic_service.h"

#include <cmath>
#include <complex>
#include <numbers>

#include "sim/analytic/special_functions.h"

namespace paceline::sim {

namespace {

struct Wait {
  double p_wait;
  double mean_queue;
};

/// How fast the terms of Spitzer's sums shrink: the k-th is about e^−k·decay.
double decay(double load, double servers) {
  const double occupancy = load / servers;
  return servers * (occupancy - 1 - std::log(occupancy));
}

Wait by_random_walk(double load, double servers) {
  double log_no_wait = 0;
  double mean_wait = 0;  // in service times
  for (double k = 1;; ++k) {
    const double shape = k * servers;
    const double ahead = special::gamma_below(shape, k * load);
    const double rise =
        k * (1 - servers / load) * ahead + shape / load * special::poisson_share(shape, k * load);
    log_no_wait += ahead / k;
    mean_wait += rise / k;
    if (ahead < 1e-17 * (log_no_wait + 1e-300) && rise < 1e-17 * mean_wait) break;
    if (ahead == 0) break;
  }
  return {-std::expm1(-log_no_wait), load * mean_wait};
}

Wait by_roots(double load, double servers) {
  using Complex = std::complex<double>;
  const double occupancy = load / servers;
  const auto count = static_cast<int64_t>(servers);
  double log_product = 0;  // of |1 − z| over the roots
  double sum_inverse = 0;  // of 1 / (1 − z)
  for (int64_t i = 1; i <= count / 2; ++i) {
    // Roots come in conjugate pairs; z = ω e^{ρ(z − 1)} by Newton from ω's neighbourhood.
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / servers;
    const Complex omega = std::polar(1.0, angle);
    Complex z = omega * std::exp(occupancy * (omega - 1.0));
    for (int round = 0; round < 100; ++round) {
      const Complex image = omega * std::exp(occupancy * (z - 1.0));
      const Complex change = (z - image) / (1.0 - occupancy * image);
      z -= change;
      if (std::abs(change) < 1e-16) break;
    }
    const double copies = 2 * i == count ? 1 : 2;
    log_product += copies * std::log(std::abs(1.0 - z));
    sum_inverse += copies * (1.0 / (1.0 - z)).real();
  }
  const double no_wait = std::exp(std::log(servers - load) - log_product);
  const double mean_queue =
      sum_inverse - (servers * (servers - 1) - load * load) / (2 * (servers - load));
  return {1 - no_wait, mean_queue};
}

}  // namespace

Answer<DeterministicService> deterministic_service(double arrival_rate, double service_time,
                                                   double servers) {
  if (auto wrong = not_positive({{"service time", service_time}})) return sched::Unexpected{*wrong};
  if (auto wrong = negative({{"arrival rate", arrival_rate}})) return sched::Unexpected{*wrong};
  if (auto wrong = not_a_count({{"servers", servers}})) return sched::Unexpected{*wrong};
  const double load = arrival_rate * service_time;
  if (overloaded(load, servers))
    return sched::Unexpected{unstable(load, servers, "and nobody gives up")};
  DeterministicService found;
  found.occupancy = load / servers;
  if (load == 0) return found;
  // Beyond so many terms nearly everybody waits, and the roots lose no more than a digit for each
  // factor of ten in servers.
  constexpr double terms_max = 2'000;
  const Wait wait = 38 / decay(load, servers) < terms_max ? by_random_walk(load, servers)
                                                          : by_roots(load, servers);
  found.p_wait = wait.p_wait;
  found.mean_queue = wait.mean_queue;
  found.mean_wait = found.mean_queue / arrival_rate;
  return found;
}

}  // namespace paceline::sim
