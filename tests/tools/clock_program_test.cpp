// Clocks and policies as a user sees and changes them: why, migrate, repair, merge, import.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/program_fixture.h"

namespace paceline::tools {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using testing::Ran;

class ClockProgram : public testing::ProgramFixture {
 protected:
  void SetUp() override {
    ProgramFixture::SetUp();
    serve("data", "commands");
    ASSERT_EQ(configure("8h"), 0);
    ASSERT_EQ(advance("2026-01-05T09:00Z"), 0);
  }
  void TearDown() override { EXPECT_EQ(end_server(), 0); }

  int configure(const std::string& target) {
    std::ofstream(path("desk.toml")) << "[desk.d]\n[[queue]]\nname = 'network'\ngroup = 'network'\n"
                                        "[[route]]\nqueue = 'network'\n"
                                        "[[policy]]\nname = 'fix'\nclock = 'resolution'\ntarget = '"
                                     << target
                                     << "'\nthresholds = [50]\n"
                                        "escalate = [{ at = 75, notify = ['lead'] }]\n";
    const Ran ran = run({"config", "put", path("desk.toml"), "--connect", address(), "--create"});
    EXPECT_EQ(ran.exit, 0) << ran.err;
    return ran.exit;
  }
  int advance(const std::string& at) { return on_desk({"ctl", "advance", at}).exit; }
  /// One JSON object per line.
  std::vector<json> lines(std::vector<std::string> words) {
    words.push_back("--json");
    const Ran ran = on_desk(std::move(words));
    EXPECT_EQ(ran.exit, 0) << ran.err;
    std::vector<json> objects;
    std::istringstream text(ran.out);
    for (std::string line; std::getline(text, line);) objects.push_back(json::parse(line));
    return objects;
  }
};

TEST_F(ClockProgram, WhyClockTellsEverySegmentAndRung) {
  ASSERT_EQ(on_desk({"ticket", "create", "INC1", "--stage", "fulfil", "--promised-at",
                     "2026-01-06T09:00Z", "--workaround", "--major"})
                .exit,
            0);
  ASSERT_EQ(advance("2026-01-05T10:00Z"), 0);
  ASSERT_EQ(on_desk({"ticket", "pend", "INC1", "awaiting_requester", "--max-pause", "10d",
                     "--reminders", "2"})
                .exit,
            0);
  ASSERT_EQ(advance("2026-01-05T12:00Z"), 0);
  ASSERT_EQ(on_desk({"ticket", "resume", "INC1"}).exit, 0);
  const auto clocks = json::parse(on_desk({"why", "clock", "INC1", "--json"}).out);
  ASSERT_EQ(clocks.size(), 1U);
  EXPECT_EQ(clocks[0]["policy"], "fix");
  EXPECT_EQ(clocks[0]["consumed_us"], 3'600'000'000);
  ASSERT_EQ(clocks[0]["segments"].size(), 3U);
  EXPECT_EQ(clocks[0]["segments"][1]["state"], "paused");
  EXPECT_EQ(clocks[0]["segments"][1]["reason"], "awaiting_requester");
  ASSERT_EQ(clocks[0]["rungs"].size(), 2U);
  EXPECT_EQ(clocks[0]["rungs"][1]["notify"], "lead");
  const Ran text = on_desk({"why", "clock", "INC1"});
  EXPECT_THAT(text.out, HasSubstr("resolution under fix"));
  EXPECT_THAT(text.out, HasSubstr("awaiting_requester"));
  EXPECT_THAT(text.out, HasSubstr("75 %"));
  EXPECT_EQ(on_desk({"why", "clock", "INC9"}).exit, 3);
  const auto ticket = json::parse(on_desk({"ticket", "get", "INC1", "--json"}).out);
  EXPECT_EQ(ticket["stage"], "fulfil");
  EXPECT_EQ(ticket["promised_at"], "2026-01-06T09:00:00Z");
  EXPECT_EQ(ticket["major"], true);
}

TEST_F(ClockProgram, ClocksAreListedByPolicyAndState) {
  for (const char* id : {"INC1", "INC2", "INC3"})
    ASSERT_EQ(on_desk({"ticket", "create", id}).exit, 0);
  ASSERT_EQ(on_desk({"ticket", "resolve", "INC2", "--code", "fixed"}).exit, 0);
  EXPECT_EQ(lines({"clock", "list"}).size(), 3U);
  EXPECT_EQ(lines({"clock", "list", "--state", "running"}).size(), 2U);
  EXPECT_EQ(lines({"clock", "list", "--policy", "fix", "--limit", "1"}).size(), 1U);
  EXPECT_THAT(on_desk({"clock", "list"}).out, HasSubstr("2026-01-05T17:00:00Z"));
  EXPECT_EQ(on_desk({"clock", "list", "--state", "asleep"}).exit, 2);
}

TEST_F(ClockProgram, MigratingShowsAsksAndChanges) {
  ASSERT_EQ(on_desk({"ticket", "create", "INC1"}).exit, 0);
  ASSERT_EQ(configure("4h"), 0);
  const auto policies = lines({"policy", "list"});
  ASSERT_EQ(policies.size(), 2U);
  EXPECT_EQ(policies[0]["in_force"], false);
  EXPECT_EQ(policies[0]["running"], 1);
  EXPECT_EQ(policies[1]["target"], "4h");
  EXPECT_EQ(lines({"policy", "list", "--in-force"}).size(), 1U);

  const auto changes = lines({"policy", "migrate", "--mode", "carry", "--dry-run"});
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0]["due_before"], "2026-01-05T17:00:00Z");
  EXPECT_EQ(changes[0]["due_after"], "2026-01-05T13:00:00Z");
  EXPECT_THAT(on_desk({"policy", "migrate", "--mode", "carry", "--dry-run"}).out,
              HasSubstr("2026-01-05T17:00:00Z → 2026-01-05T13:00:00Z"));
  EXPECT_EQ(lines({"policy", "migrate", "--mode", "carry", "--dry-run", "--select", "vip"}).size(),
            0U);
  EXPECT_EQ(on_desk({"policy", "migrate", "--mode", "sideways"}).exit, 2);
  EXPECT_EQ(on_desk({"policy", "migrate", "--mode", "carry", "--select", "vpi", "--yes"}).exit, 7);
  EXPECT_EQ(on_desk({"policy", "migrate", "--mode", "carry", "--yes"}).exit, 0);
  EXPECT_THAT(on_desk({"ticket", "get", "INC1"}).out, HasSubstr("2026-01-05T13:00:00Z"));
  EXPECT_THAT(on_desk({"policy", "migrate", "--mode", "carry"}).err, HasSubstr("nothing to do"));
}

