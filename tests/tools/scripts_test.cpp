// Every conversation in tests/scripts, one case a file: the rules of the desk, by example.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "engine/desk/desk.h"
#include "tools/script.h"

namespace paceline::tools {
namespace {

namespace fs = std::filesystem;

class Conversation : public testing::TestWithParam<fs::path> {};

std::vector<fs::path> conversations() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(PACELINE_SOURCE_DIR "/tests/scripts")) {
    if (entry.path().extension() == ".desk") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST_P(Conversation, GoesAsWritten) {
  desk::Desk::set_invariants_fatal(true);
  const std::string text = read(GetParam());
  const ScriptResult result = run_script(text, GetParam().filename().string());
  ASSERT_EQ(result.error, "");
  for (const ScriptMismatch& mismatch : result.mismatches) {
    ADD_FAILURE_AT(GetParam().c_str(), static_cast<int>(mismatch.line))
        << "wanted: " << mismatch.wanted << "\n   got: " << mismatch.got;
  }
  const ScriptResult again = run_script(text, GetParam().filename().string());
  EXPECT_EQ(result.digest, again.digest);
  EXPECT_EQ(result.event_hash, again.event_hash);
}

std::string case_name(const testing::TestParamInfo<fs::path>& conversation) {
  std::string name = conversation.param.stem().string();
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Desk, Conversation, testing::ValuesIn(conversations()), case_name);

TEST(Script, AWrongRightHandSideIsAMismatch) {
  const ScriptResult result = run_script("mon 09:00 open INC1 -> opened INC1 P1 network\n", "t");
  ASSERT_EQ(result.error, "");
  ASSERT_EQ(result.mismatches.size(), 1U);
  EXPECT_EQ(result.mismatches[0].line, 1U);
}

TEST(Script, TheUpdatedTextRunsClean) {
  const ScriptResult first = run_script("# a\nmon 09:00 open INC1\nmon 10:00 resolve INC1\n", "t");
  ASSERT_EQ(first.error, "");
  const ScriptResult second = run_script(first.updated, "t");
  EXPECT_TRUE(second.mismatches.empty());
  EXPECT_EQ(second.updated, first.updated);
}

TEST(Script, MistakesAreNamedWithTheirLine) {
  const auto error = [](const char* text) { return run_script(text, "t.desk").error; };
  EXPECT_NE(error("\nsomeday open INC1\n").find("t.desk:2"), std::string::npos);
  EXPECT_NE(error("mon 09:00 opne INC1\n").find("opne"), std::string::npos);
  EXPECT_NE(error("tue 09:00 tick\nmon 09:00 tick\n").find("backwards"), std::string::npos);
  EXPECT_NE(error("mon 09:00 open INC1 colour=red\n").find("colour"), std::string::npos);
  EXPECT_NE(error("---\n[desk]\n").find("---"), std::string::npos);
  EXPECT_NE(error("# nothing\n").find("no step"), std::string::npos);
}

}  // namespace
}  // namespace paceline::tools
