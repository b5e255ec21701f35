// `plan` as a planner runs it.
#include <nlohmann/json.hpp>

#include "tests/support/program.h"

namespace paceline::tools {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class PlanCommands : public ProgramTest {
 protected:
  json asked(const std::string& arguments) {
    const Ran ran = run(arguments + " --json");
    EXPECT_EQ(ran.exit, 0) << ran.err;
    return json::parse(ran.out);
  }
};

TEST_F(PlanCommands, ErlangSeeksTheLeastAgentsForATarget) {
  const json found = asked(
      "plan erlang --calls 200 --aht 3m --service-level 80% --within 20s "
      "--occupancy-cap 0.85 --shrinkage 30% --users 1400");
  EXPECT_EQ(found["model"], "Erlang C");
  EXPECT_EQ(found["agents"], 14);
  EXPECT_EQ(found["scheduled"], 20);
  EXPECT_EQ(found["users_per_analyst_sanity"], 70);
  EXPECT_NEAR(found["rows"][3]["service_level"].get<double>(), 0.8883500191794669, 1e-12);
}

TEST_F(PlanCommands, ErlangShowsWhatAgentsGive) {
  const Ran ran = run("plan erlang --calls 2880 --aht 1m --patience 2m --agents 50");
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("Erlang A: 2880 calls an hour of 60 s, 48.00 erlangs"));
  EXPECT_THAT(ran.out, HasSubstr("3.09 %"));  // gives up
}

TEST_F(PlanCommands, WhatCannotBeHadIsSaidWithItsExitCode) {
  const Ran unstable = run("plan erlang --calls 200 --aht 3m --agents 10");
  EXPECT_EQ(unstable.exit, 7);
  EXPECT_THAT(unstable.err, HasSubstr("take at least 11 servers"));
  const Ran out_of_reach =
      run("plan erlang --calls 200 --aht 3m --service-level 0.8 --agents-max 12");
  EXPECT_EQ(out_of_reach.exit, 7);
  EXPECT_THAT(out_of_reach.err, HasSubstr("best is with 12 agents"));
  EXPECT_EQ(run("plan erlang --calls 200 --aht 3m").exit, 2);
  EXPECT_EQ(run("plan erlang --calls 200 --aht 3 --agents 12").exit, 2);
  EXPECT_EQ(run("plan erlang --calls 200 --aht 3m --agents -3").exit, 2);
  EXPECT_EQ(run("plan erlang --calls 200 --aht 3m --agents 12.5").exit, 2);
  EXPECT_EQ(run("plan erlang --calls 200 --aht 3m --service-level 120%").exit, 2);
  EXPECT_EQ(run("plan erlang --calls -2 --aht 3m --agents 12").exit, 2);
  EXPECT_EQ(run("plan erlang --calls 200 --aht 3m --agents 12 --abandonment 3%").exit, 2);
}

TEST_F(PlanCommands, RequirementStaffsEveryInterval) {
  write("volumes.csv",
        "start,volume,aht_s\n"
        "2026-03-02T08:00,16,320\n2026-03-02T08:30,24,320\n2026-03-02T09:00,0,320\n"
        "2026-03-02T09:30,188,320\n");
  const json found =
      asked("plan requirement volumes.csv --service-level 0.8 --within 20s --occupancy-cap 0.88");
  EXPECT_EQ(found["intervals"].size(), 4U);
  const int agents[] = {5, 7, 0, 39};
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(found["intervals"][i]["agents"], agents[i]) << i;
  const Ran csv = run("plan requirement volumes.csv --service-level 0.8 --occupancy-cap 0.88");
  EXPECT_THAT(csv.out, HasSubstr("\n2026-03-02T09:30,188,320,33.4222,39,39,"));
}

TEST_F(PlanCommands, RequirementCarriesLongHandlingOver) {
  write("volumes.csv",
        "start,volume,aht\n2026-03-02T08:00,20,45m\n2026-03-02T08:30,35,45m\n"
        "2026-03-02T09:00,60,45m\n");
  const json plain = asked("plan requirement volumes.csv --occupancy-cap 0.9");
  const json carried = asked("plan requirement volumes.csv --occupancy-cap 0.9 --carry-over");
  EXPECT_NEAR(carried["intervals"][2]["offered_load"].get<double>(), 60.75586393157556, 1e-9);
  EXPECT_EQ(plain["intervals"][2]["offered_load"], 90);
}

