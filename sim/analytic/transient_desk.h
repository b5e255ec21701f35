// A day from an empty desk, its rates and staffing changing by interval: M_t/M/s_t(+M), exact.
//
// The number in the system is a birth–death chain whose rates change at the intervals' ends; it is
// carried on by uniformisation (birth_death.h), so no step size has to be chosen. Where staffing
// falls, surplus agents leave at once and their callers go back into the queue.
//
// Owner: any thread; pure.  Allocates: the distribution at every interval's end.
#pragma once

#include <vector>

#include "sim/analytic/answer.h"

namespace paceline::sim {

struct TransientDesk {
  double interval = 0.0;
  std::vector<double> arrival_rates;  ///< By interval.
  std::vector<double> staffing;       ///< Whole numbers, 0 or more.
  double service_rate = 0.0;
  double abandonment_rate = 0.0;  ///< 0: nobody gives up.
};
struct TransientMeasures {
  // At each interval's end, with that interval's staffing.
  std::vector<double> mean_in_system;
  std::vector<double> mean_queue;
  std::vector<double> p_all_busy;
  std::vector<std::vector<double>> in_system;  ///< Probabilities of 0, 1, 2 …
  // Of the whole time.
  double expected_arrivals = 0.0;
  double share_delayed = 0.0;           ///< Of arrivals: found all agents busy.
  double queue_time_per_arrival = 0.0;  ///< Within the time.
  double expected_abandons = 0.0;
  double busy_agent_time = 0.0;
  std::vector<double> share_delayed_by_interval;
};
/// Errors: inputs, lists of different lengths, too_large.
Answer<TransientMeasures> transient_desk(const TransientDesk& desk);

}  // namespace paceline::sim
