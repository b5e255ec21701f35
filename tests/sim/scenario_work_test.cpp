// [[work]], [[outcome]] and laws: how long work takes and what comes of it.
#include "tests/support/scenario_text.h"

namespace paceline::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr int64_t hour = sched::hour.us;

WorkRule work_of(std::string_view keys) {
  const Scenario scenario = scenario_of(with_work(keys));
  return scenario.work.empty() ? WorkRule() : scenario.work.front();
}
OutcomeRule outcome_of(std::string_view keys) {
  const Scenario scenario = scenario_of(with_outcome(keys));
  return scenario.outcomes.empty() ? OutcomeRule() : scenario.outcomes.front();
}
double mean_of(std::string_view law) {
  const WorkRule rule = work_of("handling = " + std::string(law));
  return rule.handling.none() ? -1 : rule.handling.parts.front().law.mean();
}

TEST(ScenarioLaw, IsReadInMicroseconds) {
  EXPECT_EQ(mean_of("{ law = 'exponential', mean = '4m' }"), 240e6);
  EXPECT_EQ(mean_of("{ law = 'deterministic', value = '250ms' }"), 250e3);
  EXPECT_EQ(mean_of("{ law = 'uniform', least = '0s', most = '10s' }"), 5e6);
  EXPECT_NEAR(mean_of("{ law = 'lognormal', mean = '6m', cv = 1.2 }"), 360e6, 1);
  EXPECT_NEAR(mean_of("{ law = 'gamma', mean = '6m', shape = 2 }"), 360e6, 1);
  EXPECT_NEAR(mean_of("{ law = 'weibull', scale = '10s', shape = 1 }"), 10e6, 1);
  EXPECT_NEAR(mean_of("{ law = 'empirical', values = [['10s', '25%'], ['20s', 0.75]] }"), 17.5e6,
              1);
  EXPECT_NEAR(mean_of("{ law = 'hyperexponential', phases = [['2m', '50%'], ['4m', '50%']] }"),
              180e6, 1);
}

TEST(ScenarioLaw, MayEndWithSomeWhoNeverDo) {
  const Scenario scenario = scenario_of(
      with_demand("rate = 1\npatience = { law = 'empirical', values = [['30s', 0.2]] }"));
  EXPECT_NEAR(scenario.demands[0].patience.parts[0].law.endless_share(), 0.8, 1e-12);
  EXPECT_TRUE(scenario_of(with_demand("rate = 1\npatience = 'never'")).demands[0].patience.none());
}

TEST(ScenarioLaw, ChangesWithTheTimeOfDay) {
  const WorkRule rule = work_of(
      "handling = [{ from = '08:00', law = 'deterministic', value = '4m' },\n"
      "            { from = '20:00', law = 'deterministic', value = '6m' }]");
  ASSERT_THAT(rule.handling.parts, SizeIs(3));
  EXPECT_EQ(rule.handling.at(0).mean(), 360e6);  // the night of the day before goes on
  EXPECT_EQ(rule.handling.at(8 * hour).mean(), 240e6);
  EXPECT_EQ(rule.handling.at(20 * hour).mean(), 360e6);
}

TEST(ScenarioLaw, HasACycleOfItsOwn) {
  const auto patience = [](std::string_view first, std::string_view second) {
    const std::string law = ", law = 'deterministic', value = ";
    return scenario_of(with_demand("rate = 1\ncycle = '7d'\npatience = [{ from = '" +
                                   std::string(first) + "'" + law + "'1m' }, { from = '" +
                                   std::string(second) + "'" + law + "'2m' }]"))
        .demands.at(0)
        .patience;
  };
  const LawByTime daily = patience("00:00", "12:00");
  EXPECT_EQ(daily.cycle_us, sched::day.us);
  EXPECT_EQ(daily.at(35 * hour).mean(), 60e6);
  EXPECT_EQ(daily.at(36 * hour).mean(), 120e6);
  const LawByTime weekly = patience("mon 00:00", "sat 00:00");
  EXPECT_EQ(weekly.cycle_us, 7 * sched::day.us);
  EXPECT_EQ(weekly.at(119 * hour).mean(), 60e6);
  EXPECT_EQ(weekly.at(120 * hour).mean(), 120e6);
  EXPECT_EQ(weekly.at(168 * hour).mean(), 60e6);
  const LawByTime once = patience("0s", "30h");
  EXPECT_EQ(once.cycle_us, 0);
  EXPECT_EQ(once.at(300 * hour).mean(), 120e6);
}

