// `sim run` and `sim compare` as a planner runs them.
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/program.h"

namespace paceline::tools {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class SimProgram : public ProgramTest {
 protected:
  /// A desk of two queues and three agents, and a working day of calls.
  void SetUp() override {
    ProgramTest::SetUp();
    write("desk.toml", R"(
[desk.shop]
auto_close = "1h"
reopen_window = "1h"
[calendar.day]
zone = "Europe/Berlin"
week = { mon-fri = ["08:00-18:00"] }
[[policy]]
name = "answered"
when = "kind == incident"
clock = "own"
target = "5m"
calendar = "24x7"
[[queue]]
name = "calls"
group = "desk"
[[route]]
queue = "calls"
[[agent]]
name = "ada"
groups = ["desk"]
shift = "day"
[[agent]]
name = "bob"
groups = ["desk"]
shift = "day"
[[agent]]
name = "cleo"
groups = ["desk"]
shift = "day"
)");
    write("three.toml", scenario("three agents", R"(["ada", "bob", "cleo"])"));
    write("two.toml", scenario("two agents", R"(["ada", "bob"])"));
  }

  static std::string scenario(const std::string& name, const std::string& agents,
                              const std::string& more = "") {
    return "[scenario]\nname = \"" + name + R"("
config = "desk.toml"
start = "2026-03-02"
length = "1d"
drain = "4h"
answer_within = "20s"
)" + more + R"(
[[demand]]
name = "calls"
channel = { voice = 1 }
rate = [["08:00", 10], ["10:00", 24], ["18:00", 6]]
patience = { law = "exponential", mean = "4m" }
[[work]]
handling = { law = "lognormal", mean = "5m", cv = 0.8 }
[[outcome]]
close = "at_once"
[[team]]
name = "desk"
cost_per_hour = 40
agents = )" +
           agents + "\n";
  }

  json asked(const std::string& arguments) {
    const Ran ran = run(arguments + " --json");
    EXPECT_EQ(ran.exit, 0) << ran.err;
    return json::parse(ran.out);
  }
  static json figure(const json& run, const std::string& part, const std::string& of,
                     const std::string& name) {
    for (const json& each : run["figures"]) {
      if (each["part"] == part && each["of"] == of && each["figure"] == name) return each;
    }
    ADD_FAILURE() << "no figure " << part << "/" << of << "/" << name;
    return {};
  }
};

TEST_F(SimProgram, EveryFigureHasAnInterval) {
  const json found = asked("sim run three.toml --replications 40 --seed 3");
  EXPECT_EQ(found["runs"], 40);
  EXPECT_EQ(found["interrupted"], false);
  const json offered = figure(found, "all", "all", "offered");
  // Two hours from 10 to 24 an hour and eight from 24 to 6.
  EXPECT_LE(offered["low"].get<double>(), 34 + 120);
  EXPECT_GE(offered["high"].get<double>(), 34 + 120);
  for (const char* name : {"service_level.of_offered", "abandonment", "wait_mean", "wait_p95",
                           "occupancy", "sla_compliance", "cost_per_resolved"}) {
    const json one = figure(found, "all", "all", name);
    EXPECT_LT(one["low"].get<double>(), one["mean"].get<double>()) << name;
    EXPECT_GT(one["high"].get<double>(), one["mean"].get<double>()) << name;
  }
  EXPECT_NEAR(figure(found, "team", "desk", "staffed")["mean"].get<double>() * 24, 30, 1);
  EXPECT_EQ(figure(found, "queue", "calls", "offered")["mean"], offered["mean"]);
}

TEST_F(SimProgram, TheSameSeedIsTheSameAnswerOnAnyNumberOfThreads) {
  json one = asked("sim run three.toml --replications 20 --threads 1");
  json four = asked("sim run three.toml --replications 20 --threads 4");
  one.erase("seconds");
  four.erase("seconds");
  EXPECT_EQ(one, four);
  EXPECT_NE(asked("sim run three.toml --replications 20 --seed 2")["event_hash"],
            one["event_hash"]);
}

TEST_F(SimProgram, RunsUntilItIsAsSureAsAsked) {
  const json found =
      asked("sim run three.toml --until-half-width 2% --of service_level.of_offered");
  EXPECT_EQ(found["half_width_reached"], true);
  const json level = figure(found, "all", "all", "service_level.of_offered");
  EXPECT_LE((level["high"].get<double>() - level["low"].get<double>()) / 2,
            0.02 * level["mean"].get<double>());
  const json absolute =
      asked("sim run three.toml --until-half-width 5s --of queue/calls/wait_mean");
  EXPECT_EQ(absolute["half_width_reached"], true);
}

