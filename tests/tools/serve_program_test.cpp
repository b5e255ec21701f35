// `serve` as its operator meets it: what its options take, and which desks get the rules of its
// file.
#include <gmock/gmock.h>

#include "tests/support/program_fixture.h"

namespace paceline::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const std::string rules = R"([desk.main]
[[queue]]
name = "network"
group = "network"
)";

class ServeProgram : public paceline::testing::ProgramFixture {
 protected:
  void serve_data(const std::string& more = {}) {
    serve_in("", "--data data --clock commands --durability sync " + more);
  }
  void kill_server() {
    server_->signal(SIGKILL);
    server_->wait();
    server_.reset();
  }
  wire::Client connect() {
    wire::ClientOptions options;
    options.address = address();
    auto client = wire::Client::connect(options);
    CHECK(client.has_value());
    return std::move(*client);
  }
  /// What the server says once it has dealt with the desks of its file.
  std::string said(const std::string& word) {
    wire::Client client = connect();
    while (read_file(path("server.err")).find(word) == std::string::npos)
      if (!client.status()) break;
    return read_file(path("server.err"));
  }
  std::vector<std::string> queues() {
    wire::Client client = connect();
    desk::Query query;
    query.kind = desk::QueryKind::queues;
    const auto answer = client.query(client.open_desk("main")->desk, query);
    CHECK(answer.has_value());
    std::vector<std::string> names;
    for (const auto& queue : answer->queues) names.push_back(queue.name);
    return names;
  }
};

TEST_F(ServeProgram, SnapshotsAreTakenAtMostAHundredTimesASecond) {
  for (const char* every : {"5us", "9ms"}) {
    const auto ran =
        run_line(std::string("serve --data data --listen unix:s --snapshot-every ") + every);
    EXPECT_EQ(ran.exit, 2) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("at least 10ms, or 0s for none by the clock"));
  }
  const auto ran = run_line("serve --data data --listen unix:s --snapshot-every often");
  EXPECT_EQ(ran.exit, 2) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("--snapshot-every often: "));
}

TEST_F(ServeProgram, ADeskThatWasCreatedAndNotConfiguredBeforeAKillGetsItsRulesAtTheNextStart) {
  const std::string file = write("desk.toml", rules);
  serve_data();
  ASSERT_TRUE(connect().open_desk("main", true));
  kill_server();
  serve_data("--config " + file);
  EXPECT_THAT(said("desk main"), HasSubstr("desk main was there without rules and has got them"));
  EXPECT_THAT(queues(), UnorderedElementsAre("triage", "network"));
  kill_server();
  serve_data("--config " + file);
  EXPECT_THAT(said("desk main"), HasSubstr("desk main is there already and keeps its rules"));
  EXPECT_THAT(queues(), UnorderedElementsAre("triage", "network"));
}

TEST_F(ServeProgram, SoDoesOneThatWasKilledWhileTheRulesWereOnTheirWay) {
  const std::string file = write("desk.toml", rules);
  serve_data();
  {
    wire::Client client = connect();
    const auto desk = client.open_desk("main", true);
    ASSERT_TRUE(desk);
    wire::CommandWriter writer;
    writer.config_begin(1'000);
    writer.config_chunk(std::vector<std::byte>(500));
    const auto replies = client.call(desk->desk, writer);
    ASSERT_TRUE(replies);
    for (const desk::Reply& reply : *replies) EXPECT_EQ(reply.code, 0);
  }
  kill_server();
  serve_data("--config " + file);
  EXPECT_THAT(said("desk main"), HasSubstr("desk main was there without rules and has got them"));
  EXPECT_THAT(queues(), UnorderedElementsAre("triage", "network"));
}

TEST_F(ServeProgram, RulesGivenByCommandsAreKept) {
  const std::string file = write("desk.toml", rules);
  serve_data();
  {
    wire::Client client = connect();
    wire::CommandWriter writer;
    writer.define_queue({.name = "mine", .group = "mine"});
    ASSERT_TRUE(client.call(client.open_desk("main", true)->desk, writer));
  }
  kill_server();
  serve_data("--config " + file);
  EXPECT_THAT(said("desk main"), HasSubstr("desk main is there already and keeps its rules"));
  EXPECT_THAT(queues(), UnorderedElementsAre("triage", "mine"));
}

}  // namespace
}  // namespace paceline::tools
