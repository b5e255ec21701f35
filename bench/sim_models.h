// What simulators are measured on: three models with exact answers, and when a simulator agrees
// with them.
//
// Work is exponential, arrivals are Poisson, nobody gives up. All figures of the models are here
// and nowhere else: sim_bench prints them, with the exact answers, for the rivals in other
// languages. Times are in units of a service at rate 1.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "sched/base/check.h"
#include "sim/analytic/erlang.h"
#include "sim/analytic/priority_queue.h"
#include "sim/analytic/queue_network.h"
#include "sim/analytic/shared_agents.h"

namespace paceline::bench {

/// First come, first served before agents who are all alike.
struct ManyAgents {
  static constexpr const char* name = "mm100";
  double arrival_rate = 90;
  double service_rate = 1;
  uint32_t agents = 100;
};

/// Class 1 goes to pool 1, or to pool 2 if nobody is free there; class 2 to pool 2 only. Whoever
/// becomes free in pool 2 takes class 1 first.
struct TwoPools {
  static constexpr const char* name = "n_model";
  std::array<double, 2> arrival_rates{36, 54};
  double service_rate = 1;
  std::array<uint32_t, 2> agents{40, 60};
};

/// Everything arrives at the first tier with one of five priorities, which it keeps; a share of
/// what a tier has done goes on to the next. Most pressing first, then first come; work that has
/// begun is not interrupted.
struct Tiers {
  static constexpr const char* name = "tiers";
  static constexpr size_t tier_count = 3;
  static constexpr size_t priority_count = 5;
  double arrival_rate = 54;
  std::array<double, tier_count> service_rates{1, 0.5, 0.25};
  std::array<uint32_t, tier_count> agents{60, 25, 12};
  std::array<double, tier_count> onward{0.2, 0.25, 0};
  std::array<double, priority_count> priority_shares{0.05, 0.10, 0.25, 0.35, 0.25};
};

/// What a run, or an exact computation, says. A line of ManyAgents is the only one, of TwoPools a
/// class; of Tiers they are the priorities of the first tier, then the second tier and the third:
/// priorities leave a tier in an order that depends on them, so for these only the mean over all
/// priorities is known exactly.
struct Answers {
  std::vector<double> mean_wait;  ///< By line.
  std::vector<double> p_wait;     ///< By line: share that waits at all.
  std::vector<double> occupancy;  ///< By pool or tier.
};

inline Answers exact(const ManyAgents& model) {
  const auto desk = sim::DelayQueue::make(model.arrival_rate, model.service_rate, model.agents);
  CHECK(desk);
  return {{desk->mean_wait()}, {desk->p_wait()}, {desk->occupancy()}};
}

inline Answers exact(const TwoPools& model) {
  sim::NModel chain;
  chain.arrival_rates = model.arrival_rates;
  chain.service_rate = model.service_rate;
  for (size_t pool = 0; pool < 2; ++pool) chain.servers[pool] = model.agents[pool];
  chain.first_at_pool2 = 1;
  const auto found = sim::n_model(chain);
  CHECK(found);
  Answers answers;
  for (const sim::ClassMeasures& one : found->classes) {
    answers.mean_wait.push_back(one.mean_wait);
    answers.p_wait.push_back(one.p_wait);
  }
  answers.occupancy.assign(found->occupancy.begin(), found->occupancy.end());
  return answers;
}

inline Answers exact(const Tiers& model) {
  std::vector<double> rates;
  for (const double share : model.priority_shares) rates.push_back(share * model.arrival_rate);
  const auto first = sim::PriorityDesk::make(rates, model.service_rates[0], model.agents[0],
                                             sim::Preemption::none);
  CHECK(first);
  sim::TierNetwork network;
  network.external_rates = {model.arrival_rate, 0, 0};
  network.routing = {{0, model.onward[0], 0}, {0, 0, model.onward[1]}, {0, 0, 0}};
  network.service_rates.assign(model.service_rates.begin(), model.service_rates.end());
  network.servers.assign(model.agents.begin(), model.agents.end());
  const auto tiers = sim::tier_network(network);
  CHECK(tiers);
  Answers answers;
  for (size_t priority = 0; priority < Tiers::priority_count; ++priority) {
    answers.mean_wait.push_back(first->mean_wait(priority));
    answers.p_wait.push_back(first->p_all_busy());
  }
  for (size_t tier = 1; tier < Tiers::tier_count; ++tier) {
    answers.mean_wait.push_back(tiers->mean_wait[tier]);
    answers.p_wait.push_back(tiers->p_wait[tier]);
  }
  answers.occupancy = tiers->occupancy;
  return answers;
}

/// The first of a run are left out of its answers, so that the empty desk it begins with is.
inline uint64_t warm_up(uint64_t customers) { return std::min<uint64_t>(customers / 4, 50'000); }

/// How far several runs are from the exact answers. A simulator agrees if no figure is farther than
/// its runs can tell, and they are long enough to tell: bench/harness/simulators.py has the same
/// rule and takes the bounds from here.
struct Distance {
  double standard_errors = 0;  ///< The farthest figure, in standard errors of its mean.
  double error_of_waits = 0;   ///< The largest standard error, as a share of its exact value.
  double error_of_occupancy = 0;

  static constexpr double standard_errors_max = 5;
  static constexpr double error_of_waits_max = 0.15;
  static constexpr double error_of_occupancy_max = 0.02;
  /// `shorter`: runs that need not tell as much.
  bool agrees(double shorter = 1) const {
    return standard_errors <= standard_errors_max &&
           error_of_waits <= error_of_waits_max * shorter &&
           error_of_occupancy <= error_of_occupancy_max * shorter;
  }
};

inline Distance distance(const std::vector<Answers>& runs, const Answers& truth) {
  Distance found;
  const auto count = static_cast<double>(runs.size());
  const auto look = [&](std::vector<double> Answers::*list, double Distance::*error_max) {
    for (size_t i = 0; i < (truth.*list).size(); ++i) {
      double mean = 0;
      for (const Answers& run : runs) mean += (run.*list).at(i) / count;
      double squares = 0;
      for (const Answers& run : runs) squares += std::pow((run.*list)[i] - mean, 2);
      const double error = std::sqrt(squares / (count - 1) / count);
      const double value = (truth.*list)[i];
      found.*error_max = std::max(found.*error_max, error / value);
      found.standard_errors = std::max(found.standard_errors, std::abs(mean - value) / error);
    }
  };
  look(&Answers::mean_wait, &Distance::error_of_waits);
  look(&Answers::p_wait, &Distance::error_of_waits);
  look(&Answers::occupancy, &Distance::error_of_occupancy);
  return found;
}

}  // namespace paceline::bench
