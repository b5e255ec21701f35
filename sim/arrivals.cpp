#include "sim/arrivals.h"

#include "engine/desk/command.h"
#include "sched/base/check.h"
#include "sim/rng.h"
#include "sim/world/rate_curve.h"

namespace paceline::sim {

namespace {

RateCurve curve_of(const DemandProfile& profile) {
  CHECK(profile.rate.size() >= 2);
  std::vector<RatePiece> pieces;
  for (size_t i = 1; i < profile.rate.size(); ++i) {
    const RatePoint& from = profile.rate[i - 1];
    const RatePoint& to = profile.rate[i];
    pieces.push_back(
        {from.minute * sched::minute.us, to.minute * sched::minute.us, from.per_hour, to.per_hour});
  }
  return RateCurve(pieces, 0);
}

std::vector<uint32_t> weights_of(const std::vector<Share>& shares) {
  std::vector<uint32_t> weights;
  weights.reserve(shares.size() + 1);
  for (const Share& share : shares) weights.push_back(share.weight);
  if (weights.empty()) weights.push_back(1);
  return weights;
}

}  // namespace

double expected_tickets(const DemandProfile& profile) { return curve_of(profile).expected(); }

void scale_to(DemandProfile& profile, double tickets) {
  const double factor = tickets / expected_tickets(profile);
  for (RatePoint& point : profile.rate) point.per_hour *= factor;
}

std::vector<Arrival> arrivals_of_day(const DemandProfile& profile, sched::Instant midnight,
                                     uint64_t seed, uint32_t replication) {
  const RateCurve curve = curve_of(profile);
  const std::vector<uint32_t> categories = weights_of(profile.categories);
  const std::vector<uint32_t> channels = weights_of(profile.channels);

  std::vector<Arrival> arrivals;
  arrivals.reserve(static_cast<size_t>(curve.expected() * 1.1) + 16);
  RateCurve::Place place;
  for (uint64_t ticket = 0;; ++ticket) {
    Stream clock({seed, replication, ticket, Purpose::arrival, 0});
    const int64_t after_us =
        curve.advance(place, clock.exponential(1.0), [](uint64_t) { return 1.0; });
    if (after_us == sched::never.us) return arrivals;

    Stream draw({seed, replication, ticket, Purpose::attributes, 0});
    Arrival arrival;
    arrival.at = midnight + sched::Duration{after_us};
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
