// [[demand]], [[busyness]] and [[lines]]: when contacts come, what they look like, their patience.
#include "tests/support/scenario_text.h"

namespace paceline::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int64_t hour = sched::hour.us;
constexpr int64_t day = sched::day.us;

Demand demand_of(std::string_view keys) {
  const Scenario scenario = scenario_of(with_demand(keys));
  return scenario.demands.empty() ? Demand() : scenario.demands.front();
}
/// The scenario of the keys, begun on a Wednesday at 06:00.
Demand demand_from_wednesday(std::string_view keys) {
  std::string text = with_demand(keys);
  text.replace(text.find("'2026-03-02'"), 12, "'2026-03-04 06:00'");
  return scenario_of(text).demands.front();
}

struct Piece {
  double from_h, until_h, from, until;
};
std::vector<Piece> pieces_of(const Demand& demand) {
  std::vector<Piece> pieces;
  for (const RatePiece& each : demand.rate)
    pieces.push_back({static_cast<double>(each.from_us) / hour,
                      static_cast<double>(each.until_us) / hour, each.from_per_hour,
                      each.until_per_hour});
  return pieces;
}
bool operator==(const Piece& a, const Piece& b) {
  const auto near = [](double x, double y) { return std::abs(x - y) < 1e-9; };
  return near(a.from_h, b.from_h) && near(a.until_h, b.until_h) && near(a.from, b.from) &&
         near(a.until, b.until);
}
void PrintTo(const Piece& piece, std::ostream* out) {
  *out << piece.from_h << "h-" << piece.until_h << "h " << piece.from << ".." << piece.until;
}

std::vector<std::string> values_of(const Options& options) {
  std::vector<std::string> values;
  for (const Option& each : options)
    values.push_back(each.value + ":" + std::to_string(each.weight));
  return values;
}

TEST(ScenarioRate, IsTheSameAllDay) {
  const Demand demand = demand_of("rate = 60");
  EXPECT_EQ(demand.cycle_us, day);
  EXPECT_THAT(pieces_of(demand), ElementsAre(Piece{0, 24, 60, 60}));
}

TEST(ScenarioRate, GoesEvenlyFromPointToPoint) {
  const Demand demand = demand_of(
      "rate = [['08:00', 40], ['10:30', 90.5], ['12:00', 90.5], ['12:00', 20], "
      "['24:00', 0]]");
  EXPECT_EQ(demand.cycle_us, day);
  EXPECT_THAT(pieces_of(demand), ElementsAre(Piece{8, 10.5, 40, 90.5}, Piece{10.5, 12, 90.5, 90.5},
                                             Piece{12, 24, 20, 0}));
}

TEST(ScenarioRate, StaysFromStepToStep) {
  const Demand demand = demand_of("steps = [['08:00', 40], ['12:00', 0], ['13:00', 20]]");
  EXPECT_THAT(pieces_of(demand), ElementsAre(Piece{8, 12, 40, 40}, Piece{13, 24, 20, 20}));
}

TEST(ScenarioRate, MayBeCountsByInterval) {
  const Demand demand = demand_of("counts = { from = '08:00', every = '30m', of = [10, 0, 25] }");
  EXPECT_THAT(pieces_of(demand), ElementsAre(Piece{8, 8.5, 20, 20}, Piece{9, 9.5, 50, 50}));
}

TEST(ScenarioRate, MayDifferByWeekday) {
  const Demand demand =
      demand_of("rate = { mon-thu = [['08:00', 40], ['18:00', 40]], fri = 10, sat-sun = 0 }");
  EXPECT_EQ(demand.cycle_us, 7 * day);
  EXPECT_THAT(pieces_of(demand),
              ElementsAre(Piece{8, 18, 40, 40}, Piece{32, 42, 40, 40}, Piece{56, 66, 40, 40},
                          Piece{80, 90, 40, 40}, Piece{96, 120, 10, 10}));
}

TEST(ScenarioRate, HasFactorsByWeekday) {
  const Demand demand = demand_of("rate = 10\nweek = { mon = 2, tue-fri = 1, sat = 0, sun = 0.5 }");
  EXPECT_EQ(demand.cycle_us, 7 * day);
  EXPECT_THAT(pieces_of(demand),
              ElementsAre(Piece{0, 24, 20, 20}, Piece{24, 48, 10, 10}, Piece{48, 72, 10, 10},
                          Piece{72, 96, 10, 10}, Piece{96, 120, 10, 10}, Piece{144, 168, 5, 5}));
}

