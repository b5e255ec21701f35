#include "wire/server.h"

#include <errno.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <thread>

#include "engine/desk/reject.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/raw_peer.h"
#include "tests/support/temporary_folder.h"
#include "wire/answer_codec.h"

namespace paceline::wire {
namespace {

using paceline::testing::FaultyDisk;
using paceline::testing::RawPeer;
using paceline::testing::TemporaryFolder;
using ::testing::HasSubstr;

constexpr sched::DeskNumber first_desk{1};

int connect_tcp(int port) {
  const int peer = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<uint16_t>(port));
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(connect(peer, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0);
  return peer;
}

/// A server in this process, on a unix socket in a folder of its own.
class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    options.data = folder.path() + "/data";
    options.listen = {"unix:" + socket_path()};
    options.clock_mode = ClockMode::commands;
    options.durability = Durability::none;
    options.desk_limits = RawPeer::small_limits();
  }
  ~ServerTest() override { stop(); }

  void start() {
    auto started = Server::start(options);
    ASSERT_TRUE(started) << started.error().text;
    server = std::move(started.value());
    thread = std::thread([this] { end = server->run(); });
  }
  ServerEnd stop() {
    if (server == nullptr) return end;
    server->request_drain();
    return join();
  }
  ServerEnd join() {
    thread.join();
    server.reset();
    return end;
  }
  void restart() {
    ASSERT_EQ(stop().text, "");
    start();
  }
  std::string socket_path() const { return folder.path() + "/s"; }

  /// With a manual queue and an agent of its group.
  std::unique_ptr<RawPeer> peer_at_desk(uint64_t session = 1) {
    auto peer = std::make_unique<RawPeer>(socket_path());
    peer->hello(session);
    const DeskOpened desk = peer->open_desk("emea", true);
    if (!desk.created) return peer;
    CommandWriter writer;
    writer.define_queue({.name = "network", .group = "network", .mode = desk::QueueMode::manual});
    writer.define_agent({.name = "ada", .groups = "network"});
    writer.log_in("ada");
    peer->send_commands(writer, first_desk, 1);
    for (const desk::Reply& reply : peer->replies()) CHECK(reply.code == 0);
    return peer;
  }
  static CommandWriter& open_ticket(CommandWriter& writer, const std::string& external_id) {
    writer.open({.external_id = external_id, .queue = "network"});
    return writer;
  }
  static desk::Answer ask(RawPeer& peer, const desk::Query& query) {
    peer.tell(QueryMessage{9, first_desk, query});
    return decode_answer(peer.expect(MessageKind::answer).payload.bytes()).value().answer;
  }
  static desk::Query query(desk::QueryKind kind, const std::string& text = {}) {
    desk::Query query;
    query.kind = kind;
    query.text = text;
    return query;
  }
  static desk::Status status(RawPeer& peer) {
    desk::Query with_digest = query(desk::QueryKind::status);
    with_digest.with_digest = true;
    return ask(peer, with_digest).status;
  }
  static std::map<std::string, uint64_t> figures(RawPeer& peer) {
    peer.tell(Control{.tag = 5});
    const auto status =
        decode_server_status(peer.expect(MessageKind::server_status).payload.bytes()).value();
    return {status.figures.begin(), status.figures.end()};
  }
  static int64_t advance(RawPeer& peer, int64_t at_us, sched::DeskNumber desk = first_desk) {
    peer.tell(Advance{.tag = 6, .desk = desk, .at_us = at_us});
    return decode_advanced(peer.expect(MessageKind::advanced).payload.bytes()).value().now_us;
  }

  TemporaryFolder folder;
  FaultyDisk disk;
  ServerOptions options;
  std::unique_ptr<Server> server;
  std::thread thread;
  ServerEnd end;
};

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

// -------------------------------------------------------------------------------- permission

