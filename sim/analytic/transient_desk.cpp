#include "sim/analytic/transient_desk.h"

#include <algorithm>
#include <cmath>

#include "sim/analytic/birth_death.h"

namespace paceline::sim {

namespace {

constexpr size_t states_max = 1'000'000;

std::optional<PlanError> problem_in(const TransientDesk& desk) {
  if (auto wrong = not_positive({{"interval", desk.interval}, {"service rate", desk.service_rate}}))
    return wrong;
  if (auto wrong = negative({{"abandonment rate", desk.abandonment_rate}})) return wrong;
  if (desk.arrival_rates.size() != desk.staffing.size())
    return PlanError{Impossible::out_of_range,
                     "rates and staffing speak of different numbers of intervals"};
  for (size_t i = 0; i < desk.staffing.size(); ++i) {
    if (auto wrong =
            negative({{"arrival rate", desk.arrival_rates[i]}, {"staffing", desk.staffing[i]}}))
      return wrong;
    if (std::floor(desk.staffing[i]) != desk.staffing[i])
      return PlanError{Impossible::out_of_range,
                       "staffing is " + figure(desk.staffing[i]) + ": it must be a whole number"};
  }
  return std::nullopt;
}

BirthDeath chain_of(const TransientDesk& desk, size_t interval, size_t size) {
  BirthDeath chain;
  chain.births.assign(size, desk.arrival_rates[interval]);
  chain.deaths.resize(size);
  for (size_t n = 0; n < size; ++n) {
    const auto count = static_cast<double>(n);
    const double busy = std::min(count, desk.staffing[interval]);
    chain.deaths[n] = busy * desk.service_rate + (count - busy) * desk.abandonment_rate;
  }
  return chain;
}

/// `edge`: the largest probability met at the last state.
Answer<TransientMeasures> solve(const TransientDesk& desk, size_t size, double& edge) {
  TransientMeasures found;
  std::vector<double> state(size, 0.0);
  state[0] = 1;
  double delayed = 0;
  double queue_time = 0;
  edge = 0;
  for (size_t i = 0; i < desk.staffing.size(); ++i) {
    std::vector<double> time(size, 0.0);  // spent in each state
    auto next = after(chain_of(desk, i, size), std::move(state), desk.interval, &time);
    if (!next) return sched::Unexpected{next.error()};
    state = *std::move(next);
    double mean = 0;
    double queue = 0;
    double all_busy = 0;
    double delayed_here = 0;
    for (size_t n = 0; n < size; ++n) {
      const auto count = static_cast<double>(n);
      const double waiting = std::max(0.0, count - desk.staffing[i]);
      mean += count * state[n];
      queue += waiting * state[n];
      queue_time += waiting * time[n];
      found.busy_agent_time += (count - waiting) * time[n];
      if (count < desk.staffing[i]) continue;
      all_busy += state[n];
      delayed_here += desk.arrival_rates[i] * time[n];
    }
    const double arrivals = desk.arrival_rates[i] * desk.interval;
    found.mean_in_system.push_back(mean);
    found.mean_queue.push_back(queue);
    found.p_all_busy.push_back(all_busy);
    found.in_system.push_back(state);
    found.expected_arrivals += arrivals;
    found.share_delayed_by_interval.push_back(arrivals > 0 ? delayed_here / arrivals : 0);
    delayed += delayed_here;
    edge = std::max({edge, state.back(), time.back() / desk.interval});
  }
  found.expected_abandons = queue_time * desk.abandonment_rate;
  if (found.expected_arrivals > 0) {
    found.share_delayed = delayed / found.expected_arrivals;
    found.queue_time_per_arrival = queue_time / found.expected_arrivals;
  }
  return found;
}

}  // namespace

Answer<TransientMeasures> transient_desk(const TransientDesk& desk) {
  if (auto wrong = problem_in(desk)) return sched::Unexpected{*wrong};
  double most = 0;
  for (const double agents : desk.staffing) most = std::max(most, agents);
  for (double size = most + 10 * std::sqrt(most) + 64;; size *= 1.5) {
    if (size > static_cast<double>(states_max))
      return impossible(Impossible::too_large,
                        "more than a million would wait: the staffing is far too small");
    double edge = 0;
    auto found = solve(desk, static_cast<size_t>(size), edge);
    if (!found || edge < 1e-15) return found;
  }
}

}  // namespace paceline::sim