TEST(ScenarioLaw, TurnsWithTheStart) {
  std::string text = with_work(
      "handling = [{ from = '08:00', law = 'deterministic', value = '4m' },\n"
      "            { from = '20:00', law = 'deterministic', value = '6m' }]");
  text.replace(text.find("'2026-03-02'"), 12, "'2026-03-02 10:00'");
  const LawByTime handling = scenario_of(text).work.at(0).handling;
  EXPECT_EQ(handling.at(0).mean(), 240e6);
  EXPECT_EQ(handling.at(10 * hour).mean(), 360e6);
  EXPECT_EQ(handling.at(22 * hour).mean(), 240e6);
}

TEST(ScenarioLaw, SaysWhatIsWrong) {
  const auto handling = [](std::string_view law) {
    return with_work("handling = " + std::string(law));
  };
  for (
      const WrongScenario& wrong : {
          WrongScenario{handling("'4m'"),
                        "plans/day.toml:8: E2503 work 1: handling must say how it is spread: write "
                        "{ law = \"exponential\", mean = \"4m\" }"},
          {handling("'never'"), "E2503 work 1: handling cannot be never"},
          {handling("{ mean = '4m' }"), "E2004 work 1: handling: law is missing"},
          {handling("{ law = 'exponentail', mean = '4m' }"),
           "E2005 work 1: handling: law has no value \"exponentail\": did you mean"},
          {handling("{ law = 'exponential' }"), "E2004 work 1: handling: mean is missing"},
          {handling("{ law = 'exponential', mean = 4 }"),
           "E2006 work 1: handling: mean needs a unit: write for example mean = \"15m\""},
          {handling("{ law = 'exponential', mean = '0s' }"),
           "E2006 work 1: handling: mean must be more than nothing"},
          {handling("{ law = 'exponential', mean = '4m', cv = 1 }"),
           "E2002 work 1: handling: unknown key \"cv\""},
          {handling("{ law = 'lognormal', mean = '4m', cv = 0 }"),
           "E2005 work 1: handling: cv must be more than 0"},
          {handling("{ law = 'gamma', mean = '4m', shape = -1 }"),
           "E2005 work 1: handling: shape is -1: use 0 to 1e+06"},
          {handling("{ law = 'uniform', least = '4m', most = '3m' }"),
           "E2503 work 1: handling: uniform from"},
          {handling("{ law = 'empirical', values = [['4m', '70%'], ['5m', '40%']] }"),
           "E2503 work 1: handling: values has shares of 110 % together"},
          {handling("{ law = 'empirical', values = [['4m']] }"),
           "E2503 work 1: handling: values must be a list of times and their shares"},
          {handling("{ law = 'empirical', values = [['4', 1]] }"),
           "E2503 work 1: handling: values has a wrong time, \"4\" has no unit"},
          {handling("{ law = 'hyperexponential', phases = [['4m', '70%']] }"),
           "E2503 work 1: handling: phases has shares of 70 % together where they must make 100 %"},
          {handling("[]"), "E2503 work 1: handling has 0 parts"},
          {handling("[{ law = 'exponential', mean = '4m' }]"),
           "E2004 work 1: handling: from is missing"},
          {handling("[{ from = '8', law = 'exponential', mean = '4m' }]"),
           "E2506 work 1: handling: \"8\" is no point"},
          {handling("[{ from = '1h', law = 'exponential', mean = '4m' }]"),
           "E2506 work 1: handling says nothing about the beginning"},
          {handling("[{ from = '08:00', law = 'exponential', mean = '4m' },"
                    " { from = 'mon 09:00', law = 'exponential', mean = '4m' }]"),
           "E2506 work 1: handling: \"mon 09:00\" is a point of another kind"},
          {handling("[{ from = '08:00', law = 'exponential', mean = '4m' },"
                    " { from = '08:00', law = 'exponential', mean = '5m' }]"),
           "E2503 work 1: handling has two parts from the same time"},
      })
    expect_says(wrong);
}

