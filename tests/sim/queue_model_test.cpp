// The reference queue follows its rules, and its long runs agree with exact answers: so do the
// streams, laws and batch means that drive it.
#include "tests/models/queue_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "sim/analytic/abandonment.h"
#include "sim/analytic/deterministic_service.h"
#include "sim/analytic/erlang.h"
#include "sim/analytic/finite_queue.h"
#include "sim/analytic/priority_queue.h"
#include "sim/analytic/shared_agents.h"
#include "sim/analytic/single_server.h"
#include "sim/random/law.h"
#include "sim/statistics/batch_means.h"

namespace paceline::sim {
namespace {

using models::QueueModel;
using Customer = QueueModel::Customer;
using Fate = QueueModel::Fate;

constexpr double second_us = 1e6;

struct Class {
  double rate = 0.0;  // a second
  Law service;
  Law patience = Law::never();
};

/// Poisson arrivals of each class, a stream for each customer and purpose.
std::vector<Customer> customers(const std::vector<Class>& classes, uint64_t count, uint64_t seed) {
  double rate = 0;
  for (const Class& each : classes) rate += each.rate;
  std::vector<Customer> all;
  double at = 0;
  for (uint64_t i = 0; i < count; ++i) {
    Stream arrival({seed, 0, i, Purpose::arrival, 0});
    Stream handling({seed, 0, i, Purpose::handling, 0});
    Stream waiting({seed, 0, i, Purpose::requester, 0});
    at += arrival.exponential(1 / rate);
    double which = arrival.uniform() * rate;
    uint32_t kind = 0;
    while (kind + 1 < classes.size() && which >= classes[kind].rate) which -= classes[kind++].rate;
    const double patience = classes[kind].patience.draw(waiting);
    all.push_back({std::llround(at * second_us),
                   std::llround(classes[kind].service.draw(handling) * second_us), kind,
                   std::isinf(patience) ? QueueModel::never : std::llround(patience * second_us)});
  }
  return all;
}

/// Figures of one class, by batch means at 99.9 %.
struct Figures {
  BatchMeans wait, wait_served, waited, gave_up, turned_away;
};
std::vector<Figures> figures(QueueModel model, const std::vector<Class>& classes, uint64_t seed) {
  const auto all = customers(classes, 300'000, seed);
  const auto outcomes = model.run(all);
  std::vector<Figures> found(classes.size());
  for (size_t i = 0; i < all.size(); ++i) {
    const auto& outcome = outcomes[i];
    const double wait = static_cast<double>(outcome.wait_us) / second_us;
    const bool answered = outcome.fate == Fate::answered;
    Figures& of = found[all[i].kind];
    of.turned_away.add(outcome.fate == Fate::turned_away ? 1 : 0);
    of.gave_up.add(outcome.fate == Fate::gave_up ? 1 : 0);
    if (outcome.fate == Fate::turned_away) continue;
    of.wait.add(wait);
    of.waited.add(outcome.wait_us > 0 ? 1 : 0);
    of.wait_served.add({answered ? wait : 0.0, answered ? 1.0 : 0.0});
  }
  return found;
}

void expect(const BatchMeans& simulated, double exact, double relative) {
  const auto found = simulated.result(0.999).value();
  EXPECT_TRUE(found.estimate.holds(exact))
      << exact << ", simulated " << found.estimate.mean << " ± " << found.estimate.half_width;
  EXPECT_LE(found.estimate.half_width, relative * exact);  // and it says something
}

Law exponential(double mean) { return Law::exponential(mean).value(); }

TEST(QueueModel, FollowsItsRules) {
  // Two kinds; kind 1 is less pressing. One pool of one agent.
  QueueModel model({{0, {0}}, {1, {0}}}, {1});
  const auto outcomes = model.run(
      {{10, 100, 1},      // begun at once, until 110
       {20, 5, 1},        // waits behind the next, until 110 + 30
       {30, 30, 0},       // more pressing
       {40, 5, 0, 60},    // gives up at 100
       {50, 5, 0, 90},    // at 140 an agent is free and its patience ends: the agent is first
       {145, 5, 1, 0},    // no patience, and the agent busy until 150: gives up at once
       {200, 5, 1, 0}});  // no patience and no need of any
  const auto answered = [&](size_t i, int64_t wait_us) {
    EXPECT_EQ(outcomes[i].fate, Fate::answered) << i;
    EXPECT_EQ(outcomes[i].wait_us, wait_us) << i;
    EXPECT_EQ(outcomes[i].agent, 0U) << i;
  };
  answered(0, 0);
  answered(1, 145 - 20);
  answered(2, 80);
  EXPECT_EQ(outcomes[3].fate, Fate::gave_up);
  EXPECT_EQ(outcomes[3].wait_us, 60);
  answered(4, 90);
  EXPECT_EQ(outcomes[5].fate, Fate::gave_up);
  EXPECT_EQ(outcomes[5].wait_us, 0);
  answered(6, 0);
}

TEST(QueueModel, PoolsArePreferredInOrderAndTheLongestIdleIsTaken) {
  // Kind 0 takes pool 0 (agents 0, 1), then pool 1 (agent 2); kind 1 pool 1 only.
  QueueModel model({{0, {0, 1}}, {1, {1}}}, {2, 1});
  const auto outcomes = model.run({
      {0, 10, 0},   // agent 0 until 10
      {1, 4, 0},    // agent 1 until 5
      {2, 100, 0},  // agent 2 until 102
      {3, 1, 1},    // pool 1 is taken: waits until 102
      {20, 1, 0},   // agent 1, free since 5
      {20, 1, 0},   // agent 0, free since 10
  });
  EXPECT_EQ(outcomes[0].agent, 0U);
  EXPECT_EQ(outcomes[1].agent, 1U);
  EXPECT_EQ(outcomes[2].agent, 2U);
  EXPECT_EQ(outcomes[3].agent, 2U);
  EXPECT_EQ(outcomes[3].wait_us, 99);
  EXPECT_EQ(outcomes[4].agent, 1U);
  EXPECT_EQ(outcomes[5].agent, 0U);
}

TEST(QueueModel, AgreesWithErlangC) {
  const auto found = figures(QueueModel({{0, {0}}}, {5}), {{4, exponential(1)}}, 81);
  const auto exact = DelayQueue::make(4, 1, 5).value();
  expect(found[0].wait, exact.mean_wait(), 0.2);
  expect(found[0].waited, exact.p_wait(), 0.05);
}

TEST(QueueModel, AgreesWithErlangA) {
  const auto found =
      figures(QueueModel({{0, {0}}}, {10}), {{11, exponential(1), exponential(2)}}, 82);
  const auto exact = erlang_a({11, 1, 10}, 2, 0).value();
  expect(found[0].wait, exact.mean_wait, 0.05);
  expect(found[0].wait_served, exact.mean_wait_served, 0.05);
  expect(found[0].gave_up, exact.p_abandon, 0.05);
  expect(found[0].waited, exact.p_wait, 0.05);
}

TEST(QueueModel, AgreesWithPatienceOfOtherLaws) {
  const Law patience = Law::weibull(2, 0.7).value();
  const auto found = figures(QueueModel({{0, {0}}}, {10}), {{11, exponential(1), patience}}, 83);
  const auto exact = abandonment_queue({11, 1, 10}, patience.to_distribution().value(), 0).value();
  expect(found[0].wait, exact.mean_wait, 0.05);
  expect(found[0].gave_up, exact.p_abandon, 0.05);
}

TEST(QueueModel, AgreesWithLawsOfHandlingTimes) {
  const auto fixed =
      figures(QueueModel({{0, {0}}}, {3}), {{2.4, Law::deterministic(1).value()}}, 84);
  const auto exact = deterministic_service(2.4, 1, 3).value();
  expect(fixed[0].wait, exact.mean_wait, 0.15);
  expect(fixed[0].waited, exact.p_wait, 0.05);
  for (const Law& service : {Law::lognormal(1, 0.8).value(), Law::gamma(1, 0.6).value(),
                             Law::uniform(0.2, 1.8).value()}) {
    const auto found = figures(QueueModel({{0, {0}}}, {1}), {{0.6, service}}, 85);
    const auto single = single_server(0.6, service.to_distribution().value()).value();
    expect(found[0].wait, single.mean_wait, 0.2);
    expect(found[0].waited, single.occupancy, 0.05);
  }
}

TEST(QueueModel, AgreesWithPriorities) {
  const std::vector<Class> classes{{1.2, exponential(1)}, {1.2, exponential(1)}};
  const auto found = figures(QueueModel({{0, {0}}, {1, {0}}}, {3}), classes, 86);
  const auto exact = PriorityDesk::make({1.2, 1.2}, 1, 3, Preemption::none).value();
  expect(found[0].wait, exact.mean_wait(0), 0.1);
  expect(found[1].wait, exact.mean_wait(1), 0.25);
}

TEST(QueueModel, AgreesWithALimitOfLines) {
  const auto found = figures(QueueModel({{0, {0}}}, {4}, 3), {{4, exponential(1)}}, 87);
  const auto exact = finite_queue({4, 1, 4, 7, 0}, 0).value();
  expect(found[0].turned_away, exact.p_block, 0.08);
  expect(found[0].wait, exact.mean_wait_admitted, 0.05);
}

TEST(QueueModel, AgreesWithTheNModel) {
  const NModel exact_model{{5, 3}, 1, {4, 4}, {0.5, 0.5}, 2};
  const auto exact = n_model(exact_model).value();
  // A freed agent of pool 2 takes kind 2 first: it is the more pressing one.
  const std::vector<Class> classes{{5, exponential(1), exponential(2)},
                                   {3, exponential(1), exponential(2)}};
  const auto found = figures(QueueModel({{1, {0, 1}}, {0, {1}}}, {4, 4}), classes, 88);
  for (size_t i = 0; i < 2; ++i) {
    expect(found[i].wait, exact.classes[i].mean_wait, 0.1);
    expect(found[i].gave_up, exact.classes[i].p_abandon, 0.1);
    expect(found[i].waited, exact.classes[i].p_wait, 0.06);
  }
}

TEST(QueueModel, AgreesWithReservedAgents) {
  const auto exact = reserved_agents({{3, 3}, 1, 7, 2, {0.5, 0.5}}).value();
  const std::vector<Class> classes{{3, exponential(1), exponential(2)},
                                   {3, exponential(1), exponential(2)}};
  const auto found = figures(QueueModel({{0, {0}, 0}, {1, {0}, 2}}, {7}), classes, 89);
  for (size_t i = 0; i < 2; ++i) {
    expect(found[i].wait, exact.classes[i].mean_wait, 0.15);
    expect(found[i].gave_up, exact.classes[i].p_abandon, 0.15);
  }
}

}  // namespace
}  // namespace paceline::sim