TEST(ScenarioRate, PointsMayBeOfTheWeekOrFromTheStart) {
  const Demand week = demand_of("rate = [['mon 08:00', 0], ['tue 08:00', 24]]");
  EXPECT_EQ(week.cycle_us, 7 * day);
  EXPECT_THAT(pieces_of(week), ElementsAre(Piece{8, 32, 0, 24}));
  const Demand once = demand_of("cycle = 'none'\nsteps = [['0s', 5], ['90m', 10]]");
  EXPECT_EQ(once.cycle_us, 0);
  EXPECT_THAT(pieces_of(once), ElementsAre(Piece{0, 1.5, 5, 5}, Piece{1.5, 24, 10, 10}));
  const Demand short_cycle = demand_of("cycle = '2h'\nrate = [['0s', 0], ['2h', 8]]");
  EXPECT_EQ(short_cycle.cycle_us, 2 * hour);
}

TEST(ScenarioRate, TurnsWithTheStart) {
  // From 06:00 on a Wednesday: 18 hours of it are left, and its first six come last.
  EXPECT_THAT(pieces_of(demand_from_wednesday("rate = [['00:00', 0], ['24:00', 24]]")),
              ElementsAre(Piece{0, 18, 6, 24}, Piece{18, 24, 0, 6}));
  EXPECT_THAT(pieces_of(demand_from_wednesday(
                  "steps = { mon = 0, tue = 7, wed = [['05:00', 3], ['07:00', 0]], thu-sun = 0 }")),
              ElementsAre(Piece{0, 1, 3, 3}, Piece{138, 162, 7, 7}, Piece{167, 168, 3, 3}));
  EXPECT_THAT(pieces_of(demand_from_wednesday("rate = 1\nweek = { wed = 3, thu-tue = 0 }")),
              ElementsAre(Piece{0, 18, 3, 3}, Piece{162, 168, 3, 3}));
  EXPECT_THAT(pieces_of(demand_from_wednesday("cycle = 'none'\nsteps = [['05:00', 3]]")),
              ElementsAre(Piece{0, 24, 3, 3}));
}

TEST(ScenarioRate, IsScaledToATotal) {
  EXPECT_THAT(pieces_of(demand_of("rate = [['08:00', 1], ['12:00', 3]]\ntotal = 800")),
              ElementsAre(Piece{8, 12, 100, 300}));
}

TEST(ScenarioRate, SaysWhatIsWrong) {
  for (const WrongScenario& wrong : {
           WrongScenario{with_demand(""),
                         "plans/day.toml:4: E2502 demand \"phone\": does not say when contacts"},
           {with_demand("rate = 5\nsteps = [['08:00', 1]]"),
            "E2502 demand \"phone\": says in 2 ways when contacts come, rate, steps: keep one"},
           {with_demand("rate = -5"),
            "plans/day.toml:6: E2502 demand \"phone\": rate: -5 is negative: use 0 or more"},
           {with_demand("rate = 0"), "E2502 demand \"phone\": rate is 0 all the time"},
           {with_demand("rate = 1e12"), "rate: 1e+12 is too much: use at most 1e+08"},
           {with_demand("rate = '5'"), "rate: a value must be a number, not a text"},
           {with_demand("rate = nan"), "rate: a value must be a finite number"},
           {with_demand("rate = []"), "rate: is empty: write for example"},
           {with_demand("rate = [5]"), "rate: each entry is a point and a value"},
           {with_demand("rate = [['08:00', 5]]"), "rate: one point makes no line"},
           {with_demand("rate = [['08:00', 5], ['07:00', 5]]"),
            "rate: \"07:00\" is before the point above it"},
           {with_demand("steps = [['08:00', 5], ['08:00', 6]]"),
            "steps: \"08:00\" is stated twice"},
           {with_demand("rate = [['08:00', 5], ['tue 07:00', 5]]"),
            "rate: \"tue 07:00\" is a point of another kind"},
           {with_demand("rate = [['8', 5], ['09:00', 5]]"),
            "rate: \"8\" is no point: write a time"},
           {with_demand("cycle = '2h'\nrate = [['08:00', 5], ['09:00', 5]]"),
            "E2506 demand \"phone\": times of day need a cycle"},
           {with_demand("cycle = '1d'\nrate = [['mon 08:00', 5], ['tue 09:00', 5]]"),
            "E2506 demand \"phone\": times of the week need a cycle of \"7d\""},
           {with_demand("cycle = '2h'\nrate = [['1h', 5], ['3h', 5]]"),
            "E2506 demand \"phone\": a point is after the end of the cycle of 2h"},
           {with_demand("cycle = '400d'\nrate = 1"), "E2506 demand \"phone\": cycle is longer"},
           {with_demand("rate = { mon-fri = 5 }"),
            "E2506 demand \"phone\": rate leaves out sat, sun: state every day"},
           {with_demand("rate = { mon-fri = 5, fri-sun = 1 }"),
            "E2506 demand \"phone\": rate states fri twice"},
           {with_demand("rate = { monday = 5 }"),
            "E2506 demand \"phone\": rate: \"monday\" is no day"},
           {with_demand("rate = { mon-sun = [['mon 08:00', 1], ['mon 09:00', 2]] }"),
            "within a day, points are times"},
           {with_demand("rate = 1\nweek = { mon-sun = -1 }"),
            "week: the factor of mon must be a number 0 to 1000"},
           {with_demand("rate = 1\nweek = 2"), "E2003 demand \"phone\": week must be a table"},
           {with_demand("rate = 1\ncycle = '1d'\nweek = { mon-sun = 1 }"),
            "E2506 demand \"phone\": week makes a cycle of \"7d\""},
           {with_demand("counts = { from = '23:00', every = '30m', of = [1, 2, 3] }"),
            "3 intervals of this length from \"23:00\" go beyond the day"},
           {with_demand("counts = { from = '08:00', every = '30m', of = [1, -2] }"),
            "E2502 demand \"phone\": counts: a number of contacts must be 0 or more"},
           {with_demand("counts = { from = '08:00', of = [1] }"),
            "E2004 demand \"phone\": counts: every is missing"},
           {with_demand("rate = 1\ntotal = 0"),
            "E2005 demand \"phone\": total must be more than 0"},
       })
    expect_says(wrong);
}

