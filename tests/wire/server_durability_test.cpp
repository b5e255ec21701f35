// What was answered is durable, and a restart gives it back; the end of a server.
#include <errno.h>
#include <gmock/gmock.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "tests/support/server_fixture.h"

namespace paceline::wire {
namespace {

using ::testing::HasSubstr;

// ------------------------------------------------------------------------------------- retry

/// Regression 30 of other desks' bugs: the same idempotency key after a reconnect.
TEST_F(ServerTest, ACommandSentAgainAfterReconnectingGetsItsFirstAnswer) {
  start();
  CommandWriter writer;
  std::vector<desk::Reply> first;
  {
    auto peer = peer_at_desk();
    peer->send_commands(open_ticket(writer, "INC1"), first_desk, 4);
    first = peer->replies();
  }
  RawPeer peer(socket_path());
  peer.hello(1);
  EXPECT_EQ(peer.open_desk("emea", false).last_number, 4U);
  peer.send_commands(open_ticket(writer, "INC1"), first_desk, 4);
  const auto again = peer.replies();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].code, 0);
  EXPECT_EQ(again[0].ticket, first[0].ticket);
  EXPECT_EQ(status(peer).tickets, 1U);
}

TEST_F(ServerTest, RepliesAreRememberedAcrossARestart) {
  start();
  CommandWriter writer;
  uint64_t ticket = 0;
  {
    auto peer = peer_at_desk();
    peer->send_commands(open_ticket(writer, "INC1"), first_desk, 4);
    ticket = peer->replies()[0].ticket;
  }
  restart();
  RawPeer peer(socket_path());
  peer.hello(1);
  EXPECT_EQ(peer.open_desk("emea", false).last_number, 4U);
  peer.send_commands(open_ticket(writer, "INC1"), first_desk, 4);
  EXPECT_EQ(peer.replies()[0].ticket, ticket);
}

// ---------------------------------------------------------------------------------- recovery

TEST_F(ServerTest, ARestartGivesTheSameStateAndTheSameEvents) {
  start();
  desk::Status before;
  {
    auto peer = peer_at_desk();
    CommandWriter writer;
    uint64_t number = 4;
    for (int i = 0; i < 100; ++i) {
      advance(*peer, 1'000'000 + i * 60'000'000LL);
      const std::string id = "INC" + std::to_string(i);
      open_ticket(writer, id);
      if (i % 2 == 0) writer.assign({.external_id = id}, "ada");
      if (i % 3 == 0) writer.resolve({.external_id = id}, "fixed");
      const size_t commands = writer.size();
      peer->send_commands(writer, first_desk, number);
      number += commands;
      peer->replies();
    }
    before = status(*peer);
  }
  restart();
  auto peer = peer_at_desk();
  const desk::Status after = status(*peer);
  EXPECT_EQ(after.digest, before.digest);
  EXPECT_EQ(after.event_hash, before.event_hash);
  EXPECT_EQ(after.events, before.events);
  EXPECT_EQ(after.first_event, before.first_event);
  EXPECT_EQ(after.now_us, before.now_us);
  EXPECT_EQ(figures(*peer)["recovered_after_clean_end"], 1U);
}

TEST_F(ServerTest, ALogEndedCleanlyIsGuardedToItsLastByte) {
  options.durability = Durability::sync;
  start();
  {
    auto peer = peer_at_desk();
    CommandWriter writer;
    peer->send_commands(open_ticket(writer, "the newest ticket"), first_desk, 4);
    peer->replies();
  }
  ASSERT_EQ(stop().text, "");
  const auto segment = std::filesystem::directory_iterator(options.data + "/log")->path();
  std::fstream file(segment, std::ios::in | std::ios::out | std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  file.seekp(static_cast<std::streamoff>(bytes.find("the newest ticket")));
  file << "THE";
  file.close();
  auto started = Server::start(options);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().exit_code, ServerExit::failed);
  EXPECT_THAT(started.error().text, HasSubstr("is damaged"));
  EXPECT_THAT(started.error().text, HasSubstr(segment.string()));
}

TEST_F(ServerTest, AFolderIsServedByOneServerAtATime) {
  start();
  ServerOptions other = options;
  other.listen = {"unix:" + folder.path() + "/other"};
  auto second = Server::start(other);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().exit_code, ServerExit::folder_in_use);
  EXPECT_THAT(second.error().text, HasSubstr(options.data));
  EXPECT_THAT(second.error().text, HasSubstr(std::to_string(getpid())));
}

