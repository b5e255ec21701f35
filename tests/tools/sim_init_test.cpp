// `sim init` as a user runs it.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "sim/scenario/presets.h"
#include "tests/support/program.h"

namespace paceline::tools {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class SimInitCommand : public ProgramTest {
 protected:
  std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(SimInitCommand, ListsThePresetsWhereNoneIsNamed) {
  const Ran ran = run("sim init");
  EXPECT_EQ(ran.exit, 0);
  for (const sim::Preset& preset : sim::presets()) {
    EXPECT_THAT(ran.out, HasSubstr(std::string(preset.name)));
    EXPECT_THAT(ran.out, HasSubstr(std::string(preset.what)));
  }
  EXPECT_EQ(json::parse(run("sim init --json").out)["presets"].size(), sim::presets().size());
}

TEST_F(SimInitCommand, WhatItWritesRuns) {
  const Ran ran = run("sim init --preset small --into new/folder");
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("paceline sim run new/folder/small.toml"));
  const sim::Preset& small = *sim::find_preset("small");
  EXPECT_EQ(read("new/folder/small.toml"), small.scenario.text);
  EXPECT_EQ(read("new/folder/small-desk.toml"), small.configuration.text);
  EXPECT_EQ(run("sim run new/folder/small.toml --replications 2").exit, 0);
}

TEST_F(SimInitCommand, WritesOverNothing) {
  write("small-desk.toml", "mine");
  const Ran ran = run("sim init --preset small");
  EXPECT_EQ(ran.exit, 4);
  EXPECT_THAT(ran.err, HasSubstr("small-desk.toml is there already"));
  EXPECT_EQ(read("small-desk.toml"), "mine");
  EXPECT_FALSE(std::filesystem::exists(path("small.toml")));
}

TEST_F(SimInitCommand, NamesThePresetsWhereAnotherIsAskedFor) {
  const Ran ran = run("sim init --preset huge");
  EXPECT_EQ(ran.exit, 2);
  EXPECT_THAT(ran.err, HasSubstr("small, mid, enterprise, msp, follow-the-sun"));
}

}  // namespace
}  // namespace paceline::tools
