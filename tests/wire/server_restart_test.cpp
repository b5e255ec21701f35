// A server on the wall clock that is down while a clock passes five thresholds: nothing is lost,
// nothing is told twice, and the log tells the same again.
#include <atomic>
#include <vector>

#include "engine/runtime/wall_clock.h"
#include "tests/support/server_fixture.h"
#include "wire/config_codec.h"

namespace paceline::wire {
namespace {

using sched::hour;
using sched::minute;
constexpr sched::Instant monday_nine{1'767'571'200'000'000 + (hour * 9).us};

/// Both clocks stand where the test puts them.
class SetClock final : public runtime::WallClock {
 public:
  void set(sched::Instant now) { now_us_ = now.us; }
  sched::Instant now() const override { return {now_us_.load()}; }
  int64_t monotonic_us() const override { return now_us_; }

 private:
  std::atomic<int64_t> now_us_{monday_nine.us};
};

desk::Configuration four_hours_with_a_ladder() {
  desk::Configuration configuration;
  desk::PolicyDefinition policy;
  policy.name = "resolution";
  policy.target.us = (hour * 4).us;
  for (const uint32_t share_bp : {2'500U, 5'000U, 7'500U, 10'000U, 12'000U}) {
    desk::Rung& rung = policy.rungs.emplace_back();
    rung.share_bp = share_bp;
    rung.notify = {"lead"};
  }
  configuration.policies = {policy};
  desk::QueueDefinition queue;
  queue.name = queue.group = "network";
  queue.mode = desk::QueueMode::manual;
  configuration.queues = {queue};
  return configuration;
}

class RestartTest : public ServerTest {
 protected:
  ~RestartTest() override { stop(); }  // before the clock goes
  RestartTest() {
    options.clock_mode = ClockMode::wall;
    options.clock = &clock;
  }
  void begin() {
    start();
    auto peer = connect();
    peer->open_desk("emea", true);
    CommandWriter writer;
    const Bytes document = encode_configuration(four_hours_with_a_ladder());
    writer.config_begin(static_cast<uint32_t>(document.size()));
    writer.config_chunk(document);
    writer.config_commit(hash_document(document));
    send(*peer, writer);
    for (const char* ticket : {"INC1", "INC2"}) send(*peer, open_ticket(writer, ticket));
  }
  std::unique_ptr<RawPeer> connect() {
    auto peer = std::make_unique<RawPeer>(socket_path());
    peer->hello(1);
    return peer;
  }
  void send(RawPeer& peer, CommandWriter& writer) {
    const uint64_t first = number;
    peer.send_commands(writer, first_desk, first);
    for (const desk::Reply& reply : peer.replies()) {
      EXPECT_EQ(reply.code, 0);
      ++number;
    }
  }
  /// A question makes the shard look at the clock; two, and what it then fired has been applied.
  desk::ClockView clock_of(RawPeer& peer, const char* ticket) {
    ask(peer, query(desk::QueryKind::status));
    const desk::Answer answer = ask(peer, query(desk::QueryKind::why_clock, ticket));
    EXPECT_EQ(answer.clocks.size(), 1U);
    return answer.clocks.empty() ? desk::ClockView{} : answer.clocks.front();
  }
  void resolve(RawPeer& peer, const char* ticket) {
    CommandWriter writer;
    writer.resolve({.external_id = ticket}, "fixed");
    send(peer, writer);
  }
  static size_t count(RawPeer& peer, desk::EventKind kind) {
    const uint64_t last = status(peer).events;
    peer.tell(Subscribe{.tag = 7, .desk = first_desk, .from_sequence = 1, .credit = 10'000});
    peer.expect(MessageKind::done);
    size_t found = 0;
    for (uint64_t sequence = 0; sequence < last;) {
      const Frame frame = peer.expect(MessageKind::events);
      for (const desk::Event& event : decode_events(frame.payload.bytes()).value().events) {
        found += event.kind == kind ? 1 : 0;
        sequence = event.sequence;
      }
    }
    return found;
  }

  SetClock clock;
  uint64_t number = 1;
};

/// INC1 is resolved after five hours, INC2 at once; the server is down from the first half hour on.
TEST_F(RestartTest, AServerDownAcrossFiveThresholdsTellsTheExactBreachAndOneNotice) {
  begin();
  {
    auto peer = connect();
    clock.set(monday_nine + minute * 30);
    resolve(*peer, "INC2");
  }
  ASSERT_EQ(stop().text, "");
  clock.set(monday_nine + hour * 6);
  start();
  auto peer = connect();
  const desk::ClockView back = clock_of(*peer, "INC1");
  EXPECT_EQ(back.breached_at_us - back.started_at_us, (hour * 4).us + 1);
  EXPECT_EQ(back.consumed_us, clock.now().us - back.started_at_us);
  for (const desk::RungView& rung : back.rungs) EXPECT_TRUE(rung.passed);
  resolve(*peer, "INC1");
  EXPECT_EQ(clock_of(*peer, "INC1").verdict, "breached");
  EXPECT_EQ(clock_of(*peer, "INC2").verdict, "met");

  EXPECT_EQ(count(*connect(), desk::EventKind::clock_caught_up), 1U);
  EXPECT_EQ(count(*connect(), desk::EventKind::clock_threshold), 0U);
  EXPECT_EQ(count(*connect(), desk::EventKind::clock_breached), 0U);
  EXPECT_EQ(count(*connect(), desk::EventKind::clock_escalated), 1U);  // the highest rung, now
}

TEST_F(RestartTest, VerdictsAreThoseOfAServerThatWasNeverDown) {
  begin();
  auto peer = connect();
  clock.set(monday_nine + minute * 30);
  resolve(*peer, "INC2");
  clock.set(monday_nine + hour * 6);
  const desk::ClockView late = clock_of(*peer, "INC1");
  EXPECT_EQ(late.breached_at_us - late.started_at_us, (hour * 4).us + 1);
  resolve(*peer, "INC1");
  EXPECT_EQ(clock_of(*peer, "INC1").verdict, "breached");
  EXPECT_EQ(clock_of(*peer, "INC2").verdict, "met");
  EXPECT_EQ(count(*connect(), desk::EventKind::clock_threshold), 5U);
  EXPECT_EQ(count(*connect(), desk::EventKind::clock_breached), 1U);
  EXPECT_EQ(count(*connect(), desk::EventKind::clock_caught_up), 0U);
}

TEST_F(RestartTest, TheRecoveryIsPartOfTheLogSoAReplayFromZeroGivesTheSame) {
  begin();
  ASSERT_EQ(stop().text, "");
  clock.set(monday_nine + hour * 6);
  start();
  desk::Status first;
  {
    auto peer = connect();
    clock_of(*peer, "INC1");
    resolve(*peer, "INC1");
    first = status(*peer);
  }
  for (int again = 0; again < 2; ++again) {
    restart();
    const desk::Status replayed = status(*connect());
    EXPECT_EQ(replayed.digest, first.digest);
    EXPECT_EQ(replayed.event_hash, first.event_hash);
    EXPECT_EQ(replayed.events, first.events);
  }
}

}  // namespace
}  // namespace paceline::wire
