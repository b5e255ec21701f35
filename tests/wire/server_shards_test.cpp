// Desks spread over several threads: whoever asks cannot tell, and neither can the log.
#include <map>

#include "engine/runtime/desk_created.h"
#include "engine/runtime/file_log.h"
#include "engine/runtime/wall_clock.h"
#include "tests/support/server_fixture.h"

namespace paceline::wire {
namespace {

using sched::hour;

class ShardsTest : public ServerTest {
 protected:
  using Digests = std::map<uint16_t, std::pair<uint64_t, uint64_t>>;  // digest, event hash

  /// With a queue and an agent in each of them.
  std::unique_ptr<RawPeer> peer_at_desks(uint16_t count) {
    auto peer = std::make_unique<RawPeer>(socket_path());
    peer->hello(1);
    for (uint16_t desk = 1; desk <= count; ++desk) {
      CHECK(peer->open_desk("desk-" + std::to_string(desk), true).desk.value == desk);
      CommandWriter writer;
      writer.define_queue({.name = "network", .group = "network", .mode = desk::QueueMode::manual});
      writer.define_agent({.name = "ada", .groups = "network"});
      writer.log_in("ada");
      peer->send_commands(writer, {desk}, 1);
      for (const desk::Reply& reply : peer->replies()) CHECK(reply.code == 0);
    }
    return peer;
  }
  /// A round in every desk, all sent before the first answer: six tickets, three of them resolved.
  void work(RawPeer& peer, uint16_t desks, uint64_t round) {
    CommandWriter writer;
    const uint64_t first = 4 + round * 9;
    for (uint16_t desk = 1; desk <= desks; ++desk) {
      for (uint64_t i = 0; i < 6; ++i)
        open_ticket(writer, "INC" + std::to_string(round * 6 + i) + "-" + std::to_string(desk));
      for (uint64_t i = 0; i < 3; ++i)
        writer.resolve(
            {.external_id = "INC" + std::to_string(round * 6 + i) + "-" + std::to_string(desk)},
            "fixed");
      peer.send_commands(writer, {desk}, first);
    }
    for (uint16_t desk = 1; desk <= desks; ++desk)
      for (const desk::Reply& reply : peer.replies()) EXPECT_EQ(reply.code, 0);
  }
  static Digests digests(RawPeer& peer, uint16_t desks) {
    Digests digests;
    for (uint16_t desk = 1; desk <= desks; ++desk) {
      desk::Query with_digest = query(desk::QueryKind::status);
      with_digest.with_digest = true;
      peer.tell(QueryMessage{9, {desk}, with_digest});
      const auto answer = decode_answer(peer.expect(MessageKind::answer).payload.bytes());
      const desk::Status& told = answer.value().answer.status;
      digests[desk] = {told.digest, told.event_hash};
    }
    return digests;
  }
};

TEST_F(ShardsTest, ALogWrittenByAnyNumberOfThemIsContinuedByAnyOther) {
  constexpr uint16_t desks = 5;
  options.shards = 3;
  start();
  Digests before;
  {
    auto peer = peer_at_desks(desks);
    for (uint64_t round = 0; round < 20; ++round) work(*peer, desks, round);
    advance(*peer, (hour * 50).us, {0});
    before = digests(*peer, desks);
  }
  for (const uint32_t shards : {1U, 2U, 5U, 8U}) {
    SCOPED_TRACE(std::to_string(shards) + " shards");
    ASSERT_EQ(stop().text, "");
    options.shards = shards;
    start();
    RawPeer peer(socket_path());
    peer.hello(1);
    EXPECT_EQ(digests(peer, desks), before);
    EXPECT_EQ(figures(peer).at("shards"), shards);
  }
}

TEST_F(ShardsTest, DeskNumbersGoOnInOrderOfCreation) {
  options.shards = 2;
  start();
  peer_at_desks(3);
  options.shards = 3;
  restart();
  RawPeer peer(socket_path());
  peer.hello(1);
  EXPECT_EQ(peer.open_desk("desk-2", true).desk.value, 2);
  EXPECT_EQ(peer.open_desk("another", true).desk.value, 4);
}

TEST_F(ShardsTest, ADeskCreatedThroughTheBulkLaneIsAtOnceOpenToAll) {
  options.shards = 2;
  start();
  RawPeer bulk(socket_path()), interactive(socket_path());
  bulk.hello(1, Lane::bulk);
  interactive.hello(2);
  const OpenDesk open{.tag = 1, .name = "emea", .create = true, .limits = RawPeer::small_limits()};
  for (int i = 0; i < 5; ++i) {
    bulk.tell(open);
    interactive.tell(open);
  }
  int created = 0;
  for (RawPeer* peer : {&bulk, &interactive})
    for (int i = 0; i < 5; ++i) {
      const auto frame = peer->expect(MessageKind::desk_opened);
      const auto opened = decode_desk_opened(frame.payload.bytes());
      EXPECT_EQ(opened.value().desk, first_desk);
      created += opened.value().created ? 1 : 0;
    }
  EXPECT_EQ(created, 1);
}

TEST_F(ShardsTest, AnAdvanceOfDeskZeroMovesTheDesksOfEveryShard) {
  options.shards = 4;
  start();
  auto peer = peer_at_desks(3);  // one shard has none
  EXPECT_EQ(advance(*peer, 5'000, {0}), 5'000);
  for (uint16_t desk = 1; desk <= 3; ++desk) EXPECT_EQ(advance(*peer, 1, {desk}), 5'000);
}

TEST_F(ShardsTest, AnAdvanceOfDeskZeroWithoutAnyDeskIsRefused) {
  options.shards = 4;
  start();
  RawPeer peer(socket_path());
  peer.hello(1);
  peer.tell(Advance{.tag = 6, .desk = {0}, .at_us = 1});
  EXPECT_EQ(peer.error().code, ErrorCode::desk_unknown);
}

/// Both clocks stand where the test puts them.
class SetClock final : public runtime::WallClock {
 public:
  sched::Instant now() const override { return {wall_us.load()}; }
  int64_t monotonic_us() const override { return monotonic.load(); }
  std::atomic<int64_t> wall_us{1'800'000'000'000'000};
  std::atomic<int64_t> monotonic{0};
};

TEST_F(ShardsTest, OneConfirmationOfAJumpedClockIsForAllOfThem) {
  SetClock clock;
  const EndsFirst server_ends{*this};
  options.shards = 2;
  options.clock = &clock;
  options.clock_mode = ClockMode::wall;
  options.waits_on_clock_jump = true;
  start();
  auto peer = peer_at_desks(2);
  clock.wall_us += hour.us;  // the monotonic clock knows nothing of it
  work(*peer, 2, 0);
  EXPECT_EQ(figures(*peer).at("clock_waits"), 1U);
  EXPECT_EQ(figures(*peer).at("clock_jumps"), 1U);
  const int64_t confirmed_us = clock.wall_us;
  EXPECT_EQ(advance(*peer, confirmed_us, first_desk), confirmed_us);
  EXPECT_EQ(figures(*peer).at("clock_waits"), 0U);
  work(*peer, 2, 1);
  // Each desk tells of the jump, once, and goes by the confirmed clock.
  const Digests before = digests(*peer, 2);
  for (uint16_t desk = 1; desk <= 2; ++desk) {
    peer->tell(QueryMessage{9, {desk}, query(desk::QueryKind::status)});
    const auto answer = decode_answer(peer->expect(MessageKind::answer).payload.bytes());
    EXPECT_GE(answer.value().answer.status.now_us, confirmed_us);
    peer->tell(Subscribe{
        .tag = 7,
        .desk = {desk},
        .from_sequence = 1,
        .credit = 10'000,
        .kinds = uint64_t{1} << static_cast<unsigned>(desk::EventKind::engine_clock_jump)});
    peer->expect(MessageKind::done);
    const Frame frame = peer->expect(MessageKind::events);
    EXPECT_EQ(decode_events(frame.payload.bytes()).value().events.size(), 1U);
  }
  peer.reset();
  options.shards = 1;
  restart();
  RawPeer again(socket_path());
  again.hello(1);
  // The restart is itself told to the desks: their events go on from the same.
  for (const auto& [desk, known] : digests(again, 2))
    EXPECT_EQ(known.second, before.at(desk).second);
}

class GapTest : public ShardsTest {
 protected:
  /// Desks 3 and 1, in this order; the record of desk 2 never reached the disk.
  void write_log() {
    const std::string log_folder = options.data + "/log";
    std::filesystem::create_directories(log_folder);
    runtime::FileLog log({.folder = log_folder, .clock_mode = runtime::ClockMode::commands});
    ASSERT_TRUE(
        log.replay({}, [](uint64_t, const runtime::LogRecord&) { return std::string(); }, {}));
    for (const uint16_t desk : {uint16_t{3}, uint16_t{1}}) {
      const auto payload =
          runtime::encode_desk_created("desk-" + std::to_string(desk), RawPeer::small_limits());
      ASSERT_TRUE(log.append(
          log.next_sequence(),
          {.kind = runtime::RecordKind::desk_created, .desk = {desk}, .system = payload}));
    }
    ASSERT_TRUE(log.sync());
  }
};

TEST_F(GapTest, ANumberWhoseCreationNeverBecameDurableStaysEmpty) {
  write_log();
  options.shards = 2;
  start();
  RawPeer peer(socket_path());
  peer.hello(1);
  EXPECT_EQ(peer.open_desk("desk-1", false).desk.value, 1);
  EXPECT_EQ(peer.open_desk("desk-3", false).desk.value, 3);
  EXPECT_EQ(peer.open_desk("desk-2", true).desk.value, 4);
  peer.tell(QueryMessage{9, {2}, query(desk::QueryKind::status)});
  EXPECT_EQ(peer.error().code, ErrorCode::desk_unknown);
  peer.tell(Control{.tag = 5});
  const auto status =
      decode_server_status(peer.expect(MessageKind::server_status).payload.bytes()).value();
  ASSERT_EQ(status.desks.size(), 3U);
  EXPECT_EQ(status.desks[1].desk.value, 3);
}

TEST_F(ShardsTest, ThereIsAtLeastOneAndNotAThousand) {
  for (const uint32_t shards : {0U, 1'000U}) {
    options.shards = shards;
    const auto started = Server::start(options);
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().text.find("shards"), std::string::npos);
  }
}

}  // namespace
}  // namespace paceline::wire
