// Snapshots, backups and the doctor as an operator uses them.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/program.h"

namespace paceline::tools {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class BackupProgram : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    serve();
    ASSERT_EQ(run("desk create main --connect " + address()).exit, 0);
    told("ticket create INC1");
  }
  Ran at_server(const std::string& line) { return run(line + " --connect " + address()); }
  /// digest and number of tickets, over the wire.
  std::pair<std::string, int> state() {
    const json status = json::parse(told("ctl status --digest --json"));
    return {status.at("digest").dump(), status.at("tickets").get<int>()};
  }
  void serve_from(const std::string& data) { ProgramFixture::serve(data, "commands", "none"); }
  std::string some_file(const std::string& folder) const {
    for (const auto& entry : fs::directory_iterator(path(folder)))
      if (entry.is_regular_file() && entry.file_size() > 0) return entry.path();
    return {};
  }
  static void flip_middle(const std::string& file) {
    std::string bytes = read_file(file);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
    std::ofstream(file, std::ios::binary) << bytes;
  }
  static json findings(const Ran& ran) { return json::parse(ran.out).at("findings"); }
  static int count(const json& found, const std::string& severity, const std::string& area) {
    int count = 0;
    for (const json& finding : found)
      count += finding.at("severity") == severity && finding.at("area") == area ? 1 : 0;
    return count;
  }
};

TEST_F(BackupProgram, ASnapshotSaysWhichFileItIs) {
  const Ran ran = at_server("ctl snapshot --json");
  ASSERT_EQ(ran.exit, 0) << ran.err;
  const json taken = json::parse(ran.out);
  const std::string file = taken.at("file");
  EXPECT_EQ(fs::file_size(file), taken.at("bytes").get<uint64_t>());
  EXPECT_THAT(at_server("ctl snapshot").out, HasSubstr(file));  // nothing happened since
}

TEST_F(BackupProgram, OfARunningServerIsTakenVerifiedAndRestored) {
  ASSERT_EQ(at_server("ctl snapshot").exit, 0);
  told("ticket create INC2");
  const auto before = state();
  const Ran made = at_server("backup create copy --json");
  ASSERT_EQ(made.exit, 0) << made.err;
  const json shown = json::parse(made.out);
  EXPECT_TRUE(shown.at("verified").get<bool>());
  EXPECT_EQ(shown.at("desks")[0].at("tickets"), 2);
  told("ticket create INC3");  // the server goes on, the backup does not
  EXPECT_EQ(end_server(), 0);

  EXPECT_EQ(run("backup verify copy").exit, 0);
  const Ran restored = run("backup restore copy --data again");
  ASSERT_EQ(restored.exit, 0) << restored.err;
  serve_from("again");
  EXPECT_EQ(state(), before);
  told("ticket create INC4");
}

TEST_F(BackupProgram, TakenRightAfterASnapshotIsWhole) {
  ASSERT_EQ(at_server("ctl snapshot").exit, 0);
  const auto before = state();
  ASSERT_EQ(at_server("backup create copy").exit, 0);
  EXPECT_EQ(end_server(), 0);
  ASSERT_EQ(run("backup restore copy --data again").exit, 0);
  EXPECT_EQ(run("doctor --data again").exit, 0);
  serve_from("again");
  EXPECT_EQ(state(), before);
}

TEST_F(BackupProgram, OfAServerWithARelativeFolderIsTakenFromAnotherFolder) {
  EXPECT_EQ(end_server(), 0);
  fs::create_directory(path("its"));
  serve_in("its", "--data data --clock commands --durability none");
  ASSERT_EQ(at_server("desk create main").exit, 0);
  told("ticket create INC1");
  const json taken = json::parse(at_server("ctl snapshot --json").out);
  EXPECT_TRUE(fs::path(taken.at("file").get<std::string>()).is_absolute());
  EXPECT_TRUE(fs::exists(taken.at("file").get<std::string>()));
  const Ran made = at_server("backup create copy");
  EXPECT_EQ(made.exit, 0) << made.err;
}

