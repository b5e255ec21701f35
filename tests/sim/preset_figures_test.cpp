// The example scenarios are desks that work: their figures lie where a planner expects them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "sim/run/figures.h"
#include "sim/run/replicate.h"
#include "sim/scenario/presets.h"
#include "sim/scenario/read.h"

namespace paceline::sim {
namespace {

class PresetFigures : public ::testing::TestWithParam<std::string_view> {
 protected:
  void play(int64_t replications) {
    const Preset& preset = *find_preset(GetParam());
    ScenarioSources sources;
    sources.configuration = [&](const std::string& path, sched::Instant now) {
      return config::load_text(preset.configuration.text, path, now);
    };
    auto read = read_scenario(preset.scenario.text, std::string(preset.scenario.name), sources);
    ASSERT_TRUE(read);
    auto model = Model::build(std::move(read->scenario));
    ASSERT_TRUE(model) << model.error().text;
    figures_ = std::make_unique<Figures>(**model);
    RunPlan plan;
    plan.replications = replications;
    auto run = replicate(*model, figures_->names(), plan, [&](World& world) {
      world.run_until((*model)->scenario().length_us);
      world.drain();
      return figures_->observe(world.ledger());
    });
    ASSERT_TRUE(run);
    run_ = std::make_unique<Replicated>(std::move(*run));
  }

  /// No figure: a test that asks for what is not there fails.
  double mean(Part part, std::string_view of, std::string_view name) const {
    const size_t at = figures_->find(part, of, name);
    if (at == figures_->size()) return -1;
    const auto estimate = run_->observed.estimate(at, 0.95);
    return estimate ? estimate->mean : -1;
  }
  double mean(std::string_view name) const { return mean(Part::all, "all", name); }

  std::unique_ptr<Figures> figures_;
  std::unique_ptr<Replicated> run_;
};

TEST_P(PresetFigures, LieWhereAPlannerExpectsThem) {
  play(GetParam() == "small" ? 60 : GetParam() == "enterprise" ? 2 : 4);
  ASSERT_TRUE(run_);
  EXPECT_EQ(run_->totals.counts.refused, 0U);
  EXPECT_EQ(run_->totals.counts.without_rule, 0U);
  EXPECT_EQ(run_->totals.counts.turned_away, 0U);

  const auto within = [](double least, double most) {
    return ::testing::AllOf(::testing::Ge(least), ::testing::Le(most));
  };
  EXPECT_THAT(mean(Part::channel, "voice", "service_level.of_offered"), within(0.75, 0.92));
  EXPECT_THAT(mean(Part::channel, "voice", "abandonment"), within(0.02, 0.08));
  EXPECT_THAT(mean("occupancy"), within(0.65, 0.90));
  EXPECT_THAT(mean("sla_compliance"), within(0.90, 0.995));
  EXPECT_THAT(mean("handle_mean"), within(5 * 60, 20 * 60));
  EXPECT_THAT(mean("escalation_rate"), within(0.05, 0.25));
  EXPECT_THAT(mean("reopen_rate"), within(0.02, 0.08));
  EXPECT_THAT(mean("first_response_mean"), within(5, 90 * 60));
  EXPECT_GT(mean("cost_per_resolved"), 3);
  // Whatever was taken in is brought to an end.
  EXPECT_GT(mean("resolved"), 0.98 * mean("answered"));
}

INSTANTIATE_TEST_SUITE_P(All, PresetFigures,
                         ::testing::Values("small", "mid", "enterprise", "msp", "follow-the-sun"),
                         [](const auto& given) {
                           std::string name(given.param);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace paceline::sim
