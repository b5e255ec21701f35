// Closed tickets that left memory.
#include <filesystem>

#include "engine/desk/reject.h"
#include "tests/support/server_fixture.h"

namespace paceline::wire {
namespace {

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
    desk::Query cases = query(desk::QueryKind::cases);
    EXPECT_EQ(ask(peer, cases).tickets.size(), 2U);  // in memory
    cases.mode = 1;
    cases.limit = 2;
    const desk::Answer page = ask(peer, cases);
    ASSERT_EQ(page.tickets.size(), 2U);
    EXPECT_TRUE(page.more);
    EXPECT_EQ(page.tickets[0].external_id, "INC0");
    EXPECT_EQ(page.tickets[0].intervals.back().state, desk::State::closed);
    cases.after = page.next_after;
    const desk::Answer last = ask(peer, cases);
    EXPECT_EQ(last.tickets.size(), 1U);
    EXPECT_FALSE(last.more);
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
