// Erlang's two formulas: lost calls and delayed calls.
//
// Load is in erlangs: arrival rate × mean handling time. Servers may be any real number of 1 or
// more (0 or more for B), as inverses and approximations want it. Relative error below 1e-12 from 1
// to 10,000 servers: the recursion over servers damps the error it starts with.
//
// Sources: A. K. Erlang 1917, eqs. for B and D; recursion and the integral for real servers: D. L.
// Jagerman 1974, "Some properties of the Erlang loss function", eqs. (2) and (4).
//
// Owner: any thread; pure.  Allocates: texts of errors.  Cost: one step for each server.
#pragma once

#include "sim/analytic/answer.h"

namespace paceline::sim {

/// Share of arrivals that find all servers busy and are lost (M/M/n/n; any law of handling times).
/// Errors: negative or infinite inputs, too many servers.
Answer<double> erlang_b(double servers, double load);

/// −ln erlang_b, also where that is too small for a double. Requires valid input.
double log_inverse_erlang_b(double servers, double load);

/// Share of arrivals that wait (M/M/n, first come first served, nobody gives up).
/// Errors: as erlang_b; unstable if load ≥ servers.
Answer<double> erlang_c(double servers, double load);

/// The least number of servers with erlang_b ≤ share. Errors: a share outside (0, 1].
struct LossStaffing {
  int64_t servers = 0;
  double p_block = 0.0;
};
Answer<LossStaffing> servers_for_blocking(double load, double p_block_max);

/// The load that `servers` carry at erlang_b = share: what dimensioning tables list.
Answer<double> load_for_blocking(double servers, double p_block);

/// M/M/n in steady state. Times are in the unit of 1 / rate.
class DelayQueue {
 public:
  /// Errors: unstable, inputs.
  static Answer<DelayQueue> make(double arrival_rate, double service_rate, double servers);

  double offered_load() const { return arrival_rate_ / service_rate_; }
  double occupancy() const { return offered_load() / servers_; }
  double p_wait() const { return p_wait_; }
  double mean_wait_if_waiting() const { return 1.0 / spare_rate_; }
  double mean_wait() const { return p_wait_ / spare_rate_; }  ///< ASA.
  double mean_queue() const { return arrival_rate_ * mean_wait(); }
  double mean_in_system() const { return mean_queue() + offered_load(); }
  double p_wait_above(double time) const;
  double service_level(double threshold) const;  ///< Waits of exactly the threshold count.
  /// The wait that a share of all arrivals does not exceed; 0 if so many do not wait at all.
  double wait_quantile(double share) const;

 private:
  DelayQueue() = default;
  double arrival_rate_ = 0.0, service_rate_ = 0.0, servers_ = 0.0;
  double spare_rate_ = 0.0;  // nμ − λ: how fast a queue empties
  double p_wait_ = 0.0;
};

}  // namespace paceline::sim
