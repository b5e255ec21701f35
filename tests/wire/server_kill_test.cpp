// A server that is killed at random instants, under load, and started again: what it had answered
// is there, and nothing is there twice. The checker is another process than the one that dies.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <map>
#include <random>
#include <thread>

#include "tests/support/raw_peer.h"
#include "tests/support/temporary_folder.h"
#include "wire/answer_codec.h"
#include "wire/server.h"

namespace paceline::wire {
namespace {

using paceline::testing::RawPeer;
using paceline::testing::TemporaryFolder;

pid_t start_server(const TemporaryFolder& folder, Durability durability, bool snapshots) {
  const pid_t child = fork();
  if (child != 0) return child;
  ServerOptions options;
  options.data = folder.path() + "/data";
  options.listen = {"unix:" + folder.path() + "/s"};
  options.durability = durability;
  if (snapshots) {  // one after the other, and a log that is trimmed behind them
    options.segment_size = 64 * 1'024;
    options.snapshot_log_bytes = 16 * 1'024;
  }
  auto server = Server::start(options);
  if (!server) {
    std::fprintf(stderr, "%s\n", server.error().text.c_str());
    _exit(1);
  }
  _exit(static_cast<int>(server.value()->run().exit_code));
}

std::unique_ptr<RawPeer> connect_to(const TemporaryFolder& folder) {
  for (int attempt = 0; attempt < 10'000; ++attempt) {
    auto peer = std::make_unique<RawPeer>(folder.path() + "/s");
    if (peer->connected()) return peer;
    std::this_thread::yield();
    poll(nullptr, 0, 1);
  }
  return nullptr;
}

void kill_again_and_again(Durability durability, bool snapshots = false) {
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  TemporaryFolder folder;
  constexpr uint64_t per_frame = 7;
  constexpr uint64_t window = 20;        // frames
  uint64_t answered = 0;                 // highest command number with an answer
  std::map<uint64_t, uint64_t> tickets;  // by command number
  for (int life = 0; life < 12; ++life) {
    const pid_t server = start_server(folder, durability, snapshots);
    auto peer = connect_to(folder);
    ASSERT_NE(peer, nullptr);
    peer->hello(1);
    const DeskOpened desk = peer->open_desk("emea", true);
    ASSERT_GE(desk.last_number, answered) << "an acknowledged command was lost";
    const auto lives_for = 1 + random() % 60;  // answers
    uint64_t sent = answered;
    CommandWriter writer;
    for (uint64_t frames = 0; frames < lives_for;) {
      while (sent < answered + window * per_frame) {
        for (uint64_t i = 1; i <= per_frame; ++i)
          writer.open({.external_id = "INC" + std::to_string(sent + i)});
        peer->send_commands(writer, desk.desk, sent + 1);
        sent += per_frame;
      }
      for (const desk::Reply& reply : peer->replies()) {
        ++answered;
        ASSERT_EQ(reply.code, 0);
        const auto [known, is_new] = tickets.try_emplace(answered, reply.ticket);
        ASSERT_EQ(known->second, reply.ticket) << "a command sent again had a second effect";
      }
      ++frames;
    }
    ASSERT_EQ(kill(server, SIGKILL), 0);
    ASSERT_EQ(waitpid(server, nullptr, 0), server);
    // What was sent and not answered is sent again in the next life, under the same numbers; so is
    // the newest that was answered.
    answered -= per_frame;
  }
  const pid_t server = start_server(folder, durability, snapshots);
  auto peer = connect_to(folder);
  ASSERT_NE(peer, nullptr);
  peer->hello(1);
  const DeskOpened desk = peer->open_desk("emea", false);
  desk::Query query;
  query.kind = desk::QueryKind::status;
  peer->tell(QueryMessage{9, desk.desk, query});
  const auto answer = decode_answer(peer->expect(MessageKind::answer).payload.bytes());
  EXPECT_EQ(answer.value().answer.status.tickets, desk.last_number);
  EXPECT_GE(desk.last_number, answered + per_frame);
  ASSERT_EQ(kill(server, SIGTERM), 0);
  ASSERT_EQ(waitpid(server, nullptr, 0), server);
}

TEST(ServerKill, NothingAnsweredIsLostOrDoneTwiceWithSync) {
  kill_again_and_again(Durability::sync);
}
TEST(ServerKill, NorWithSnapshotsUnderWay) { kill_again_and_again(Durability::sync, true); }
TEST(ServerKill, NorWithoutSyncAsLongAsTheMachineLives) { kill_again_and_again(Durability::none); }

}  // namespace
}  // namespace paceline::wire
