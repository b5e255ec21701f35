// Finite lines, one server, equal handling times, priorities, networks.
#include <gtest/gtest.h>

#include <cmath>

#include "sim/analytic/abandonment.h"
#include "sim/analytic/birth_death.h"
#include "sim/analytic/deterministic_service.h"
#include "sim/analytic/erlang.h"
#include "sim/analytic/finite_queue.h"
#include "sim/analytic/priority_queue.h"
#include "sim/analytic/queue_network.h"
#include "sim/analytic/single_server.h"
#include "sim/analytic/special_functions.h"
#include "sim/rng.h"

namespace paceline::sim {
namespace {

double relative(double value, double wanted) { return std::abs(value / wanted - 1); }

TEST(FiniteQueue, NoRoomIsErlangBAndEndlessRoomErlangC) {
  for (const double load : {35.0, 60.0})
    EXPECT_LT(
        relative(finite_queue({load, 1, 50, 50, 0}, 1).value().p_block, erlang_b(50, load).value()),
        1e-11);
  const auto wide = finite_queue({48, 1, 50, 5'000, 0}, 0.5).value();
  const auto queue = DelayQueue::make(48, 1, 50).value();
  EXPECT_LT(relative(wide.p_wait, queue.p_wait()), 1e-10);
  EXPECT_LT(relative(wide.mean_wait_admitted, queue.mean_wait()), 1e-10);
  EXPECT_LT(relative(wide.p_served_within, queue.service_level(0.5)), 1e-10);
}

TEST(FiniteQueue, WhatComesIsTurnedAwayGivesUpOrIsServed) {
  for (uint64_t desk = 0; desk < 200; ++desk) {
    Stream draw({3, 0, desk, Purpose::arrival, 0});
    const double servers = 1 + draw.below(60);
    const FiniteQueue queue{servers * 2 * draw.uniform(), 1, servers, servers + draw.below(80),
                            draw.chance(300'000) ? 0 : draw.uniform() * 3};
    const auto found = finite_queue(queue, 0.2).value();
    EXPECT_NEAR(found.occupancy * servers,
                queue.arrival_rate * (1 - found.p_block - found.p_abandon),
                1e-11 * queue.arrival_rate)
        << desk;
    EXPECT_GE(found.p_served_within, 0);
    EXPECT_LE(found.p_served_within, 1 - found.p_block - found.p_abandon + 1e-12) << desk;
    // Waiting for ever, everybody who is served is served in time.
    EXPECT_NEAR(finite_queue(queue, 1e9).value().p_served_within,
                1 - found.p_block - found.p_abandon, 1e-10)
        << desk;
  }
}

TEST(FiniteQueue, ServiceLevelIsThatOfAChainOfThoseAhead) {
  // One tagged caller: states are how many are ahead, then served; gone on their own at θ.
  const FiniteQueue queue{60, 1, 50, 70, 0.5};
  const double threshold = 0.15;
  const auto found = finite_queue(queue, threshold).value();
  BirthDeath chain;
  chain.births.assign(71, 60);
  for (int n = 0; n <= 70; ++n) chain.deaths.push_back(std::min(n, 50) + std::max(0, n - 50) * 0.5);
  const auto shares = steady_state(chain);
  double served = 0;
  for (int n = 0; n < 70; ++n) {
    if (n < 50) {
      served += shares[static_cast<size_t>(n)];
      continue;
    }
    // Probabilities of still having k ahead, by small steps of the pure death process with killing.
    std::vector<double> ahead(static_cast<size_t>(n - 50) + 1, 0.0);
    ahead.back() = 1;
    double in_time = 0;
    constexpr int steps = 20'000;
    const double dt = threshold / steps;
    for (int i = 0; i < steps; ++i) {
      for (size_t k = 0; k < ahead.size(); ++k) {
        const double leave = 50 + static_cast<double>(k) * 0.5;
        const double moved = ahead[k] * -std::expm1(-leave * dt);
        const double alive = std::exp(-0.5 * dt);
        if (k == 0)
          in_time += moved * alive;
        else
          ahead[k - 1] += moved * alive;
        ahead[k] = (ahead[k] - moved) * alive;
      }
    }
    served += shares[static_cast<size_t>(n)] * in_time;
  }
  EXPECT_NEAR(found.p_served_within, served, 1e-3);
}

TEST(FiniteQueue, CapacityBelowServersIsRefused) {
  const auto found = finite_queue({1, 1, 10, 9, 0}, 0);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().text,
            "capacity is 9 for 10 servers: it counts those in service too, so give at least as "
            "many");
}

TEST(SingleServer, ExponentialServiceIsMM1) {
  const auto found = single_server(0.8, Distribution::exponential(1).value()).value();
  EXPECT_NEAR(found.mean_wait, 4, 1e-12);
  // The wait is 0 with 0.2, else exponential with mean 5: variance 0.8·50 − 16.
  EXPECT_NEAR(found.wait_variance, 24, 1e-11);
}

TEST(SingleServer, LawsWithTheSameMomentsWaitTheSame) {
  const auto uniform = Distribution::uniform(0.5, 2.5).value();
  EXPECT_NEAR(uniform.moment(2), (2.5 * 2.5 * 2.5 - 0.125) / 3 / 2, 1e-13);
  EXPECT_NEAR(single_server(0.5, uniform).value().mean_wait, 31.0 / 12, 1e-13);
  EXPECT_EQ(single_server(1, Distribution::deterministic(1).value()).error().kind,
            Impossible::unstable);
}

TEST(SingleServer, TheApproximationForSeveralIsExactWhereItShouldBe) {
  const auto law = Distribution::exponential(2).value();
  EXPECT_LT(relative(approximate_mean_wait(4, law, 10).value(),
                     DelayQueue::make(4, 0.5, 10).value().mean_wait()),
            1e-12);
  const auto lognormal = Distribution::lognormal(1, 2).value();
  EXPECT_LT(relative(approximate_mean_wait(0.8, lognormal, 1).value(),
                     single_server(0.8, lognormal).value().mean_wait),
            1e-12);
}

TEST(Distribution, MomentsTailsAndPartialMeansAreThoseOfTheDensity) {
  const Distribution laws[] = {
      Distribution::lognormal(2, 1.5).value(), Distribution::gamma(3, 2.5).value(),
      Distribution::weibull(1.5, 1.7).value(), Distribution::exponential(0.7).value()};
  for (const Distribution& law : laws) {
    for (const double x : {0.001, 0.3, 1.0, 4.0}) {
      EXPECT_NEAR(law.cdf(x) + law.survival(x), 1, 1e-14);
      // H is the integral of the survival function, the partial mean follows.
      double integral = 0;
      double from = 0;
      for (double to = x / 4'096; from < x; from = to, to = std::min(x, to * 2))
        integral += special::panel([&](double u) { return law.survival(u); }, from, to);
      EXPECT_LT(relative(law.survival_integral(x), integral), 1e-11);
    }
    EXPECT_NEAR(law.partial_mean(1e4), law.mean(), 1e-6 * law.mean());
    EXPECT_NEAR(law.deviation() * law.deviation(), law.moment(2) - law.mean() * law.mean(), 1e-9);
  }
}

TEST(DeterministicService, OneServerIsPollaczekKhinchineBySumsAndByRoots) {
  for (const double load : {0.001, 0.5, 0.9, 0.99, 0.999, 0.99999}) {
    const auto found = deterministic_service(load, 1, 1).value();
    EXPECT_LT(relative(found.mean_queue, load * load / (2 * (1 - load))), 1e-9) << load;
    EXPECT_LT(relative(found.p_wait, load), 1e-9) << load;
  }
}

TEST(DeterministicService, SumsAndRootsMeet) {
  // Just left and right of where one method takes over from the other, figures go on smoothly.
  for (const double servers : {2.0, 10.0, 100.0}) {
    double before = 0;
    double step = 0;
    for (double spare = 0.04; spare > 0.0004; spare /= 1.1) {
      const auto found = deterministic_service(servers * (1 - spare), 1, servers).value();
      const double scaled = found.mean_queue * spare;  // tends to 1/2
      EXPECT_NEAR(scaled, 0.5, 0.5) << servers;
      if (before != 0 && step != 0) {
        EXPECT_NEAR(scaled - before, step, 0.02) << servers << " " << spare;
      }
      if (before != 0) step = scaled - before;
      before = scaled;
    }
    EXPECT_NEAR(before, 0.5, 0.05);
  }
}

TEST(DeterministicService, WaitsLessThanExponentialAndAboutHalf) {
  for (const double servers : {5.0, 200.0, 10'000.0}) {
    const double load = servers - std::sqrt(servers);
    const auto even = deterministic_service(load, 1, servers).value();
    const auto random = DelayQueue::make(load, 1, servers).value();
    EXPECT_LT(even.mean_wait, random.mean_wait());
    EXPECT_GT(even.mean_wait, 0.4 * random.mean_wait());
    EXPECT_NEAR(even.mean_queue, load * even.mean_wait, 1e-9 * even.mean_queue);
  }
}

TEST(Priorities, ClassesShareWhatOneQueueWouldWait) {
  // Work is conserved: the mean over arrivals is that of one queue, preempting or not.
  const std::vector<double> rates{5.4, 16.2, 32.4};
  const auto alone = DelayQueue::make(54, 1, 60).value();
  for (const auto preemption : {Preemption::none, Preemption::resume}) {
    const auto desk = PriorityDesk::make(rates, 1, 60, preemption).value();
    EXPECT_LT(relative(desk.mean_wait_all(), alone.mean_wait()), 1e-12);
    EXPECT_LT(desk.mean_wait(0), desk.mean_wait(1));
    EXPECT_LT(desk.mean_wait(1), desk.mean_wait(2));
  }
}

TEST(Priorities, OneClassIsErlangC) {
  const auto desk = PriorityDesk::make({48}, 1, 50, Preemption::none).value();
  const auto queue = DelayQueue::make(48, 1, 50).value();
  EXPECT_LT(relative(desk.mean_wait(0), queue.mean_wait()), 1e-12);
  EXPECT_LT(relative(desk.service_level(0, 0.3), queue.service_level(0.3)), 1e-12);
}

TEST(Priorities, ServiceLevelsIntegrateToTheMeanWait) {
  const auto desk = PriorityDesk::make({1, 2, 3, 2.5}, 0.5, 20, Preemption::none).value();
  for (size_t i = 0; i < desk.class_count(); ++i) {
    double mean = 0;
    double from = 1e-9;
    for (double to = 0.02; from < 400; from = to, to *= 1.3)
      mean += special::panel([&](double t) { return 1 - desk.service_level(i, t); }, from, to);
    EXPECT_LT(relative(mean, desk.mean_wait(i)), 1e-5) << i;
    EXPECT_NEAR(desk.service_level(i, 0), 1 - desk.p_all_busy(), 1e-12);
  }
}

TEST(Priorities, ServiceLevelOfAllIsThatOfOneQueueAtItsMean) {
  // The first class's law is known; the transform must give the same for a class it treats alike.
  const auto desk = PriorityDesk::make({0, 54}, 1, 60, Preemption::none).value();
  const auto queue = DelayQueue::make(54, 1, 60).value();
  for (const double t : {0.01, 0.1, 0.5, 2.0})
    EXPECT_NEAR(desk.service_level(1, t), queue.service_level(t), 1e-8) << t;
}

TEST(Priorities, OneServerFollowsCobham) {
  const auto law = Distribution::exponential(1).value();
  const std::vector<PriorityClass> classes{{0.2, law}, {0.3, law}, {0.3, law}};
  const auto none = single_server_priorities(classes, Preemption::none).value();
  EXPECT_NEAR(none.mean_wait[2], 8, 1e-12);
  // Exponential with one rate: the same as the desk of one server.
  const auto desk = PriorityDesk::make({0.2, 0.3, 0.3}, 1, 1, Preemption::none).value();
  for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(desk.mean_wait(i), none.mean_wait[i], 1e-12);
  const auto resume = single_server_priorities(classes, Preemption::resume).value();
  const auto preempting = PriorityDesk::make({0.2, 0.3, 0.3}, 1, 1, Preemption::resume).value();
  for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(preempting.mean_wait(i), resume.mean_wait[i], 1e-11);
}

TEST(Priorities, UnstableDesksAreRefused) {
  EXPECT_EQ(PriorityDesk::make({30, 31}, 1, 60, Preemption::none).error().kind,
            Impossible::unstable);
  EXPECT_EQ(PriorityDesk::make({}, 1, 60, Preemption::none).error().kind, Impossible::out_of_range);
}

TEST(TierNetwork, OneTierIsErlangCAndFlowsAddUp) {
  const auto one = tier_network({{48}, {{0}}, {1}, {50}}).value();
  EXPECT_LT(relative(one.mean_wait[0], DelayQueue::make(48, 1, 50).value().mean_wait()), 1e-12);
  const TierNetwork network{
      {30, 2, 0}, {{0.05, 0.3, 0.02}, {0.1, 0, 0.2}, {0.03, 0.05, 0}}, {1, 0.4, 0.2}, {37, 33, 18}};
  const auto found = tier_network(network).value();
  double resolved = 0;
  for (size_t i = 0; i < 3; ++i) {
    double rest = 1;
    for (const double share : network.routing[i]) rest -= share;
    resolved += found.arrival_rates[i] * rest;
  }
  EXPECT_NEAR(resolved, 32, 1e-11);
  EXPECT_NEAR(found.mean_in_system, 32 * found.mean_time_to_resolve, 1e-10);
}

TEST(TierNetwork, WhatCannotWorkIsNamedWithItsTier) {
  const auto busy = tier_network({{54, 0}, {{0, 0.5}, {0, 0}}, {1, 1}, {60, 20}});
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().kind, Impossible::unstable);
  EXPECT_EQ(busy.error().text.substr(0, 16), "tier 2: unstable");
  EXPECT_EQ(tier_network({{1, 0}, {{0, 1}, {1, 0}}, {1, 1}, {5, 5}}).error().kind,
            Impossible::unstable);
  EXPECT_EQ(tier_network({{1}, {{0.2, 0.3}}, {1}, {5}}).error().kind, Impossible::out_of_range);
}

TEST(ReopenDesk, WithoutReopeningIsErlangC) {
  const auto found = reopen_desk({40, 1, 48, 0, 24}).value();
  const auto queue = DelayQueue::make(40, 1, 48).value();
  EXPECT_LT(relative(found.mean_work_time_per_ticket, queue.mean_wait() + 1), 1e-13);
  EXPECT_EQ(found.mean_dormant, 0);
  EXPECT_EQ(reopen_desk({40, 1, 48, 1, 24}).error().kind, Impossible::out_of_range);
  EXPECT_EQ(reopen_desk({40, 1, 48, 0.2, 24}).error().kind, Impossible::unstable);
}

}  // namespace
}  // namespace paceline::sim
