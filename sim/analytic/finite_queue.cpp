#include "sim/analytic/finite_queue.h"

#include <algorithm>
#include <cmath>

#include "sim/analytic/birth_death.h"
#include "sim/analytic/special_functions.h"

namespace paceline::sim {

namespace {

/// P(answered within `threshold`) of somebody who finds `ahead` waiting and all servers busy.
double answered_within(const FiniteQueue& queue, double ahead, double threshold) {
  const double work_rate = queue.servers * queue.service_rate;
  if (queue.abandonment_rate == 0) return special::gamma_below(ahead + 1, work_rate * threshold);
  // e^−θW is Beta(c, ahead + 1); its mean over waits up to the threshold is the chance to be
  // served.
  const double c = work_rate / queue.abandonment_rate;
  const double within = -std::expm1(-queue.abandonment_rate * threshold);
  return c / (c + ahead + 1) * special::beta_below(ahead + 1, c + 1, within);
}

}  // namespace

Answer<FiniteMeasures> finite_queue(const FiniteQueue& queue, double threshold) {
  if (auto wrong = not_positive({{"service rate", queue.service_rate}}))
    return sched::Unexpected{*wrong};
  if (auto wrong = negative({{"arrival rate", queue.arrival_rate},
                             {"abandonment rate", queue.abandonment_rate},
                             {"threshold", threshold}}))
    return sched::Unexpected{*wrong};
  if (auto wrong = not_a_count({{"servers", queue.servers}, {"capacity", queue.capacity}}))
    return sched::Unexpected{*wrong};
  if (queue.capacity < queue.servers)
    return impossible(Impossible::out_of_range,
                      "capacity is " + figure(queue.capacity) + " for " + figure(queue.servers) +
                          " servers: it counts those in service too, so give at least as many");
  const auto servers = static_cast<size_t>(queue.servers);
  const auto capacity = static_cast<size_t>(queue.capacity);
  BirthDeath chain;
  chain.births.assign(capacity + 1, queue.arrival_rate);
  chain.deaths.resize(capacity + 1);
  for (size_t i = 0; i <= capacity; ++i)
    chain.deaths[i] = static_cast<double>(std::min(i, servers)) * queue.service_rate +
                      static_cast<double>(i - std::min(i, servers)) * queue.abandonment_rate;
  const auto shares = steady_state(chain);

  FiniteMeasures found;
  found.offered_load = queue.arrival_rate / queue.service_rate;
  const double work_rate = queue.servers * queue.service_rate;
  double busy = 0;
  double served = 0;
  double served_wait = 0;
  double wait_if_served =
      0;  // of who is served after so many ahead: each step competes with theirs
  for (size_t i = 0; i <= capacity; ++i) {
    busy += shares[i] * static_cast<double>(std::min(i, servers));
    if (i == capacity) continue;
    if (i < servers) {
      found.p_served_within += shares[i];
      served += shares[i];
      continue;
    }
    const auto ahead = static_cast<double>(i - servers);
    found.p_wait += shares[i];
    found.mean_queue += shares[i] * ahead;
    found.p_served_within += shares[i] * answered_within(queue, ahead, threshold);
    const double chance = work_rate / (work_rate + (ahead + 1) * queue.abandonment_rate);
    wait_if_served += 1 / (work_rate + (ahead + 1) * queue.abandonment_rate);
    served += shares[i] * chance;
    served_wait += shares[i] * chance * wait_if_served;
  }
  found.mean_queue += shares[capacity] * static_cast<double>(capacity - servers);
  found.occupancy = busy / queue.servers;
  found.p_block = shares[capacity];
  if (queue.arrival_rate == 0) return found;
  found.mean_wait_served = served_wait / served;
  found.p_wait_admitted = found.p_wait / (1 - found.p_block);
  found.p_abandon = queue.abandonment_rate * found.mean_queue / queue.arrival_rate;
  found.mean_wait_admitted = found.mean_queue / (queue.arrival_rate * (1 - found.p_block));
  return found;
}

}  // namespace paceline::sim
