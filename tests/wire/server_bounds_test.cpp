// What a client may cost: output, commands in flight, waiting.
#include <atomic>
#include <thread>

#include "engine/desk/reject.h"
#include "tests/support/server_fixture.h"
#include "wire/client.h"

namespace paceline::wire {
namespace {

TEST_F(ServerTest, AClientThatReadsNothingIsNotReadFromEither) {
  options.in_flight_commands_max = 64;
  start();
  auto peer = peer_at_desk();
  // Questions whose answers nobody takes: the server must stop taking questions.
  Bytes question;
  append(question, Control{.tag = 5});
  size_t sent = 0;
  for (int idle = 0; idle < 20;) {
    const size_t took = peer->send_without_waiting(question);
    sent += took;
    if (took > 0 && took < question.size()) break;  // the socket is full: nobody reads it
    idle = took == 0 ? idle + 1 : 0;
    if (took == 0) std::this_thread::yield();
    ASSERT_LT(sent, 64U << 20) << "the server goes on reading";
  }
  RawPeer other(socket_path());
  other.hello(2);
  EXPECT_EQ(figures(other)["connections"], 2U);
}

TEST_F(ServerTest, AClientThatDoesNotReadWhyItsConnectionEndsIsCutOff) {
  options.ending_wait_us = 20'000;
  start();
  auto peer = peer_at_desk();
  // More answers than the socket holds, so that the reason behind them cannot be sent.
  Bytes bytes;
  for (int i = 0; i < 2'000; ++i) append(bytes, Control{.tag = 5});
  append_frame(bytes, MessageKind::commands, std::as_bytes(std::span("this is no table at all")));
  peer->send_bytes(bytes);
  EXPECT_TRUE(peer->is_cut_off());
  RawPeer other(socket_path());
  other.hello(2);
  EXPECT_EQ(figures(other)["connections"], 1U);
  while (const auto frame = peer->next()) EXPECT_EQ(frame->kind, MessageKind::server_status);
}

TEST_F(ServerTest, AFloodOfConnectionsKeepsNobodyFromBeingAnswered) {
  start();
  auto peer = peer_at_desk();
  std::atomic<bool> ending{false};
  std::thread flood([&] {
    while (!ending) const RawPeer passer_by{socket_path()};
  });
  CommandWriter writer;
  for (uint64_t i = 0; i < 200; ++i) {
    peer->send_commands(open_ticket(writer, "INC" + std::to_string(i)), first_desk, 4 + i);
    EXPECT_EQ(peer->replies()[0].code, 0);
  }
  ClientOptions newcomer;
  newcomer.address = "unix:" + socket_path();
  EXPECT_TRUE(Client::connect(newcomer)) << "and nobody from coming in";
  ending = true;
  flood.join();
}

TEST_F(ServerTest, AClientThatDoesNotSayHelloIsToldSoAndCutOff) {
  options.hello_wait_us = 20'000;
  start();
  RawPeer peer(socket_path());
  EXPECT_EQ(peer.error().code, ErrorCode::hello_expected);
  EXPECT_FALSE(peer.next());
}

TEST_F(ServerTest, MoreCommandsThanMayBeInFlightWaitAndAreAllAnswered) {
  options.in_flight_commands_max = 8;
  start();
  auto peer = peer_at_desk();
  CommandWriter writer;
  constexpr uint64_t frames = 200;
  for (uint64_t i = 0; i < frames; ++i) {
    for (int j = 0; j < 4; ++j) open_ticket(writer, "INC" + std::to_string(i * 4 + j));
    peer->send_commands(writer, first_desk, 4 + i * 4);
  }
  for (uint64_t i = 0; i < frames; ++i)
    for (const desk::Reply& reply : peer->replies()) ASSERT_EQ(reply.code, 0);
}

TEST_F(ServerTest, AFrameOfMoreCommandsThanMayEverBeInFlightIsRefused) {
  options.in_flight_commands_max = 8;
  start();
  auto peer = peer_at_desk();
  CommandWriter writer;
  for (int i = 0; i < 9; ++i) open_ticket(writer, "INC" + std::to_string(i));
  peer->send_commands(writer, first_desk, 4);
  EXPECT_EQ(peer->error().code, ErrorCode::limit_exceeded);
  EXPECT_FALSE(peer->next());
}

TEST_F(ServerTest, WhenTheShardIsFullTheAnswerIsBusyAndOrderIsKept) {
  options.durability = Durability::sync;
  options.disk = &disk;
  options.bytes_in_flight_max = 64 * 1'024;
  start();
  RawPeer peer(socket_path());
  peer.hello(1);
  peer.open_desk("emea", true, options.desk_limits);
  disk.block_syncs();
  CommandWriter writer;
  constexpr uint64_t frames = 2'000;
  std::thread sender([&] {
    for (uint64_t i = 1; i <= frames; ++i) {
      writer.log_in("nobody");
      peer.send_commands(writer, first_desk, i);
    }
  });
  const Frame frame = peer.expect(MessageKind::busy);
  const Busy busy = decode_busy(frame.payload.bytes()).value();
  EXPECT_EQ(busy.desk, first_desk);
  EXPECT_GT(busy.retry_after_us, 0U);
  disk.release_syncs();
  // Everything before the refused frame is answered, everything behind it refused: no gap is made.
  uint64_t answered = 0, refused = 1;
  while (answered + refused < frames) {
    const auto next = peer.next();
    ASSERT_TRUE(next.has_value());
    if (next->kind == MessageKind::busy) {
      EXPECT_EQ(decode_busy(next->payload.bytes()).value().first_number,
                busy.first_number + refused);
      ++refused;
    } else {
      const auto replies = decode_replies(next->payload.bytes()).value();
      EXPECT_EQ(replies.first_number, answered + 1);
      EXPECT_EQ(replies.replies[0].code, static_cast<uint16_t>(desk::Reject::agent_unknown));
      ++answered;
    }
  }
  sender.join();
  EXPECT_EQ(answered, busy.first_number - 1);
  // The refused frame comes again and the desk goes on.
  for (uint64_t i = busy.first_number; i < busy.first_number + 10; ++i) {
    writer.log_in("nobody");
    peer.send_commands(writer, first_desk, i);
    EXPECT_EQ(peer.replies()[0].code, static_cast<uint16_t>(desk::Reject::agent_unknown));
  }
}

}  // namespace
}  // namespace paceline::wire
