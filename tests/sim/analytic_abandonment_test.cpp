// M/M/n+G: its limits are Erlang B and C, a slow chain agrees, and no digits are lost on the way.
#include "sim/analytic/abandonment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim/analytic/birth_death.h"
#include "sim/analytic/day_factor.h"
#include "sim/analytic/erlang.h"
#include "sim/analytic/finite_queue.h"
#include "sim/rng.h"

namespace paceline::sim {
namespace {

double relative(double value, double wanted) { return std::abs(value / wanted - 1); }

Distribution law(const Answer<Distribution>& answer) { return answer.value(); }

/// What giving up for exponential patience is by the product form of the chain.
FiniteMeasures by_chain(const AbandonmentQueue& queue, double mean_patience, double threshold) {
  const double room = queue.servers + 40 * mean_patience * queue.arrival_rate + 400;
  return finite_queue({queue.arrival_rate, queue.service_rate, queue.servers, std::ceil(room),
                       1 / mean_patience},
                      threshold)
      .value();
}

TEST(ErlangA, AgreesWithTheProductFormForRandomDesks) {
  for (uint64_t desk = 0; desk < 300; ++desk) {
    Stream draw({17, 0, desk, Purpose::arrival, 0});
    AbandonmentQueue queue;
    queue.servers = 1 + draw.below(draw.chance(500'000) ? 12 : 400);
    queue.service_rate = 0.05 + draw.uniform();
    queue.arrival_rate = queue.servers * queue.service_rate * (0.3 + 1.2 * draw.uniform());
    const double patience = std::exp(4 * draw.uniform() - 2) / queue.service_rate;
    const double threshold = draw.uniform() * patience / 4;
    const auto found = erlang_a(queue, patience, threshold).value();
    const auto chain = by_chain(queue, patience, threshold);
    const auto about = ::testing::Message() << "desk " << desk;
    EXPECT_LT(relative(found.p_wait, chain.p_wait), 1e-8) << about;
    EXPECT_LT(relative(found.p_abandon, chain.p_abandon), 1e-8) << about;
    EXPECT_LT(relative(found.mean_wait, chain.mean_wait_admitted), 1e-8) << about;
    EXPECT_LT(relative(found.mean_wait_served, chain.mean_wait_served), 1e-8) << about;
    EXPECT_LT(relative(found.occupancy, chain.occupancy), 1e-8) << about;
    EXPECT_LT(relative(found.p_served_within, chain.p_served_within), 1e-8) << about;
  }
}

TEST(ErlangA, ThousandsOfAgentsKeepTheirDigits) {
  for (const double servers : {1'000.0, 10'000.0}) {
    for (const double use : {0.97, 1.0, 1.03, 1.5}) {
      const AbandonmentQueue queue{servers * use, 1, servers};
      const auto found = erlang_a(queue, 0.5, 0.01).value();
      const auto chain = by_chain(queue, 0.5, 0.01);
      EXPECT_LT(relative(found.p_wait, chain.p_wait), 1e-8) << servers << " at " << use;
      EXPECT_LT(relative(found.p_abandon, chain.p_abandon), 1e-8) << servers << " at " << use;
      if (chain.p_served_within < 1e-200) continue;  // nobody; both are rounding there
      EXPECT_LT(relative(found.p_served_within, chain.p_served_within), 1e-8)
          << servers << " at " << use;
    }
  }
}

TEST(ErlangA, EndlessPatienceIsErlangC) {
  const auto found = erlang_a({48, 1, 50}, 1e9, 1.0 / 3).value();
  const auto queue = DelayQueue::make(48, 1, 50).value();
  EXPECT_LT(relative(found.p_wait, queue.p_wait()), 1e-7);
  EXPECT_LT(relative(found.mean_wait, queue.mean_wait()), 1e-7);
  EXPECT_LT(relative(found.p_served_within, queue.service_level(1.0 / 3)), 1e-7);
  EXPECT_LT(found.p_abandon, 1e-9);
}

TEST(ErlangA, NoPatienceIsErlangB) {
  for (const double load : {40.0, 60.0}) {
    const auto found = erlang_a({load, 1, 50}, 1e-9, 1).value();
    EXPECT_LT(relative(found.p_abandon, erlang_b(50, load).value()), 1e-6);
  }
}

TEST(ErlangA, PatienceLikeHandlingMakesAPoissonCount) {
  // With θ = μ the number in the system is Poisson, whatever the agents.
  const auto found = erlang_a({100, 1, 100}, 1, 0).value();
  double at_least = 0;
  for (int n = 100; n < 400; ++n)
    at_least += std::exp(n * std::log(100.0) - 100 - std::lgamma(n + 1.0));
  EXPECT_LT(relative(found.p_wait, at_least), 1e-10);
}

TEST(AbandonmentQueue, FlowsAndLittleHoldForEveryLaw) {
  const Distribution laws[] = {
      law(Distribution::exponential(2)),
      law(Distribution::deterministic(1.5)),
      law(Distribution::uniform(0, 4)),
      law(Distribution::lognormal(2, 1.5)),
      law(Distribution::weibull(1.5, 0.7)),
      law(Distribution::weibull(2, 3)),
      law(Distribution::gamma(2, 0.4)),
      law(Distribution::gamma(2, 30)),
      law(Distribution::hyperexponential({{0.5, 0.01}, {0.5, 4}})),
      law(Distribution::empirical({{0.0, 0.1}, {0.2, 0.2}, {1, 0.3}, {5, 0.4}}))};
  for (const Distribution& patience : laws) {
    for (const double rate : {3.0, 48.0, 50.0, 75.0}) {
      const auto found = abandonment_queue({rate, 1, 50}, patience, 0.3).value();
      const auto about = ::testing::Message() << "mean " << patience.mean() << ", deviation "
                                              << patience.deviation() << ", rate " << rate;
      // What comes is answered or gives up; agents work on what is answered.
      EXPECT_NEAR(found.occupancy * 50, rate * (1 - found.p_abandon), 1e-9 * rate) << about;
      // All waits are those of the answered and of those who gave up.
      EXPECT_NEAR(found.mean_wait,
                  (1 - found.p_abandon) * found.mean_wait_served +
                      found.p_abandon * found.mean_wait_abandoned,
                  1e-9 * found.mean_wait)
          << about;
      // At the threshold everybody is answered, gone or still waiting.
      EXPECT_NEAR(found.p_served_within + found.p_abandon_within + found.p_wait_above, 1, 1e-9)
          << about;
      // Only who waits gives up, and nobody waits longer than with endless patience.
      EXPECT_LE(found.p_abandon, found.p_wait + 1e-12) << about;
      EXPECT_LE(found.mean_wait, found.mean_offered_wait * (1 + 1e-12)) << about;
    }
  }
}

TEST(AbandonmentQueue, DeterministicPatienceHasItsClosedForm) {
  // λ ≠ nμ: the exponent is linear up to the patience d and falls by nμ after it.
  const double lambda = 48, work = 50, d = 2;
  const double e = 1 / erlang_b(49, 48).value();
  const double rise = std::exp((lambda - work) * d);
  const double j = (rise - 1) / (lambda - work) + rise / work;
  const auto found = abandonment_queue({48, 1, 50}, law(Distribution::deterministic(2)), 0).value();
  EXPECT_LT(relative(found.p_wait, lambda * j / (e + lambda * j)), 1e-12);
  EXPECT_LT(relative(found.p_abandon, lambda * rise / work / (e + lambda * j)), 1e-12);
  EXPECT_NEAR(found.mean_wait_abandoned, 2, 1e-12);
}

TEST(AbandonmentQueue, ManyAtomsApproachTheSmoothLaw) {
  std::vector<Distribution::Atom> atoms;
  constexpr int count = 20'000;
  for (int i = 0; i < count; ++i)
    atoms.push_back({-2 * std::log1p(-(i + 0.5) / count), 1.0 / count});
  const auto rough =
      abandonment_queue({48, 1, 50}, law(Distribution::empirical(atoms)), 0.3).value();
  const auto smooth = erlang_a({48, 1, 50}, 2, 0.3).value();
  EXPECT_LT(relative(rough.p_abandon, smooth.p_abandon), 1e-3);
  EXPECT_LT(relative(rough.p_wait, smooth.p_wait), 1e-3);
}

TEST(AbandonmentQueue, LawsThatAreTheSameGiveTheSame) {
  const AbandonmentQueue queue{110, 1, 100};
  const auto one = erlang_a(queue, 2, 0.2).value();
  for (const Distribution& same : {law(Distribution::gamma(2, 1)), law(Distribution::weibull(2, 1)),
                                   law(Distribution::hyperexponential({{0.3, 2}, {0.7, 2}}))}) {
    const auto other = abandonment_queue(queue, same, 0.2).value();
    EXPECT_LT(relative(other.p_abandon, one.p_abandon), 1e-11);
    EXPECT_LT(relative(other.p_served_within, one.p_served_within), 1e-11);
    EXPECT_LT(relative(other.mean_wait_abandoned, one.mean_wait_abandoned), 1e-11);
  }
}

TEST(AbandonmentQueue, OneMoreAgentNeverHurts) {
  for (const Distribution& patience :
       {law(Distribution::exponential(1)), law(Distribution::lognormal(1, 2)),
        law(Distribution::deterministic(0.4))}) {
    AbandonmentMeasures before = abandonment_queue({100, 1, 60}, patience, 0.1).value();
    for (double servers = 61; servers <= 130; ++servers) {
      const auto now = abandonment_queue({100, 1, servers}, patience, 0.1).value();
      EXPECT_LT(now.p_abandon, before.p_abandon) << servers;
      EXPECT_LT(now.mean_wait, before.mean_wait) << servers;
      EXPECT_GT(now.p_served_within, before.p_served_within) << servers;
      EXPECT_LT(now.occupancy, before.occupancy) << servers;
      before = now;
    }
  }
}

TEST(AbandonmentQueue, ThoseWhoNeverGiveUpMustFitTheAgents) {
  const auto half = law(Distribution::empirical({{1, 0.5}}));
  EXPECT_TRUE(abandonment_queue({90, 1, 50}, half, 0));
  const auto found = abandonment_queue({100, 1, 50}, half, 0);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, Impossible::unstable);
}

TEST(AbandonmentQueue, ADeskWithoutCallsIsIdle) {
  const auto found = erlang_a({0, 1, 5}, 1, 1).value();
  EXPECT_EQ(found.p_wait, 0);
  EXPECT_EQ(found.p_served_within, 1);
  EXPECT_EQ(found.occupancy, 0);
}

TEST(AbandonmentQueue, InputsThatMakeNoSenseAreNamed) {
  EXPECT_EQ(erlang_a({1, 1, 2.5}, 1, 0).error().kind, Impossible::out_of_range);
  EXPECT_EQ(erlang_a({1, 0, 2}, 1, 0).error().kind, Impossible::not_positive);
  EXPECT_EQ(erlang_a({1, 1, 2}, -1, 0).error().kind, Impossible::not_positive);
  EXPECT_EQ(erlang_a({1, 1, 2}, 1, -1).error().kind, Impossible::negative);
  EXPECT_EQ(Distribution::empirical({{1, 0.7}, {2, 0.7}}).error().kind, Impossible::out_of_range);
  EXPECT_EQ(Distribution::uniform(3, 3).error().kind, Impossible::out_of_range);
}

TEST(DayFactor, SteadyDaysAreThePlainQueue) {
  const auto patience = law(Distribution::exponential(2));
  const auto plain = abandonment_queue({48, 1, 50}, patience, 0.3).value();
  const auto days = abandonment_over_days({48, 1, 50}, patience, 0.3, 1e8).value();
  EXPECT_LT(relative(days.p_abandon, plain.p_abandon), 1e-5);
  EXPECT_LT(relative(days.mean_wait_served, plain.mean_wait_served), 1e-5);
}

TEST(DayFactor, MeansAreTakenOverCustomers) {
  // Against a plain sum over a fine grid of days.
  const auto patience = law(Distribution::exponential(2));
  const double shape = 20;
  double customers = 0, lost = 0, served = 0;
  for (double b = 0.0005; b < 4; b += 0.001) {
    const double density = std::exp(shape * std::log(shape) + (shape - 1) * std::log(b) -
                                    shape * b - std::lgamma(shape));
    const auto day = abandonment_queue({48 * b, 1, 50}, patience, 0.3).value();
    customers += b * density;
    lost += b * density * day.p_abandon;
    served += b * density * day.p_served_within;
  }
  const auto found = abandonment_over_days({48, 1, 50}, patience, 0.3, shape).value();
  EXPECT_LT(relative(found.p_abandon, lost / customers), 1e-6);
  EXPECT_LT(relative(found.p_served_within, served / customers), 1e-6);
}

TEST(DayFactor, ShapeFollowsFromTheIndexOfDispersion) {
  // Var = m + m²/shape, so an index of 4 at a mean of 60 wants a shape of 20.
  EXPECT_DOUBLE_EQ(shape_from_dispersion(60, 4).value(), 20);
  EXPECT_EQ(shape_from_dispersion(60, 1).error().kind, Impossible::out_of_range);
}

}  // namespace
}  // namespace paceline::sim