TEST_F(ServerTest, AnAddressSomebodyListensOnIsRefusedAndAnOrphanTakenOver) {
  start();
  ServerOptions other = options;
  other.data = folder.path() + "/other";
  auto second = Server::start(other);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().exit_code, ServerExit::folder_in_use);
  stop();
  // As a server that was killed leaves it behind.
  const int orphan = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::strcpy(name.sun_path, socket_path().c_str());
  ASSERT_EQ(bind(orphan, reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
  close(orphan);
  start();
  EXPECT_TRUE(RawPeer(socket_path()).connected());
}

TEST_F(ServerTest, AFolderOfTheOtherClockIsRefused) {
  start();
  peer_at_desk();
  stop();
  options.clock_mode = ClockMode::wall;
  auto started = Server::start(options);
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().text, HasSubstr("--clock commands"));
}

// -------------------------------------------------------------------------------- durability

TEST_F(ServerTest, NothingIsAnsweredBeforeItIsDurable) {
  options.durability = Durability::sync;
  options.disk = &disk;
  start();
  auto peer = peer_at_desk();
  auto reader = std::make_unique<RawPeer>(socket_path());
  reader->hello(2);
  disk.block_syncs();
  CommandWriter writer;
  peer->send_commands(open_ticket(writer, "INC1"), first_desk, 4);
  EXPECT_FALSE(peer->next(100)) << "a reply came before its batch was durable";
  reader->tell(QueryMessage{9, first_desk, query(desk::QueryKind::status)});
  EXPECT_FALSE(reader->next(100)) << "a read saw what was not durable";
  disk.release_syncs();
  EXPECT_EQ(peer->replies()[0].code, 0);
  const auto answer = decode_answer(reader->expect(MessageKind::answer).payload.bytes());
  EXPECT_EQ(answer.value().answer.status.tickets, 1U);
}

TEST_F(ServerTest, AFailedSyncEndsTheServerWithoutAnAnswer) {
  options.durability = Durability::sync;
  options.disk = &disk;
  start();
  auto peer = peer_at_desk();
  disk.sync_error = EIO;
  CommandWriter writer;
  peer->send_commands(open_ticket(writer, "INC1"), first_desk, 4);
  EXPECT_FALSE(peer->next()) << "an answer came though the sync failed";
  EXPECT_TRUE(peer->hung_up());
  const ServerEnd ended = join();
  EXPECT_EQ(ended.exit_code, ServerExit::log_failed);
  EXPECT_THAT(ended.text, HasSubstr("cannot sync"));
}

TEST_F(ServerTest, AFullDiskEndsTheServerAndLosesNothingAnswered) {
  options.durability = Durability::sync;
  options.disk = &disk;
  start();
  uint64_t answered = 0;
  {
    auto peer = peer_at_desk();
    disk.write_error = ENOSPC;
    disk.bytes_until_error = 20'000;
    CommandWriter writer;
    for (uint64_t i = 0;; ++i) {
      peer->send_commands(open_ticket(writer, "INC" + std::to_string(i)), first_desk, 4 + i);
      const auto frame = peer->next();
      if (!frame) break;
      ASSERT_EQ(frame->kind, MessageKind::replies);
      ++answered;
    }
  }
  const ServerEnd ended = join();
  EXPECT_EQ(ended.exit_code, ServerExit::log_failed);
  EXPECT_THAT(ended.text, HasSubstr("disk is full"));

  options.disk = nullptr;
  start();
  auto peer = peer_at_desk();
  const uint64_t tickets = status(*peer).tickets;
  EXPECT_GE(tickets, answered);
  EXPECT_LE(tickets, answered + 1);
}

// -------------------------------------------------------------------------------------- drain

TEST_F(ServerTest, DrainAnswersWhatIsInHandThenEndsClean) {
  options.durability = Durability::sync;
  options.disk = &disk;
  start();
  auto peer = peer_at_desk();
  disk.block_syncs();
  CommandWriter writer;
  peer->send_commands(open_ticket(writer, "INC1"), first_desk, 4);
  EXPECT_FALSE(peer->next(100));
  server->request_drain();
  disk.release_syncs();
  EXPECT_EQ(peer->replies()[0].code, 0);
  EXPECT_FALSE(peer->next());
  EXPECT_EQ(join().exit_code, ServerExit::clean);
  EXPECT_FALSE(std::filesystem::exists(socket_path()));
}

TEST_F(ServerTest, AnAdministratorMayDrainAndIsToldWhenEverythingIsDurable) {
  start();
  auto peer = peer_at_desk();
  peer->tell(Control{.tag = 8, .verb = ControlVerb::drain});
  EXPECT_EQ(decode_done(peer->expect(MessageKind::done).payload.bytes()).value().tag, 8U);
  EXPECT_FALSE(peer->next());
  EXPECT_EQ(join().exit_code, ServerExit::clean);
}

TEST_F(ServerTest, DrainBeforeRunEndsAtOnce) {
  auto started = Server::start(options);
  ASSERT_TRUE(started);
  started.value()->request_drain();
  EXPECT_EQ(started.value()->run().exit_code, ServerExit::clean);
}

}  // namespace
}  // namespace paceline::wire
