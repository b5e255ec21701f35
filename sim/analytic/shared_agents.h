// Two classes of customers on agents they share: exact, where no formula is.
//
// Three arrangements, each solved as a chain of levels (level_chain.h) by the number of the second
// class that waits:
//   N-model         class 1 → pool 1, then pool 2; class 2 → pool 2 only
//   reserved agents one pool; class 2 is begun only while more than `reserved` agents are free
//   two speeds      one pool, class 1 first (not preemptive), each class with its own handling rate
// Arrivals are Poisson, handling and patience exponential. Where the second class never gives up,
// its queue is not cut; the first class's is, where 1e-12 of the mass is lost, or 1e-9 where more
// would be too large. `truncated` says how much.
//
// Relative error below 1e-7. Dozens of agents, not thousands: beyond that too_large is answered.
//
// Owner: any thread; pure.  Allocates: the chain.
#pragma once

#include <array>

#include "sim/analytic/answer.h"

namespace paceline::sim {

/// One of the two classes, in the order of the classes. Shares are of all arrivals.
struct ClassMeasures {
  double p_wait = 0.0;
  double p_abandon = 0.0;
  double mean_queue = 0.0;
  double mean_wait = 0.0;  ///< Until answered or given up.
};

struct NModel {
  std::array<double, 2> arrival_rates{};
  double service_rate = 0.0;  ///< Of every agent for either class.
  std::array<double, 2> servers{};
  std::array<double, 2> abandonment_rates{};  ///< 0: never.
  int first_at_pool2 = 2;  ///< Which class, 1 or 2, a freed agent of pool 2 takes first.
};
struct NModelMeasures {
  std::array<ClassMeasures, 2> classes{};
  std::array<double, 2> occupancy{};  ///< By pool.
  double truncated = 0.0;             ///< Probability at the edge of what was computed.
};
Answer<NModelMeasures> n_model(const NModel& model);

struct ReservedAgents {
  std::array<double, 2> arrival_rates{};
  double service_rate = 0.0;
  double servers = 0.0;
  double reserved = 0.0;  ///< Class 2 is begun only while busy < servers − reserved.
  std::array<double, 2> abandonment_rates{};
};
struct SharedPoolMeasures {
  std::array<ClassMeasures, 2> classes{};
  double occupancy = 0.0;
  double p_all_busy = 0.0;
  double truncated = 0.0;
};
Answer<SharedPoolMeasures> reserved_agents(const ReservedAgents& model);

struct TwoSpeeds {
  std::array<double, 2> arrival_rates{};
  std::array<double, 2> service_rates{};
  double servers = 0.0;
};
Answer<SharedPoolMeasures> two_speeds(const TwoSpeeds& model);

}  // namespace paceline::sim