TEST_F(BackupProgram, OfAServerAtRestNeedsNoServer) {
  told("ticket create INC2");
  const Ran running = run("backup create copy --data data");
  EXPECT_EQ(running.exit, 4);
  EXPECT_THAT(running.err, HasSubstr("--connect"));
  const auto before = state();
  EXPECT_EQ(end_server(), 0);
  const Ran made = run("backup create copy --data data");
  ASSERT_EQ(made.exit, 0) << made.err;
  ASSERT_EQ(run("backup restore copy --data again").exit, 0);
  serve_from("again");
  EXPECT_EQ(state(), before);
}

TEST_F(BackupProgram, ADamagedFileOrAMissingOneIsNamed) {
  ASSERT_EQ(at_server("backup create copy").exit, 0);
  const std::string file = some_file("copy/log");
  flip_middle(file);
  for (const char* line : {"backup verify copy", "backup restore copy --data again"}) {
    const Ran ran = run(line);
    EXPECT_EQ(ran.exit, 7) << line;
    EXPECT_THAT(ran.err, HasSubstr(fs::path(file).filename().string()));
  }
  EXPECT_FALSE(fs::exists(path("again")));
  fs::remove(path("copy/backup.json"));
  EXPECT_EQ(run("backup verify copy").exit, 3);
}

TEST_F(BackupProgram, NothingIsWrittenOverWithoutASay) {
  ASSERT_EQ(at_server("backup create copy").exit, 0);
  EXPECT_EQ(at_server("backup create copy").exit, 4);
  EXPECT_EQ(run("backup restore copy --data data").exit, 4);
  const Ran running = run("backup restore copy --data data --yes");
  EXPECT_EQ(running.exit, 4);
  EXPECT_THAT(running.err, HasSubstr("running"));
  EXPECT_EQ(end_server(), 0);
  const Ran moved = run("backup restore copy --data data --yes");
  EXPECT_EQ(moved.exit, 0) << moved.err;
  EXPECT_TRUE(fs::exists(path("data.replaced-1/log")));
  serve_from("data");
  EXPECT_EQ(state().second, 1);
}

TEST_F(BackupProgram, TheDoctorFindsNothingWrongWithAGoodFolderAndChangesNothing) {
  ASSERT_EQ(at_server("ctl snapshot").exit, 0);
  const Ran running = run("doctor --data data --json");
  EXPECT_EQ(running.exit, 0) << running.out;
  EXPECT_EQ(count(findings(running), "note", "lock"), 1);
  EXPECT_EQ(end_server(), 0);
  const Ran ran = run("doctor --data data --json");
  EXPECT_EQ(ran.exit, 0) << ran.out;
  EXPECT_EQ(count(findings(ran), "ok", "lock"), 1);
  EXPECT_EQ(count(findings(ran), "ok", "snapshots"), 1);
  EXPECT_EQ(count(findings(ran), "ok", "log"), 1);
  EXPECT_THAT(run("doctor --data data").out, AllOf(HasSubstr("ok"), Not(HasSubstr("problem"))));
  EXPECT_EQ(run("doctor --data nowhere").exit, 3);
  EXPECT_FALSE(fs::exists(path("nowhere")));
}

TEST_F(BackupProgram, TheDoctorSaysWhatIsDamagedAndHowToMendIt) {
  ASSERT_EQ(at_server("ctl snapshot").exit, 0);
  EXPECT_EQ(end_server(), 0);
  const std::string snapshot = some_file("data/snapshots");
  flip_middle(snapshot);
  const Ran ran = run("doctor --data data --json");
  EXPECT_EQ(ran.exit, 7);
  EXPECT_EQ(count(findings(ran), "problem", "snapshots"), 1);
  for (const json& finding : findings(ran))
    if (finding.at("severity") == "problem") {
      EXPECT_THAT(finding.at("text"), HasSubstr(fs::path(snapshot).filename().string()));
      EXPECT_NE(finding.at("mend"), "");
    }
  EXPECT_TRUE(fs::exists(snapshot));  // only a start sets it aside
}

TEST_F(BackupProgram, TheDoctorSeesThatTheLogDoesNotReachBackToTheSnapshot) {
  ASSERT_EQ(at_server("ctl snapshot").exit, 0);
  EXPECT_EQ(end_server(), 0);
  fs::remove_all(path("data/log"));
  fs::create_directories(path("data/log"));
  const Ran ran = run("doctor --data data --json");
  EXPECT_EQ(ran.exit, 7);
  EXPECT_EQ(count(findings(ran), "problem", "log"), 1);
}

}  // namespace
}  // namespace paceline::tools
