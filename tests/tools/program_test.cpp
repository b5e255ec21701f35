// The program itself, as a user runs it: exit codes, messages, and an import that survives kill -9.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/program_fixture.h"

namespace paceline::tools {
namespace {

using testing::Ran;

class Program : public testing::ProgramFixture {
 protected:
  std::string import_log() {
    std::ofstream file(path("log.csv"));
    file << "number,incident_state,opened_at,sys_updated_at,impact,urgency,priority,"
            "assignment_group,assigned_to\n";
    const char* states[] = {"New", "Active", "Awaiting User Info", "Active", "Resolved", "Closed"};
    for (int ticket = 0; ticket < 700; ++ticket) {
      for (int i = 0; i < 6; ++i) {
        const int minute = ticket * 3 + i * 41;
        file << "INC" << ticket << ',' << states[i] << ",1/3/2016 00:00," << 1 + minute / 1'440
             << "/3/2016 " << minute % 1'440 / 60 << ':' << minute % 60 / 10 << minute % 10
             << ",2 - Medium,1 - High,2 - High,Group " << (ticket + i / 3) % 7 << ",Agent "
             << (ticket + i / 2) % 11 << '\n';
      }
    }
    return path("log.csv");
  }
  std::string jira_export() {
    std::ofstream file(path("jira.csv"));
    file << "Issue key,Created,Updated,Resolved,Status,Priority,Assignee,Summary\n";
    for (int ticket = 0; ticket < 2'100; ++ticket) {
      const auto at = [&](int minute) {
        return std::to_string(1 + minute / 1'440) + "/Mar/16 " +
               std::to_string(minute % 1'440 / 60) + ":" + std::to_string(minute % 60 / 10) +
               std::to_string(minute % 10);
      };
      const bool open = ticket % 9 == 0;
      file << "HELP-" << ticket << ',' << at(ticket) << ',' << at(ticket + 90) << ','
           << (open ? "" : at(ticket + 70)) << ',' << (open ? "Waiting for customer" : "Closed")
           << ",High,agent" << ticket % 11 << ",Subject " << ticket << '\n';
    }
    return path("jira.csv");
  }
  std::vector<std::string> import_words(const std::string& format, const std::string& log) const {
    return {paceline_program(),  "import",  format,   log, "--tz",   "UTC",
            "--connect",         address(), "--desk", "d", "--json", "--rejects",
            path("rejected.csv")};
  }
  void expect_survives_kills(const std::vector<std::string>& words, int rows);
  nlohmann::json status() {
    const Ran ran = on_desk({"ctl", "status", "--digest", "--json"});
    EXPECT_EQ(ran.exit, 0) << ran.err;
    return nlohmann::json::parse(ran.out);
  }
};

TEST_F(Program, ExitCodesTellWhatKindOfFailureItWas) {
  EXPECT_EQ(run({"version"}).exit, 0);
  EXPECT_EQ(run({"--help"}).exit, 0);
  EXPECT_EQ(run({}).exit, 2);
  EXPECT_EQ(run({"tikcet", "get"}).exit, 2);
  EXPECT_EQ(run({"serve", "--data", path("d"), "--clock", "sundial"}).exit, 2);
  EXPECT_EQ(on_desk({"ticket", "list"}).exit, 6);
  EXPECT_EQ(run({"config", "check", path("nothing.toml")}).exit, 7);
}

TEST_F(Program, MessagesGoToStderrWithCodeWhatAndWhy) {
  const Ran ran = run({"tikcet", "get"});
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "E1002 `tikcet` is no sub-command: see paceline --help\n");
}

TEST_F(Program, AServerStartsWithNothingAndATicketLives) {
  serve("data", "wall");
  EXPECT_EQ(on_desk({"ticket", "list"}).exit, 3);
  EXPECT_EQ(run({"desk", "create", "d", "--connect", address()}).exit, 0);
  EXPECT_EQ(on_desk({"ticket", "create", "INC1", "--impact", "high"}).exit, 0);
  EXPECT_EQ(on_desk({"ticket", "create", "INC1"}).exit, 4);
  EXPECT_EQ(on_desk({"ticket", "get", "INC2"}).exit, 3);
  EXPECT_EQ(on_desk({"ticket", "resolve", "INC1", "--code", "fixed"}).exit, 0);
  const Ran ran = on_desk({"ticket", "get", "INC1", "--json"});
  const auto ticket = nlohmann::json::parse(ran.out);
  EXPECT_EQ(ticket["state"], "resolved");
  EXPECT_EQ(ticket["priority"], "P2");
  EXPECT_EQ(on_desk({"ctl", "advance", "2030-01-01"}).exit, 4);
  EXPECT_EQ(end_server(), 0);
  EXPECT_NE(read_file(path("server.err")).find("ready: "), std::string::npos);
}

TEST_F(Program, ASecondServerOnTheSameFolderIsRefused) {
  serve("data", "wall");
  const Ran ran = run({"serve", "--data", path("data"), "--listen", "unix:" + path("other")});
  EXPECT_EQ(ran.exit, 4) << ran.err;
  EXPECT_EQ(end_server(), 0);
}

TEST_F(Program, AnImportNeedsAServerDrivenByCommands) {
  serve("data", "wall");
  const Ran ran = on_desk({"import", "servicenow", import_log(), "--tz", "UTC"});
  EXPECT_EQ(ran.exit, 4);
  EXPECT_NE(ran.err.find("--clock commands"), std::string::npos);
}

/// An import whose server is killed is the same as one undisturbed.
void Program::expect_survives_kills(const std::vector<std::string>& words, int rows) {
  serve("quiet", "commands");
  {
    Process import(words, path("import.out"), path("import.err"));
    ASSERT_EQ(import.wait(), 0) << read_file(path("import.err"));
  }
  const auto wanted = status();
  ASSERT_EQ(end_server(), 0);

  serve("killed", "commands");
  for (const uint64_t kill_after : {100U, 1'500U, 4'000U}) {
    Process import(words, path("import.out"), path("import.err"));
    wire::ClientOptions options;
    options.address = address();
    auto client = wire::Client::connect(options);
    ASSERT_TRUE(client.has_value());
    for (;;) {  // until the desk has got this far
      const auto opened = client->open_desk("d");
      if (opened && opened->last_event >= kill_after) break;
    }
    server_->signal(SIGKILL);
    server_->wait();
    serve("killed", "commands");
    import.signal(SIGINT);
    const int exit = import.wait();
    // Interrupted, before it listened for that or after; done; or the server was gone before it
    // could connect.
    EXPECT_TRUE(exit == 8 || exit == -SIGINT || exit == 0 || exit == 6)
        << exit << read_file(path("import.err"));
  }
  Process import(words, path("import.out"), path("import.err"));
  ASSERT_EQ(import.wait(), 0) << read_file(path("import.err"));
  const auto result = nlohmann::json::parse(read_file(path("import.out")));
  EXPECT_EQ(result["rows"], rows);
  EXPECT_EQ(result["rejected"], 0);
  const auto got = status();
  EXPECT_EQ(got["digest"], wanted["digest"]);
  EXPECT_EQ(got["event_hash"], wanted["event_hash"]);
  EXPECT_EQ(got["commands"], wanted["commands"]);
  EXPECT_EQ(got["rejected"], 0);
  EXPECT_EQ(end_server(), 0);
}

TEST_F(Program, AnImportOfUpdatesSurvivesItsServersDeaths) {
  expect_survives_kills(import_words("servicenow", import_log()), 4'200);
}

TEST_F(Program, AnImportOfTicketsSurvivesItsServersDeaths) {
  expect_survives_kills(import_words("jira", jira_export()), 2'100);
}

}  // namespace
}  // namespace paceline::tools