TEST(ScenarioWork, ReadsEveryKey) {
  const WorkRule rule = work_of(R"(
    queue = "network"
    demand = "phone"
    tier = 2
    kind = "task"
    priority = "P1"
    handling = { law = "exponential", mean = "4m" }
    wrap_up = { law = "exponential", mean = "1m" }
    answer = { law = "exponential", mean = "2m" }
    accept = { law = "exponential", mean = "5s" }
    decline = "3%"
    starts = true)");
  EXPECT_EQ(rule.match.queue, "network");
  EXPECT_EQ(rule.match.demand, "phone");
  EXPECT_EQ(rule.match.tier, 2);
  EXPECT_EQ(rule.match.kind, 2);
  EXPECT_EQ(rule.match.priority, 1);
  EXPECT_EQ(rule.wrap_up.parts.at(0).law.mean(), 60e6);
  EXPECT_EQ(rule.answer.parts.at(0).law.mean(), 120e6);
  EXPECT_EQ(rule.accept.parts.at(0).law.mean(), 5e6);
  EXPECT_EQ(rule.decline_ppm, 30'000U);
  EXPECT_TRUE(rule.starts);
}

TEST(ScenarioWork, MatchesOnlyWhatSomeDemandHas) {
  const auto rule = [](std::string_view match) {
    return framed(
        "[[demand]]\nname = 'p'\nrate = 1\nchannel = 'phone'\n"
        "category = { network = 1, desktop = 1 }\n[[work]]\n" +
        std::string(match) + "\nhandling = { law = 'exponential', mean = '4m' }\n" +
        std::string(some_team));
  };
  const Scenario scenario = scenario_of(rule("category = 'network'\nchannel = 'phone'"));
  EXPECT_EQ(scenario.work.at(0).match.category, "network");
  EXPECT_EQ(scenario.work.at(0).match.channel, "phone");
  expect_says({rule("category = 'netwrok'"),
               "plans/day.toml:10: E2505 work 1: no demand has category \"netwrok\": did you mean "
               "\"network\"?"});
  expect_says({rule("channel = 'chat'"), "E2505 work 1: no demand has channel \"chat\""});
}

TEST(ScenarioWork, SaysWhatIsWrong) {
  constexpr std::string_view law = "\nhandling = { law = 'exponential', mean = '4m' }";
  const auto keys = [&](std::string_view text) {
    return with_work(std::string(text) + std::string(law));
  };
  for (const WrongScenario& wrong : {
           WrongScenario{with_work(""), "plans/day.toml:7: E2004 work 1: handling is missing"},
           {keys("queue = 'first'"),
            "E2505 work 1: no queue \"first\": use one of service-desk, network"},
           {keys("demand = 'fone'"), "E2505 work 1: no demand \"fone\": use phone"},
           {keys("tier = 0"), "E2005 work 1: tier is 0: use 1 to 9"},
           {keys("priority = 'p1'"),
            "E2005 work 1: priority has no value \"p1\": did you mean \"P1\"?"},
           {keys("decline = '120%'"), "E2504 work 1: decline must be a share"},
           {keys("hanlding = 1"),
            "E2002 work 1: unknown key \"hanlding\": did you mean \"handling\"?"},
       })
    expect_says(wrong);
}

TEST(ScenarioOutcome, ReadsEveryWayASpellEnds) {
  const OutcomeRule rule = outcome_of(R"(
    tier = 1
    escalate = { share = "12%", reason = "skill" }
    requeue = [{ share = "3%", queue = "network", times = 2 }]
    bounce = { share = "2%" }
    pend = [
      { share = "20%", reason = "awaiting_requester", for = { law = "exponential", mean = "4h" } },
      { share = "5%", reason = "awaiting_vendor", for = { law = "exponential", mean = "2d" } },
    ]
    reopen = { share = "4%", after = { law = "exponential", mean = "1d" } }
    close = { after = { law = "deterministic", value = "2h" } })");
  EXPECT_EQ(rule.match.tier, 1);
  ASSERT_THAT(rule.outcomes, SizeIs(5));
  EXPECT_EQ(rule.outcomes[0].kind, Outcome::Kind::escalate);
  EXPECT_EQ(rule.outcomes[0].share_ppm, 120'000U);
  EXPECT_EQ(rule.outcomes[0].queue, "");
  EXPECT_EQ(rule.outcomes[0].reason, "skill");
  EXPECT_EQ(rule.outcomes[1].kind, Outcome::Kind::requeue);
  EXPECT_EQ(rule.outcomes[1].queue, "network");
  EXPECT_EQ(rule.outcomes[1].times_max, 2U);
  EXPECT_EQ(rule.outcomes[2].kind, Outcome::Kind::bounce);
  EXPECT_EQ(rule.outcomes[3].kind, Outcome::Kind::pend);
  EXPECT_EQ(rule.outcomes[3].reason, "awaiting_requester");
  EXPECT_EQ(rule.outcomes[4].duration.mean(), 2.0 * sched::day.us);
  EXPECT_EQ(rule.reopen_ppm, 40'000U);
  EXPECT_EQ(rule.reopen_delay.mean(), 1.0 * sched::day.us);
  EXPECT_EQ(rule.close_delay.mean(), 2.0 * hour);
  EXPECT_FALSE(rule.closes_at_once);
  EXPECT_TRUE(outcome_of("close = 'at_once'").closes_at_once);
}

TEST(ScenarioOutcome, SaysWhatIsWrong) {
  for (const WrongScenario& wrong : {
           WrongScenario{
               with_outcome("escalate = { share = '70%' }\nbounce = { share = '40%' }"),
               "plans/day.toml:12: E2504 outcome 1: the shares of escalate, requeue, bounce "
               "and pend make 110 % together"},
           {with_outcome("escalate = { queue = 'network' }"),
            "E2004 outcome 1: escalate: share is missing: add for example share = \"12%\""},
           {with_outcome("escalate = { share = '1%', queue = 'l3' }"),
            "E2505 outcome 1: escalate: no queue \"l3\""},
           {with_outcome("requeue = { share = '1%' }"),
            "E2004 outcome 1: requeue: queue is missing"},
           {with_outcome("bounce = { share = '1%', queue = 'network' }"),
            "E2002 outcome 1: bounce: unknown key \"queue\""},
           {with_outcome("pend = { share = '1%', reason = 'awaiting_vendor' }"),
            "E2004 outcome 1: pend: for is missing"},
           {with_outcome("pend = { share = '1%', for = { law = 'exponential', mean = '4h' } }"),
            "E2004 outcome 1: pend: reason is missing"},
           {with_outcome("escalate = '5%'"), "E2003 outcome 1: escalate: must be a table"},
           {with_outcome("reopen = { share = '5%' }"), "E2004 outcome 1: reopen: after is missing"},
           {with_outcome("close = { share = '5%', after = { law = 'exponential', mean = '4h' } }"),
            "E2002 outcome 1: close: unknown key \"share\""},
       })
    expect_says(wrong);
}

}  // namespace
}  // namespace paceline::sim
