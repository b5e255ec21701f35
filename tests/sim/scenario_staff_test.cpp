// [[team]]: who is there, when, and how they work.
#include "tests/support/scenario_text.h"

namespace paceline::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int64_t hour = sched::hour.us;

Team team_of(std::string_view keys) {
  const Scenario scenario = scenario_of(with_team(keys));
  return scenario.teams.empty() ? Team() : scenario.teams.front();
}
std::vector<std::pair<int64_t, uint32_t>> hours_of(const Team& team) {
  std::vector<std::pair<int64_t, uint32_t>> hours;
  for (const Headcount& each : team.headcounts)
    hours.emplace_back(each.from_us / hour, each.agents);
  return hours;
}
using At = std::pair<int64_t, uint32_t>;

TEST(ScenarioTeam, HasDefaults) {
  const Team team = team_of("group = 'first'");
  EXPECT_EQ(team.group, "first");
  EXPECT_THAT(team.agents, IsEmpty());
  EXPECT_EQ(team.shift, "");
  EXPECT_THAT(team.headcounts, IsEmpty());
  EXPECT_FALSE(team.leaves_work);
  EXPECT_THAT(team.concurrency_milli, ElementsAre(1'000U));
  EXPECT_EQ(team.absence_ppm, 0U);
}

TEST(ScenarioTeam, ReadsEveryKey) {
  const Team team = team_of(R"(
    agents = ["ada", "cleo"]
    shift = "office"
    leaves_work = true
    late = { law = "exponential", mean = "3m" }
    absence = "5%"
    breaks = [
      { after = "2h", spread = "20m", length = "15m", code = "coaching", share = "10%" },
      { after = "4h", length = "45m", code = "lunch" },
    ]
    speed = { network = 0.8, default = 1.1 }
    concurrency = [1, 0.8, 0.65]
    cost_per_hour = 32.5)");
  EXPECT_THAT(team.agents, ElementsAre("ada", "cleo"));
  EXPECT_EQ(team.shift, "office");
  EXPECT_TRUE(team.leaves_work);
  EXPECT_EQ(team.late.mean(), 180e6);
  EXPECT_EQ(team.absence_ppm, 50'000U);
  ASSERT_THAT(team.breaks, SizeIs(2));
  EXPECT_EQ(team.breaks[0].after_us, 2 * hour);
  EXPECT_EQ(team.breaks[0].spread_us, hour / 3);
  EXPECT_EQ(team.breaks[0].length_us, hour / 4);
  EXPECT_EQ(team.breaks[0].share_ppm, 100'000U);
  EXPECT_EQ(team.breaks[1].code, "lunch");
  EXPECT_EQ(team.breaks[1].share_ppm, 1'000'000U);
  ASSERT_THAT(team.speeds, SizeIs(2));
  EXPECT_EQ(team.speeds[0].queue, "");
  EXPECT_EQ(team.speeds[0].milli, 1'100U);
  EXPECT_EQ(team.speeds[1].queue, "network");
  EXPECT_EQ(team.speeds[1].milli, 800U);
  EXPECT_THAT(team.concurrency_milli, ElementsAre(1'000U, 800U, 650U));
  EXPECT_EQ(team.cost_per_hour, 32.5);
}

TEST(ScenarioTeam, OneSpeedIsThatOfEveryQueue) {
  const Team team = team_of("group = 'first'\nspeed = 1.25");
  ASSERT_THAT(team.speeds, SizeIs(1));
  EXPECT_EQ(team.speeds[0].milli, 1'250U);
}

TEST(ScenarioTeam, HeadcountsCoverTheirCycle) {
  const Team day =
      team_of("group = 'first'\nheadcount = [['08:00', 1], ['10:00', 2], ['18:00', 0]]");
  EXPECT_THAT(hours_of(day), ElementsAre(At{0, 0}, At{8, 1}, At{10, 2}, At{18, 0}));
  EXPECT_EQ(day.cycle_us, sched::day.us);
  const Team week = team_of(
      "group = 'first'\nheadcount = { mon-fri = [['08:00', 2], ['18:00', 0]], sat-sun = 1 }");
  EXPECT_EQ(week.cycle_us, 7 * sched::day.us);
  EXPECT_THAT(hours_of(week),
              ElementsAre(At{0, 0}, At{8, 2}, At{18, 0}, At{32, 2}, At{42, 0}, At{56, 2}, At{66, 0},
                          At{80, 2}, At{90, 0}, At{104, 2}, At{114, 0}, At{120, 1}));
  EXPECT_THAT(hours_of(team_of("group = 'first'\nheadcount = 2")), ElementsAre(At{0, 2}));
}

TEST(ScenarioTeam, HeadcountsTurnWithTheStart) {
  std::string text = with_team("group = 'first'\nheadcount = [['04:00', 1], ['08:00', 2]]");
  text.replace(text.find("'2026-03-02'"), 12, "'2026-03-02 06:00'");
  EXPECT_THAT(hours_of(scenario_of(text).teams[0]),
              ElementsAre(At{0, 1}, At{2, 2}, At{18, 0}, At{22, 1}));
}

TEST(ScenarioTeam, WarnsOfShiftsOutsideTheScenario) {
  std::string text = with_team("group = 'first'");
  text.replace(text.find("'2026-03-02'"), 12, "'2026-03-07'");  // a Saturday
  const auto read = scenario_read(text, sources_of());
  ASSERT_THAT(read.noted, SizeIs(1));
  EXPECT_EQ(config::shown(read.noted[0]),
            "plans/day.toml:9: W2502 team \"first\": calendar \"office\", the shift of \"ada\", "
            "does not open while the scenario runs");
}

TEST(ScenarioTeam, SaysWhatIsWrong) {
  const std::string second = "\n[[team]]\nname = 'second'\n";
  for (const WrongScenario& wrong : {
           WrongScenario{with_team(""),
                         "plans/day.toml:9: E2508 team \"first\": does not say who it is"},
           {with_team("group = 'first'\nagents = ['ada']"),
            "E2508 team \"first\": has agents and a group: keep one of them"},
           {with_team("group = 'frist'"),
            "E2505 team \"first\": no group \"frist\": did you mean \"first\"?"},
           {with_team("agents = ['ada', 'eve']"),
            "E2505 team \"first\": no agent \"eve\": use one of ada, bob, cleo"},
           {with_team("group = 'first'" + second + "agents = ['bob', 'cleo']"),
            "plans/day.toml:12: E2508 team \"second\": \"bob\" is in team \"first\" already"},
           {with_team("group = 'first'\n[[team]]\nname = 'first'\ngroup = 'second'"),
            "E2008 team \"first\": there is another of this name"},
           {with_team("group = 'first'\nshift = 'offcie'"),
            "E2505 team \"first\": no calendar \"offcie\": did you mean \"office\"?"},
           {with_team("group = 'first'\nshift = 'sundays'"),
            "E2508 team \"first\": calendar \"sundays\" does not open between "
            "2026-03-02T00:00:00Z and the scenario's end"},
           {with_team("group = 'first'\nheadcount = [['08:00', 3]]"),
            "E2508 team \"first\": headcount asks for 3 agents and the team has 2"},
           {with_team("group = 'first'\nheadcount = [['08:00', 1.5]]"),
            "E2508 team \"first\": headcount: 1.5 must be a whole number"},
           {with_team("group = 'first'\nheadcount = 0"),
            "E2508 team \"first\": headcount is 0 all the time"},
           {with_team("group = 'first'\nshift = 'office'\nheadcount = 1"),
            "E2508 team \"first\": headcount and shift both say when"},
           {with_team("group = 'first'\ncycle = '7d'"),
            "E2508 team \"first\": cycle is of headcount"},
           {with_team(
                "group = 'first'\nbreaks = [{ after = '2h', length = '15m', code = 'lunhc' }]"),
            "E2505 team \"first\": breaks: no away code \"lunhc\": did you mean \"lunch\"?"},
           {with_team("group = 'first'\nshift = 'office'\nbreaks = [{ after = '30h', length = "
                      "'15m', code = 'lunch' }]"),
            "E2508 team \"first\": breaks: after 1d6h every shift is over, the longest is "},
           {with_team("group = 'first'\nbreaks = [{ after = '2h', code = 'lunch' }]"),
            "E2004 team \"first\": breaks: length is missing"},
           {with_team("group = 'first'\nbreaks = '2h'"),
            "E2003 team \"first\": breaks must be a list"},
           {with_team("group = 'first'\nspeed = 0"),
            "E2005 team \"first\": speed must be 0.001 to 100"},
           {with_team("group = 'first'\nspeed = { netwrok = 1 }"),
            "E2505 team \"first\": no queue \"netwrok\": did you mean \"network\"?"},
           {with_team("group = 'first'\nconcurrency = [1, 0]"),
            "E2005 team \"first\": concurrency must be the speed of each ticket"},
           {with_team("group = 'first'\ncost_per_hour = -1"),
            "E2005 team \"first\": cost_per_hour is -1: use 0 to 1e+06"},
           {with_team("group = 'first'\nlate = '3m'"),
            "E2503 team \"first\": late must say how it is"},
       })
    expect_says(wrong);
}

}  // namespace
}  // namespace paceline::sim