TEST_F(ServerTest, OverTcpOneMayWorkAndNothingElse) {
  options.listen.push_back("tcp:127.0.0.1:0");
  start();
  peer_at_desk();
  const std::string address = server->addresses().back();
  const int port = std::stoi(address.substr(address.rfind(':') + 1));
  RawPeer peer(connect_tcp(port));
  const Welcome welcome = peer.hello(2);
  EXPECT_EQ(welcome.roles, static_cast<uint32_t>(desk::Role::work));
  EXPECT_EQ(welcome.principal, 0xffff'ffffU);

  peer.tell(OpenDesk{.tag = 3, .name = "apac", .create = true, .limits = {}});
  EXPECT_EQ(peer.error().code, ErrorCode::permission_denied);
  peer.tell(Advance{.tag = 4, .desk = first_desk, .at_us = 1});
  EXPECT_EQ(peer.error().code, ErrorCode::permission_denied);
  peer.tell(Control{.tag = 5, .verb = ControlVerb::drain});
  EXPECT_EQ(peer.error().code, ErrorCode::permission_denied);

  CommandWriter writer;
  open_ticket(writer, "INC1");
  writer.define_queue({.name = "mine", .group = "mine"});
  writer.log_in("ada");
  peer.send_commands(writer, first_desk, 1);
  const auto replies = peer.replies();
  EXPECT_EQ(replies[0].code, 0);
  EXPECT_EQ(replies[1].code, static_cast<uint16_t>(desk::Reject::permission_denied));
  EXPECT_EQ(replies[2].code, static_cast<uint16_t>(desk::Reject::agent_already_logged_in));
}

TEST_F(ServerTest, TheTokenMakesAnAdministratorAndAnyOtherIsRefused) {
  options.token_file = folder.path() + "/token";
  std::ofstream(options.token_file) << "a secret of some length\n";
  options.listen.push_back("tcp:127.0.0.1:0");
  start();
  const std::string address = server->addresses().back();
  const int port = std::stoi(address.substr(address.rfind(':') + 1));
  RawPeer right(connect_tcp(port));
  const Welcome welcome = right.hello(1, Lane::interactive, "a secret of some length");
  EXPECT_NE(welcome.roles & static_cast<uint32_t>(desk::Role::administrator), 0U);
  for (const std::string wrong : {"a secret of some lengtH", "a secret", "a"}) {
    RawPeer peer(connect_tcp(port));
    peer.tell(Hello{.token = wrong, .session = {2}});
    EXPECT_EQ(peer.error().code, ErrorCode::token_invalid) << wrong;
    EXPECT_FALSE(peer.next());
  }
}

TEST_F(ServerTest, ATokenFileTooShortToBeASecretIsRefused) {
  options.token_file = folder.path() + "/token";
  std::ofstream(options.token_file) << "short\n";
  auto started = Server::start(options);
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().text, HasSubstr("token file"));
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

// ------------------------------------------------------------------------------------- retry

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

// --------------------------------------------------------------------------------------- time

TEST_F(ServerTest, AdvanceMovesTheClockAndFiresWhatHasBecomeDue) {
  start();
  auto peer = peer_at_desk();
  constexpr int64_t hour_us = sched::hour.us;
  EXPECT_EQ(advance(*peer, hour_us), hour_us);
  CommandWriter writer;
  open_ticket(writer, "INC1");
  writer.pend({.external_id = "INC1"}, "awaiting_requester", 2 * hour_us);
  peer->send_commands(writer, first_desk, 4);
  for (const desk::Reply& reply : peer->replies()) EXPECT_EQ(reply.code, 0);
  EXPECT_EQ(advance(*peer, 3 * hour_us), 3 * hour_us);
  const desk::Answer answer = ask(*peer, query(desk::QueryKind::ticket, "INC1"));
  ASSERT_EQ(answer.tickets.size(), 1U);
  EXPECT_NE(answer.tickets[0].state, desk::State::pending);
}

TEST_F(ServerTest, AnAdvanceToAnEarlierInstantChangesNothing) {
  start();
  auto peer = peer_at_desk();
  EXPECT_EQ(advance(*peer, 5'000), 5'000);
  const uint64_t digest = status(*peer).digest;
  EXPECT_EQ(advance(*peer, 4'000), 5'000);
  EXPECT_EQ(status(*peer).digest, digest);
}

TEST_F(ServerTest, AnAdvanceOfDeskZeroMovesEveryDesk) {
  start();
  auto peer = peer_at_desk();
  peer->open_desk("apac", true);
  EXPECT_EQ(advance(*peer, 5'000, {0}), 5'000);
  EXPECT_EQ(advance(*peer, 1, {2}), 5'000);
}

TEST_F(ServerTest, AServerOnTheWallClockIsNotAdvanced) {
  options.clock_mode = ClockMode::wall;
  start();
  auto peer = peer_at_desk();
  peer->tell(Advance{.tag = 6, .desk = first_desk, .at_us = 1});
  EXPECT_EQ(peer->error().code, ErrorCode::clock_not_commands);
}

TEST_F(ServerTest, OnTheWallClockTimersFireWithoutACommand) {
  options.clock_mode = ClockMode::wall;
  start();
  auto peer = peer_at_desk();
  peer->tell(Subscribe{.tag = 7,
                       .desk = first_desk,
                       .credit = 10,
                       .kinds = uint64_t{1} << static_cast<int>(desk::EventKind::ticket_resumed)});
  peer->expect(MessageKind::done);
  CommandWriter writer;
  open_ticket(writer, "INC1");
  writer.pend({.external_id = "INC1"}, "awaiting_requester", status(*peer).now_us + 50'000);
  peer->send_commands(writer, first_desk, 4);
  for (const desk::Reply& reply : peer->replies()) EXPECT_EQ(reply.code, 0);
  const Frame frame = peer->expect(MessageKind::events);
  const auto events = decode_events(frame.payload.bytes());
  ASSERT_EQ(events.value().events.size(), 1U);
  EXPECT_EQ(events.value().events[0].kind, desk::EventKind::ticket_resumed);
}

// ------------------------------------------------------------------------------ subscriptions

class SubscriptionTest : public ServerTest {
 protected:
  void begin() {
    start();
    peer = peer_at_desk();
  }
  void open(int count) {
    CommandWriter writer;
    for (int i = 0; i < count; ++i) open_ticket(writer, "INC" + std::to_string(number + i));
    peer->send_commands(writer, first_desk, number);
    number += static_cast<uint64_t>(count);
    peer->replies();
  }
  std::unique_ptr<RawPeer> subscriber(uint64_t from, uint32_t credit, uint64_t kinds = 0) {
    auto other = std::make_unique<RawPeer>(socket_path());
    other->hello(77);
    other->tell(Subscribe{
        .tag = 7, .desk = first_desk, .from_sequence = from, .credit = credit, .kinds = kinds});
    return other;
  }
  static std::vector<desk::Event> events(RawPeer& from) {
    const Frame frame = from.expect(MessageKind::events);
    const auto events = decode_events(frame.payload.bytes()).value();
    return {events.events.begin(), events.events.end()};
  }
  static std::vector<uint64_t> sequences(RawPeer& from, size_t count) {
    std::vector<uint64_t> sequences;
    while (sequences.size() < count)
      for (const desk::Event& event : events(from)) sequences.push_back(event.sequence);
    return sequences;
  }

  std::unique_ptr<RawPeer> peer;
  uint64_t number = 4;
};

TEST_F(SubscriptionTest, EventsComeWithoutGapsFromTheFirstAskedFor) {
  begin();
  open(3);
  const uint64_t last = status(*peer).events;
  auto other = subscriber(2, 1'000);
  other->expect(MessageKind::done);
  const auto got = sequences(*other, last - 1);
  ASSERT_EQ(got.size(), last - 1);
  for (size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i], 2 + i);
}

TEST_F(SubscriptionTest, FromZeroIsFromNowOn) {
  begin();
  open(3);
  const uint64_t last = status(*peer).events;
  auto other = subscriber(0, 1'000);
  other->expect(MessageKind::done);
  open(1);
  EXPECT_EQ(events(*other)[0].sequence, last + 1);
}

TEST_F(SubscriptionTest, NoMoreEventsComeThanThereIsCreditFor) {
  begin();
  open(5);
  auto other = subscriber(1, 3);
  other->expect(MessageKind::done);
  EXPECT_EQ(sequences(*other, 3), (std::vector<uint64_t>{1, 2, 3}));
  EXPECT_FALSE(other->next(50));
  other->tell(Credit{first_desk, 2});
  EXPECT_EQ(sequences(*other, 2), (std::vector<uint64_t>{4, 5}));
  EXPECT_FALSE(other->next(50));
}

TEST_F(SubscriptionTest, AFilterLeavesOutTheRestAndItsCredit) {
  begin();
  const auto recorded = uint64_t{1} << static_cast<int>(desk::EventKind::ticket_recorded);
  auto other = subscriber(1, 4, recorded);
  other->expect(MessageKind::done);
  open(4);
  EXPECT_EQ(sequences(*other, 4).size(), 4U);
}

TEST_F(SubscriptionTest, OlderThanTheRingIsTooOldAndNamesTheFirst) {
  options.events_kept = 8;
  begin();
  open(20);
  const uint64_t last = status(*peer).events;
  auto other = subscriber(1, 10);
  const auto too_old = decode_too_old(other->expect(MessageKind::too_old).payload.bytes()).value();
  EXPECT_EQ(too_old.tag, 7U);
  EXPECT_EQ(too_old.first_sequence, last - 7);
  EXPECT_EQ(status(*peer).first_event, last - 7);
}

TEST_F(SubscriptionTest, AReaderTooSlowIsToldAndCostsNothing) {
  options.events_kept = 8;
  begin();
  auto other = subscriber(0, 1);
  other->expect(MessageKind::done);
  open(1);
  EXPECT_EQ(events(*other).size(), 1U);
  open(20);
  const auto too_old = decode_too_old(other->expect(MessageKind::too_old).payload.bytes()).value();
  EXPECT_EQ(too_old.tag, 0U);
  EXPECT_EQ(too_old.first_sequence, status(*peer).events - 7);
}

TEST_F(SubscriptionTest, AnEventThatHasNotHappenedCannotBeSubscribedFrom) {
  begin();
  auto other = subscriber(1'000, 1);
  EXPECT_EQ(other->error().code, ErrorCode::subscription_invalid);
}

TEST_F(SubscriptionTest, EventsSurviveARestart) {
  begin();
  open(3);
  const uint64_t last = status(*peer).events;
  peer.reset();
  restart();
  auto other = subscriber(1, 1'000);
  other->expect(MessageKind::done);
  EXPECT_EQ(sequences(*other, last).back(), last);
}

// -------------------------------------------------------------------------------- boundedness

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

// ------------------------------------------------------------------------------------ history

TEST_F(ServerTest, AClosedTicketThatLeftMemoryIsStillFound) {
  options.desk_limits.closed_max = 2;
  start();
  const auto close_five = [&](RawPeer& peer) {
    CommandWriter writer;
    for (int i = 0; i < 5; ++i) {
      const std::string id = "INC" + std::to_string(i);
      open_ticket(writer, id);
      writer.resolve({.external_id = id}, "fixed");
      writer.close({.external_id = id});
    }
    peer.send_commands(writer, first_desk, 4);
    for (const desk::Reply& reply : peer.replies()) EXPECT_EQ(reply.code, 0);
  };
  const auto check = [&](RawPeer& peer) {
    EXPECT_EQ(status(peer).archived, 3U);
    const desk::Answer old = ask(peer, query(desk::QueryKind::ticket, "INC0"));
    ASSERT_EQ(old.tickets.size(), 1U);
    EXPECT_TRUE(old.tickets[0].archived);
    EXPECT_EQ(old.tickets[0].external_id, "INC0");
    EXPECT_EQ(old.tickets[0].state, desk::State::closed);
    desk::Query for_id = query(desk::QueryKind::ticket);
    for_id.ticket = old.tickets[0].id;
    const desk::Answer by_id = ask(peer, for_id);
    ASSERT_EQ(by_id.tickets.size(), 1U);
    EXPECT_EQ(by_id.tickets[0].external_id, "INC0");
    const desk::Answer fresh = ask(peer, query(desk::QueryKind::ticket, "INC4"));
    ASSERT_EQ(fresh.tickets.size(), 1U);
    EXPECT_FALSE(fresh.tickets[0].archived);
    EXPECT_EQ(ask(peer, query(desk::QueryKind::ticket, "INC9")).code,
              static_cast<uint16_t>(desk::Reject::ticket_unknown));
    const desk::Kpi kpi = ask(peer, query(desk::QueryKind::kpi)).kpi;
    EXPECT_EQ(kpi.tickets, 5U);
    EXPECT_EQ(kpi.by_state[static_cast<size_t>(desk::State::closed)], 5U);
    EXPECT_EQ(kpi.resolution[0].n, 5U);
  };
  {
    RawPeer peer(socket_path());
    peer.hello(1);
    peer.open_desk("emea", true, options.desk_limits);
    CommandWriter writer;
    writer.define_queue({.name = "network", .group = "network", .mode = desk::QueueMode::manual});
    peer.send_commands(writer, first_desk, 1);
    peer.replies();
    writer.log_in("nobody");
    writer.log_in("nobody");
    peer.send_commands(writer, first_desk, 2);
    peer.replies();
    close_five(peer);
    check(peer);
  }
  restart();
  {
    RawPeer peer(socket_path());
    peer.hello(1);
    check(peer);
  }
  // The file is a consequence of the log: without it, it comes back.
  ASSERT_EQ(stop().text, "");
  std::filesystem::remove_all(options.data + "/history");
  start();
  RawPeer peer(socket_path());
  peer.hello(1);
  check(peer);
}

}  // namespace
}  // namespace paceline::wire
