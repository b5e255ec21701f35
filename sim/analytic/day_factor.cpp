#include "sim/analytic/day_factor.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/analytic/special_functions.h"

namespace paceline::sim {

namespace {

/// Where panels begin: the day factor's body by deviations, and the change-over at which the load
/// meets the agents, whose width is that of a Poisson count.
std::vector<double> panel_edges(double shape, double load, double servers) {
  const double low = boost::math::gamma_p_inv(shape, 1e-14, special::Policy()) / shape;
  const double high = boost::math::gamma_q_inv(shape, 1e-14, special::Policy()) / shape;
  const double deviation = 1 / std::sqrt(shape);
  std::vector<double> edges{low, high};
  for (int i = -6; i <= 8; i += 2) edges.push_back(1 + i * deviation);
  const double even = servers / load;
  const double width = std::sqrt(servers) / load;
  for (const double k : {-8.0, -4.0, -2.0, 0.0, 2.0, 4.0, 8.0}) edges.push_back(even + k * width);
  for (double fine = 1; fine > low; fine /= 4) edges.push_back(fine);
  std::erase_if(edges, [&](double edge) { return !(edge >= low && edge <= high); });
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

}  // namespace

Answer<AbandonmentMeasures> abandonment_over_days(const AbandonmentQueue& mean_day,
                                                  const Distribution& patience, double threshold,
                                                  double shape) {
  if (auto wrong = not_positive({{"shape of the day factor", shape}}))
    return sched::Unexpected{*wrong};
  const auto as_forecast = abandonment_queue(mean_day, patience, threshold);
  if (!as_forecast || mean_day.arrival_rate == 0) return as_forecast;
  if (patience.endless_share() > 0)
    return impossible(Impossible::unstable,
                      "unstable on the busiest days: some callers never give up; give a patience "
                      "that ends");
  AbandonmentMeasures mean;
  double customers = 0;
  double served_wait = 0;     // mean wait of the served × their share
  double abandoned_wait = 0;  // likewise
  const auto edges = panel_edges(shape, as_forecast->offered_load, mean_day.servers);
  std::optional<PlanError> wrong;
  for (size_t i = 1; i < edges.size(); ++i) {
    special::panel_points(edges[i - 1], edges[i], [&](double factor, double width) {
      const double share = width * shape * special::poisson_share(shape - 1, shape * factor);
      if (share < 1e-18 || wrong) return;
      AbandonmentQueue day = mean_day;
      day.arrival_rate *= factor;
      const auto found = abandonment_queue(day, patience, threshold);
      if (!found) {
        wrong = found.error();
        return;
      }
      const double weight = share * factor;
      customers += weight;
      mean.occupancy += share * found->occupancy;
      mean.p_wait += weight * found->p_wait;
      mean.p_abandon += weight * found->p_abandon;
      mean.mean_wait += weight * found->mean_wait;
      served_wait += weight * found->mean_wait_served * (1 - found->p_abandon);
      abandoned_wait += weight * found->mean_wait_abandoned * found->p_abandon;
      mean.mean_offered_wait += weight * found->mean_offered_wait;
      mean.p_wait_above += weight * found->p_wait_above;
      mean.p_served_within += weight * found->p_served_within;
      mean.p_abandon_within += weight * found->p_abandon_within;
      mean.mean_queue += share * found->mean_queue;
    });
  }
  if (wrong) return sched::Unexpected{*wrong};
  for (double* figure : {&mean.p_wait, &mean.p_abandon, &mean.mean_wait, &mean.mean_offered_wait,
                         &mean.p_wait_above, &mean.p_served_within, &mean.p_abandon_within})
    *figure /= customers;
  mean.offered_load = as_forecast->offered_load;
  mean.mean_wait_served = served_wait / customers / (1 - mean.p_abandon);
  mean.mean_wait_abandoned = mean.p_abandon > 0 ? abandoned_wait / customers / mean.p_abandon : 0;
  mean.mean_wait_if_waiting = mean.mean_wait / mean.p_wait;
  return mean;
}

Answer<double> shape_from_dispersion(double mean_count, double index_of_dispersion) {
  if (auto wrong = not_positive({{"mean count", mean_count}})) return sched::Unexpected{*wrong};
  if (!(index_of_dispersion > 1) || !std::isfinite(index_of_dispersion))
    return impossible(Impossible::out_of_range,
                      "index of dispersion is " + figure(index_of_dispersion) +
                          ": above 1 it needs a day factor, at 1 arrivals are Poisson");
  return mean_count / (index_of_dispersion - 1);
}

}  // namespace paceline::sim
