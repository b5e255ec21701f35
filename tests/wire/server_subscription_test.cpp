// Events: from where, how many, which, and when a reader is too slow.
#include <vector>

#include "tests/support/server_fixture.h"

namespace paceline::wire {
namespace {

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

}  // namespace
}  // namespace paceline::wire