TEST(ScenarioDemand, HasDefaults) {
  const Demand demand = demand_of("rate = 1");
  EXPECT_THAT(demand.category, IsEmpty());
  EXPECT_THAT(demand.kind_weights, ElementsAre(1U, 0U));
  EXPECT_THAT(demand.impact_weights, ElementsAre(1U, 0U, 0U, 0U));
  EXPECT_EQ(demand.vip_ppm, 0U);
  EXPECT_TRUE(demand.patience.none());
  EXPECT_EQ(demand.retry.share_ppm, 0U);
  EXPECT_EQ(demand.balking.share_ppm, 0U);
}

TEST(ScenarioDemand, SaysWhatContactsLookLike) {
  const Demand demand = demand_of(R"(
    rate = 1
    channel = "phone"
    category = { network = 3, desktop = 7, never = 0 }
    subcategory = { a = 0.5, b = 1 }
    service = "payments"
    config_item = { vpn = 1 }
    language = { en = 9, de = 1 }
    kind = { service_request = 2, incident = 8 }
    impact = { high = 1, medium = 6, low = 3 }
    urgency = "low"
    vip = "2%"
    requesters = 500
    queue = "network")");
  EXPECT_THAT(values_of(demand.channel), ElementsAre("phone:1"));
  EXPECT_THAT(values_of(demand.category), ElementsAre("network:3", "desktop:7"));
  EXPECT_THAT(values_of(demand.subcategory), ElementsAre("a:500", "b:1000"));
  EXPECT_THAT(values_of(demand.service), ElementsAre("payments:1"));
  EXPECT_THAT(values_of(demand.config_item), ElementsAre("vpn:1"));
  EXPECT_THAT(values_of(demand.language), ElementsAre("en:9", "de:1"));
  EXPECT_THAT(demand.kind_weights, ElementsAre(8U, 2U));
  EXPECT_THAT(demand.impact_weights, ElementsAre(0U, 1U, 6U, 3U));
  EXPECT_THAT(demand.urgency_weights, ElementsAre(0U, 0U, 0U, 1U));
  EXPECT_EQ(demand.vip_ppm, 20'000U);
  EXPECT_EQ(demand.requester_count, 500U);
  EXPECT_EQ(demand.queue, "network");
}

TEST(ScenarioDemand, SharesBusynessAndLines) {
  const Scenario scenario = scenario_of(with_demand("rate = 1\nbusyness = 'day'\nlines = 'trunk'") +
                                        "[[busyness]]\nname = 'day'\nshape = 25\n"
                                        "[[lines]]\nname = 'trunk'\ncount = 30\n");
  EXPECT_EQ(scenario.demands[0].busyness, "day");
  EXPECT_EQ(scenario.demands[0].lines, "trunk");
  ASSERT_THAT(scenario.busyness, SizeIs(1));
  EXPECT_EQ(scenario.busyness[0].shape, 25);
  ASSERT_THAT(scenario.lines, SizeIs(1));
  EXPECT_EQ(scenario.lines[0].count, 30U);
}

TEST(ScenarioDemand, GivesUpRetriesAndBalks) {
  const Demand demand = demand_of(R"(
    rate = 1
    patience = { law = "exponential", mean = "90s" }
    retry = { share = "70%", after = { law = "deterministic", value = "5m" }, times = 3, who = ["abandoned"] }
    balking = { share = "0.25%", waiting_over = 10 })");
  ASSERT_THAT(demand.patience.parts, SizeIs(1));
  EXPECT_EQ(demand.patience.parts[0].law.mean(), 90e6);
  EXPECT_EQ(demand.retry.share_ppm, 700'000U);
  EXPECT_EQ(demand.retry.delay.mean(), 300e6);
  EXPECT_EQ(demand.retry.times_max, 3U);
  EXPECT_FALSE(demand.retry.after_blocked);
  EXPECT_TRUE(demand.retry.after_abandoned);
  EXPECT_EQ(demand.balking.share_ppm, 2'500U);
  EXPECT_EQ(demand.balking.waiting_over, 10U);
}

TEST(ScenarioDemand, SaysWhatIsWrong) {
  for (const WrongScenario& wrong : {
           WrongScenario{with_demand("rate = 1\nqueue = 'netwrok'"),
                         "E2505 demand \"phone\": no queue \"netwrok\": did you mean \"network\"?"},
           {with_demand("rate = 1\nbusyness = 'day'"),
            "E2505 demand \"phone\": no busyness \"day\""},
           {with_demand("rate = 1\nlines = 'x'"), "E2505 demand \"phone\": no lines \"x\""},
           {with_demand("rate = 1\nvip = 2"), "E2504 demand \"phone\": vip must be a share"},
           {with_demand("rate = 1\nvip = '2.00001%'"),
            "E2504 demand \"phone\": vip must be a share"},
           {with_demand("rate = 1\nvip = '2 %'"), "E2504 demand \"phone\": vip must be a share"},
           {with_demand("rate = 1\nkind = 'incidnet'"),
            "E2005 demand \"phone\": kind has no value \"incidnet\": did you mean \"incident\"?"},
           {with_demand("rate = 1\nimpact = { high = 1, huge = 2 }"),
            "E2005 demand \"phone\": impact has no value \"huge\""},
           {with_demand("rate = 1\ncategory = { a = -1 }"),
            "E2005 demand \"phone\": category: the weight of \"a\" must be a number 0 to 1000000"},
           {with_demand("rate = 1\ncategory = { a = 0 }"),
            "E2005 demand \"phone\": category has no weight above 0"},
           {with_demand("rate = 1\ncategory = ['a']"),
            "E2003 demand \"phone\": category must be a text, or weights"},
           {with_demand("rate = 1\nretry = { share = '10%' }"),
            "E2004 demand \"phone\": retry: after is missing"},
           {with_demand("rate = 1\nretry = { share = '10%', who = ['abandoned'], "
                        "after = { law = 'exponential', mean = '5m' } }"),
            "E2502 demand \"phone\": retry is for those who gave up, and nobody does"},
           {with_demand("rate = 1\nbalking = { waiting_over = 3 }"),
            "E2004 demand \"phone\": balking: share is missing"},
           {with_demand("rate = 1\npatient = 'never'"),
            "E2002 demand \"phone\": unknown key \"patient\": did you mean \"patience\"?"},
           {with_demand("rate = 1\n[[demand]]\nname = 'phone'\nrate = 2"),
            "plans/day.toml:8: E2008 demand \"phone\": there is another of this name"},
           {with_demand("rate = 1\n[[lines]]\nname = 'x'"), "E2004 lines \"x\": count is missing"},
           {with_demand("rate = 1\n[[busyness]]\nname = 'x'\nshape = 0"),
            "E2005 busyness \"x\": shape must be more than 0"},
       })
    expect_says(wrong);
}

TEST(ScenarioRecorded, ReadsColumnsByTheirNames) {
  const auto read = scenario_read(
      with_demand("recorded = 'arrivals.csv'"),
      sources_of("at,handling,category,channel,service,config_item,requester,queue,kind,impact,"
                 "urgency,vip\n"
                 "2026-03-02T08:00:00Z,4m30s,vpn,phone,pay,sw-1,ann,network,service_request,high,"
                 "low,true\n"
                 "1h,,,,,,,,,,,\n"
                 "2026-03-03T00:00:00Z,,,,,,,,,,,\n"
                 "2026-03-01T23:59:59Z,,,,,,,,,,,\n"));
  const auto& recorded = read.scenario.demands[0].recorded;
  ASSERT_THAT(recorded, SizeIs(2));  // the others are outside the scenario's day
  EXPECT_EQ(recorded[0].at_us, hour);
  EXPECT_EQ(recorded[0].handling_us, -1);
  const RecordedContact& second = recorded[1];
  EXPECT_EQ(second.at_us, 8 * hour);
  EXPECT_EQ(second.handling_us, 270'000'000);
  EXPECT_EQ(second.category, "vpn");
  EXPECT_EQ(second.channel, "phone");
  EXPECT_EQ(second.service, "pay");
  EXPECT_EQ(second.config_item, "sw-1");
  EXPECT_EQ(second.requester, "ann");
  EXPECT_EQ(second.queue, "network");
  EXPECT_EQ(second.kind, 1);
  EXPECT_EQ(second.impact, 1);
  EXPECT_EQ(second.urgency, 3);
  EXPECT_TRUE(second.vip);
  EXPECT_EQ(read.scenario.demands[0].cycle_us, 0);
}

TEST(ScenarioRecorded, TakesSecondsAndPassesOtherColumnsOver) {
  const auto read = scenario_read(with_demand("recorded = 'arrivals.csv'"),
                                  sources_of("at,handling_s,catgory\n5m,245.5,vpn\n"));
  EXPECT_EQ(read.scenario.demands[0].recorded.at(0).handling_us, 245'500'000);
  ASSERT_THAT(read.noted, SizeIs(1));
  EXPECT_EQ(config::shown(read.noted[0]),
            "plans/day.toml:6: W2501 arrivals.csv: column \"catgory\" is not read: did you mean "
            "\"category\"?");
}

TEST(ScenarioRecorded, SaysWhatIsWrongLineByLine) {
  const auto wrong = [](const std::string& csv) {
    return errors_of(with_demand("recorded = 'arrivals.csv'"), sources_of(csv));
  };
  EXPECT_THAT(wrong("at,kind,impact,urgency,vip,handling,queue,handling_s\n"
                    "noon,,,,,,,\n1h,call,,,,,,\n1h,,huge,,,,,\n1h,,,,maybe,,,\n1h,,,,,4,,\n"
                    "1h,,,,,,netwrok,\n1h,,,,,,,x\n,,,,,,,\n1h,\n"),
              ElementsAre(HasSubstr("arrivals.csv:2: at is \"noon\": write an instant"),
                          HasSubstr("arrivals.csv:3: \"call\" is not known"),
                          HasSubstr("arrivals.csv:4: \"huge\" is not known"),
                          HasSubstr("arrivals.csv:5: vip is \"maybe\": write true or false"),
                          HasSubstr("arrivals.csv:6: handling: \"4\" has no unit"),
                          HasSubstr("arrivals.csv:7: no queue \"netwrok\": did you mean"),
                          HasSubstr("arrivals.csv:8: handling_s is \"x\": write seconds"),
                          HasSubstr("arrivals.csv:9: has no at"),
                          HasSubstr("arrivals.csv:10: has 2 fields and the header 8")));
  EXPECT_THAT(wrong("when\n1h\n"), Contains(HasSubstr("E2507 demand \"phone\": arrivals.csv:1: has "
                                                      "no column \"at\"")));
  EXPECT_THAT(wrong("at\n"), ElementsAre(HasSubstr("arrivals.csv: has a header and no contacts")));
  EXPECT_THAT(wrong(""), ElementsAre(HasSubstr("arrivals.csv:1: is empty")));
  EXPECT_THAT(wrong("at\n2025-01-01T00:00:00Z\n"),
              ElementsAre(HasSubstr("has 1 contacts, none of them between")));
  expect_says({with_demand("recorded = 'other.csv'"),
               "E2507 demand \"phone\": plans/other.csv: there is no such file"});
  EXPECT_THAT(
      errors_of(with_demand("recorded = 'arrivals.csv'\ntotal = 5"), sources_of("at\n1h\n")),
      ElementsAre(HasSubstr("E2502 demand \"phone\": total means nothing for a recorded")));
}

}  // namespace
}  // namespace paceline::sim
