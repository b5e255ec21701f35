// When tickets are opened and what they look like.
//
// A day's demand is a piecewise-linear rate; arrivals are a Poisson process at that rate, made by
// inverting the integral of the rate, so each ticket costs one draw and none is thrown away.
// Everything follows from (profile, seed, replication): same numbers, same day, on any machine.
//
// Owner: whoever holds it.  Time: an argument; instants are microseconds.  Allocates: the result.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sched/base/time.h"

namespace paceline::sim {

/// The rate at a minute of the day, in tickets per hour; linear between points, 0 outside them.
struct RatePoint {
  uint32_t minute = 0;
  double per_hour = 0.0;
};

/// A value and how often it comes, relative to its siblings.
struct Share {
  std::string value;
  uint32_t weight = 1;
};

struct DemandProfile {
  std::vector<RatePoint> rate;  ///< Ascending minutes, at least two.
  std::vector<Share> categories;
  std::vector<Share> channels;
  uint32_t impact_weights[3] = {1, 6, 3};   ///< high, medium, low
  uint32_t urgency_weights[3] = {1, 6, 3};  ///< high, medium, low
  uint32_t vip_ppm = 20'000;
  uint32_t request_ppm = 250'000;  ///< Service requests among all tickets.
  uint32_t requester_count = 2'000;
  uint32_t body_size_min = 80;
  uint32_t body_size_max = 320;
};

struct Arrival {
  sched::Instant at;
  uint32_t category = 0;  ///< Position in DemandProfile::categories.
  uint32_t channel = 0;
  uint32_t requester = 0;  ///< 0 … requester_count − 1
  uint32_t body_size = 0;
  uint8_t kind = 0;     ///< desk::TicketKind
  uint8_t impact = 0;   ///< sched::Impact
  uint8_t urgency = 0;  ///< sched::Urgency
  bool vip = false;
};

/// Expected number of tickets in a day of this profile.
double expected_tickets(const DemandProfile& profile);

/// Scales the rate so that a day is expected to bring `tickets`.
void scale_to(DemandProfile& profile, double tickets);

/// The arrivals of the day that begins at `midnight`, in order of time.
std::vector<Arrival> arrivals_of_day(const DemandProfile& profile, sched::Instant midnight,
                                     uint64_t seed, uint32_t replication);

/// A weekday of a mid-sized desk: quiet night, steep morning, lunch dip, second peak.
DemandProfile office_day();

}  // namespace paceline::sim
