// Many runs: the same figures on any number of threads, as many as asked for, and no more.
#include "sim/run/replicate.h"

#include <gtest/gtest.h>

#include "sim/run/figures.h"
#include "sim/scenario/queueing.h"

namespace paceline::sim {
namespace {

std::shared_ptr<const Model> small_model(uint32_t servers) {
  QueueingScenario queueing;
  queueing.add_pool(servers);
  const uint32_t queue = queueing.add_queue({QueueingScenario::exponential(1), 0, {0}});
  queueing.add_demand(queue, 9).patience = LawByTime(QueueingScenario::exponential(2));
  Scenario scenario = queueing.take(60);
  scenario.drain_us = scenario.length_us;
  scenario.interval_us = scenario.length_us / 4;
  return Model::build(std::move(scenario)).value();
}

Play whole_run(const Figures& figures, const std::shared_ptr<const Model>& model) {
  return [&figures, length_us = model->scenario().length_us](World& world) {
    world.run_until(length_us);
    world.drain();
    return figures.observe(world.ledger());
  };
}

TEST(Replicate, ThreadsDoNotShowInAnyDigit) {
  const auto model = small_model(9);
  const Figures figures(*model);
  RunPlan plan;
  plan.replications = 40;
  plan.threads = 1;
  const auto alone = replicate(model, figures.names(), plan, whole_run(figures, model));
  plan.threads = 4;
  const auto together = replicate(model, figures.names(), plan, whole_run(figures, model));
  ASSERT_TRUE(alone && together);
  EXPECT_EQ(alone->totals.event_hash, together->totals.event_hash);
  size_t shown = 0;
  for (size_t i = 0; i < figures.size(); ++i) {
    const auto a = alone->observed.estimate(i, 0.95);
    const auto b = together->observed.estimate(i, 0.95);
    ASSERT_EQ(static_cast<bool>(a), static_cast<bool>(b));
    if (!a) continue;
    ++shown;
    EXPECT_EQ(a->mean, b->mean) << figures.names()[i];
    EXPECT_EQ(a->half_width, b->half_width) << figures.names()[i];
  }
  EXPECT_GT(shown, 100U);
}

TEST(Replicate, WithArrivalsAsControlFewerRunsAreAsSure) {
  const auto model = small_model(9);
  const Figures figures(*model);
  RunPlan plan;
  plan.precision = Precision{0.95, 0.01, 0, 10, 100'000};
  plan.watched = {figures.find(Part::all, "all", "occupancy")};
  const auto plain = replicate(model, figures.names(), plan, whole_run(figures, model));
  plan.contacts_expected = model->expected_contacts();
  EXPECT_DOUBLE_EQ(*plan.contacts_expected, 9 * 60);
  const auto adjusted = replicate(model, figures.names(), plan, whole_run(figures, model));
  ASSERT_TRUE(plain && adjusted);
  EXPECT_EQ(adjusted->totals.course, Course::enough);
  EXPECT_LT(adjusted->observed.count(), plain->observed.count());
}

TEST(Replicate, GoesOnUntilAFigureIsAsSureAsAsked) {
  const auto model = small_model(9);
  const Figures figures(*model);
  const size_t wait = figures.find(Part::all, "all", "wait_mean");
  ASSERT_LT(wait, figures.size());
  RunPlan plan;
  plan.precision = Precision{0.95, 0.05, 0, 10, 100'000};
  plan.watched = {wait};
  const auto run = replicate(model, figures.names(), plan, whole_run(figures, model));
  ASSERT_TRUE(run);
  EXPECT_EQ(run->totals.course, Course::enough);
  const auto estimate = run->observed.estimate(wait, 0.95);
  EXPECT_LE(estimate->half_width, 0.05 * estimate->mean);
  EXPECT_GT(run->observed.count(), 10);

  plan.precision->relative = 1e-5;
  plan.precision->most = 50;
  const auto short_run = replicate(model, figures.names(), plan, whole_run(figures, model));
  EXPECT_EQ(short_run->totals.course, Course::exhausted);
  EXPECT_EQ(short_run->observed.count(), 50);
}

TEST(Replicate, StopsWhenItIsToldToAndKeepsWhatIsKnown) {
  const auto model = small_model(9);
  const Figures figures(*model);
  RunPlan plan;
  plan.replications = 1'000'000;
  plan.threads = 2;
  const auto run = replicate(model, figures.names(), plan, whole_run(figures, model),
                             [](int64_t done, int64_t) { return done < 20; });
  ASSERT_TRUE(run);
  EXPECT_TRUE(run->totals.interrupted);
  EXPECT_GE(run->observed.count(), 20);
  EXPECT_LT(run->observed.count(), 40);
}

TEST(Compare, TheSameNumbersShowASmallDifference) {
  const auto fewer = small_model(9);
  const auto more = small_model(10);
  const Figures figures(*fewer);
  const size_t abandonment = figures.find(Part::all, "all", "abandonment");
  RunPlan plan;
  plan.replications = 60;
  const auto run = compare(fewer, more, figures.names(), plan, whole_run(figures, fewer),
                           whole_run(figures, more));
  ASSERT_TRUE(run);
  const auto difference = run->observed.difference(abandonment, 0.99);
  ASSERT_TRUE(difference);
  EXPECT_LT(difference->change.high(), 0);  // certainly fewer
  EXPECT_GT(difference->variance_reduction, 5);
  const auto same = compare(fewer, fewer, figures.names(), plan, whole_run(figures, fewer),
                            whole_run(figures, fewer));
  EXPECT_EQ(same->observed.difference(abandonment, 0.99)->change.mean, 0);
}

TEST(Figures, AreNamedByPartAndFound) {
  const auto model = small_model(9);
  const Figures figures(*model);
  const auto names = figures.names();
  EXPECT_EQ(names[figures.find(Part::queue, "queue-0", "visit_wait_mean")],
            "queue/queue-0/visit_wait_mean");
  EXPECT_EQ(figures.find(Part::queue, "queue-9", "visit_wait_mean"), figures.size());
  World world(model, 1, 0);
  world.run_until(model->scenario().length_us);
  const auto observed = figures.observe(world.ledger());
  ASSERT_EQ(observed.size(), figures.size());
  // Intervals add up to everything.
  double offered = 0;
  for (size_t i = 0; i < figures.size(); ++i) {
    if (figures[i].part == Part::interval && figures[i].name == "offered")
      offered += observed[i].numerator;
  }
  EXPECT_EQ(offered, observed[figures.find(Part::all, "all", "offered")].numerator);
}

}  // namespace
}  // namespace paceline::sim
