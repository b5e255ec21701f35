// [scenario]: when it is, which desk it is about, and what its files say together.
#include "engine/config/units.h"
#include "tests/support/scenario_text.h"

namespace paceline::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string start_of(std::string_view keys) {
  return config::print(scenario_of(with_frame(keys)).start);
}

TEST(ScenarioFrame, HasDefaults) {
  const Scenario scenario = scenario_of(with_frame(""));
  EXPECT_EQ(config::print(scenario.start), "2026-01-05T00:00:00Z");
  EXPECT_EQ(scenario.length_us, sched::day.us);
  EXPECT_EQ(scenario.drain_us, 0);
  EXPECT_EQ(scenario.interval_us, 0);
  EXPECT_EQ(scenario.answer_within_us, 20 * sched::second.us);
  EXPECT_FALSE(scenario.steady);
  EXPECT_EQ(scenario.tickets_max, 200'000U);
}

TEST(ScenarioFrame, ReadsEveryKey) {
  const Scenario scenario = scenario_of(with_frame(R"(
    name = "monday"
    start = 2026-03-02
    length = "2d"
    drain = "2h"
    interval = "30m"
    answer_within = "30s"
    steady = true
    tickets_max = 5000)"));
  EXPECT_EQ(scenario.name, "monday");
  EXPECT_EQ(config::print(scenario.start), "2026-03-02T00:00:00Z");
  EXPECT_EQ(scenario.length_us, 2 * sched::day.us);
  EXPECT_EQ(scenario.drain_us, 2 * sched::hour.us);
  EXPECT_EQ(scenario.interval_us, 30 * sched::minute.us);
  EXPECT_EQ(scenario.answer_within_us, 30 * sched::second.us);
  EXPECT_TRUE(scenario.steady);
  EXPECT_EQ(scenario.tickets_max, 5'000U);
}

TEST(ScenarioFrame, StartsOnALocalClockOrAtAnInstant) {
  EXPECT_EQ(start_of("start = '2026-07-06'\nzone = 'Europe/London'"), "2026-07-05T23:00:00Z");
  EXPECT_EQ(start_of("start = '2026-07-06 08:00'\nzone = 'Europe/London'"), "2026-07-06T07:00:00Z");
  EXPECT_EQ(start_of("start = '2026-07-06T08:00:00Z'\nzone = 'Europe/London'"),
            "2026-07-06T08:00:00Z");
  EXPECT_EQ(start_of("zone = 'America/New_York'"), "2026-01-05T05:00:00Z");
}

TEST(ScenarioFrame, TakesTheConfigurationUnchanged) {
  const Scenario scenario = scenario_of(with_frame(""));
  const auto loaded = config::load_text(desk_text, "desk.toml", scenario.start);
  EXPECT_EQ(scenario.rules, loaded->desks.front().second);
}

TEST(ScenarioFrame, LooksForFilesBesideItself) {
  std::string asked;
  ScenarioSources sources = sources_of();
  sources.configuration = [&](const std::string& path, sched::Instant now) {
    asked = path;
    return config::load_text(desk_text, path, now);
  };
  scenario_read(with_frame(""), sources);
  EXPECT_EQ(asked, "plans/desk.toml");
}

TEST(ScenarioFrame, ShowsTheConfigurationsErrorsAsItsOwnAndGoesOn) {
  const auto errors = errors_of(with_team("group = 'first'\nabsence = '200%'"),
                                sources_of("", "[[queue]]\nname = 'q'\ngruop = 'first'\n"));
  ASSERT_EQ(errors.size(), 3U);
  EXPECT_THAT(errors[0], HasSubstr("plans/desk.toml:1: E2004 queue \"q\": group is missing"));
  EXPECT_THAT(errors[1], HasSubstr("plans/desk.toml:3: E2002 queue \"q\": unknown key \"gruop\""));
  EXPECT_THAT(errors[2], HasSubstr("plans/day.toml:12: E2504 team \"first\": absence"));
}

TEST(ScenarioFrame, PicksADeskOfSeveral) {
  const std::string desks = std::string(desk_text) + "[desk.emea]\n[desk.apac]\nauto_close='1d'\n";
  const auto apac = scenario_read(with_frame("desk = 'apac'"), sources_of("", desks));
  EXPECT_EQ(apac.scenario.rules.settings.auto_close.us, sched::day.us);
  EXPECT_THAT(errors_of(with_frame(""), sources_of("", desks)),
              ElementsAre("plans/day.toml:2: E2501 scenario: config has 2 desks: add for example "
                          "desk = \"emea\""));
  EXPECT_THAT(errors_of(with_frame("desk = 'emae'"), sources_of("", desks)),
              ElementsAre(HasSubstr("E2501 scenario: config has no desk \"emae\": did you mean "
                                    "\"emea\"?")));
  EXPECT_THAT(errors_of(with_frame(""), sources_of("", "[server]\nshards = 1\n")),
              ElementsAre(HasSubstr("E2501 scenario: config describes no desk")));
}

TEST(ScenarioFrame, HandsOnWarningsOfTheConfiguration) {
  const auto read = scenario_read(
      with_frame(""),
      sources_of("", std::string(desk_text) +
                         "[[queue]]\nname = 'x'\ngroup = 'first'\nneed = 'unix >= 1'\n"));
  ASSERT_FALSE(read.noted.empty());
  EXPECT_THAT(config::shown(read.noted.front()), HasSubstr("plans/desk.toml:"));
}

TEST(ScenarioFrame, SaysWhatIsWrong) {
  expect_says(
      {with_frame("start = 'monday'"),
       "plans/day.toml:3: E2506 scenario: start must be a date, a local time or an instant"});
  expect_says({with_frame("start = '2026-02-30'"), "E2506 scenario: start must be a date"});
  expect_says({with_frame("start = '1950-01-01'"), "E2506 scenario: start is outside the years"});
  expect_says({with_frame("zone = 'Europe/Lodnon'"), "E2101 scenario: "});
  expect_says({with_frame("length = '2'"), "E2006 scenario: length: \"2\" has no unit"});
  expect_says({with_frame("length = '0s'"), "E2006 scenario: length must be more than nothing"});
  expect_says(
      {with_frame("length = '367d'"), "E2506 scenario: length is too long: use at most 366d"});
  expect_says({with_frame("drain = 2"), "E2006 scenario: drain needs a unit"});
  expect_says(
      {with_frame("interval = '2d'"), "E2506 scenario: interval is longer than the scenario"});
  expect_says({with_frame("interval = '1ms'"), "E2506 scenario: interval makes more than 100000"});
  expect_says({with_frame("steady = 1"), "E2003 scenario: steady must be true or false"});
  expect_says({with_frame("lenght = '1d'"),
               "E2002 scenario: unknown key \"lenght\": did you mean \"length\"?"});
  expect_says(
      {"[scenario]\n" + std::string(some_demand) + std::string(some_work) + std::string(some_team),
       "plans/day.toml:1: E2004 scenario: config is missing"});
  expect_says({"[[scenario", "plans/day.toml:1: E2001"});
}

TEST(ScenarioFrame, WantsAllItsParts) {
  EXPECT_THAT(errors_of(""),
              ElementsAre(HasSubstr("E2004 [scenario] is missing"), HasSubstr("E2509 nobody comes"),
                          HasSubstr("E2509 nothing says how long work takes"),
                          HasSubstr("E2509 nobody works")));
}

TEST(ScenarioFrame, AFileThatIsNotThereIsSaidSo) {
  const auto result = read_scenario_file("/nowhere/day.toml", files_on_disk());
  ASSERT_FALSE(result);
  EXPECT_EQ(config::shown(result.error().front()),
            "/nowhere/day.toml: E2010 there is no such file: check the path");
}

}  // namespace
}  // namespace paceline::sim
