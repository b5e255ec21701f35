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
#include "tests/support/memory_archive.h"
#include "tools/script.h"
#include "wire/config_codec.h"

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

/// Puts a new desk in the place of one, filled in from what that wrote down.
void load_anew(desk::Desk& desk) {
  const sched::test::Image image = sched::test::saved(desk);
  desk::Desk fresh(desk.number(), desk.name(), desk.limits(), &wire::decode_configuration);
  ASSERT_EQ(sched::test::load(fresh, image), "");
  EXPECT_EQ(fresh.digest(), desk.digest());
  desk = std::move(fresh);
}

TEST_P(Conversation, GoesAsWrittenWithAnotherDeskAfterEachBatch) {
  desk::Desk::set_invariants_fatal(true);
  const std::string text = read(GetParam());
  const ScriptResult result = run_script(text, GetParam().filename().string());
  const ScriptResult anew = run_script(text, GetParam().filename().string(), &load_anew);
  ASSERT_EQ(anew.error, "");
  EXPECT_EQ(anew.mismatches.size(), 0U);
  EXPECT_EQ(anew.updated, result.updated);
  EXPECT_EQ(anew.digest, result.digest);
  EXPECT_EQ(anew.event_hash, result.event_hash);
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

constexpr const char* routing_desk = R"(---
[desk.d]
[[away]]
code = "lunch"
[[queue]]
name = "l1"
group = "network"
auto_accept = false
escalate_to = "l2"
[[queue]]
name = "l2"
group = "experts"
need = "vpn >= 4"
[[route]]
name = "all"
queue = "l1"
[[agent]]
name = "ada"
groups = ["network"]
[[agent]]
name = "bob"
groups = ["network"]
---
)";

/// What came of each step, in their order.
std::vector<std::string> outcomes(const std::string& steps) {
  const ScriptResult result = run_script(routing_desk + steps, "t.desk");
  EXPECT_EQ(result.error, "");
  std::vector<std::string> got;
  for (const ScriptMismatch& mismatch : result.mismatches) got.push_back(mismatch.got);
  return got;
}

TEST(Script, OffersAreNamedByTheirTicketAndAgent) {
  const std::vector<std::string> expected = {
      "logged in ada",
      "logged in bob",
      "opened INC1 P3 l1; offered INC1 ada until mon 09:05",
      "INC1 ada until mon 09:05",
      "rejected offer_of_another",
      "declined INC1 ada busy; offered INC1 bob until mon 09:06",
      "rejected offer_gone",
      "accepted INC1 bob; assigned INC1 bob",
      "rejected offer_gone",
      "offered INC1 ada until mon 09:08 knows it",
      "accepted INC1 ada; handed off INC1 to ada knows it",
      "none"};
  EXPECT_EQ(outcomes("mon 09:00 login ada\n"
                     "mon 09:00 login bob\n"
                     "mon 09:00 open INC1\n"
                     "mon 09:00 offers\n"
                     "mon 09:01 accept INC1 as bob\n"
                     "mon 09:01 decline INC1 busy as ada\n"
                     "mon 09:01 accept INC1 as ada\n"
                     "mon 09:02 accept INC1\n"
                     "mon 09:02 accept INC1 as bob\n"
                     "mon 09:03 handover INC1 ada \"knows it\"\n"
                     "mon 09:04 accept INC1 as ada\n"
                     "mon 09:04 offers\n"),
            expected);
}

TEST(Script, AgentsQueuesAndRoutesAreSpokenOf) {
  const std::vector<std::string> expected = {"logged in ada",
                                             "ada away lunch",
                                             "away lunch, 0 tickets, used 0 of 1000",
                                             "rejected code_unknown",
                                             "ada available",
                                             "ada draining",
                                             "rejected agent_not_in_wrap_up",
                                             "held queue l1",
                                             "released queue l1",
                                             "route all off",
                                             "rejected route_unknown",
                                             "rejected nothing_waiting"};
  EXPECT_EQ(outcomes("mon 09:00 login ada\n"
                     "mon 09:00 away ada lunch\n"
                     "mon 09:00 agent ada\n"
                     "mon 09:00 away ada gym\n"
                     "mon 09:00 available ada\n"
                     "mon 09:00 drain ada\n"
                     "mon 09:00 extend ada\n"
                     "mon 09:01 hold l1\n"
                     "mon 09:01 release l1\n"
                     "mon 09:01 route all off\n"
                     "mon 09:01 route none off\n"
                     "mon 09:01 next ada\n"),
            expected);
}

TEST(Script, TiersTasksAndMovesAreSpokenOf) {
  const std::vector<std::string> got = outcomes(
      "mon 09:00 hold l1\n"
      "mon 09:00 open INC1 language=de confidence=80\n"
      "mon 09:01 escalate INC1 reason=router\n"
      "mon 09:02 bounce INC1 not_ours\n"
      "mon 09:03 open TASK1 parent=INC1 queue=l2\n"
      "mon 09:03 resolve INC1\n"
      "mon 09:04 reassign \"kind == task\" queue=l1 reason=ill\n"
      "mon 09:05 login ada\n"
      "mon 09:05 reconcile ada INC1\n"
      "mon 09:06 why agent ada\n");
  ASSERT_EQ(got.size(), 10U);
  EXPECT_EQ(got[2], "escalated INC1 to l2 router; unroutable INC1 group experts");
  EXPECT_EQ(got[3], "bounced INC1 to l1 not_ours");
  EXPECT_EQ(got[5], "rejected tasks_open");
  EXPECT_EQ(got[6], "requeued TASK1 l1; reassigned 1");
  EXPECT_EQ(got[8], "assigned INC1 ada; reconciled ada");
  EXPECT_NE(got[9].find("ada"), std::string::npos);
}

TEST(Script, MistakesInRoutingAreNamed) {
  const auto error = [](const std::string& step) {
    return run_script(routing_desk + ("mon 09:00 " + step + "\n"), "t.desk").error;
  };
  EXPECT_NE(error("route all maybe").find("on or off"), std::string::npos);
  EXPECT_NE(error("score INC1 ada many").find("-15 to 15"), std::string::npos);
  EXPECT_NE(error("escalate INC1 reson=x").find("reson"), std::string::npos);
  EXPECT_NE(error("acept INC1").find("accept"), std::string::npos);
}

}  // namespace
}  // namespace paceline::tools
