// Callers who find everybody busy, hang up and try again.
//
// M/M/c without a queue; a blocked caller goes away for good with 1 − p_retry and else tries again
// after an exponential time, blocked again or not (that is, at every attempt). Solved level by
// level of the orbit (those who will try again), of which only "all busy" leads up: each level is
// one tridiagonal system.
//
// Source: the model, G. I. Falin and J. G. C. Templeton 1997, "Retrial queues", section 2.1; the
// elimination, as in level_chain.h.
//
// Owner: any thread; pure.  Allocates: servers × the largest orbit that matters.
#pragma once

#include "sim/analytic/answer.h"

namespace paceline::sim {

struct RetrialQueue {
  double arrival_rate = 0.0;
  double service_rate = 0.0;
  double servers = 0.0;
  double retry_rate = 0.0;  ///< 1 / mean time between attempts.
  double p_retry = 1.0;
};
struct RetrialMeasures {
  double p_all_busy = 0.0;
  double mean_busy = 0.0;
  double mean_orbit = 0.0;
  double mean_time_in_orbit = 0.0;  ///< Of all callers.
  double p_lost = 0.0;
};
/// Errors: inputs; unstable if everybody retries for ever and load ≥ servers; too_large.
Answer<RetrialMeasures> retrial_queue(const RetrialQueue& queue);

}  // namespace paceline::sim
