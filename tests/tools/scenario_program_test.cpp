// `sim init` and `sim check` as a planner runs them.
#include <nlohmann/json.hpp>

#include "tests/support/program.h"

namespace paceline::tools {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class ScenarioProgram : public ProgramTest {};

TEST_F(ScenarioProgram, EveryPresetIsWrittenAndRight) {
  const json listed = json::parse(run("sim init --json").out);
  ASSERT_EQ(listed["presets"].size(), 5U);
  for (const json& row : listed["presets"]) {
    const auto name = row["preset"].get<std::string>();
    const Ran written = run("sim init --preset " + name + " --to plans");
    EXPECT_EQ(written.exit, 0) << written.err;
    const Ran checked = run("sim check plans/" + name + ".toml --json");
    EXPECT_EQ(checked.exit, 0) << checked.err;
    EXPECT_EQ(checked.err, "");
    EXPECT_GT(json::parse(checked.out)["contacts"].get<double>(), 100) << name;
    EXPECT_EQ(run("config check plans/" + name + "-desk.toml").exit, 0);
  }
}

TEST_F(ScenarioProgram, InitWritesOverNothing) {
  EXPECT_EQ(run("sim init --preset small").exit, 0);
  const Ran again = run("sim init --preset small");
  EXPECT_EQ(again.exit, 4);
  EXPECT_THAT(again.err, HasSubstr("small-desk.toml is there already"));
  EXPECT_EQ(run("sim init --preset small --force").exit, 0);
  const Ran unknown = run("sim init --preset smal");
  EXPECT_EQ(unknown.exit, 3);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean \"small\"?"));
}

TEST_F(ScenarioProgram, CheckReadsARecordedStreamAndShowsErrors) {
  EXPECT_EQ(run("sim init --preset small").exit, 0);
  write("arrivals.csv", "at;channel;handling_s\n2026-03-02T09:00:00Z;voice;245\n1h;email;\n");
  const std::string rest =
      "[[work]]\nhandling = { law = 'exponential', mean = '4m' }\n"
      "[[team]]\nname = 'first'\ngroup = 'first line'\n";
  const std::string begin = "[scenario]\nconfig = 'small-desk.toml'\nstart = '2026-03-02'\n";
  write("day.toml", begin + "[[demand]]\nname = 'log'\nrecorded = 'arrivals.csv'\n" + rest);
  const Ran checked = run("sim check day.toml --json");
  EXPECT_EQ(checked.exit, 0) << checked.err;
  EXPECT_EQ(json::parse(checked.out)["contacts"], 2.0);
  write("day.toml", begin + "[[demand]]\nname = 'log'\nrecorded = 'no.csv'\nvip = 3\n" + rest);
  const Ran wrong = run("sim check day.toml");
  EXPECT_EQ(wrong.exit, 7);
  EXPECT_THAT(wrong.err, HasSubstr("day.toml:6: E2507 demand \"log\": "));
  EXPECT_THAT(wrong.err, HasSubstr("day.toml:7: demand \"log\": vip must be a share"));
}

}  // namespace
}  // namespace paceline::tools
