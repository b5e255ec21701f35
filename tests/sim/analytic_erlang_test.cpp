// Erlang's formulas: published values, limits, inverses, and no loss of digits on large desks.
#include "sim/analytic/erlang.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/analytic/special_functions.h"

namespace paceline::sim {
namespace {

double relative(double value, double wanted) { return std::abs(value / wanted - 1); }

TEST(ErlangB, AgreesWithTheTablesOfTheTrade) {
  // One per cent blocking: 10 lines carry 4.461 erlangs, 100 carry 84.06 (Erlang B tables).
  EXPECT_NEAR(load_for_blocking(10, 0.01).value(), 4.461, 5e-4);
  EXPECT_NEAR(load_for_blocking(100, 0.01).value(), 84.06, 5e-3);
  EXPECT_DOUBLE_EQ(erlang_b(1, 1).value(), 0.5);
  EXPECT_DOUBLE_EQ(erlang_b(0, 3).value(), 1.0);
  EXPECT_EQ(erlang_b(3, 0).value(), 0.0);
}

TEST(ErlangB, IsTheShareOfThePoissonLawsTopState) {
  for (const double servers : {1.0, 7.0, 100.0, 10'000.0}) {
    for (const double use : {0.5, 0.9, 1.0, 1.2}) {
      const double load = servers * use;
      const double top = special::poisson_share(servers, load);
      if (top < 1e-250) continue;
      EXPECT_LT(
          relative(erlang_b(servers, load).value(), top / special::gamma_above(servers + 1, load)),
          1e-10)
          << servers << " servers, " << load << " erlangs";
    }
  }
}

TEST(ErlangB, RealServersFollowTheIntegralAndTheRecursion) {
  for (const double load : {0.01, 0.7, 1.9, 2.1, 30.0, 5'000.0}) {
    for (const double servers : {0.25, 0.5, 3.75, 41.5}) {
      // 1/B(x, a) = a ∫ e^−at (1 + t)^x dt, in u = at and in panels that fit its shape.
      double inverse = 0;
      const auto density = [&](double u) { return std::exp(-u) * std::pow(1 + u / load, servers); };
      double from = 0;
      for (double to = 1e-6; from < 400; from = to, to *= 1.5)
        inverse += special::panel(density, from, to);
      EXPECT_LT(relative(erlang_b(servers, load).value(), 1 / inverse), 1e-10)
          << servers << ", " << load;
      const double next = 1 / (1 + (servers + 1) / load * inverse);
      EXPECT_LT(relative(erlang_b(servers + 1, load).value(), next), 1e-10);
    }
  }
}

TEST(ErlangB, InverseFindsTheLeastServers) {
  for (const double load : {0.3, 4.461, 84.0, 2'500.0}) {
    for (const double share : {0.2, 0.01, 1e-6}) {
      const auto found = servers_for_blocking(load, share).value();
      EXPECT_LE(found.p_block, share);
      if (found.servers > 0) {
        EXPECT_GT(erlang_b(static_cast<double>(found.servers) - 1, load).value(), share);
      }
    }
  }
  EXPECT_LT(relative(erlang_b(12.5, load_for_blocking(12.5, 0.07).value()).value(), 0.07), 1e-12);
}

TEST(ErlangB, LogarithmGoesOnWhereTheShareIsTooSmall) {
  EXPECT_NEAR(log_inverse_erlang_b(10, 5), -std::log(erlang_b(10, 5).value()), 1e-12);
  // 1,000 servers for 1 erlang: 1,000! · e
  EXPECT_NEAR(log_inverse_erlang_b(1'000, 1), std::lgamma(1'001.0) + 1, 1e-6);
}

TEST(ErlangC, FollowsFromErlangBOnDesksOfAnySize) {
  for (const double servers : {1.0, 2.0, 50.0, 1'000.0, 10'000.0}) {
    for (const double use : {0.3, 0.9, 0.999}) {
      const double load = servers * use;
      const double b = erlang_b(servers, load).value();
      EXPECT_LT(
          relative(erlang_c(servers, load).value() + 1e-300, b / (1 - use * (1 - b)) + 1e-300),
          1e-11);
    }
  }
}

TEST(ErlangC, OneServerWaitsAsOftenAsItIsBusy) {
  const auto queue = DelayQueue::make(0.8, 1, 1).value();
  EXPECT_DOUBLE_EQ(queue.p_wait(), 0.8);
  EXPECT_NEAR(queue.mean_wait(), 4.0, 1e-13);
  EXPECT_NEAR(queue.mean_in_system(), 4.0, 1e-13);
}

TEST(ErlangC, LittleAndTheWaitsLawHold) {
  const auto queue = DelayQueue::make(48, 1, 50).value();
  EXPECT_DOUBLE_EQ(queue.mean_queue(), 48 * queue.mean_wait());
  double integral = 0;  // the mean is the integral of the tail
  for (int i = 0; i < 60; ++i)
    integral += special::panel([&](double t) { return queue.p_wait_above(t); }, i, i + 1);
  EXPECT_LT(relative(integral, queue.mean_wait()), 1e-12);
  EXPECT_NEAR(queue.p_wait_above(queue.wait_quantile(0.95)), 0.05, 1e-14);
  EXPECT_EQ(queue.wait_quantile(0.2), 0.0);  // more than that do not wait at all
}

TEST(ErlangC, OneMoreAgentNeverHurts) {
  double before = 1;
  for (double servers = 48.25; servers < 80; servers += 0.25) {
    const double now = erlang_c(servers, 48).value();
    EXPECT_LT(now, before);
    before = now;
  }
}

TEST(ErlangC, AnUnstableQueueIsNamedWithWhatWouldDo) {
  const auto found = DelayQueue::make(50, 1, 50);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, Impossible::unstable);
  EXPECT_EQ(
      found.error().text,
      "unstable: 50 erlangs for 50 servers, and nobody gives up: take at least 51 servers, or "
      "a patience (Erlang A)");
}

TEST(ErlangC, RoundingDoesNotMakeAnUnstableQueueStable) {
  // 200 an hour of 180 s: the product is 9.999999999999998 and means 10.
  const auto found = DelayQueue::make(200.0 / 3'600, 1.0 / 180, 10);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().text.substr(0, 36), "unstable: 10 erlangs for 10 servers,");
  EXPECT_NE(found.error().text.find("at least 11 servers"), std::string::npos);
}

TEST(ErlangC, InputsThatMakeNoSenseAreNamed) {
  EXPECT_EQ(erlang_b(-1, 2).error().kind, Impossible::negative);
  EXPECT_EQ(erlang_b(5, NAN).error().text, "offered load is nan: it must be a number, 0 or more");
  EXPECT_EQ(erlang_b(1e9, 2).error().kind, Impossible::too_large);
  EXPECT_EQ(erlang_c(0.5, 0.1).error().kind, Impossible::out_of_range);
  EXPECT_EQ(DelayQueue::make(1, 0, 5).error().kind, Impossible::not_positive);
  EXPECT_EQ(DelayQueue::make(-1, 1, 5).error().kind, Impossible::negative);
  EXPECT_EQ(servers_for_blocking(3, 0).error().kind, Impossible::out_of_reach);
}

}  // namespace
}  // namespace paceline::sim
