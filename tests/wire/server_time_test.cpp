// The clock that commands drive, and the one on the wall.
#include "tests/support/server_fixture.h"

namespace paceline::wire {
namespace {

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

}  // namespace
}  // namespace paceline::wire
