// Rates that change: offered load, the exact transient, iterative staffing.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "sim/analytic/abandonment.h"
#include "sim/analytic/birth_death.h"
#include "sim/analytic/iterative_staffing.h"
#include "sim/analytic/offered_load.h"
#include "sim/analytic/special_functions.h"
#include "sim/analytic/transient_desk.h"

namespace paceline::sim {
namespace {

double relative(double value, double wanted) { return std::abs(value / wanted - 1); }

TEST(OfferedLoad, ALongEvenDayIsRateTimesHandling) {
  const std::vector<double> even(60, 30.0);
  const auto law = Distribution::lognormal(0.75, 1.5).value();
  EXPECT_LT(relative(offered_load_at_ends(even, 0.5, law).value().back(), 60 * 0.75), 1e-3);
  const auto fixed = Distribution::deterministic(0.75).value();
  EXPECT_DOUBLE_EQ(offered_load_at_ends(even, 0.5, fixed).value().back(), 45);
}

TEST(OfferedLoad, AllThatCameHasLeftAfterTheLongestHandling) {
  const std::vector<double> arrivals{20, 35, 60};
  const auto fixed = Distribution::deterministic(0.75).value();
  EXPECT_DOUBLE_EQ(offered_load_at(arrivals, 0.5, fixed, 0.75).value(), 37.5);
  EXPECT_DOUBLE_EQ(offered_load_at(arrivals, 0.5, fixed, 2.25).value(), 0);
}

TEST(OfferedLoad, NumberInServiceIntegratesToTheWorkThatCame) {
  const std::vector<double> arrivals{20, 35, 60, 10};
  const auto law = Distribution::gamma(0.4, 2.5).value();
  double work = 0;
  for (int i = 0; i < 200; ++i)
    work += special::panel([&](double t) { return offered_load_at(arrivals, 0.5, law, t).value(); },
                           i * 0.05, (i + 1) * 0.05);
  EXPECT_LT(relative(work, 125 * 0.4), 1e-9);
}

TEST(OfferedLoad, ASineLagsAndIsDampedAsTheFormulaSays) {
  // λ(t) = a + b sin t, exponential handling of mean 1: m(t) = a + b (sin t − cos t) / 2.
  const auto law = Distribution::exponential(1).value();
  for (const double t : {0.0, 1.0, 4.0})
    EXPECT_LT(relative(offered_load_of([](double u) { return 100 + 20 * std::sin(u); },
                                       2 * std::numbers::pi, law, t)
                           .value(),
                       100 + 10 * (std::sin(t) - std::cos(t))),
              1e-12);
}

TEST(OfferedLoad, PeaksLieAboveTheEnds) {
  const std::vector<double> arrivals{20, 60, 10};
  const auto law = Distribution::exponential(0.1).value();
  const auto ends = offered_load_at_ends(arrivals, 0.5, law).value();
  const auto peaks = offered_load_peaks(arrivals, 0.5, law).value();
  EXPECT_DOUBLE_EQ(peaks[1], ends[1]);
  EXPECT_GT(peaks[2], ends[2]);
  EXPECT_EQ(offered_load_at_ends({1, -1}, 0.5, law).error().kind, Impossible::negative);
}

TEST(BirthDeath, CoursesEndInTheSteadyStateAndLoseNothing) {
  BirthDeath chain;
  chain.births.assign(41, 9.0);
  for (int n = 0; n <= 40; ++n) chain.deaths.push_back(std::min(n, 10) + 0.3 * std::max(0, n - 10));
  std::vector<double> start(41, 0.0);
  start[0] = 1;
  std::vector<double> time(41, 0.0);
  const auto late = after(chain, start, 60, &time).value();
  const auto steady = steady_state(chain);
  for (size_t n = 0; n < 41; ++n) EXPECT_NEAR(late[n], steady[n], 1e-12);
  EXPECT_NEAR(std::accumulate(time.begin(), time.end(), 0.0), 60, 1e-9);
  // Half the time twice is the whole.
  const auto half = after(chain, start, 0.7).value();
  const auto twice = after(chain, half, 0.7).value();
  const auto once = after(chain, start, 1.4).value();
  for (size_t n = 0; n < 41; ++n) EXPECT_NEAR(twice[n], once[n], 1e-13);
}

TEST(TransientDesk, WhoComesIsThereOrServedOrGone) {
  TransientDesk desk;
  desk.interval = 0.5;
  desk.arrival_rates = {40, 70, 120, 60};
  desk.staffing = {12, 21, 30, 20};
  desk.service_rate = 4;
  desk.abandonment_rate = 2;
  const auto found = transient_desk(desk).value();
  EXPECT_NEAR(found.expected_arrivals, 145, 1e-12);
  EXPECT_NEAR(found.busy_agent_time * 4 + found.expected_abandons + found.mean_in_system.back(),
              145, 1e-8);
}

TEST(TransientDesk, AnEvenDayEndsInErlangA) {
  TransientDesk desk;
  desk.interval = 10;
  desk.arrival_rates = {48};
  desk.staffing = {50};
  desk.service_rate = 1;
  desk.abandonment_rate = 0.5;
  const auto late = transient_desk({10, {48, 48, 48}, {50, 50, 50}, 1, 0.5}).value();
  const auto steady = erlang_a({48, 1, 50}, 2, 0).value();
  EXPECT_LT(relative(late.p_all_busy.back(), steady.p_wait), 1e-8);
  EXPECT_LT(relative(late.mean_queue.back(), steady.mean_queue), 1e-8);
}

TEST(TransientDesk, AgentsWhoAreNotThereAreCountedAsSuch) {
  const auto closed = transient_desk({1, {10, 0}, {0, 5}, 1, 0}).value();
  EXPECT_NEAR(closed.mean_queue[0], 10, 1e-9);
  EXPECT_DOUBLE_EQ(closed.share_delayed_by_interval[0], 1);
  EXPECT_EQ(transient_desk({1, {10}, {2, 3}, 1, 0}).error().kind, Impossible::out_of_range);
  EXPECT_EQ(transient_desk({1, {10}, {2.5}, 1, 0}).error().kind, Impossible::out_of_range);
}

TEST(IterativeStaffing, PatienceLikeHandlingIsDoneInOnePass) {
  TransientDesk desk;
  desk.interval = 0.25;
  for (int i = 0; i < 24; ++i) desk.arrival_rates.push_back(100 + 20 * std::sin(i / 4.0));
  desk.service_rate = 1;
  desk.abandonment_rate = 1;
  const auto found = iterative_staffing(transient_occupancy(desk), 0.2).value();
  EXPECT_TRUE(found.settled);
  EXPECT_EQ(found.passes, 2);  // the second confirms the first
  std::vector<double> counts;
  for (const double rate : desk.arrival_rates) counts.push_back(rate * desk.interval);
  const auto loads =
      offered_load_at_ends(counts, desk.interval, Distribution::exponential(1).value()).value();
  for (size_t i = 0; i < loads.size(); ++i)
    EXPECT_EQ(found.staffing[i], poisson_staffing(loads[i], 0.2)) << i;
}

TEST(IterativeStaffing, ShortPatienceSettlesInAFewPassesAndKeepsThePromise) {
  TransientDesk desk;
  desk.interval = 0.25;
  for (int i = 0; i < 20; ++i) desk.arrival_rates.push_back(60 + 30 * std::sin(i / 3.0));
  desk.service_rate = 1;
  desk.abandonment_rate = 4;
  const auto found = iterative_staffing(transient_occupancy(desk), 0.3).value();
  EXPECT_TRUE(found.settled);
  EXPECT_LE(found.passes, 12);
  desk.staffing = found.staffing;
  const auto check = transient_desk(desk).value();
  for (const double p_wait : check.p_all_busy) EXPECT_LE(p_wait, 0.32);
  EXPECT_EQ(iterative_staffing(transient_occupancy(desk), 0).error().kind,
            Impossible::out_of_range);
}

TEST(PoissonStaffing, IsTheLeastThatKeepsThePromise) {
  for (const double mean : {0.01, 3.0, 90.0, 10'000.0}) {
    for (const double alpha : {0.01, 0.5, 0.99}) {
      const double s = poisson_staffing(mean, alpha);
      EXPECT_LE(s <= 0 ? 1.0 : special::gamma_below(s, mean), s <= 0 ? 1.0 : alpha);
      if (s > 1) {
        EXPECT_GT(special::gamma_below(s - 1, mean), alpha);
      }
    }
  }
}

}  // namespace
}  // namespace paceline::sim
