// The life of a ticket: which verb is legal in which state, and what it leaves behind.
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "tests/support/desk_driver.h"

namespace paceline::desk::test {
namespace {

/// Brings INC1 into a state, in a manual queue without an agent.
void bring(DeskDriver& desk, State state) {
  desk.at("09:00").run([](FrameBuilder& f) { f.define_queue("work", "team", QueueMode::manual); });
  desk.run([](FrameBuilder& f) { f.define_agent("ana", "team"); });
  ASSERT_EQ(desk.open({.external_id = "INC1", .queue = "work"}), Reject::none);
  desk.at("09:30");
  const std::map<State, std::function<void(FrameBuilder&)>> ways{
      {State::assigned, [](FrameBuilder& f) { f.assign("INC1", "ana"); }},
      {State::in_progress, [](FrameBuilder& f) { f.assign("INC1", "ana").start("INC1"); }},
      {State::pending, [](FrameBuilder& f) { f.pend("INC1", "awaiting_requester"); }},
      {State::resolved, [](FrameBuilder& f) { f.resolve("INC1"); }},
      {State::closed, [](FrameBuilder& f) { f.close("INC1"); }},
      {State::cancelled, [](FrameBuilder& f) { f.cancel("INC1"); }}};
  if (const auto way = ways.find(state); way != ways.end()) desk.run(way->second);
  ASSERT_EQ(desk.ticket("INC1").state, state);
  desk.at("10:00");
}

using Build = std::function<void(FrameBuilder&)>;
const std::map<std::string, Build> verbs{
    {"assign", [](FrameBuilder& f) { f.assign("INC1", "ana"); }},
    {"start", [](FrameBuilder& f) { f.start("INC1"); }},
    {"requeue", [](FrameBuilder& f) { f.requeue("INC1", "triage"); }},
    {"pend", [](FrameBuilder& f) { f.pend("INC1", "awaiting_vendor"); }},
    {"resume", [](FrameBuilder& f) { f.resume("INC1"); }},
    {"resolve", [](FrameBuilder& f) { f.resolve("INC1"); }},
    {"close", [](FrameBuilder& f) { f.close("INC1"); }},
    {"reopen", [](FrameBuilder& f) { f.reopen("INC1"); }},
    {"cancel", [](FrameBuilder& f) { f.cancel("INC1"); }},
    {"update", [](FrameBuilder& f) { f.update("INC1", 0, {}); }},
    {"message", [](FrameBuilder& f) { f.message("INC1", AuthorKind::agent, true); }}};

/// What a verb does in a state: the state after it, or the Reject.
struct Cell {
  Cell(State state) : after(state) {}
  Cell(Reject reason) : reject(reason) {}
  State after = State::none;
  Reject reject = Reject::none;
};
using enum State;
using Reject::ticket_already_pending, Reject::ticket_already_resolved, Reject::ticket_cancelled,
    Reject::ticket_closed, Reject::ticket_in_progress, Reject::ticket_not_pending,
    Reject::ticket_not_resolved;

const std::map<std::string, std::map<State, Cell>> table{{"assign",
                                                          {{queued, assigned},
                                                           {assigned, assigned},
                                                           {in_progress, assigned},
                                                           {pending, pending},
                                                           {resolved, resolved},
                                                           {closed, closed},
                                                           {cancelled, ticket_cancelled}}},
                                                         {"start",
                                                          {{queued, in_progress},
                                                           {assigned, in_progress},
                                                           {in_progress, ticket_in_progress},
                                                           {pending, ticket_already_pending},
                                                           {resolved, ticket_already_resolved},
                                                           {closed, ticket_closed},
                                                           {cancelled, ticket_cancelled}}},
                                                         {"requeue",
                                                          {{queued, queued},
                                                           {assigned, queued},
                                                           {in_progress, queued},
                                                           {pending, queued},
                                                           {resolved, resolved},
                                                           {closed, closed},
                                                           {cancelled, ticket_cancelled}}},
                                                         {"pend",
                                                          {{queued, pending},
                                                           {assigned, pending},
                                                           {in_progress, pending},
                                                           {pending, pending},
                                                           {resolved, ticket_already_resolved},
                                                           {closed, ticket_closed},
                                                           {cancelled, ticket_cancelled}}},
                                                         {"resume",
                                                          {{queued, ticket_not_pending},
                                                           {assigned, ticket_not_pending},
                                                           {in_progress, ticket_not_pending},
                                                           {pending, queued},
                                                           {resolved, ticket_already_resolved},
                                                           {closed, ticket_closed},
                                                           {cancelled, ticket_cancelled}}},
                                                         {"resolve",
                                                          {{queued, resolved},
                                                           {assigned, resolved},
                                                           {in_progress, resolved},
                                                           {pending, resolved},
                                                           {resolved, ticket_already_resolved},
                                                           {closed, ticket_closed},
                                                           {cancelled, ticket_cancelled}}},
                                                         {"close",
                                                          {{queued, closed},
                                                           {assigned, closed},
                                                           {in_progress, closed},
                                                           {pending, closed},
                                                           {resolved, closed},
                                                           {closed, ticket_closed},
                                                           {cancelled, ticket_cancelled}}},
                                                         {"reopen",
                                                          {{queued, ticket_not_resolved},
                                                           {assigned, ticket_not_resolved},
                                                           {in_progress, ticket_not_resolved},
                                                           {pending, ticket_not_resolved},
                                                           {resolved, queued},
                                                           {closed, queued},
                                                           {cancelled, queued}}},
                                                         {"cancel",
                                                          {{queued, cancelled},
                                                           {assigned, cancelled},
                                                           {in_progress, cancelled},
                                                           {pending, cancelled},
                                                           {resolved, ticket_already_resolved},
                                                           {closed, ticket_closed},
                                                           {cancelled, ticket_cancelled}}},
                                                         {"update",
                                                          {{queued, queued},
                                                           {assigned, assigned},
                                                           {in_progress, in_progress},
                                                           {pending, pending},
                                                           {resolved, resolved},
                                                           {closed, closed},
                                                           {cancelled, cancelled}}},
                                                         {"message",
                                                          {{queued, queued},
                                                           {assigned, assigned},
                                                           {in_progress, in_progress},
                                                           {pending, pending},
                                                           {resolved, resolved},
                                                           {closed, closed},
                                                           {cancelled, cancelled}}}};

TEST(Lifecycle, EveryVerbInEveryStateDoesWhatTheTableSays) {
  for (const auto& [verb, row] : table) {
    for (const auto& [state, cell] : row) {
      DeskDriver desk;
      bring(desk, state);
      const Reject reject = desk.run(verbs.at(verb));
      SCOPED_TRACE(verb + " in " + std::string(name(state)));
      EXPECT_EQ(name(reject), name(cell.reject));
      const State expected = cell.reject == Reject::none ? cell.after : state;
      EXPECT_EQ(name(desk.ticket("INC1").state), name(expected));
    }
  }
}

TEST(Lifecycle, ARejectedCommandChangesNothing) {
  DeskDriver desk;
  bring(desk, State::queued);
  const uint32_t version = desk.ticket("INC1").version;
  const uint64_t hash = desk.desk().event_hash();
  EXPECT_EQ(desk.run([](FrameBuilder& f) { f.resume("INC1"); }), Reject::ticket_not_pending);
  EXPECT_EQ(desk.ticket("INC1").version, version);
  EXPECT_EQ(desk.desk().event_hash(), hash);
}

TEST(Lifecycle, WorkThatPausedInProgressResumesInProgress) {
  DeskDriver desk;
  bring(desk, State::in_progress);
  desk.run([](FrameBuilder& f) { f.pend("INC1", "awaiting_vendor"); });
  desk.at("11:00").run([](FrameBuilder& f) { f.resume("INC1"); });
  EXPECT_EQ(desk.ticket("INC1").state, State::in_progress);
  EXPECT_EQ(desk.ticket("INC1").agent, "ana");
}

TEST(Lifecycle, AnAgentNamedWhilePendingHasItAssignedOnResuming) {
  DeskDriver desk;
  bring(desk, State::pending);
  desk.run([](FrameBuilder& f) { f.assign("INC1", "ana"); });
  desk.run([](FrameBuilder& f) { f.resume("INC1"); });
  EXPECT_EQ(desk.ticket("INC1").state, State::assigned);
}

TEST(Lifecycle, PendingAgainNeedsAnotherReasonOrInstant) {
  DeskDriver desk;
  bring(desk, State::pending);
  EXPECT_EQ(desk.run([](FrameBuilder& f) { f.pend("INC1", "awaiting_requester"); }),
            Reject::ticket_already_pending);
  EXPECT_EQ(desk.run([](FrameBuilder& f) { f.pend("INC1", "awaiting_vendor"); }), Reject::none);
  EXPECT_EQ(desk.ticket("INC1").reason, "awaiting_vendor");
}

TEST(Lifecycle, PendNeedsAReasonAndAFutureInstant) {
  DeskDriver desk;
  bring(desk, State::queued);
  EXPECT_EQ(desk.run([](FrameBuilder& f) { f.pend("INC1", ""); }), Reject::field_required);
  const int64_t now_us = desk.now_us();
  EXPECT_EQ(desk.run([&](FrameBuilder& f) { f.pend("INC1", "scheduled", now_us); }),
            Reject::field_invalid);
}

TEST(Lifecycle, PendingEndsByItselfAtResumeAt) {
  DeskDriver desk;
  bring(desk, State::queued);
  desk.run([](FrameBuilder& f) { f.pend("INC1", "scheduled", DeskDriver::instant_us("12:00")); });
  desk.at("11:59:59.999999").tick();
  EXPECT_EQ(desk.ticket("INC1").state, State::pending);
  desk.at("13:00").tick();
  EXPECT_EQ(desk.ticket("INC1").state, State::queued);
  ASSERT_FALSE(desk.events().empty());
  EXPECT_EQ(desk.events().front().kind, EventKind::ticket_resumed);
  EXPECT_EQ(desk.events().front().at_us, DeskDriver::instant_us("12:00"));
}

TEST(Lifecycle, AResolvedTicketClosesByItself) {
  DeskDriver desk;
  bring(desk, State::resolved);
  desk.at("+3 09:29:59").tick();
  EXPECT_EQ(desk.ticket("INC1").state, State::resolved);
  desk.at("+3 10:00").tick();
  EXPECT_EQ(desk.ticket("INC1").state, State::closed);
  EXPECT_EQ(desk.ticket("INC1").closed_at_us, DeskDriver::instant_us("+3 09:30"));
}

TEST(Lifecycle, AShorterAutoCloseReachesWhatIsResolvedAlready) {
  DeskDriver desk;
  bring(desk, State::resolved);
  Configuration configuration;
  configuration.settings.auto_close.us = sched::hour.us;
  desk.at("10:00").configure(configuration);
  desk.at("10:31").tick();
  EXPECT_EQ(desk.ticket("INC1").state, State::closed);
  EXPECT_EQ(desk.ticket("INC1").closed_at_us, DeskDriver::instant_us("10:30"));
}

TEST(Lifecycle, AValueKeptForEverIsShort) {
  DeskDriver desk;
  desk.at("09:00").open({.external_id = "INC1"});
  const std::string essay(256, 'x');
  EXPECT_EQ(desk.run([&](FrameBuilder& f) { f.pend("INC1", essay); }), Reject::field_invalid);
  EXPECT_EQ(desk.open({.external_id = "INC2", .category = essay}), Reject::field_invalid);
  EXPECT_EQ(desk.open({.external_id = "INC2", .body = essay}), Reject::none);
}

TEST(Lifecycle, RestatingAResolutionMovesItsInstant) {
  DeskDriver desk;
  bring(desk, State::resolved);
  EXPECT_EQ(desk.run([](FrameBuilder& f) { f.resolve("INC1", true); }), Reject::none);
  EXPECT_EQ(desk.ticket("INC1").resolved_at_us, DeskDriver::instant_us("10:00"));
}

TEST(Lifecycle, AClosedTicketLeavesForTheHistoryFileAfterTheReopenWindow) {
  DeskDriver desk;
  bring(desk, State::closed);
  desk.at("+7 09:30").tick();
  ASSERT_EQ(desk.outcome().archived.count(), 1U);
  EXPECT_EQ(desk.outcome().archived.first(), 1U);
  EXPECT_EQ(desk.archived().front().view.external_id, "INC1");
  EXPECT_EQ(desk.archived().front().facts.state, State::closed);
  EXPECT_EQ(desk.run([](FrameBuilder& f) { f.reopen("INC1"); }), Reject::ticket_unknown);
}

TEST(Lifecycle, ATicketInTheHistoryIsFollowedByANewOne) {
  DeskDriver desk;
  bring(desk, State::closed);
  desk.at("+8 09:00").tick();
  const uint64_t old_id = desk.archived().front().view.id;
  EXPECT_EQ(desk.open({.external_id = "INC1", .follows = old_id}), Reject::none);
  EXPECT_EQ(desk.ticket("INC1").follows, old_id);
  EXPECT_NE(desk.ticket("INC1").id, old_id);
  EXPECT_EQ(desk.count(EventKind::ticket_linked), 1U);
  EXPECT_EQ(desk.open({.external_id = "INC2", .follows = old_id + 7}), Reject::ticket_unknown);
}

TEST(Lifecycle, AboveClosedMaxTheOldestLeavesFirst) {
  Limits limits = small_limits();
  limits.closed_max = 2;
  DeskDriver desk(limits);
  desk.at("09:00");
  for (const char* id : {"A", "B", "C"}) {
    desk.open({.external_id = id});
    desk.run([&](FrameBuilder& f) { f.close(id); });
  }
  ASSERT_EQ(desk.outcome().archived.count(), 1U);
  EXPECT_EQ(desk.archived().front().view.external_id, "A");
}

TEST(Lifecycle, AnExternalIdIsTakenWhileItsTicketIsInMemory) {
  DeskDriver desk;
  desk.at("09:00").open({.external_id = "INC1"});
  FrameBuilder again;
  again.open({.external_id = "INC1"});
  const Reply reply = desk.apply(again).front();
  EXPECT_EQ(static_cast<Reject>(reply.code), Reject::external_id_taken);
  EXPECT_EQ(reply.ticket, desk.ticket("INC1").id);
}

TEST(Lifecycle, AnExpectedVersionThatIsNotTheTicketsIsAConflict) {
  DeskDriver desk;
  desk.at("09:00").open({.external_id = "INC1"});
  const uint32_t version = desk.ticket("INC1").version;
  EXPECT_EQ(desk.run([&](FrameBuilder& f) { f.update("INC1", 0, {}, version + 1); }),
            Reject::version_conflict);
  EXPECT_EQ(desk.run([&](FrameBuilder& f) { f.update("INC1", 0, {}, version); }), Reject::none);
}

TEST(Lifecycle, AFullDeskRefusesAndLosesNothing) {
  Limits limits = small_limits();
  limits.tickets_max = 2;
  DeskDriver desk(limits);
  desk.at("09:00");
  EXPECT_EQ(desk.open({.external_id = "A"}), Reject::none);
  EXPECT_EQ(desk.open({.external_id = "B"}), Reject::none);
  EXPECT_EQ(desk.open({.external_id = "C"}), Reject::tickets_full);
  EXPECT_EQ(desk.ticket("A").state, State::queued);
}

TEST(Lifecycle, ATicketOfTooManyIntervalsCanOnlyBeEnded) {
  Limits limits = small_limits();
  limits.intervals_per_ticket = 32;  // the desk's pool is larger than one ticket's share
  DeskDriver desk(limits);
  bring(desk, State::queued);
  int64_t now_us = desk.now_us();
  const auto pend = [&](uint32_t i) {
    const std::string reason = i % 2 == 0 ? "awaiting_requester" : "awaiting_vendor";
    return desk.at_us(now_us += 1'000).run([&](FrameBuilder& f) { f.pend("INC1", reason); });
  };
  for (uint32_t i = 1; i < ticket_intervals_max; ++i) ASSERT_EQ(pend(i), Reject::none) << i;
  EXPECT_EQ(pend(ticket_intervals_max), Reject::ticket_intervals_full);
  EXPECT_EQ(desk.run([](FrameBuilder& f) { f.resume("INC1"); }), Reject::ticket_intervals_full);
  // What changes no state goes on, a timer is merged into the interval before.
  const auto again = [&](FrameBuilder& f) { f.pend("INC1", "awaiting_requester", now_us + 10); };
  EXPECT_EQ(desk.run([](FrameBuilder& f) { f.message("INC1", AuthorKind::agent, true); }),
            Reject::none);
  EXPECT_EQ(desk.run(again), Reject::none);
  desk.at_us(now_us + 20).tick();
  EXPECT_EQ(desk.ticket("INC1").state, State::queued);
  EXPECT_EQ(desk.kpi().backlog.at("awaiting_requester"), 1U);
  // A wrong verb is told that it is wrong, not that there is no room.
  EXPECT_EQ(desk.run([](FrameBuilder& f) { f.resume("INC1"); }), Reject::ticket_not_pending);

  desk.at_us(now_us + 30);
  EXPECT_EQ(desk.run([](FrameBuilder& f) { f.close("INC1"); }), Reject::none);
  const Kpi kpi = desk.at_us(now_us + 40).kpi();
  EXPECT_EQ(kpi.by_state[static_cast<size_t>(State::closed)], 1U);
  EXPECT_EQ(kpi.backlog_total, 0U);
  desk.at_us(now_us + 30 * sched::day.us).tick();
  ASSERT_EQ(desk.outcome().archived.count(), 1U);
  const std::vector<StateInterval>& kept = desk.archived()[0].intervals;
  ASSERT_EQ(kept.size(), ticket_intervals_max);
  EXPECT_EQ(kept.back().state, State::closed);
}

TEST(Lifecycle, ADeskWithoutRoomForIntervalsStillEndsItsTickets) {
  Limits limits = small_limits();
  limits.tickets_max = 2;
  limits.intervals_per_ticket = 1;
  DeskDriver desk(limits);
  desk.at("09:00").open({.external_id = "A"});
  desk.at("09:10").run([](FrameBuilder& f) { f.pend("A", "awaiting_requester"); });
  EXPECT_EQ(desk.open({.external_id = "B"}), Reject::intervals_full);
  EXPECT_EQ(desk.at("09:20").run([](FrameBuilder& f) { f.resume("A"); }), Reject::intervals_full);
  EXPECT_EQ(desk.at("09:30").run([](FrameBuilder& f) { f.cancel("A"); }), Reject::none);
  const Kpi kpi = desk.at("09:40").kpi();
  EXPECT_EQ(kpi.backlog_total, 0U);
  EXPECT_EQ(kpi.state_us.at("New"), 30 * sched::minute.us);
}

TEST(Lifecycle, UpdateChangesEveryAttributeAndSaysWhich) {
  DeskDriver desk;
  desk.at("09:00").open(
      {.external_id = "INC1", .category = "network", .requester = "ann", .body = "no link"});
  const uint32_t bits = bit(TextField::category) | bit(TextField::requester) |
                        bit(TextField::body) | bit(FieldBit::impact) | bit(FieldBit::vip);
  desk.run([&](FrameBuilder& f) {
    f.update("INC1", bits,
             {.impact = 1, .vip = 1, .category = "", .requester = "bea", .body = "no link"});
  });
  const TicketView view = desk.ticket("INC1");
  EXPECT_EQ(view.category, "");
  EXPECT_EQ(view.requester, "bea");
  EXPECT_EQ(view.body, "no link");
  EXPECT_EQ(view.impact, 1);
  EXPECT_EQ(view.vip, 1);
  const Event& event = desk.events().front();
  EXPECT_EQ(event.kind, EventKind::ticket_updated);
  EXPECT_EQ(event.fields, bit(TextField::category) | bit(TextField::requester) |
                              bit(FieldBit::impact) | bit(FieldBit::vip) | bit(FieldBit::priority));
}

}  // namespace
}  // namespace paceline::desk::test
