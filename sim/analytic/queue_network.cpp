#include "sim/analytic/queue_network.h"

#include <cmath>

#include "sim/analytic/dense_matrix.h"
#include "sim/analytic/erlang.h"

namespace paceline::sim {

namespace {

std::optional<PlanError> problem_in(const TierNetwork& network) {
  const size_t tiers = network.external_rates.size();
  bool same = tiers > 0 && network.routing.size() == tiers &&
              network.service_rates.size() == tiers && network.servers.size() == tiers;
  for (const auto& row : network.routing) same = same && row.size() == tiers;
  if (!same)
    return PlanError{Impossible::out_of_range,
                     "rates, routing and servers speak of different numbers of tiers"};
  if (tiers > 1'000) return PlanError{Impossible::too_large, "at most 1,000 tiers are computed"};
  for (size_t i = 0; i < tiers; ++i) {
    if (auto wrong = negative({{"external rate", network.external_rates[i]}})) return wrong;
    double out = 0;
    for (const double share : network.routing[i]) {
      if (auto wrong = not_a_share({{"routing share", share}})) return wrong;
      out += share;
    }
    if (out > 1 + 1e-12)
      return PlanError{
          Impossible::out_of_range,
          "tier " + std::to_string(i + 1) + " hands on a share of " + figure(out) + ": at most 1"};
  }
  return std::nullopt;
}

}  // namespace

Answer<TierMeasures> tier_network(const TierNetwork& network) {
  if (auto wrong = problem_in(network)) return sched::Unexpected{*wrong};
  const size_t tiers = network.external_rates.size();
  // Traffic: rates (I − routing) = external rates.
  DenseMatrix traffic(tiers, tiers);
  for (size_t i = 0; i < tiers; ++i)
    for (size_t j = 0; j < tiers; ++j) traffic(i, j) = (i == j) - network.routing[i][j];
  DenseMatrix rates(1, tiers);
  for (size_t i = 0; i < tiers; ++i) rates(0, i) = network.external_rates[i];
  if (!solve_left(rates, traffic))
    return impossible(Impossible::unstable,
                      "unstable: tickets are handed round and never resolved: some tier's routing "
                      "shares must leave a rest");
  TierMeasures found;
  double external = 0;
  for (size_t i = 0; i < tiers; ++i) {
    const auto tier =
        DelayQueue::make(std::max(0.0, rates(0, i)), network.service_rates[i], network.servers[i]);
    if (!tier)
      return impossible(tier.error().kind,
                        "tier " + std::to_string(i + 1) + ": " + tier.error().text);
    found.arrival_rates.push_back(rates(0, i));
    found.occupancy.push_back(tier->occupancy());
    found.p_wait.push_back(tier->p_wait());
    found.mean_wait.push_back(tier->mean_wait());
    found.mean_sojourn.push_back(tier->mean_wait() + 1 / network.service_rates[i]);
    found.mean_in_system += tier->mean_in_system();
    external += network.external_rates[i];
  }
  found.mean_time_to_resolve = external == 0 ? 0 : found.mean_in_system / external;
  return found;
}

Answer<ReopenMeasures> reopen_desk(const ReopenDesk& desk) {
  if (auto wrong = negative(
          {{"rate of new tickets", desk.new_rate}, {"mean reopen delay", desk.mean_reopen_delay}}))
    return sched::Unexpected{*wrong};
  if (!(desk.p_reopen >= 0 && desk.p_reopen < 1))
    return impossible(Impossible::out_of_range, "share of reopened tickets is " +
                                                    figure(desk.p_reopen) +
                                                    ": it must be 0 or more and below 1");
  const double visits = 1 / (1 - desk.p_reopen);
  const auto queue = DelayQueue::make(desk.new_rate * visits, desk.service_rate, desk.servers);
  if (!queue) return sched::Unexpected{queue.error()};
  ReopenMeasures found;
  found.effective_rate = desk.new_rate * visits;
  found.occupancy = queue->occupancy();
  found.mean_wait_per_visit = queue->mean_wait();
  found.mean_work_time_per_ticket = visits * (queue->mean_wait() + 1 / desk.service_rate);
  found.mean_dormant = found.effective_rate * desk.p_reopen * desk.mean_reopen_delay;
  return found;
}

}  // namespace paceline::sim
