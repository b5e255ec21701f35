// Desks in tiers: tickets that go from one group to another, and tickets that come back.
//
// Sources: J. R. Jackson 1957, "Networks of waiting lines": with Poisson arrivals, exponential
// handling and routing that does not look at queues, each station is an M/M/n of its own. A
// reopened ticket's dormant time is a station with endless servers.
//
// Owner: any thread; pure.  Allocates: the lists of the result.
#pragma once

#include <vector>

#include "sim/analytic/answer.h"

namespace paceline::sim {

struct TierNetwork {
  std::vector<double> external_rates;
  std::vector<std::vector<double>> routing;  ///< [from][to]: share; the rest is resolved.
  std::vector<double> service_rates;
  std::vector<double> servers;
};
struct TierMeasures {
  std::vector<double> arrival_rates;  ///< With transfers and returns.
  std::vector<double> occupancy;
  std::vector<double> p_wait;
  std::vector<double> mean_wait;  ///< For each visit.
  std::vector<double> mean_sojourn;
  double mean_in_system = 0.0;
  double mean_time_to_resolve = 0.0;
};
/// Errors: inputs, lists of different lengths, tickets that never leave; unstable, naming the tier.
Answer<TierMeasures> tier_network(const TierNetwork& network);

struct ReopenDesk {
  double new_rate = 0.0;
  double service_rate = 0.0;
  double servers = 0.0;
  double p_reopen = 0.0;  ///< At every closing.
  double mean_reopen_delay = 0.0;
};
struct ReopenMeasures {
  double effective_rate = 0.0;  ///< Visits: new and reopened.
  double occupancy = 0.0;
  double mean_wait_per_visit = 0.0;
  double mean_work_time_per_ticket = 0.0;  ///< Waits and handling of all its visits.
  double mean_dormant = 0.0;               ///< Closed tickets that will be reopened.
};
/// Errors: inputs, p_reopen of 1; unstable.
Answer<ReopenMeasures> reopen_desk(const ReopenDesk& desk);

}  // namespace paceline::sim
