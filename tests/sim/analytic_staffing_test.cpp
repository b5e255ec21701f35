// How many agents a demand needs: the number meets the target, one less does not, and what cannot
// be had is said.
#include "sim/analytic/staffing.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/rng.h"

namespace paceline::sim {
namespace {

QueueDemand calls(double an_hour, double aht_s) {
  QueueDemand demand;
  demand.arrival_rate = an_hour / 3'600;
  demand.mean_handling = aht_s;
  return demand;
}

ServiceTarget in_time(double share, double threshold) {
  ServiceTarget target;
  target.service_level = share;
  target.threshold = threshold;
  return target;
}

TEST(Staffing, AgreesWithAWorkedExample) {
  // 200 calls an hour of 180 s, 80 % within 20 s, at most 85 % busy: 14 agents, 20 with shrinkage.
  ServiceTarget target = in_time(0.8, 20);
  target.occupancy_cap = 0.85;
  const auto found = staff(calls(200, 180), target, 0.3).value();
  EXPECT_EQ(found.with.agents, 14);
  EXPECT_NEAR(found.with.service_level, 0.8883500191794669, 1e-12);
  EXPECT_EQ(found.scheduled, 20);
}

TEST(Staffing, IsTheLeastThatMeetsEveryPartOfTheTarget) {
  for (uint64_t desk = 0; desk < 120; ++desk) {
    Stream draw({29, 0, desk, Purpose::arrival, 0});
    QueueDemand demand = calls(20 + 3'000 * draw.uniform(), 60 + 500 * draw.uniform());
    if (draw.chance(600'000))
      demand.patience = Distribution::exponential(20 + 300 * draw.uniform()).value();
    ServiceTarget target = in_time(0.5 + 0.49 * draw.uniform(), 60 * draw.uniform());
    if (draw.chance(500'000)) target.mean_wait = 1 + 60 * draw.uniform();
    if (draw.chance(300'000)) target.occupancy_cap = 0.6 + 0.4 * draw.uniform();
    if (demand.patience && draw.chance(500'000)) target.p_abandon = 0.005 + 0.1 * draw.uniform();
    const auto found = staff(demand, target, 0).value();
    const auto meets = [&](const Performance& has) {
      return has.service_level >= *target.service_level &&
             (!target.mean_wait || has.mean_wait <= *target.mean_wait) &&
             (!target.p_abandon || has.p_abandon <= *target.p_abandon) &&
             has.occupancy <= target.occupancy_cap;
    };
    EXPECT_TRUE(meets(found.with)) << desk;
    if (found.with_one_less) {
      EXPECT_FALSE(meets(*found.with_one_less)) << desk;
    }
  }
}

TEST(Staffing, WhoGivesUpNeedsNoAgent) {
  const ServiceTarget target = in_time(0.8, 20);
  QueueDemand patient = calls(600, 300);
  QueueDemand impatient = patient;
  impatient.patience = Distribution::exponential(120).value();
  EXPECT_LT(staff(impatient, target, 0).value().with.agents,
            staff(patient, target, 0).value().with.agents);
}

TEST(Staffing, DaysThatDifferNeedMore) {
  const ServiceTarget target = in_time(0.8, 20);
  QueueDemand even = calls(600, 300);
  even.patience = Distribution::exponential(120).value();
  QueueDemand uneven = even;
  uneven.day_shape = 20;
  EXPECT_GT(staff(uneven, target, 0).value().with.agents,
            staff(even, target, 0).value().with.agents);
}

TEST(Staffing, LimitedLinesBoundTheAgentsToo) {
  QueueDemand demand = calls(600, 300);
  demand.lines = 45;
  ServiceTarget target;
  target.p_block = 0.5;
  EXPECT_LE(staff(demand, target, 0).value().with.agents, 45);
  target.p_block = 0.001;
  const auto found = staff(demand, target, 0);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, Impossible::out_of_reach);
  EXPECT_EQ(found.error().text.substr(0, 67),
            "the target cannot be reached: best is with 45 agents, the most allo");
}

TEST(Staffing, LimitsThatNoStaffingAttainsAreRefused) {
  const auto kind = [](const ServiceTarget& target) {
    return staff(calls(200, 180), target, 0).error().kind;
  };
  EXPECT_EQ(kind(in_time(1, 20)), Impossible::out_of_reach);
  ServiceTarget no_wait;
  no_wait.mean_wait = 0;
  EXPECT_EQ(kind(no_wait), Impossible::out_of_reach);
  EXPECT_EQ(kind(in_time(1.2, 20)), Impossible::out_of_range);
  EXPECT_EQ(staff(calls(200, 180), in_time(0.8, 20), 1).error().kind, Impossible::out_of_range);
  EXPECT_EQ(staff(calls(-5, 180), in_time(0.8, 20), 0).error().kind, Impossible::negative);
  EXPECT_EQ(staff(calls(5, 0), in_time(0.8, 20), 0).error().kind, Impossible::not_positive);
}

TEST(Staffing, TooFewAllowedIsOutOfReachWithTheBest) {
  const auto found = staff(calls(200, 180), in_time(0.8, 20), 0, 12);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, Impossible::out_of_reach);
  EXPECT_EQ(found.error().text,
            "the target cannot be reached: best is with 12 agents, the most allowed, where service "
            "level is 0.640158 and not at least 0.8");
}

TEST(Staffing, NoCallsNeedNobody) {
  const auto found = staff(calls(0, 180), in_time(0.8, 20), 0.3).value();
  EXPECT_EQ(found.with.agents, 0);
  EXPECT_EQ(found.scheduled, 0);
}

TEST(Staffing, ShrinkageRoundsUpOnlyWhatIsLeftOver) {
  // 21 / 0.7 is 30 and not 31, whatever the last place says.
  for (double agents = 1; agents < 200; ++agents) {
    QueueDemand demand = calls(3'600 * agents * 0.5, 1);
    ServiceTarget half;
    half.occupancy_cap = 0.5;
    const auto found = staff(demand, half, 0.3).value();
    EXPECT_EQ(found.with.agents, agents);
    EXPECT_EQ(found.scheduled, std::ceil(std::round(agents / 0.7 * 1e6) / 1e6)) << agents;
  }
}

TEST(Staffing, NoQueueIsErlangB) {
  QueueDemand demand = calls(0, 1);
  demand.arrival_rate = 10;
  demand.no_queue = true;
  ServiceTarget target;
  target.p_block = 0.01;
  EXPECT_EQ(staff(demand, target, 0).value().with.agents, 18);
}

TEST(Staffing, UsersPerAnalystIsADivisionAndNoMore) {
  EXPECT_DOUBLE_EQ(users_per_analyst(7'000, 100).value(), 70);
  EXPECT_EQ(users_per_analyst(7'000, 0).error().kind, Impossible::not_positive);
}

}  // namespace
}  // namespace paceline::sim
