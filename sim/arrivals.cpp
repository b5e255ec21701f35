#include "sim/arrivals.h"

#include <cmath>

#include "engine/desk/command.h"
#include "sched/base/check.h"
#include "sim/rng.h"

namespace paceline::sim {

namespace {

/// Tickets expected between two neighbouring points: the area of a trapezium.
double area(const RatePoint& from, const RatePoint& to) {
  return (from.per_hour + to.per_hour) / 2.0 * static_cast<double>(to.minute - from.minute) / 60.0;
}

/// Hours after `from` at which `tickets` are expected to have come: r·x + s·x²/2 = tickets.
double hours_until(const RatePoint& from, const RatePoint& to, double tickets) {
  const double span = static_cast<double>(to.minute - from.minute) / 60.0;
  const double slope = (to.per_hour - from.per_hour) / span;
  // This form of the root stays exact when the slope is nothing or nearly so.
  const double root = std::sqrt(from.per_hour * from.per_hour + 2.0 * slope * tickets);
  return 2.0 * tickets / (from.per_hour + root);
}

std::vector<uint32_t> weights_of(const std::vector<Share>& shares) {
  std::vector<uint32_t> weights;
  weights.reserve(shares.size() + 1);
  for (const Share& share : shares) weights.push_back(share.weight);
  if (weights.empty()) weights.push_back(1);
  return weights;
}

}  // namespace

double expected_tickets(const DemandProfile& profile) {
  double sum = 0.0;
  for (size_t i = 1; i < profile.rate.size(); ++i)
    sum += area(profile.rate[i - 1], profile.rate[i]);
  return sum;
}

void scale_to(DemandProfile& profile, double tickets) {
  const double factor = tickets / expected_tickets(profile);
  for (RatePoint& point : profile.rate) point.per_hour *= factor;
}

std::vector<Arrival> arrivals_of_day(const DemandProfile& profile, sched::Instant midnight,
                                     uint64_t seed, uint32_t replication) {
  CHECK(profile.rate.size() >= 2);
  const std::vector<uint32_t> categories = weights_of(profile.categories);
  const std::vector<uint32_t> channels = weights_of(profile.channels);

  std::vector<Arrival> arrivals;
  arrivals.reserve(static_cast<size_t>(expected_tickets(profile) * 1.1) + 16);
  size_t piece = 1;
  double before = 0.0;    // tickets expected before the piece
  double expected = 0.0;  // tickets expected before the next arrival
  for (uint64_t ticket = 0;; ++ticket) {
    Stream clock({seed, replication, ticket, Purpose::arrival, 0});
    expected += clock.exponential(1.0);
    while (piece < profile.rate.size() &&
           before + area(profile.rate[piece - 1], profile.rate[piece]) <= expected) {
      before += area(profile.rate[piece - 1], profile.rate[piece]);
      ++piece;
    }
    if (piece == profile.rate.size()) return arrivals;
    const RatePoint& from = profile.rate[piece - 1];
    const double hours = static_cast<double>(from.minute) / 60.0 +
                         hours_until(from, profile.rate[piece], expected - before);

    Stream draw({seed, replication, ticket, Purpose::attributes, 0});
    Arrival arrival;
    arrival.at = midnight + sched::Duration{static_cast<int64_t>(hours * 3'600e6)};
    arrival.category = draw.pick(categories);
    arrival.channel = draw.pick(channels);
    arrival.impact = static_cast<uint8_t>(1 + draw.pick(profile.impact_weights));
    arrival.urgency = static_cast<uint8_t>(1 + draw.pick(profile.urgency_weights));
    arrival.vip = draw.chance(profile.vip_ppm);
    arrival.kind =
        static_cast<uint8_t>(draw.chance(profile.request_ppm) ? desk::TicketKind::service_request
                                                              : desk::TicketKind::incident);
    arrival.requester = draw.below(profile.requester_count);
    arrival.body_size =
        profile.body_size_min + draw.below(profile.body_size_max - profile.body_size_min + 1);
    arrivals.push_back(arrival);
  }
}

DemandProfile office_day() {
  DemandProfile profile;
  profile.rate = {{0, 20.0},     {360, 30.0},   {450, 200.0}, {540, 640.0}, {630, 580.0},
                  {720, 360.0},  {780, 380.0},  {840, 540.0}, {960, 420.0}, {1'050, 200.0},
                  {1'140, 70.0}, {1'320, 30.0}, {1'440, 20.0}};
  profile.categories = {{"network", 22}, {"application", 34}, {"hardware", 18}, {"access", 26}};
  profile.channels = {{"portal", 45}, {"email", 30}, {"phone", 25}};
  return profile;
}

}  // namespace paceline::sim
