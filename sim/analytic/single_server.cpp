#include "sim/analytic/single_server.h"

#include <cmath>

#include "sim/analytic/erlang.h"

namespace paceline::sim {

Answer<SingleServer> single_server(double arrival_rate, const Distribution& service) {
  if (auto wrong = negative({{"arrival rate", arrival_rate}})) return sched::Unexpected{*wrong};
  if (auto wrong = not_positive({{"mean service", service.mean()}}))
    return sched::Unexpected{*wrong};
  SingleServer found;
  found.occupancy = arrival_rate * service.mean();
  if (overloaded(found.occupancy, 1))
    return impossible(Impossible::unstable, "unstable: one server would be busy " +
                                                figure(found.occupancy) +
                                                " of the time: work must come in slower");
  const double idle = 1 - found.occupancy;
  found.mean_wait = arrival_rate * service.moment(2) / (2 * idle);
  found.wait_variance =
      found.mean_wait * found.mean_wait + arrival_rate * service.moment(3) / (3 * idle);
  found.mean_sojourn = found.mean_wait + service.mean();
  found.mean_queue = arrival_rate * found.mean_wait;
  return found;
}

Answer<double> approximate_mean_wait(double arrival_rate, const Distribution& service,
                                     double servers) {
  if (auto wrong = not_positive({{"mean service", service.mean()}}))
    return sched::Unexpected{*wrong};
  const auto exponential = DelayQueue::make(arrival_rate, 1 / service.mean(), servers);
  if (!exponential) return sched::Unexpected{exponential.error()};
  const double relative = service.moment(2) / (service.mean() * service.mean());  // 1 + cv²
  return exponential->mean_wait() * relative / 2;
}

}  // namespace paceline::sim
