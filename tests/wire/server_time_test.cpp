// The clock that commands drive, and the one on the wall.
#include <atomic>

#include "engine/runtime/wall_clock.h"
#include "tests/support/server_fixture.h"

namespace paceline::wire {
namespace {

/// Wall time as the test says; the monotonic clock stands still with it.
class SetClock final : public runtime::WallClock {
 public:
  sched::Instant now() const override { return {wall_us.load()}; }
  int64_t monotonic_us() const override { return monotonic.load(); }

  std::atomic<int64_t> wall_us{1'800'000'000'000'000};
  std::atomic<int64_t> monotonic{0};
};

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

class SetClockTest : public ServerTest {
 protected:
  ~SetClockTest() override { stop(); }  // before the clock goes
  SetClock clock;
};

TEST_F(SetClockTest, WhatIsReadOfAQuietDeskIsAsOfNow) {
  options.clock_mode = ClockMode::wall;
  options.clock = &clock;
  start();
  auto peer = peer_at_desk();
  CommandWriter writer;
  open_ticket(writer, "INC1");
  peer->send_commands(writer, first_desk, 4);
  EXPECT_EQ(peer->replies()[0].code, 0);
  clock.wall_us += 4 * sched::minute.us;  // less than a jump
  const int64_t read_us = clock.wall_us;
  EXPECT_EQ(status(*peer).now_us, read_us);
  const uint64_t records = figures(*peer)["log_records"];
  clock.wall_us += sched::second.us / 2;  // a board that looks more often than once a second
  EXPECT_EQ(status(*peer).now_us, read_us);
  EXPECT_EQ(figures(*peer)["log_records"], records);
}

/// Regression 29 of other desks' bugs: the wall clock steps back one hour.
TEST_F(SetClockTest, AWallClockThatStepsBackMovesNoTicketBackAndNoEffectTwice) {
  options.clock_mode = ClockMode::wall;
  options.clock = &clock;
  start();
  auto peer = peer_at_desk();
  const int64_t before_us = status(*peer).now_us;
  const int64_t resume_us = before_us + sched::hour.us / 2;
  CommandWriter writer;
  open_ticket(writer, "INC1");
  writer.pend({.external_id = "INC1"}, "awaiting_requester", resume_us);
  peer->send_commands(writer, first_desk, 4);
  for (const desk::Reply& reply : peer->replies()) EXPECT_EQ(reply.code, 0);

  clock.wall_us -= sched::hour.us;
  CommandWriter message;
  message.message({.to = {.external_id = "INC1"}});
  peer->send_commands(message, first_desk, 6);
  for (const desk::Reply& reply : peer->replies()) EXPECT_EQ(reply.code, 0);
  EXPECT_GT(status(*peer).now_us, before_us);
  EXPECT_LT(status(*peer).now_us, before_us + sched::second.us);
  EXPECT_EQ(figures(*peer)["clock_jumps"], 1U);

  clock.wall_us += 2 * sched::hour.us;
  CommandWriter again;
  again.message({.to = {.external_id = "INC1"}});
  peer->send_commands(again, first_desk, 7);
  for (const desk::Reply& reply : peer->replies()) EXPECT_EQ(reply.code, 0);
  const desk::Answer answer = ask(*peer, query(desk::QueryKind::ticket, "INC1"));
  ASSERT_EQ(answer.tickets.size(), 1U);
  EXPECT_EQ(answer.tickets[0].state, desk::State::queued);
}

TEST_F(SetClockTest, AWallClockThatJumpsAheadIsNotBelievedUntilAnAdministratorConfirmsIt) {
  options.clock_mode = ClockMode::wall;
  options.waits_on_clock_jump = true;
  options.clock = &clock;
  start();
  auto peer = peer_at_desk();
  auto watcher = peer_at_desk(2);  // events come when they like, also before an answer
  watcher->tell(
      Subscribe{.tag = 7,
                .desk = first_desk,
                .credit = 10,
                .kinds = uint64_t{1} << static_cast<int>(desk::EventKind::engine_clock_jump)});
  watcher->expect(MessageKind::done);
  const int64_t before_us = status(*peer).now_us;
  const auto touch = [&](const char* external_id, uint32_t first_number) {
    CommandWriter writer;
    open_ticket(writer, external_id);
    peer->send_commands(writer, first_desk, first_number);
  };
  peer->tell(Advance{.tag = 6, .desk = first_desk, .at_us = clock.wall_us});
  EXPECT_EQ(peer->error().code, ErrorCode::clock_not_commands);

  clock.wall_us += sched::hour.us;
  EXPECT_LT(status(*peer).now_us, before_us + sched::second.us);
  const Frame frame = watcher->expect(MessageKind::events);
  const auto events = decode_events(frame.payload.bytes());
  ASSERT_EQ(events.value().events.size(), 1U);
  EXPECT_EQ(events.value().events[0].value_us, sched::hour.us);
  EXPECT_EQ(events.value().events[0].flags, 1);
  EXPECT_EQ(figures(*peer)["clock_waits"], 1U);

  EXPECT_EQ(advance(*peer, clock.wall_us + sched::minute.us), clock.wall_us);
  touch("INC1", 4);
  for (const desk::Reply& reply : peer->replies()) EXPECT_EQ(reply.code, 0);
  EXPECT_GE(status(*peer).now_us, before_us + sched::hour.us);
  EXPECT_EQ(figures(*peer)["clock_waits"], 0U);

  // A replay tells the same.
  const uint64_t event_hash = status(*peer).event_hash;
  peer.reset();
  watcher.reset();
  ASSERT_EQ(stop().text, "");
  start();
  EXPECT_EQ(status(*peer_at_desk(3)).event_hash, event_hash);
}

}  // namespace
}  // namespace paceline::wire
