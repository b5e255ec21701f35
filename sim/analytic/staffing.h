// How many agents a demand needs: the inverse of the formulas.
//
// A demand is answered by the model its data allow: Erlang C where nobody gives up, M/M/n+G with a
// patience, M/M/n/K with a limit on lines, Erlang B without a queue, and the day factor over
// M/M/n+G. Figures improve with every agent, so the number is found by bisection: it meets the
// target, and one agent less does not.
//
// Times are in one unit throughout, rates per that unit. Shrinkage is the share of paid time in
// which an agent is not at work, so those scheduled are agents / (1 − shrinkage).
//
// Owner: any thread; pure.  Allocates: texts of errors.
#pragma once

#include <optional>

#include "sim/analytic/answer.h"
#include "sim/analytic/distribution.h"

namespace paceline::sim {

/// What a queue is asked; a scenario's Demand is where contacts come from.
struct QueueDemand {
  double arrival_rate = 0.0;
  double mean_handling = 0.0;
  std::optional<Distribution> patience;  ///< None: nobody gives up.
  std::optional<double> lines;           ///< In service and waiting; patience exponential then.
  std::optional<double> day_shape;       ///< Of the day factor; needs a patience.
  bool no_queue = false;  ///< Who finds all agents busy is turned away; the rest is not looked at.
};

/// Which share a service level is. Figures of different ones must not be compared.
enum class ServiceLevelOf : uint8_t {
  offered,        ///< Answered within T / all offered: who gives up counts as missed.
  without_short,  ///< Answered within T / offered but those who gave up within T.
  answered,       ///< Answered within T / answered.
};
std::string_view name(ServiceLevelOf of);  ///< "offered"

struct ServiceTarget {
  std::optional<double> service_level;
  double threshold = 0.0;
  ServiceLevelOf of = ServiceLevelOf::offered;
  std::optional<double> mean_wait;  ///< ASA: of those answered.
  std::optional<double> p_abandon;
  std::optional<double> p_wait;
  std::optional<double> p_block;
  double occupancy_cap = 1.0;
};

struct Performance {
  double agents = 0.0;
  double occupancy = 0.0;
  double p_wait = 0.0;
  double mean_wait = 0.0;  ///< Of those answered.
  double service_level = 0.0;
  double p_abandon = 0.0;
  double p_block = 0.0;
};

/// What so many agents give. Errors: as the model's; unstable.
Answer<Performance> performance(const QueueDemand& demand, double agents, double threshold,
                                ServiceLevelOf of);

struct Staffing {
  Performance with;
  /// With one agent less; none where that has no steady state, or there is nobody to take away.
  std::optional<Performance> with_one_less;
  double scheduled_raw = 0.0;  ///< agents / (1 − shrinkage)
  double scheduled = 0.0;      ///< Rounded up.
};
/// The least number of agents that meets every part of the target.
/// Errors: inputs; out_of_reach with the best that `agents_max` agents do.
Answer<Staffing> staff(const QueueDemand& demand, const ServiceTarget& target, double shrinkage,
                       double agents_max = 100'000);

/// Users served for each analyst on the payroll. **A sanity figure**, to be held against those of
/// similar desks; it knows nothing of volume, hours or service level and staffs nothing.
Answer<double> users_per_analyst(double users, double scheduled);

}  // namespace paceline::sim
