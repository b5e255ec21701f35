// Limits of large desks, patience from a log, intervals, warm-up and budgets.
#include <gtest/gtest.h>

#include <cmath>

#include "sim/analytic/abandonment.h"
#include "sim/analytic/erlang.h"
#include "sim/analytic/heavy_traffic.h"
#include "sim/analytic/output_analysis.h"
#include "sim/analytic/survival.h"
#include "sim/rng.h"

namespace paceline::sim {
namespace {

double relative(double value, double wanted) { return std::abs(value / wanted - 1); }

TEST(HeavyTraffic, LargeDesksApproachHalfinWhitt) {
  for (const double beta : {0.2, 0.5, 1.0, 2.0}) {
    const double servers = 1'000'000;
    // n = R + β√R solved for R.
    const double root = (-beta + std::sqrt(beta * beta + 4 * servers)) / 2;
    EXPECT_NEAR(erlang_c(servers, root * root).value(), halfin_whitt(beta), 1e-3) << beta;
  }
}

TEST(HeavyTraffic, LargeDesksApproachGarnett) {
  for (const double beta : {-1.0, 0.0, 1.0}) {
    const double load = 250'000;
    const double servers = load + beta * 500;
    const auto found = erlang_a({load, 1, servers}, 2, 0).value();
    EXPECT_NEAR(found.p_wait, garnett(beta, 0.5).value(), 2e-3) << beta;
  }
}

TEST(HeavyTraffic, NoPatienceLeftIsHalfinWhitt) {
  for (const double beta : {0.3, 1.0})
    EXPECT_NEAR(garnett(beta, 1e-12).value(), halfin_whitt(beta), 1e-5);
  EXPECT_EQ(halfin_whitt(0), 1);
  EXPECT_EQ(halfin_whitt(-1), 1);
}

TEST(HeavyTraffic, TheHazardIsExactInBothTails) {
  EXPECT_NEAR(normal_hazard(0), std::sqrt(2 / std::acos(-1.0)), 1e-15);
  EXPECT_LT(relative(normal_hazard(10 - 1e-9), normal_hazard(10 + 1e-9)), 1e-9);
  EXPECT_NEAR(normal_hazard(1e6), 1e6 + 1e-6, 1e-9);
  EXPECT_LT(relative(normal_hazard(-30), std::exp(-450.0) / std::sqrt(2 * std::acos(-1.0))), 1e-12);
}

TEST(HeavyTraffic, InversesComeBack) {
  for (const double share : {0.05, 0.2, 0.8}) {
    EXPECT_NEAR(halfin_whitt(halfin_whitt_beta(share).value()), share, 1e-12);
    EXPECT_NEAR(garnett(garnett_beta(share, 0.7).value(), 0.7).value(), share, 1e-12);
    EXPECT_NEAR(std::erfc(-normal_quantile(share) / std::sqrt(2.0)) / 2, share, 1e-14);
  }
  EXPECT_EQ(square_root_staffing(100, 0.5).value(), 105);
  EXPECT_EQ(halfin_whitt_beta(1).error().kind, Impossible::out_of_range);
  EXPECT_EQ(garnett(1, 0).error().kind, Impossible::not_positive);
}

TEST(Survival, AgreesWithThePublishedRemissions) {
  // Freireich and others 1963, 6-MP group, as in every textbook of survival analysis.
  const std::vector<ObservedWait> weeks{
      {6, true},   {6, true},   {6, true},   {6, false},  {7, true},   {9, false},  {10, true},
      {10, false}, {11, false}, {13, true},  {16, true},  {17, false}, {19, false}, {20, false},
      {22, true},  {23, true},  {25, false}, {32, false}, {32, false}, {34, false}, {35, false}};
  const auto found = estimate_patience(weeks).value();
  const std::pair<double, double> published[] = {{6, 0.857},  {7, 0.807},  {10, 0.753}, {13, 0.690},
                                                 {16, 0.627}, {22, 0.538}, {23, 0.448}};
  for (const auto& [time, survival] : published) {
    for (const SurvivalStep& step : found.steps) {
      if (step.time == time) {
        EXPECT_NEAR(step.survival, survival, 6e-4);
      }
    }
  }
  EXPECT_DOUBLE_EQ(found.mean_if_exponential, 359.0 / 9);
  const auto law = patience_law(found).value();
  EXPECT_NEAR(law.endless_share(), 0.448, 6e-4);
  EXPECT_NEAR(law.survival(10), 0.753, 6e-4);
}

TEST(Survival, NobodyCensoredIsThePlainShare) {
  std::vector<ObservedWait> waits;
  for (int i = 1; i <= 50; ++i) waits.push_back({static_cast<double>(i), true});
  const auto found = estimate_patience(waits).value();
  for (const SurvivalStep& step : found.steps)
    EXPECT_NEAR(step.survival, 1 - step.time / 50, 1e-12);
}

TEST(Survival, WhatALogCannotShowIsSaid) {
  EXPECT_EQ(estimate_patience({}).error().kind, Impossible::out_of_range);
  EXPECT_EQ(estimate_patience({{-1, true}}).error().kind, Impossible::negative);
  const auto answered = estimate_patience({{3, false}, {5, false}}).value();
  EXPECT_TRUE(std::isinf(answered.mean_if_exponential));
  EXPECT_EQ(patience_law(answered).error().kind, Impossible::out_of_range);
}

TEST(OutputAnalysis, QuantilesAreThoseOfTheTables) {
  EXPECT_NEAR(student_t(0.95, 9), 2.262, 5e-4);
  EXPECT_NEAR(student_t(0.99, 30), 2.750, 5e-4);
  EXPECT_NEAR(student_t(0.95, 1e9), 1.959964, 1e-6);
}

TEST(OutputAnalysis, AsManyIntervalsMissAsTheyShould) {
  int missed = 0;
  for (uint64_t run = 0; run < 2'000; ++run) {
    Stream draw({23, 0, run, Purpose::handling, 0});
    std::vector<double> values;
    for (int i = 0; i < 40; ++i) values.push_back(draw.uniform() + draw.uniform() + draw.uniform());
    const auto found = mean_interval(values, 0.9).value();
    missed += std::abs(found.mean - 1.5) > found.half_width;
  }
  EXPECT_NEAR(missed, 200, 45);  // three deviations of the count
}

TEST(OutputAnalysis, PlannedObservationsAreTheLeastThatDo) {
  const std::vector<double> pilot{12.1, 9.8, 11.4, 10.2, 13.0, 9.1, 10.9, 11.7, 12.4, 10.0};
  const auto interval = mean_interval(pilot, 0.95).value();
  const auto planned = planned_observations(interval, 0.95, 0.02).value();
  const auto width = [&](double n) {
    return student_t(0.95, n - 1) * interval.deviation / std::sqrt(n);
  };
  const double wanted = 0.02 / 1.02 * interval.mean;
  EXPECT_LE(width(static_cast<double>(planned)), wanted);
  EXPECT_GT(width(static_cast<double>(planned) - 1), wanted);
  EXPECT_EQ(planned_observations(interval, 0.95, 1e-9, 1'000).error().kind,
            Impossible::out_of_reach);
  EXPECT_EQ(mean_interval(std::vector<double>{1}, 0.95).error().kind, Impossible::out_of_range);
  EXPECT_EQ(mean_interval(pilot, 1).error().kind, Impossible::out_of_range);
}

TEST(OutputAnalysis, WarmUpIsCutWhereTheSeriesTurnsSteady) {
  std::vector<double> series(1'000);
  for (size_t i = 0; i < series.size(); ++i)
    series[i] = (i < 100 ? 9.0 : 2.0) + (i % 2 == 0 ? 0.1 : -0.1);
  const auto found = warm_up(series).value();
  EXPECT_EQ(found.observations, 100);
  EXPECT_NEAR(found.mean, 2, 1e-12);
}

TEST(OutputAnalysis, ASteadySeriesLosesNothing) {
  const std::vector<double> steady(100, 4.0);
  EXPECT_EQ(warm_up(steady).value().batches, 0);
  EXPECT_EQ(warm_up(std::vector<double>(9, 1.0)).error().kind, Impossible::out_of_range);
}

TEST(OutputAnalysis, BudgetGoesWhereSystemsAreHardToTellApart) {
  const std::vector<double> means{1.0, 1.1, 2.0};
  const std::vector<double> even{1, 1, 1};
  const auto shares = allocate_budget(means, even).value();
  EXPECT_NEAR(shares[0] + shares[1] + shares[2], 1, 1e-14);
  EXPECT_NEAR(shares[1] / shares[2], 100, 1e-9);  // (gap ratio)²
  EXPECT_NEAR(shares[0] * shares[0], shares[1] * shares[1] + shares[2] * shares[2], 1e-14);
  EXPECT_EQ(allocate_budget(std::vector<double>{1, 1}, std::vector<double>{1, 1}).error().kind,
            Impossible::out_of_reach);
}

}  // namespace
}  // namespace paceline::sim
