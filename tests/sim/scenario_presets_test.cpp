// The example scenarios read without a warning, and are about as large as they say.
#include <cmath>

#include "engine/config/lint.h"
#include "engine/desk/limits.h"
#include "engine/desk/rulebook.h"
#include "sim/scenario/presets.h"
#include "tests/support/scenario_text.h"

namespace paceline::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Files beside the scenario are the preset's own.
ScenarioResult read_preset(const Preset& preset) {
  ScenarioSources sources;
  sources.configuration = [&](const std::string& path, sched::Instant now) {
    EXPECT_EQ(path, preset.configuration.name);
    return config::load_text(preset.configuration.text, path, now);
  };
  return read_scenario(preset.scenario.text, std::string(preset.scenario.name), sources);
}

double expected_contacts(const Scenario& scenario) {
  double sum = 0;
  for (const Demand& demand : scenario.demands) {
    double of_cycle = 0;
    for (const RatePiece& piece : demand.rate)
      of_cycle += (piece.from_per_hour + piece.until_per_hour) / 2 *
                  static_cast<double>(piece.until_us - piece.from_us) /
                  static_cast<double>(sched::hour.us);
    sum +=
        of_cycle * static_cast<double>(scenario.length_us) / static_cast<double>(demand.cycle_us);
  }
  return sum;
}

TEST(ScenarioPresets, AreFive) {
  std::vector<std::string_view> names;
  for (const Preset& preset : presets()) names.push_back(preset.name);
  EXPECT_THAT(names, ElementsAre("small", "mid", "enterprise", "msp", "follow-the-sun"));
  EXPECT_EQ(find_preset("mid")->scenario.name, "mid.toml");
  EXPECT_EQ(find_preset("huge"), nullptr);
}

TEST(ScenarioPresets, ReadWithoutAWarning) {
  for (const Preset& preset : presets()) {
    const auto read = read_preset(preset);
    if (!read) {
      for (const auto& error : read.error()) ADD_FAILURE() << config::shown(error);
      continue;
    }
    for (const auto& warning : read->noted) ADD_FAILURE() << config::shown(warning);
    EXPECT_EQ(read->scenario.name, preset.name);
    EXPECT_FALSE(read->scenario.teams.empty());
  }
}

TEST(ScenarioPresets, TheirConfigurationsPassTheLinter) {
  for (const Preset& preset : presets()) {
    const sched::Instant now{1'772'409'600'000'000};  // 2026-03-02T00:00Z
    const auto loaded = config::load_text(preset.configuration.text, "desk.toml", now);
    ASSERT_TRUE(loaded);
    const auto result = config::lint(*loaded, config::Places(preset.configuration.text), now);
    for (const config::Finding& finding : result.findings)
      ADD_FAILURE() << preset.configuration.name << ":" << finding.line << " " << finding.code
                    << " " << finding.what << ": " << finding.why;
    const desk::Rulebook rules{desk::Limits{}};
    EXPECT_EQ(rules.problem_with(loaded->desks.front().second), "") << preset.name;
  }
}

TEST(ScenarioPresets, AreAsLargeAsTheySay) {
  const auto contacts = [](std::string_view name) {
    return expected_contacts(read_preset(*find_preset(name)).value().scenario);
  };
  EXPECT_NEAR(contacts("small"), 160, 10);
  EXPECT_NEAR(contacts("mid"), 6'000, 400);
  EXPECT_NEAR(contacts("enterprise"), 16'000, 1'500);
}

TEST(ScenarioPresets, EveryAgentIsInATeam) {
  for (const Preset& preset : presets()) {
    const Scenario scenario = read_preset(preset).value().scenario;
    for (const auto& agent : scenario.rules.agents) {
      size_t teams = 0;
      for (const Team& team : scenario.teams)
        teams +=
            static_cast<size_t>(std::count(agent.groups.begin(), agent.groups.end(), team.group));
      EXPECT_EQ(teams, 1U) << preset.name << " " << agent.name;
    }
  }
}

}  // namespace
}  // namespace paceline::sim
