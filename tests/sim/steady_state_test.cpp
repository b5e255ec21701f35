// One long run: its warm-up, its interval, and when it or a set of replications is long enough.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/random/elementary.h"
#include "sim/rng.h"
#include "sim/statistics/batch_means.h"
#include "sim/statistics/replications.h"
#include "sim/statistics/stopping.h"

namespace paceline::sim {
namespace {

Stream stream_of(uint64_t run) { return Stream({71, 0, run, Purpose::handling, 0}); }

/// Misses of intervals at 99 %, as many as 1 in 10,000 sets of this size have or fewer.
int most_misses(int intervals) {
  const double expected = intervals * 0.01;
  return static_cast<int>(expected + 3.72 * std::sqrt(expected) + 2);
}

/// x' = 0.9 x + noise: mean 0, neighbours alike.
BatchMeans autoregression(uint64_t run, int observations, double first) {
  Stream stream = stream_of(run);
  BatchMeans batches;
  double x = first;
  for (int i = 0; i < observations; ++i) {
    batches.add(x);
    x = 0.9 * x + normal_inverse(stream.uniform());
  }
  return batches;
}

/// Waits of an M/M/1 from empty by Lindley's recursion, service mean 1.
template <class Visit>
void lindley(uint64_t run, double load, int customers, Visit&& visit) {
  Stream stream = stream_of(run);
  double wait = 0;
  for (int i = 0; i < customers; ++i) {
    visit(wait);
    wait = std::max(0.0, wait + stream.exponential(1) - stream.exponential(1 / load));
  }
}

TEST(BatchMeans, IndependentNumbersNeedNoCare) {
  Stream stream = stream_of(1);
  BatchMeans batches;
  for (int i = 0; i < 64'000; ++i) batches.add(stream.uniform());
  const auto found = batches.result(0.99).value();
  EXPECT_TRUE(found.settled);
  EXPECT_TRUE(found.independent);
  EXPECT_TRUE(found.estimate.holds(0.5));
  // As wide as that of all numbers but for Student's t, the warm-up and the luck of 64 batches.
  const double all = 2.576 * std::sqrt(1.0 / 12 / 64'000);
  EXPECT_NEAR(found.estimate.half_width / all, 1.1, 0.35);
}

TEST(BatchMeans, IntervalsOfAnAutoregressionMissAsOftenAsTheySay) {
  constexpr int runs = 500;
  int missed = 0;
  for (uint64_t run = 0; run < runs; ++run)
    missed += !autoregression(run, 20'000, 0).result(0.99).value().estimate.holds(0);
  EXPECT_LE(missed, most_misses(runs));
}

TEST(BatchMeans, AWarmUpIsCutAndDoesNotBias) {
  constexpr int runs = 300;
  int missed = 0;
  for (uint64_t run = 0; run < runs; ++run) {
    const auto found = autoregression(run, 20'000, 200).result(0.99).value();
    EXPECT_GT(found.warm_up, 15);  // 200 · 0.9^15 is still 41
    EXPECT_TRUE(found.settled);
    missed += !found.estimate.holds(0);
  }
  EXPECT_LE(missed, most_misses(runs));
}

TEST(BatchMeans, IntervalsOfABusyQueueMissAsOftenAsTheySay) {
  constexpr int runs = 200;
  constexpr double load = 0.7;
  int missed_wait = 0;
  int missed_share = 0;
  for (uint64_t run = 0; run < runs; ++run) {
    BatchMeans waits;
    BatchMeans waited;
    lindley(run, load, 60'000, [&](double wait) {
      waits.add(wait);
      waited.add(wait > 0 ? 1 : 0);
    });
    missed_wait += !waits.result(0.99).value().estimate.holds(load / (1 - load));
    missed_share += !waited.result(0.99).value().estimate.holds(load);
  }
  EXPECT_LE(missed_wait, most_misses(runs));
  EXPECT_LE(missed_share, most_misses(runs));
}

TEST(BatchMeans, ARatioIsThatOfSums) {
  // Mean wait of those who waited, 1 / (1 − load), by slots of 20 customers.
  constexpr int runs = 150;
  constexpr double load = 0.6;
  int missed = 0;
  for (uint64_t run = 0; run < runs; ++run) {
    BatchMeans slots;
    Observation slot{0, 0};
    int customers = 0;
    lindley(run, load, 60'000, [&](double wait) {
      slot.numerator += wait;
      slot.denominator += wait > 0 ? 1 : 0;
      if (++customers % 20 == 0) {
        slots.add(slot);
        slot = {0, 0};
      }
    });
    missed += !slots.result(0.99).value().estimate.holds(1 / (1 - load));
  }
  EXPECT_LE(missed, most_misses(runs));
}

TEST(BatchMeans, LongRunsKeepOneBuffer) {
  BatchMeans batches(64);
  int64_t sum = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    batches.add(i % 10);
    sum += i % 10;
  }
  const auto found = batches.result(0.95).value();
  EXPECT_EQ(batches.observations(), 1'000'000);
  EXPECT_NEAR(found.estimate.mean, static_cast<double>(sum) / 1e6, 1e-12);
  EXPECT_LE(found.estimate.observations, 64);
  EXPECT_GE(found.batch_observations * found.estimate.observations + found.warm_up, 900'000);
}

TEST(BatchMeans, ATrendIsNoSteadyState) {
  BatchMeans batches;
  Stream stream = stream_of(3);
  for (int i = 0; i < 20'000; ++i) batches.add(i / 100.0 + stream.uniform());
  const auto found = batches.result(0.99).value();
  EXPECT_FALSE(found.independent);
  EXPECT_FALSE(found.settled);
}

TEST(BatchMeans, AShortRunSaysSo) {
  BatchMeans batches;
  for (int i = 0; i < 159; ++i) batches.add(i);
  EXPECT_EQ(batches.result(0.95).error().text,
            "a steady state is sought in at least 160 observations, there are 159: run longer");
  batches.add(1);
  EXPECT_TRUE(batches.result(0.95));
  EXPECT_EQ(batches.result(0).error().kind, Impossible::out_of_range);
  BatchMeans unseen;
  for (int i = 0; i < 1'000; ++i) unseen.add(Observation{0, 0});
  EXPECT_EQ(unseen.result(0.95).error().kind, Impossible::out_of_range);
}

TEST(BatchMeans, WhatNeverVariesIsCertain) {
  BatchMeans batches;
  for (int i = 0; i < 1'000; ++i) batches.add(7);
  const auto found = batches.result(0.99).value();
  EXPECT_EQ(found.estimate.mean, 7);
  EXPECT_EQ(found.estimate.half_width, 0);
  EXPECT_EQ(found.warm_up, 0);
}

/// Runs replications until judged enough or exhausted; answers the last verdict.
Verdict run_until(const Precision& wanted, uint64_t run, Replications& replications) {
  Stream stream = stream_of(run);
  int64_t until = wanted.least;
  for (;;) {
    while (replications.next() < until)
      replications.add(replications.next(), {{stream.exponential(5)}, {stream.uniform(), 2}});
    const auto verdict = judge(wanted, replications.count(), replications.estimates(wanted.level));
    if (verdict.value().course != Course::more) return verdict.value();
    EXPECT_GT(verdict.value().until, until);
    EXPECT_LE(verdict.value().until, 2 * until);
    until = verdict.value().until;
  }
}

TEST(Stopping, EveryFigureIsAsSureAsAsked) {
  Precision wanted;
  wanted.relative = 0.05;
  Replications replications({"a", "b"});
  EXPECT_EQ(run_until(wanted, 1, replications).course, Course::enough);
  for (const auto& figure : replications.estimates(0.95))
    EXPECT_LE(figure->half_width, 0.05 / 1.05 * figure->mean);
  // (1.96 · 1.05 / 0.05)² of an exponential, whose deviation is its mean.
  EXPECT_NEAR(static_cast<double>(replications.count()), 1'694, 350);
}

TEST(Stopping, EitherHalfWidthWillDo) {
  Precision wanted;
  wanted.absolute = 1;
  Replications loose({"a", "b"});
  EXPECT_EQ(run_until(wanted, 2, loose).course, Course::enough);
  EXPECT_LE(loose.estimate(0, 0.95).value().half_width, 1);
  wanted.relative = 1e-6;
  Replications same({"a", "b"});
  run_until(wanted, 2, same);
  EXPECT_EQ(same.count(), loose.count());
}

TEST(Stopping, TheMostIsTheMost) {
  Precision wanted;
  wanted.relative = 1e-4;
  wanted.most = 150;
  Replications replications({"a", "b"});
  const Verdict verdict = run_until(wanted, 3, replications);
  EXPECT_EQ(verdict.course, Course::exhausted);
  EXPECT_EQ(verdict.until, 150);
  EXPECT_EQ(verdict.widest, 0U);  // the exponential, not the uniform
}

TEST(Stopping, AnUnseenFigureAsksForMoreAndZeroIsCertain) {
  Precision wanted;
  wanted.relative = 0.1;
  const std::vector<std::optional<Estimate>> unseen{std::nullopt};
  const auto verdict = judge(wanted, 20, unseen).value();
  EXPECT_EQ(verdict.course, Course::more);
  EXPECT_EQ(verdict.until, 40);
  const std::vector<std::optional<Estimate>> never{Estimate{}};  // 0 ± 0: nobody ever gave up
  EXPECT_EQ(judge(wanted, 20, never).value().course, Course::enough);
  EXPECT_EQ(judge(wanted, 5, never).value().until, 10);
}

TEST(Stopping, StoppedIntervalsStillHold) {
  constexpr int runs = 300;
  Precision wanted;
  wanted.level = 0.99;
  wanted.relative = 0.2;
  wanted.least = 30;
  int missed = 0;
  for (uint64_t run = 0; run < runs; ++run) {
    Replications replications({"a", "b"});
    run_until(wanted, 100 + run, replications);
    missed += !replications.estimate(0, 0.99).value().holds(5);
  }
  EXPECT_LE(missed, most_misses(runs));
}

TEST(Stopping, ARunMustBeLongerByTheSquare) {
  Precision wanted;
  wanted.absolute = 2;
  Estimate figure;
  figure.mean = 10;
  figure.half_width = 6;
  EXPECT_DOUBLE_EQ(longer(wanted, figure), 9);
  figure.half_width = 2;
  EXPECT_EQ(longer(wanted, figure), 1);
  wanted.absolute = 0;
  wanted.relative = 0.1;
  figure.mean = 0;
  EXPECT_TRUE(std::isinf(longer(wanted, figure)));
}

TEST(Stopping, WhatCannotBeAskedIsTold) {
  Precision wanted;
  EXPECT_EQ(judge(wanted, 0, {}).error().text,
            "no half-width is asked for: name a relative or an absolute one");
  wanted.relative = -1;
  EXPECT_EQ(judge(wanted, 0, {}).error().kind, Impossible::negative);
  wanted.relative = 0.1;
  wanted.least = 1;
  EXPECT_EQ(judge(wanted, 0, {}).error().kind, Impossible::out_of_range);
  wanted.least = 20;
  wanted.most = 10;
  EXPECT_EQ(judge(wanted, 0, {}).error().kind, Impossible::out_of_range);
  wanted.most = 30;
  wanted.level = 1;
  EXPECT_EQ(judge(wanted, 0, {}).error().kind, Impossible::out_of_range);
}

}  // namespace
}  // namespace paceline::sim