TEST_F(SimProgram, ArrivalsAsControlTakeOutWhatTheirNumberMakesOfTheFigures) {
  const std::string run_it = "sim run three.toml --replications 60 --seed 3";
  const json plain = asked(run_it);
  const json found = asked(run_it + " --control arrivals");
  EXPECT_EQ(found["event_hash"], plain["event_hash"]);  // the same runs, read otherwise
  EXPECT_DOUBLE_EQ(found["contacts_expected_a_run"].get<double>(), 34 + 120);
  // How many come is known: nothing is left to be unsure of.
  const json offered = figure(found, "all", "all", "offered");
  EXPECT_NEAR(offered["mean"].get<double>(), 34 + 120, 1e-9);
  EXPECT_NEAR(offered["low"].get<double>(), offered["high"].get<double>(), 1e-6);
  const auto width = [](const json& one) {
    return one["high"].get<double>() - one["low"].get<double>();
  };
  const json resolved = figure(found, "all", "all", "resolved");
  const double narrower = width(figure(plain, "all", "all", "resolved")) / width(resolved);
  EXPECT_GT(narrower, 1.5);
  EXPECT_NEAR(resolved["variance_reduction"].get<double>(), narrower * narrower, 1e-6);
}

TEST_F(SimProgram, ComparesUnderTheSameNumbers) {
  const json found = asked("sim compare two.toml three.toml --replications 30");
  ASSERT_EQ(found["compared"].size(), 1U);
  const json& compared = found["compared"][0];
  EXPECT_EQ(found["scenario"], "two agents");
  EXPECT_EQ(compared["scenario"], "three agents");
  const json level = figure(compared, "all", "all", "service_level.of_offered");
  EXPECT_GT(level["change_low"].get<double>(), 0);
  EXPECT_EQ(figure(compared, "all", "all", "offered")["change"], 0);  // the same customers
  const Ran shown = run("sim compare two.toml three.toml --replications 5");
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("two agents | three agents: 5 runs of each"));
}

TEST_F(SimProgram, WritesEveryFigureAsCsv) {
  EXPECT_EQ(run("sim run three.toml --replications 5 --csv figures.csv").exit, 0);
  std::ifstream file(path("figures.csv"));
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line, "part,of,figure,unit,mean,low,high,deviation,observations");
  size_t lines = 0;
  while (std::getline(file, line)) ++lines;
  EXPECT_GT(lines, 100U);
}

TEST_F(SimProgram, ASteadyStateIsGivenOnlyWhereThereIsOne) {
  std::ifstream desk(path("desk.toml"));
  std::string round_the_clock((std::istreambuf_iterator<char>(desk)), {});
  for (const std::string shift = "shift = \"day\"\n";
       round_the_clock.find(shift) != std::string::npos;)
    round_the_clock.erase(round_the_clock.find(shift), shift.size());
  write("always.toml", round_the_clock);
  write("steady.toml", R"([scenario]
config = "always.toml"
length = "366d"
steady = true
[[demand]]
name = "calls"
steps = [["00:00", 20]]
[[work]]
handling = { law = "exponential", mean = "6m" }
[[outcome]]
close = "at_once"
[[team]]
name = "desk"
group = "desk"
headcount = [["00:00", 3]]
)");
  const json found = asked("sim run steady.toml --until-half-width 4% --of waits");
  // Erlang C of 3 agents and 2 erlangs.
  const json waits = figure(found, "all", "all", "waits");
  EXPECT_NEAR(waits["mean"].get<double>(), 0.4444, 0.03);
  const Ran short_run = run("sim run steady.toml --until-half-width 0.1% --of waits");
  EXPECT_EQ(short_run.exit, 0) << short_run.err;
  EXPECT_THAT(short_run.err,
              HasSubstr("the length is over before the half-width was reached: make"));
  std::ifstream in(path("steady.toml"));
  std::string text((std::istreambuf_iterator<char>(in)), {});
  text.replace(text.find("20]]"), 4, "45]]");
  text.replace(text.find("366d"), 4, "100d");
  write("unstable.toml", text);
  const Ran unstable = run("sim run unstable.toml");
  EXPECT_EQ(unstable.exit, 7);
  EXPECT_THAT(unstable.err, HasSubstr("no steady state: more tickets come than are resolved"));
  // A desk that is full is not steady, however level the number of its tickets is.
  text.insert(text.find("steady = true"), "tickets_max = 30\n");
  write("full.toml", text);
  const Ran full = run("sim run full.toml");
  EXPECT_EQ(full.exit, 7);
  EXPECT_THAT(full.err, HasSubstr("no steady state: the desk was full"));
}

TEST_F(SimProgram, WhatIsWrongIsSaidWithItsExitCode) {
  EXPECT_EQ(run("sim run nothing.toml").exit, 7);
  const Ran figure_unknown = run("sim run three.toml --until-half-width 1% --of happiness");
  EXPECT_EQ(figure_unknown.exit, 2);
  EXPECT_THAT(figure_unknown.err, HasSubstr("--of happiness: there is no such figure"));
  EXPECT_EQ(run("sim run three.toml --until-half-width much").exit, 2);
  EXPECT_EQ(run("sim run three.toml --of wait_mean").exit, 2);
  EXPECT_EQ(run("sim run three.toml --replications 0").exit, 2);
  EXPECT_EQ(run("sim run three.toml --replications 5 --until-half-width 1%").exit, 2);
  EXPECT_EQ(run("sim compare three.toml").exit, 2);
  EXPECT_EQ(run("sim run three.toml --control weather").exit, 2);
  write("nobody.toml", scenario("nobody", R"(["zoe"])"));
  const Ran nobody = run("sim run nobody.toml");
  EXPECT_EQ(nobody.exit, 7);
  EXPECT_THAT(nobody.err, HasSubstr("zoe"));
}

}  // namespace
}  // namespace paceline::tools
