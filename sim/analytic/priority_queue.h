// Classes of different priority before the same agents. Class 0 is the most pressing.
//
// Sources: A. Cobham 1954 (M/G/1 and M/M/c, non-preemptive); H. White and L. S. Christie 1958
// (preemptive resume); O. Kella and U. Yechiali 1985, "Waiting times in the non-preemptive priority
// M/M/c queue": given that all are busy, the wait is that of M/M/1 with c-fold speed, whose
// transform is L. Takács's; inverted numerically, J. Abate and W. Whitt 1995 (Euler).
//
// Times are in the unit of 1 / rate. A preempted customer's time back in the queue is wait.
//
// Owner: any thread; pure.  Allocates: the lists of the result.
#pragma once

#include <vector>

#include "sim/analytic/answer.h"
#include "sim/analytic/distribution.h"

namespace paceline::sim {

struct PriorityClass {
  double arrival_rate = 0.0;
  Distribution service;
};
enum class Preemption : uint8_t { none, resume };

struct PriorityWaits {
  double occupancy = 0.0;
  std::vector<double> mean_wait;  ///< By class.
  std::vector<double> mean_sojourn;
};

/// M/G/1. Errors: inputs; unstable (in all: then no class but some higher ones has a steady state).
Answer<PriorityWaits> single_server_priorities(const std::vector<PriorityClass>& classes,
                                               Preemption preemption);

/// M/M/c with one handling rate for all classes.
class PriorityDesk {
 public:
  static Answer<PriorityDesk> make(std::vector<double> arrival_rates, double service_rate,
                                   double servers, Preemption preemption);

  size_t class_count() const { return arrival_rates_.size(); }
  double occupancy() const;
  /// All agents busy. Without preemption that is everybody's chance to wait.
  double p_all_busy() const { return p_all_busy_; }
  double mean_wait(size_t which) const;
  double mean_wait_all() const;
  double mean_sojourn(size_t which) const { return mean_wait(which) + 1 / service_rate_; }
  /// Share of a class that waits at most `threshold`; without preemption only. Error 1e-8.
  double service_level(size_t which, double threshold) const;

 private:
  PriorityDesk() = default;
  double rate_of(size_t classes) const;  // of the first so many classes together
  std::vector<double> arrival_rates_;
  double service_rate_ = 0.0, servers_ = 0.0, p_all_busy_ = 0.0;
  Preemption preemption_ = Preemption::none;
  std::vector<double> queue_until_;  // mean queue of the classes so far, alone on the desk
};

}  // namespace paceline::sim
