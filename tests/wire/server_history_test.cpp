// Closed tickets that left memory.
#include <filesystem>

#include "engine/desk/reject.h"
#include "tests/support/server_fixture.h"
#include "wire/config_codec.h"

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

// A survey outlives its ticket's stay in memory, and a restart, and goes to the history file when
// it has ended.
TEST_F(ServerTest, ASurveyIsAnsweredAfterItsTicketHasLeft) {
  options.desk_limits.closed_max = 0;
  start();
  desk::Configuration rules;
  rules.settings.survey.questions = desk::question_csat;
  rules.settings.survey.change_within_us = 0;
  desk::QueueDefinition& queue = rules.queues.emplace_back();
  queue.name = queue.group = "network";
  queue.mode = desk::QueueMode::manual;
  const auto surveys = [&](RawPeer& peer, uint8_t mode) {
    desk::Query cases = query(desk::QueryKind::cases);
    cases.mode = mode;
    return ask(peer, cases).surveys;
  };
  uint64_t ticket = 0;
  uint64_t next_number = 1;
  const auto send = [&](RawPeer& peer, CommandWriter& writer) {
    peer.send_commands(writer, first_desk, next_number);
    const auto replies = peer.replies();
    next_number += replies.size();
    for (const desk::Reply& reply : replies) EXPECT_EQ(reply.code, 0);
    return replies;
  };
  {
    RawPeer peer(socket_path());
    peer.hello(1);
    peer.open_desk("emea", true, options.desk_limits);
    const Bytes document = encode_configuration(rules);
    CommandWriter writer;
    writer.config_begin(static_cast<uint32_t>(document.size()));
    writer.config_chunk(document);
    writer.config_commit(hash_document(document));
    writer.open({.external_id = "INC1", .requester = "kim", .queue = "network"});
    writer.resolve({.external_id = "INC1"}, "fixed");
    writer.close({.external_id = "INC1"});
    ticket = send(peer, writer).back().ticket;
    EXPECT_EQ(status(peer).archived, 1U);
    EXPECT_EQ(surveys(peer, 2).size(), 1U);
  }
  restart();
  RawPeer peer(socket_path());
  peer.hello(1);
  ASSERT_EQ(surveys(peer, 2).size(), 1U);
  CommandWriter rating;
  rating.rate({.to = {.ticket = ticket}, .score = 2, .comment = "slow"});
  send(peer, rating);
  EXPECT_EQ(surveys(peer, 2)[0].score, 2);
  EXPECT_TRUE(surveys(peer, 1).empty());
  desk::Query archived = query(desk::QueryKind::ticket);
  archived.ticket = ticket;
  const desk::Answer shown = ask(peer, archived);
  ASSERT_EQ(shown.tickets.size(), 1U);
  EXPECT_TRUE(shown.tickets[0].archived);
  ASSERT_EQ(shown.surveys.size(), 1U);
  EXPECT_EQ(shown.surveys[0].comment, "slow");
  CommandWriter another;  // leaves, and takes the survey along
  another.open({.external_id = "INC2", .queue = "network"});
  send(peer, another);
  CommandWriter end;
  end.cancel({.external_id = "INC2"});
  send(peer, end);
  EXPECT_TRUE(surveys(peer, 2).empty());
  const auto kept = surveys(peer, 1);
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].ticket, ticket);
  EXPECT_EQ(kept[0].score, 2);
  EXPECT_EQ(kept[0].comment, "slow");
  EXPECT_EQ(kept[0].queue, "network");
}

}  // namespace
}  // namespace paceline::wire
