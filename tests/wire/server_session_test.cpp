// What a connection hears of hello, desks and bytes that are none of ours.
#include <gmock/gmock.h>

#include <random>

#include "engine/desk/reject.h"
#include "tests/support/server_fixture.h"

namespace paceline::wire {
namespace {

using ::testing::HasSubstr;

// ----------------------------------------------------------------------------------- session

TEST_F(ServerTest, HelloTellsTheLimitsAndTheRoles) {
  start();
  RawPeer peer(socket_path());
  const Welcome welcome = peer.hello(1);
  EXPECT_EQ(welcome.in_flight_commands_max, options.in_flight_commands_max);
  EXPECT_EQ(welcome.frame_size_max, options.frame_size_max);
  EXPECT_EQ(welcome.clock_mode, ClockMode::commands);
  EXPECT_EQ(welcome.durability, Durability::none);
  EXPECT_EQ(welcome.roles & static_cast<uint32_t>(desk::Role::administrator),
            static_cast<uint32_t>(desk::Role::administrator));
}

TEST_F(ServerTest, CommandsAreAnsweredOneByOneInOrder) {
  start();
  auto peer = peer_at_desk();
  CommandWriter writer;
  open_ticket(writer, "INC1");
  open_ticket(writer, "INC1");
  writer.resolve({.external_id = "INC1"}, "fixed");
  peer->send_commands(writer, first_desk, 4);
  const auto replies = peer->replies();
  ASSERT_EQ(replies.size(), 3U);
  EXPECT_EQ(replies[0].code, 0);
  EXPECT_EQ(replies[1].code, static_cast<uint16_t>(desk::Reject::external_id_taken));
  EXPECT_EQ(replies[2].code, 0);
  EXPECT_EQ(replies[2].ticket, replies[0].ticket);
}

TEST_F(ServerTest, AnotherProtocolVersionIsRefusedWithBothNumbers) {
  start();
  RawPeer peer(socket_path());
  peer.tell(Hello{.version = 99, .session = {1}});
  const ErrorMessage error = peer.error();
  EXPECT_EQ(error.code, ErrorCode::version_unsupported);
  EXPECT_TRUE(error.fatal);
  EXPECT_THAT(error.text, HasSubstr("99"));
  EXPECT_FALSE(peer.next());
}

TEST_F(ServerTest, TheFirstFrameMustBeHello) {
  start();
  RawPeer peer(socket_path());
  peer.tell(Control{.tag = 1});
  EXPECT_EQ(peer.error().code, ErrorCode::hello_expected);
  EXPECT_FALSE(peer.next());
}

TEST_F(ServerTest, AConnectionTooManyIsToldSo) {
  options.connections_max = 1;
  start();
  RawPeer first(socket_path());
  first.hello(1);
  RawPeer second(socket_path());
  EXPECT_EQ(second.error().code, ErrorCode::connections_full);
  EXPECT_FALSE(second.next());
  EXPECT_EQ(figures(first)["connections_refused"], 1U);
}

// ------------------------------------------------------------------------------------- desks

TEST_F(ServerTest, ADeskIsCreatedOnceAndOpenedByNameAfterwards) {
  start();
  RawPeer peer(socket_path());
  peer.hello(1);
  EXPECT_TRUE(peer.open_desk("emea", true).created);
  EXPECT_TRUE(peer.open_desk("apac", true).created);
  const DeskOpened again = peer.open_desk("emea", true);
  EXPECT_FALSE(again.created);
  EXPECT_EQ(again.desk, first_desk);
}

TEST_F(ServerTest, AnUnknownDeskIsNotCreatedUnlessAsked) {
  start();
  RawPeer peer(socket_path());
  peer.hello(1);
  peer.tell(OpenDesk{.tag = 3, .name = "emea", .create = false, .limits = {}});
  const ErrorMessage error = peer.error();
  EXPECT_EQ(error.tag, 3U);
  EXPECT_EQ(error.code, ErrorCode::desk_unknown);
  EXPECT_FALSE(error.fatal);
}

TEST_F(ServerTest, BadNamesAndLimitsOfDesksAreExplained) {
  start();
  RawPeer peer(socket_path());
  peer.hello(1);
  peer.tell(OpenDesk{.tag = 3, .name = "no spaces", .create = true, .limits = {}});
  EXPECT_EQ(peer.error().code, ErrorCode::desk_name_invalid);
  desk::Limits limits;
  limits.tickets_max = 0;
  peer.tell(OpenDesk{.tag = 3, .name = "emea", .create = true, .limits = limits});
  const ErrorMessage error = peer.error();
  EXPECT_EQ(error.code, ErrorCode::desk_limits_invalid);
  EXPECT_THAT(error.text, HasSubstr("tickets_max"));
}

TEST_F(ServerTest, DesksAreWithinTheirLimit) {
  options.desks_max = 1;
  start();
  RawPeer peer(socket_path());
  peer.hello(1);
  peer.open_desk("emea", true);
  peer.tell(OpenDesk{.tag = 3, .name = "apac", .create = true, .limits = {}});
  EXPECT_EQ(peer.error().code, ErrorCode::desks_full);
}

TEST_F(ServerTest, CommandsForADeskThatIsNotThereEndTheConnection) {
  start();
  RawPeer peer(socket_path());
  peer.hello(1);
  CommandWriter writer;
  peer.send_commands(open_ticket(writer, "INC1"), {7}, 1);
  EXPECT_EQ(peer.error().code, ErrorCode::desk_unknown);
  EXPECT_FALSE(peer.next());
}

// ------------------------------------------------------------------------------------- bytes

TEST_F(ServerTest, AMalformedFrameEndsItsOwnConnectionOnly) {
  start();
  auto good = peer_at_desk();
  {
    RawPeer bad(socket_path());
    bad.hello(2);
    Bytes out;
    append_frame(out, MessageKind::commands, std::as_bytes(std::span("this is no table at all")));
    bad.send_bytes(out);
    const ErrorMessage error = bad.error();
    EXPECT_EQ(error.code, ErrorCode::frame_malformed);
    EXPECT_TRUE(error.fatal);
    EXPECT_THAT(error.text, HasSubstr("commands"));
    EXPECT_FALSE(bad.next());
  }
  EXPECT_EQ(status(*good).desk, "emea");
}

TEST_F(ServerTest, AFrameTooLargeIsRefusedByItsHeader) {
  start();
  RawPeer peer(socket_path());
  peer.hello(1);
  const FrameHeader header{.payload_size = options.frame_size_max,
                           .message_kind = static_cast<uint16_t>(MessageKind::commands)};
  peer.send_bytes(std::as_bytes(std::span(&header, 1)));
  EXPECT_EQ(peer.error().code, ErrorCode::frame_malformed);
  EXPECT_FALSE(peer.next());
}

TEST_F(ServerTest, AFrameThatComesByteByByteIsAFrame) {
  start();
  RawPeer peer(socket_path());
  Bytes out;
  append(out, Hello{.session = {1}});
  for (const std::byte& byte : out) peer.send_bytes(std::span(&byte, 1));
  EXPECT_EQ(decode_welcome(peer.expect(MessageKind::welcome).payload.bytes()).value().version,
            protocol_version);
}

TEST_F(ServerTest, BytesOfAllKindsDoNoHarm) {
  start();
  auto good = peer_at_desk();
  std::mt19937 random(4'711);
  for (int round = 0; round < 200; ++round) {
    RawPeer peer(socket_path());
    Bytes out;
    if (round % 2 == 0) append(out, Hello{.session = {2}});
    Bytes noise(random() % 200);
    for (std::byte& byte : noise) byte = static_cast<std::byte>(random());
    const auto kind = static_cast<MessageKind>(1 + random() % 9);
    if (round % 3 == 0)
      append_frame(out, kind, noise);
    else
      out.insert(out.end(), noise.begin(), noise.end());
    peer.send_bytes(out);
  }
  EXPECT_EQ(status(*good).desk, "emea");
}

}  // namespace
}  // namespace paceline::wire
