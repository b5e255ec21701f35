// The program whose log cannot be written any further: it stops answering and ends with 9, and what
// it had answered is there when it is started again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"
#include "wire/client.h"

namespace paceline::tools {
namespace {

using paceline::testing::TemporaryFolder;
using ::testing::HasSubstr;

class ServeFaultsTest : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return folder.path() + "/" + name; }
  std::string address() const { return "unix:" + path("s"); }

  /// `limits`: shell commands before the server takes the shell's place.
  std::unique_ptr<Process> serve(const std::string& limits) {
    const std::string line = limits + "exec '" + paceline_program() + "' serve --data '" +
                             path("data") + "' --listen " + address();
    return std::make_unique<Process>(std::vector<std::string>{"/bin/sh", "-c", line}, path("out"),
                                     path("err"));
  }
  wire::Client connect() {
    wire::ClientOptions options;
    options.address = address();
    options.wait_for_server = true;
    options.connect_timeout = std::chrono::seconds(30);
    options.reconnect_timeout = wire::Timeout::zero();
    auto client = wire::Client::connect(options);
    EXPECT_TRUE(client) << read_file(path("err"));
    return std::move(*client);
  }

  TemporaryFolder folder;
};

TEST_F(ServeFaultsTest, ALogThatMayNotGrowEndsTheServerWithNineAndLosesNothingAnswered) {
  // Blocks of 512 bytes: the log's first step of zeros fits, the second does not.
  auto server = serve("ulimit -f 3072; ");
  uint64_t answered = 0;
  {
    wire::Client client = connect();
    const auto desk = client.open_desk("main", true);
    ASSERT_TRUE(desk) << desk.error().text;
    const std::string body(60'000, 'b');
    wire::CommandWriter writer;
    while (true) {
      writer.open({.external_id = "INC" + std::to_string(answered), .body = body});
      const auto replies = client.call(desk->desk, writer);
      if (!replies) break;
      ASSERT_EQ(replies->front().code, 0);
      ASSERT_LT(++answered, 1'000U) << "the limit has no effect";
    }
  }
  EXPECT_EQ(server->wait(), 9);
  EXPECT_THAT(read_file(path("err")), HasSubstr("may not grow"));
  EXPECT_GT(answered, 10U);

  server = serve("");
  wire::Client client = connect();
  const auto desk = client.open_desk("main");
  ASSERT_TRUE(desk);
  const auto status = client.query(desk->desk, {});
  ASSERT_TRUE(status);
  EXPECT_GE(status->status.tickets, answered);
  EXPECT_LE(status->status.tickets, answered + 1) << "what was never asked for has appeared";
  server->signal(SIGTERM);
  EXPECT_EQ(server->wait(), 0);
}

}  // namespace
}  // namespace paceline::tools