TEST_F(ClockProgram, ARepairOfWhatIsRightChangesNothing) {
  ASSERT_EQ(on_desk({"ticket", "create", "INC1"}).exit, 0);
  ASSERT_EQ(advance("2026-01-05T10:00Z"), 0);
  const Ran all = on_desk({"repair", "--dry-run"});
  EXPECT_EQ(all.exit, 0) << all.err;
  EXPECT_THAT(all.err, HasSubstr("every clock agrees with its segments"));
  EXPECT_EQ(on_desk({"repair", "INC1", "--newest", "--yes"}).exit, 0);
  EXPECT_EQ(on_desk({"repair", "INC9", "--dry-run"}).exit, 3);
}

TEST_F(ClockProgram, DuplicatesAreMergedAndRungsAcknowledged) {
  ASSERT_EQ(on_desk({"ticket", "create", "INC1"}).exit, 0);
  ASSERT_EQ(on_desk({"ticket", "create", "INC2"}).exit, 0);
  EXPECT_EQ(on_desk({"ticket", "acknowledge", "INC1"}).exit, 4);
  ASSERT_EQ(advance("2026-01-05T16:00Z"), 0);
  EXPECT_EQ(on_desk({"ticket", "acknowledge", "INC1", "--clock", "resolution"}).exit, 0);
  EXPECT_EQ(on_desk({"ticket", "acknowledge", "INC1", "--clock", "resolutions"}).exit, 2);
  EXPECT_EQ(on_desk({"ticket", "merge", "INC2", "INC1"}).exit, 0);
  EXPECT_EQ(on_desk({"ticket", "merge", "INC2", "INC9"}).exit, 3);
  const auto merged = json::parse(on_desk({"ticket", "get", "INC2", "--json"}).out);
  EXPECT_EQ(merged["state"], "closed");
  EXPECT_FALSE(merged["merged_into"].is_null());
}

TEST_F(ClockProgram, AnImportBringsItsPast) {
  ASSERT_EQ(advance("2026-01-05T12:00Z"), 0);
  const Ran ran =
      on_desk({"ticket", "import", "INC7", "--recorded-at", "2026-01-05T08:00Z", "--history",
               "queued@2026-01-05T08:00Z; pending:awaiting_requester@2026-01-05T09:00Z; "
               "queued@2026-01-05T11:00Z"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  const auto clocks = json::parse(on_desk({"why", "clock", "INC7", "--json"}).out);
  ASSERT_EQ(clocks.size(), 1U);
  EXPECT_EQ(clocks[0]["consumed_us"], 7'200'000'000);
  EXPECT_EQ(on_desk({"ticket", "import", "INC8", "--recorded-at", "2026-01-05T08:00Z", "--history",
                     "queued@yesterday"})
                .exit,
            2);
}

TEST_F(ClockProgram, PolicyCheckPrintsWhatAFileLeavesOut) {
  const Ran ran = run({"policy", "check", "--config", path("desk.toml")});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("policy fix"));
  EXPECT_THAT(ran.out, HasSubstr("state in [resolved, closed]  (default)"));
  EXPECT_THAT(ran.out, HasSubstr("75 %  notify  lead"));
  const auto all =
      json::parse(run({"policy", "check", "--config", path("desk.toml"), "--json"}).out);
  EXPECT_EQ(all["desks"][0]["policies"][0]["rungs"].size(), 2U);
}

TEST_F(ClockProgram, EventsOfLaddersSayWhichRung) {
  ASSERT_EQ(on_desk({"ticket", "create", "INC1"}).exit, 0);
  ASSERT_EQ(advance("2026-01-05T16:00Z"), 0);
  const Ran ran = on_desk({"events", "tail", "--from-seq", "1", "--count", "8"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("clock.escalated"));
  EXPECT_THAT(ran.out, HasSubstr("fix, 75 %"));
}

}  // namespace
}  // namespace paceline::tools
