// The world against what is known: the textbook, an obvious model, conservation laws.
#include "sim/world/world.h"

#include <gtest/gtest.h>

#include <numeric>

#include "sim/analytic/erlang.h"
#include "sim/run/steady.h"
#include "sim/scenario/queueing.h"
#include "tests/models/queue_model.h"
#include "tests/support/dice.h"

namespace paceline::sim {
namespace {

using models::QueueModel;
using sched::minute;
using sched::second;

constexpr double unit = QueueingScenario::unit_us;

std::shared_ptr<const Model> built(Scenario scenario) {
  auto model = Model::build(std::move(scenario));
  EXPECT_TRUE(model) << (model ? "" : model.error().text);
  return *model;
}

/// One queue, agents alike, exponential everything, with patience if any.
QueueingScenario erlang(double rate, uint32_t servers, double patience = 0) {
  QueueingScenario queueing;
  queueing.add_pool(servers);
  const uint32_t queue = queueing.add_queue({QueueingScenario::exponential(1), 0, {0}});
  Demand& demand = queueing.add_demand(queue, rate);
  if (patience > 0) demand.patience = LawByTime(QueueingScenario::exponential(patience));
  return queueing;
}

std::unique_ptr<World> played(const std::shared_ptr<const Model>& model, uint64_t seed,
                              uint32_t replication = 0) {
  auto world = std::make_unique<World>(model, seed, replication);
  world->run_until(model->scenario().length_us);
  return world;
}

// ------------------------------------------------------------------------------ the textbook

TEST(World, ManyServersAgreeWithErlangC) {
  const auto model = built(erlang(9, 10).take(200'000.0 / 9));
  SteadyPlan plan;
  plan.seed = 7;
  const auto run = run_steady(model, 2, plan, [](const Ledger& ledger) {
    const Cell& all = ledger.all;
    return std::vector<Observation>{
        {static_cast<double>(all[Sum::waited]), static_cast<double>(all[Sum::answered])},
        {static_cast<double>(all[Sum::answered_wait_us]) / unit,
         static_cast<double>(all[Sum::answered])}};
  });
  ASSERT_TRUE(run);
  const double waits = *erlang_c(10, 9);
  EXPECT_TRUE(run->figures[0].result(0.999)->estimate.holds(waits));
  EXPECT_TRUE(run->figures[1].result(0.999)->estimate.holds(waits / (10 - 9)));
}

// ---------------------------------------------------------------------------- an obvious model

/// Customers whose times are all given, through the desk and through the model: the same waits, to
/// the microsecond.
TEST(World, RecordedCustomersWaitAsInAnObviousModel) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    desk::test::Dice dice(seed);
    const auto kind_count = static_cast<uint32_t>(1 + dice.roll(3));
    const auto pool_count = static_cast<uint32_t>(1 + dice.roll(3));
    const bool by_priority = dice.chance(50);
    std::vector<uint32_t> pools(pool_count);
    for (uint32_t& servers : pools) servers = static_cast<uint32_t>(1 + dice.roll(4));
    std::vector<QueueModel::Kind> kinds(kind_count);
    QueueingScenario queueing;
    for (const uint32_t servers : pools) queueing.add_pool(servers);
    for (uint32_t kind = 0; kind < kind_count; ++kind) {
      for (uint32_t pool = 0; pool < pool_count; ++pool) {
        if (pool == kind % pool_count || dice.chance(60)) kinds[kind].pools.push_back(pool);
      }
      kinds[kind].priority = by_priority ? kind : 0;
      queueing.add_queue(
          {QueueingScenario::exponential(1), by_priority ? kind + 1 : 0, kinds[kind].pools});
      Demand& demand = queueing.add_demand(kind, 1);
      demand.rate.clear();
    }
    std::vector<QueueModel::Customer> customers;
    int64_t now_us = 0;
    for (int i = 0; i < 300; ++i) {
      // No two instants alike: what happens at one is for the desk's own order of a batch.
      now_us += static_cast<int64_t>(1 + dice.roll(40'000'000)) * 1'000 + i;
      const auto kind = static_cast<uint32_t>(dice.roll(kind_count));
      const auto service_us = static_cast<int64_t>(1 + dice.roll(90'000'000)) * 1'000 + 500;
      customers.push_back({now_us, service_us, kind});
      RecordedContact contact;
      contact.at_us = now_us;
      contact.handling_us = service_us;
      if (by_priority) {
        const uint8_t levels[][2] = {{1, 1}, {1, 2}, {2, 2}};
        contact.impact = levels[kind][0];
        contact.urgency = levels[kind][1];
      }
      queueing.scenario.demands[kind].recorded.push_back(contact);
    }
    for (uint32_t kind = 0; kind < kind_count; ++kind) {
      if (!queueing.scenario.demands[kind].recorded.empty()) continue;
      queueing.scenario.demands[kind].rate = {{0, 1, 1e-6, 1e-6}};  // nobody comes
      queueing.scenario.demands[kind].cycle_us = 0;
    }
    Scenario scenario = queueing.take(static_cast<double>(now_us + 1) / unit + 1);
    scenario.drain_us = scenario.length_us * 100;
    World world(built(std::move(scenario)), 1, 0);
    world.run_until(now_us + 1);
    world.run_until(sched::never.us);
    world.drain();

    std::vector<int64_t> waits_us(kind_count);
    const auto outcomes = QueueModel(kinds, pools).run(customers);
    for (size_t i = 0; i < outcomes.size(); ++i) waits_us[customers[i].kind] += outcomes[i].wait_us;
    for (uint32_t kind = 0; kind < kind_count; ++kind)
      EXPECT_EQ(world.ledger().by_demand[kind][Sum::answered_wait_us], waits_us[kind])
          << "seed " << seed << ", kind " << kind;
    EXPECT_EQ(world.ledger().all[Sum::answered], 300) << "seed " << seed;
  }
}

// ---------------------------------------------------------------------------- conservation

TEST(World, LittlesLawHoldsToTheMicrosecond) {
  // From empty to empty, time spent waiting is the same whether it is added up by customers or by
  // the clock; likewise the time tickets are open.
  Scenario scenario = erlang(9, 8, 2).take(2'000);
  scenario.drain_us = 0;
  scenario.length_us += QueueingScenario::us(500);  // in which nobody comes
  scenario.demands.front().rate.front().until_us = QueueingScenario::us(2'000);
  scenario.demands.front().cycle_us = 0;
  const auto world = played(built(std::move(scenario)), 3);
  const Cell& all = world->ledger().all;
  ASSERT_EQ(world->contacts(), 0U);
  EXPECT_GT(all[Sum::abandoned], 100);
  EXPECT_EQ(all[Sum::waiting_us], all[Sum::answered_wait_us] + all[Sum::abandoned_wait_us]);
  EXPECT_EQ(all[Sum::open_us], all[Sum::resolve_us] + all[Sum::abandoned_wait_us]);
  EXPECT_EQ(all[Sum::busy_us], all[Sum::handled_us]);
  EXPECT_EQ(all[Sum::staffed_us], 8 * all[Sum::elapsed_us]);
}

TEST(World, EveryContactEndsInOneWay) {
  QueueingScenario queueing = erlang(12, 8, 1);
  queueing.bound(10);
  Demand& demand = queueing.scenario.demands.front();
  demand.retry = {300'000, QueueingScenario::exponential(3), 5, true, true};
  demand.balking = {200'000, 0};
  Scenario scenario = queueing.take(500);
  scenario.drain_us = scenario.length_us * 10;
  const auto world = played(built(std::move(scenario)), 11);
  world->drain();
  const Cell& all = world->ledger().all;
  EXPECT_EQ(world->contacts(), 0U);
  EXPECT_EQ(all[Sum::tries],
            all[Sum::answered] + all[Sum::abandoned] + all[Sum::blocked] + all[Sum::balked]);
  EXPECT_EQ(all[Sum::answered], all[Sum::resolved]);
  for (const Sum sum : {Sum::abandoned, Sum::blocked, Sum::balked, Sum::answered})
    EXPECT_GT(all[sum], 50);
  EXPECT_GT(all[Sum::tries], all[Sum::offered]);
  // The parts add up to the whole.
  for (const Sum sum : {Sum::offered, Sum::answered, Sum::abandoned, Sum::blocked}) {
    EXPECT_EQ(world->ledger().by_demand[0][sum], all[sum]);
    int64_t by_priority = 0;
    for (const Cell& cell : world->ledger().by_priority) by_priority += cell[sum];
    EXPECT_EQ(by_priority, all[sum]);
  }
}

TEST(World, OneMoreAgentNeverMakesTheSameCustomersWaitLonger) {
  // First come, first served, service times given with the customers: a theorem, path by path.
  for (uint32_t replication = 0; replication < 20; ++replication) {
    int64_t before_us = std::numeric_limits<int64_t>::max();
    for (uint32_t servers = 9; servers <= 12; ++servers) {
      Scenario scenario = erlang(9, servers).take(300);
      scenario.drain_us = scenario.length_us * 100;
      const auto world = played(built(std::move(scenario)), 5, replication);
      world->drain();
      const int64_t waited_us = world->ledger().all[Sum::answered_wait_us];
      EXPECT_LE(waited_us, before_us) << servers << " agents, replication " << replication;
      before_us = waited_us;
    }
  }
}

// ------------------------------------------------------------------------------ determinism

TEST(World, TheSameSeedIsTheSameRunAndAnotherIsNot) {
  const auto model = built(erlang(9, 8, 2).take(500));
  const uint64_t hash = played(model, 1, 4)->event_hash();
  EXPECT_EQ(played(model, 1, 4)->event_hash(), hash);
  EXPECT_NE(played(model, 1, 5)->event_hash(), hash);
  EXPECT_NE(played(model, 2, 4)->event_hash(), hash);
}

TEST(World, StoppingOnTheWayChangesNothing) {
  const auto model = built(erlang(9, 8, 2).take(500));
  World in_parts(model, 1, 0);
  for (int part = 1; part <= 1'000; ++part)
    in_parts.run_until(model->scenario().length_us * part / 1'000);
  const auto at_once = played(model, 1, 0);
  EXPECT_EQ(in_parts.event_hash(), at_once->event_hash());
  EXPECT_EQ(in_parts.ledger().all.sums, at_once->ledger().all.sums);
}

/// Ours under any compiler: a change of this number is a change of every simulation.
TEST(World, ARunIsTheSameWhateverCompiledIt) {
  EXPECT_EQ(played(built(erlang(9, 8, 2).take(500)), 1, 0)->event_hash(), 0xc35689c03cc4715bU);
}

TEST(World, WhatIsDrawnForACustomerDoesNotDependOnThePolicy) {
  // The same customers with the same service times whether they are served in order or by
  // priority: the work done is the same in all.
  int64_t handled_us = 0;
  for (const bool by_priority : {false, true}) {
    QueueingScenario queueing;
    queueing.add_pool(4);
    for (uint32_t kind = 0; kind < 2; ++kind) {
      queueing.add_queue({QueueingScenario::exponential(1), by_priority ? kind + 1 : 0, {0}});
      queueing.add_demand(kind, 1.8);
    }
    Scenario scenario = queueing.take(300);
    scenario.drain_us = scenario.length_us * 100;
    const auto world = played(built(std::move(scenario)), 9);
    world->drain();
    if (handled_us == 0) handled_us = world->ledger().all[Sum::handled_us];
    EXPECT_EQ(world->ledger().all[Sum::handled_us], handled_us);
  }
}

TEST(World, MemoryIsForWhatIsThereAtOnce) {
  const auto model = built(erlang(9, 10).take(100'000.0 / 9));
  World world(model, 1, 0);
  size_t most = 0;
  for (int part = 1; part <= 100; ++part) {
    world.run_until(model->scenario().length_us * part / 100);
    most = std::max(most, world.contacts());
  }
  EXPECT_GT(world.ledger().all[Sum::offered], 99'000);
  EXPECT_LT(most, 200U);
}

}  // namespace
}  // namespace paceline::sim