TEST_F(PlanCommands, RequirementNamesTheLineThatIsWrong) {
  const auto refused = [&](const std::string& text, const std::string& says) {
    write("volumes.csv", text);
    const Ran ran = run("plan requirement volumes.csv --service-level 0.8");
    EXPECT_EQ(ran.exit, 7);
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, HasSubstr(says));
  };
  refused("start,volume\na,3\n", "volumes.csv:1: no column aht");
  refused("start,volume,aht_s\na,3,60\nb,many,60\n", "volumes.csv:3: volume `many` is no number");
  refused("start,volume,aht\na,3,60\n", "volumes.csv:2: aht: ");
  refused("start,volume,aht_s\na,3\n", "volumes.csv:2: 2 fields");
  refused("start,volume,aht_s\na,3,0\n", "volumes.csv:2: a handling time of 0");
  refused("start,volume,aht_s\n2026-03-02T08:00,3,60\n2026-03-02T08:15,3,60\n",
          "volumes.csv:3: begins 900 s after the interval before it");
  EXPECT_EQ(run("plan requirement nothing.csv --service-level 0.8").exit, 1);
}

TEST_F(PlanCommands, RequirementShowsTheIntervalsItCannotStaff) {
  write("volumes.csv", "start,volume,aht_s\na,10,60\nb,900,300\n");
  const Ran ran = run("plan requirement volumes.csv --service-level 0.8 --agents-max 20");
  EXPECT_EQ(ran.exit, 8);
  EXPECT_THAT(ran.out, HasSubstr("\na,10,60,0.333333,2,2,"));
  EXPECT_THAT(ran.out, HasSubstr("\"the target cannot be reached: best is with 20 agents"));
  EXPECT_THAT(ran.err, HasSubstr("1 of 2 intervals"));
}

TEST_F(PlanCommands, ValidateAnswersEveryCaseOfAFile) {
  write("cases.json",
        "[{\"id\":\"a\",\"family\":\"Erlang B\",\"params\":{\"servers\":1,\"offered_load\":1},"
        "\"expected\":{\"p_block\":0.5}},"
        "{\"id\":\"b\",\"family\":\"Forecasting\",\"expected\":{\"alpha\":1}},"
        "{\"id\":\"c\",\"family\":\"Erlang B\",\"params\":{\"servers\":1,\"offered_load\":1},"
        "\"expected\":{\"p_block\":0.6}}]");
  const Ran ran = run("plan validate cases.json --json");
  EXPECT_EQ(ran.exit, 7);
  const json rows = json::parse(ran.out);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0]["verdict"], "pass");
  EXPECT_EQ(rows[1]["verdict"], "unsupported");
  EXPECT_EQ(rows[2]["verdict"], "fail");
  for (const json& row : rows)
    for (const char* key : {"id", "family", "computed", "interval", "expected", "z", "verdict"})
      EXPECT_TRUE(row.contains(key)) << key;
  EXPECT_THAT(run("plan validate cases.json").out, HasSubstr("c: p_block: 0.5, expected 0.6"));
  EXPECT_EQ(run("plan validate cases.json --only a").exit, 0);
}

TEST_F(PlanCommands, ValidateRefusesWhatIsNoFileOfCases) {
  write("cases.json", "[{\"id\": 1");
  EXPECT_EQ(run("plan validate cases.json").exit, 7);
  write("cases.json", "{\"id\": 1}");
  EXPECT_EQ(run("plan validate cases.json").exit, 7);
  write("cases.json", "[{\"id\": 1, \"family\": 2}, 7, null]");
  const Ran odd = run("plan validate cases.json --json");
  EXPECT_EQ(odd.exit, 0) << odd.err;
  EXPECT_EQ(json::parse(odd.out).size(), 3U);
  EXPECT_EQ(run("plan validate nothing.json").exit, 1);
}

}  // namespace
}  // namespace paceline::tools
