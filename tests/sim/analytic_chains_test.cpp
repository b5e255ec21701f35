// Two classes on shared agents, and retrials: against a chain solved the slow way, and at the edges
// where a formula is known.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "sim/analytic/erlang.h"
#include "sim/analytic/priority_queue.h"
#include "sim/analytic/retrial_queue.h"
#include "sim/analytic/shared_agents.h"
#include "sim/rng.h"
#include "tests/models/markov_chain.h"

namespace paceline::sim {
namespace {

double relative(double value, double wanted) { return std::abs(value / wanted - 1); }

using Count = std::array<int, 4>;
using Chain = models::MarkovChain<Count>;

/// Busy of pool 1, busy of pool 2, waiting of class 1, of class 2, as the routing rules say it.
Chain n_chain(const NModel& model, int room) {
  const auto moves = [model, room](const Count& at) {
    const auto [busy1, busy2, wait1, wait2] = at;
    const int pool1 = static_cast<int>(model.servers[0]);
    const int pool2 = static_cast<int>(model.servers[1]);
    Chain::Moves out;
    if (busy1 < pool1)
      out.push_back({{busy1 + 1, busy2, wait1, wait2}, model.arrival_rates[0]});
    else if (busy2 < pool2)
      out.push_back({{busy1, busy2 + 1, wait1, wait2}, model.arrival_rates[0]});
    else if (wait1 < room)
      out.push_back({{busy1, busy2, wait1 + 1, wait2}, model.arrival_rates[0]});
    if (busy2 < pool2)
      out.push_back({{busy1, busy2 + 1, wait1, wait2}, model.arrival_rates[1]});
    else if (wait2 < room)
      out.push_back({{busy1, busy2, wait1, wait2 + 1}, model.arrival_rates[1]});
    if (busy1 > 0)
      out.push_back({wait1 > 0 ? Count{busy1, busy2, wait1 - 1, wait2}
                               : Count{busy1 - 1, busy2, wait1, wait2},
                     busy1 * model.service_rate});
    if (busy2 > 0) {
      const bool first = model.first_at_pool2 == 1 ? wait1 > 0 : wait1 > 0 && wait2 == 0;
      out.push_back({first       ? Count{busy1, busy2, wait1 - 1, wait2}
                     : wait2 > 0 ? Count{busy1, busy2, wait1, wait2 - 1}
                                 : Count{busy1, busy2 - 1, wait1, wait2},
                     busy2 * model.service_rate});
    }
    if (wait1 > 0)
      out.push_back({{busy1, busy2, wait1 - 1, wait2}, wait1 * model.abandonment_rates[0]});
    if (wait2 > 0)
      out.push_back({{busy1, busy2, wait1, wait2 - 1}, wait2 * model.abandonment_rates[1]});
    return out;
  };
  return Chain({0, 0, 0, 0}, moves);
}

TEST(NModel, AgreesWithTheSlowChainForRandomDesks) {
  for (uint64_t desk = 0; desk < 12; ++desk) {
    Stream draw({5, 0, desk, Purpose::arrival, 0});
    NModel model;
    model.service_rate = 0.5 + draw.uniform();
    model.servers = {1.0 + draw.below(4), 1.0 + draw.below(4)};
    for (size_t i = 0; i < 2; ++i) {
      model.arrival_rates[i] = model.servers[i] * model.service_rate * (0.3 + draw.uniform());
      model.abandonment_rates[i] = 0.6 + draw.uniform();
    }
    model.first_at_pool2 = 1 + static_cast<int>(draw.below(2));
    const auto found = n_model(model).value();
    const Chain chain = n_chain(model, 28);
    EXPECT_LT(
        relative(found.classes[0].mean_queue, chain.mean([](const Count& at) { return at[2]; })),
        1e-7)
        << desk;
    EXPECT_LT(
        relative(found.classes[1].mean_queue, chain.mean([](const Count& at) { return at[3]; })),
        1e-7)
        << desk;
    EXPECT_LT(relative(found.occupancy[1] * model.servers[1],
                       chain.mean([](const Count& at) { return at[1]; })),
              1e-7)
        << desk;
    EXPECT_LT(found.truncated, 1e-12);
  }
}

TEST(NModel, WithoutTheFirstClassTheSecondIsErlangC) {
  NModel model;
  model.arrival_rates = {0, 4.5};
  model.service_rate = 1;
  model.servers = {3, 6};
  const auto found = n_model(model).value();
  const auto queue = DelayQueue::make(4.5, 1, 6).value();
  EXPECT_LT(relative(found.classes[1].p_wait, queue.p_wait()), 1e-11);
  EXPECT_LT(relative(found.classes[1].mean_wait, queue.mean_wait()), 1e-11);
  EXPECT_NEAR(found.occupancy[0], 0, 1e-15);
}

TEST(NModel, AgentsWorkOnWhatDoesNotGiveUp) {
  NModel model;
  model.arrival_rates = {12, 14};
  model.service_rate = 1;
  model.servers = {11, 16};
  model.abandonment_rates = {0.25, 1};
  const auto found = n_model(model).value();
  const double served =
      12 * (1 - found.classes[0].p_abandon) + 14 * (1 - found.classes[1].p_abandon);
  EXPECT_LT(relative(found.occupancy[0] * 11 + found.occupancy[1] * 16, served), 1e-10);
}

TEST(NModel, UnstableAndTooLargeAreNamed) {
  NModel model;
  model.arrival_rates = {3, 6};
  model.service_rate = 1;
  model.servers = {4, 6};
  EXPECT_EQ(n_model(model).error().kind, Impossible::unstable);
  model.arrival_rates = {3'000, 5'000};
  model.servers = {4'000, 6'000};
  EXPECT_EQ(n_model(model).error().kind, Impossible::too_large);
}

TEST(NModel, ImpatientFirstsWhoStarveTheSecondClassAreFoundUnstable) {
  // By capacity alone the second class fits; the first, taken first at pool 2, leaves too little.
  NModel model;
  model.arrival_rates = {30, 1.9};
  model.service_rate = 1;
  model.servers = {2, 2};
  model.abandonment_rates = {0.5, 0};
  model.first_at_pool2 = 1;
  const auto found = n_model(model);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, Impossible::unstable);
}

TEST(ReservedAgents, NoneReservedIsPriorityWithoutPreemption) {
  ReservedAgents model;
  model.arrival_rates = {2, 6};
  model.service_rate = 1;
  model.servers = 10;
  const auto found = reserved_agents(model).value();
  const auto desk = PriorityDesk::make({2, 6}, 1, 10, Preemption::none).value();
  EXPECT_LT(relative(found.classes[0].mean_wait, desk.mean_wait(0)), 1e-9);
  EXPECT_LT(relative(found.classes[1].mean_wait, desk.mean_wait(1)), 1e-9);
  EXPECT_LT(relative(found.p_all_busy, desk.p_all_busy()), 1e-9);
}

TEST(ReservedAgents, EveryReservedAgentHelpsTheFirstAndHurtsTheSecond) {
  ReservedAgents model;
  model.arrival_rates = {10, 10};
  model.service_rate = 1;
  model.servers = 20;
  model.abandonment_rates = {0.5, 0.5};
  auto before = reserved_agents(model).value();
  for (double reserved = 1; reserved < 10; ++reserved) {
    model.reserved = reserved;
    const auto now = reserved_agents(model).value();
    EXPECT_LT(now.classes[0].mean_wait, before.classes[0].mean_wait);
    EXPECT_GT(now.classes[1].mean_wait, before.classes[1].mean_wait);
    const double served = 10 * (1 - now.classes[0].p_abandon) + 10 * (1 - now.classes[1].p_abandon);
    EXPECT_LT(relative(now.occupancy * 20, served), 1e-10);
    before = now;
  }
}

TEST(ReservedAgents, SomeLoadsFitOnlyWithoutReserve) {
  ReservedAgents model;
  model.arrival_rates = {1, 8.5};
  model.service_rate = 1;
  model.servers = 10;
  EXPECT_TRUE(reserved_agents(model));
  model.reserved = 3;  // the second class needs 8.5 agents and may take 7
  EXPECT_EQ(reserved_agents(model).error().kind, Impossible::unstable);
  model.reserved = 10;
  EXPECT_EQ(reserved_agents(model).error().kind, Impossible::out_of_range);
}

TEST(ReservedAgents, AHundredAgentsKeepTheirDigits) {
  ReservedAgents model;
  model.arrival_rates = {40, 45};
  model.service_rate = 1;
  model.servers = 100;
  const auto plain = reserved_agents(model).value();
  EXPECT_LT(relative(plain.occupancy, 0.85), 1e-11);
  EXPECT_LT(relative(plain.p_all_busy, erlang_c(100, 85).value()), 1e-9);
  model.reserved = 6;
  EXPECT_LT(relative(reserved_agents(model).value().occupancy, 0.85), 1e-11);
}

TEST(NModel, ManyAgentsKeepTheirDigits) {
  NModel model;
  model.arrival_rates = {20, 40};
  model.service_rate = 1;
  model.servers = {120, 100};  // far more than are needed
  const auto found = n_model(model).value();
  EXPECT_LT(relative(found.occupancy[0] * 120 + found.occupancy[1] * 100, 60), 1e-11);
  EXPECT_LT(relative(found.classes[1].p_wait, erlang_c(100, 40).value()), 1e-7);
}

TEST(TwoSpeeds, OneSpeedIsPriorityWithoutPreemption) {
  const auto found = two_speeds({{2, 1.2}, {1, 1}, 4}).value();
  const auto desk = PriorityDesk::make({2, 1.2}, 1, 4, Preemption::none).value();
  EXPECT_LT(relative(found.p_all_busy, desk.p_all_busy()), 1e-9);
  EXPECT_LT(relative(found.classes[0].mean_wait, desk.mean_wait(0)), 1e-9);
  EXPECT_LT(relative(found.classes[1].mean_wait, desk.mean_wait(1)), 1e-9);
}

TEST(TwoSpeeds, OneServerFollowsCobham) {
  const std::vector<PriorityClass> classes{{0.3, Distribution::exponential(1).value()},
                                           {0.2, Distribution::exponential(2).value()}};
  const auto cobham = single_server_priorities(classes, Preemption::none).value();
  const auto found = two_speeds({{0.3, 0.2}, {1, 0.5}, 1}).value();
  EXPECT_LT(relative(found.classes[0].mean_wait, cobham.mean_wait[0]), 1e-9);
  EXPECT_LT(relative(found.classes[1].mean_wait, cobham.mean_wait[1]), 1e-9);
}

TEST(RetrialQueue, NobodyRetryingIsErlangB) {
  for (const double load : {8.0, 15.0, 9'900.0}) {
    const double servers = load < 100 ? 10 : 10'000;
    const auto found = retrial_queue({load, 1, servers, 0.5, 0}).value();
    EXPECT_LT(relative(found.p_lost, erlang_b(servers, load).value()), 1e-9);
    EXPECT_EQ(found.mean_orbit, 0);
  }
}

TEST(RetrialQueue, RetryingAtOnceIsErlangC) {
  const auto found = retrial_queue({8, 1, 10, 1e5, 1}).value();
  const auto queue = DelayQueue::make(8, 1, 10).value();
  EXPECT_LT(relative(found.p_all_busy, queue.p_wait()), 1e-3);
  EXPECT_LT(relative(found.mean_orbit, queue.mean_queue()), 1e-3);
}

TEST(RetrialQueue, AgreesWithTheSlowChain) {
  const RetrialQueue queue{5, 1, 4, 0.8, 0.6};
  const auto found = retrial_queue(queue).value();
  using Pair = std::array<int, 2>;
  const models::MarkovChain<Pair> chain({0, 0}, [&](const Pair& at) {
    models::MarkovChain<Pair>::Moves out;
    const auto [busy, orbit] = at;
    if (busy < 4)
      out.push_back({{busy + 1, orbit}, 5});
    else if (orbit < 80)
      out.push_back({{busy, orbit + 1}, 5 * 0.6});
    if (busy > 0) out.push_back({{busy - 1, orbit}, busy * 1.0});
    if (orbit > 0)
      out.push_back(busy < 4 ? std::pair{Pair{busy + 1, orbit - 1}, orbit * 0.8}
                             : std::pair{Pair{busy, orbit - 1}, orbit * 0.8 * 0.4});
    return out;
  });
  EXPECT_LT(relative(found.mean_orbit, chain.mean([](const Pair& at) { return at[1]; })), 1e-8);
  EXPECT_LT(relative(found.p_all_busy, chain.share([](const Pair& at) { return at[0] == 4; })),
            1e-8);
  // Who comes is served or lost in the end.
  EXPECT_NEAR(found.mean_busy, 5 * (1 - found.p_lost), 1e-10);
}

TEST(RetrialQueue, ManyIdleServersKeepTheirDigits) {
  const auto found = retrial_queue({5, 1, 60, 0.5, 0}).value();
  EXPECT_LT(relative(found.p_lost, erlang_b(60, 5).value()), 1e-9);
  EXPECT_LT(relative(retrial_queue({970, 1, 1'000, 0.2, 1}).value().mean_busy, 970), 1e-11);
}

TEST(RetrialQueue, EverybodyRetryingNeedsRoom) {
  EXPECT_EQ(retrial_queue({10, 1, 10, 0.5, 1}).error().kind, Impossible::unstable);
  EXPECT_TRUE(retrial_queue({10, 1, 10, 0.5, 0.9}));
}

}  // namespace
}  // namespace paceline::sim
