// A desk as a state machine: order inside a batch, matching, retry, configuration, figures.
#include "engine/desk/desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/desk_driver.h"

namespace paceline::desk::test {
namespace {

using ::testing::ElementsAre;

void one_queue_one_agent(DeskDriver& desk) {
  desk.at("08:00").run([](FrameBuilder& f) {
    f.define_queue("network", "net").define_agent("ana", "net").log_in("ana");
  });
}

TEST(Matching, AReadyTicketGoesToTheFreeAgent) {
  DeskDriver desk;
  one_queue_one_agent(desk);
  desk.at("09:00").open({.external_id = "A", .queue = "network"});
  EXPECT_EQ(desk.ticket("A").agent, "ana");
  EXPECT_EQ(desk.ticket("A").state, State::assigned);
}

TEST(Matching, TheReplyTellsWhatTheFreedAgentGotNext) {
  DeskDriver desk;
  one_queue_one_agent(desk);
  desk.at("09:00").open({.external_id = "A", .queue = "network"});
  desk.open({.external_id = "B", .queue = "network"});
  FrameBuilder resolve;
  resolve.resolve("A");
  EXPECT_EQ(desk.at("09:05").apply(resolve).front().next_ticket, desk.ticket("B").id);
}

TEST(Matching, AnAgentSetFreeTakesTheOldestBeforeALaterArrivalOfTheSameBatch) {
  DeskDriver desk;
  one_queue_one_agent(desk);
  desk.at("09:00").open({.external_id = "A", .queue = "network"});
  desk.at("09:01").open({.external_id = "B", .queue = "network"});
  FrameBuilder both;
  both.resolve("A").open({.external_id = "C", .impact = 1, .urgency = 1, .queue = "network"});
  desk.at("09:05").apply(both);
  EXPECT_EQ(desk.ticket("B").agent, "ana");
  EXPECT_EQ(desk.ticket("C").state, State::queued);
}

TEST(Matching, TheLongestIdleAgentComesFirst) {
  DeskDriver desk;
  one_queue_one_agent(desk);
  desk.at("08:30").run([](FrameBuilder& f) { f.define_agent("bob", "net").log_in("bob"); });
  desk.at("09:00").open({.external_id = "A", .queue = "network"});
  EXPECT_EQ(desk.ticket("A").agent, "ana");
  desk.at("09:10").run([](FrameBuilder& f) { f.resolve("A"); });
  desk.at("09:20").open({.external_id = "B", .queue = "network"});
  EXPECT_EQ(desk.ticket("B").agent, "bob");
}

TEST(Matching, OnlyAnAgentWithTheSkillsOfTheNeedMayHaveIt) {
  DeskDriver desk;
  desk.at("08:00").run([](FrameBuilder& f) {
    f.define_queue("vpn", "net", QueueMode::push, "network >= 2 && vpn >= 4")
        .define_agent("ana", "net", "network:9,vpn:3")
        .define_agent("bob", "net", "network:2,vpn:4")
        .define_agent("eve", "other", "network:9,vpn:9")
        .log_in("ana")
        .log_in("bob")
        .log_in("eve");
  });
  desk.at("09:00").open({.external_id = "A", .queue = "vpn"});
  desk.open({.external_id = "B", .queue = "vpn"});
  EXPECT_EQ(desk.ticket("A").agent, "bob");
  EXPECT_EQ(desk.ticket("B").state, State::queued);
}

TEST(Matching, CapacityIsNeverExceededByRoutingButMayBeByHand) {
  DeskDriver desk;
  desk.at("08:00").run([](FrameBuilder& f) {
    f.define_queue("network", "net").define_agent("ana", "net", "", 2'000).log_in("ana");
  });
  desk.at("09:00");
  for (const char* id : {"A", "B", "C"}) desk.open({.external_id = id, .queue = "network"});
  EXPECT_EQ(desk.ticket("C").state, State::queued);
  desk.run([](FrameBuilder& f) { f.assign("C", "ana"); });
  EXPECT_EQ(desk.ticket("C").agent, "ana");
  EXPECT_EQ(desk.count(EventKind::agent_over_capacity), 1U);
  // Routing stops until the load is below the limit again.
  desk.open({.external_id = "D", .queue = "network"});
  desk.run([](FrameBuilder& f) { f.resolve("A"); });
  EXPECT_EQ(desk.ticket("D").state, State::queued);
  desk.run([](FrameBuilder& f) { f.resolve("B"); });
  EXPECT_EQ(desk.ticket("D").agent, "ana");
}

TEST(Matching, APendingTicketFreesMostOfItsWeight) {
  DeskDriver desk;
  desk.at("08:00").run([](FrameBuilder& f) {
    f.define_queue("network", "net", QueueMode::push, "", Discipline::pressing_time, 900)
        .define_agent("ana", "net")
        .log_in("ana");
  });
  desk.at("09:00").open({.external_id = "A", .queue = "network"});
  desk.open({.external_id = "B", .queue = "network"});
  desk.run([](FrameBuilder& f) { f.pend("A", "awaiting_requester"); });
  EXPECT_EQ(desk.ticket("B").agent, "ana");
}

TEST(Matching, LoggingInGivesWorkAndLoggingOutKeepsIt) {
  DeskDriver desk;
  desk.at("08:00").run([](FrameBuilder& f) {
    f.define_queue("network", "net").define_agent("ana", "net", "", 5'000);
  });
  desk.open({.external_id = "A", .queue = "network"});
  EXPECT_EQ(desk.ticket("A").state, State::queued);
  EXPECT_EQ(desk.run([](FrameBuilder& f) { f.log_in("ana"); }), Reject::none);
  EXPECT_EQ(desk.ticket("A").agent, "ana");
  EXPECT_EQ(desk.run([](FrameBuilder& f) { f.log_in("ana"); }), Reject::agent_already_logged_in);
  EXPECT_EQ(desk.run([](FrameBuilder& f) { f.log_out("ana"); }), Reject::none);
  desk.open({.external_id = "B", .queue = "network"});
  EXPECT_EQ(desk.ticket("A").agent, "ana");
  EXPECT_EQ(desk.ticket("B").state, State::queued);
}

TEST(Matching, AManualQueueWaitsForAnAssignment) {
  DeskDriver desk;
  desk.at("08:00").run([](FrameBuilder& f) {
    f.define_queue("network", "net", QueueMode::manual).define_agent("ana", "net").log_in("ana");
  });
  desk.open({.external_id = "A", .queue = "network"});
  EXPECT_EQ(desk.ticket("A").state, State::queued);
  desk.run([](FrameBuilder& f) { f.define_queue("network", "net", QueueMode::push); });
  EXPECT_EQ(desk.ticket("A").agent, "ana");
}

TEST(Order, PressingTimeIsDueInstantLessHeadStart) {
  DeskDriver desk;
  Configuration configuration;
  QueueDefinition queue;
  queue.name = queue.group = "network";
  queue.head_start.vip_us = (sched::minute * 30).us;
  configuration.queues = {queue};
  desk.at("08:00").configure(configuration);
  desk.at("09:00").open({.external_id = "first", .queue = "network"});
  desk.at("09:20").open({.external_id = "vip", .vip = 1, .queue = "network"});
  desk.at("09:40").open({.external_id = "late vip", .vip = 1, .queue = "network"});
  EXPECT_THAT(desk.queue("network"), ElementsAre("vip", "first", "late vip"));
}

TEST(Order, StrictClassesComeFirst) {
  DeskDriver desk;
  desk.at("08:00").run([](FrameBuilder& f) { f.define_queue("network", "net"); });
  desk.at("09:00").open({.external_id = "P3", .queue = "network"});
  desk.at("17:00").open({.external_id = "P1", .impact = 1, .urgency = 1, .queue = "network"});
  EXPECT_THAT(desk.queue("network"), ElementsAre("P1", "P3"));
}

TEST(Order, FifoIsByTheInstantOfEnqueueing) {
  DeskDriver desk;
  desk.at("08:00").run([](FrameBuilder& f) {
    f.define_queue("mail", "net", QueueMode::push, "", Discipline::fifo);
  });
  desk.at("09:00").open({.external_id = "P3", .queue = "mail"});
  desk.at("17:00").open({.external_id = "P1", .impact = 1, .urgency = 1, .queue = "mail"});
  EXPECT_THAT(desk.queue("mail"), ElementsAre("P3", "P1"));
}

TEST(Order, RequeueingToTheSameQueueKeepsThePlace) {
  DeskDriver desk;
  one_queue_one_agent(desk);
  desk.at("09:00").open({.external_id = "A", .queue = "network"});
  desk.at("09:01").open({.external_id = "B", .queue = "network"});
  desk.run([](FrameBuilder& f) { f.log_out("ana"); });
  desk.at("09:02").run([](FrameBuilder& f) { f.requeue("A", "", "wrong skill"); });
  EXPECT_THAT(desk.queue("network"), ElementsAre("A", "B"));
}

TEST(Routing, TheFirstRuleThatMatchesWinsElseTriage) {
  DeskDriver desk;
  Configuration configuration;
  for (const char* name : {"network", "mail"}) {
    QueueDefinition queue;
    queue.name = queue.group = name;
    configuration.queues.push_back(queue);
  }
  configuration.routes = {{"vip mail", "category == 'mail' && vip", "network"},
                          {"mail", "category == 'mail'", "mail"}};
  desk.at("08:00").configure(configuration);
  desk.open({.external_id = "A", .vip = 1, .category = "mail"});
  EXPECT_EQ(desk.ticket("A").queue, "network");
  EXPECT_EQ(desk.desk().names().reasons.at(desk.events().at(1).reason), "vip mail");
  desk.open({.external_id = "B", .category = "mail"});
  EXPECT_EQ(desk.ticket("B").queue, "mail");
  desk.open({.external_id = "C", .category = "phone"});
  EXPECT_EQ(desk.ticket("C").queue, "triage");
}

TEST(Priority, ComesFromTheMatrixAndImpactMayComeFromCriticality) {
  DeskDriver desk;
  Configuration configuration;
  configuration.criticalities = {{false, "payroll", sched::Impact::high},
                                 {true, "printer-7", sched::Impact::low}};
  desk.at("08:00").configure(configuration);
  desk.open({.external_id = "stated", .impact = 3, .urgency = 1, .service = "payroll"});
  EXPECT_EQ(desk.ticket("stated").priority, 3);
  desk.open({.external_id = "service", .urgency = 1, .service = "payroll"});
  EXPECT_EQ(desk.ticket("service").priority, 1);
  desk.open(
      {.external_id = "item", .urgency = 1, .service = "payroll", .config_item = "printer-7"});
  EXPECT_EQ(desk.ticket("item").priority, 3);
  desk.open({.external_id = "neither"});
  EXPECT_EQ(desk.ticket("neither").priority, 3);
}

TEST(Batch, AtMostSoManyTimersFireInOneBatch) {
  Limits limits = small_limits();
  limits.timers_per_batch = 10;
  DeskDriver desk(limits);
  desk.at("08:00");
  for (int i = 0; i < 25; ++i) {
    const std::string id = "T" + std::to_string(i);
    desk.open({.external_id = id});
    desk.run([&](FrameBuilder& f) { f.pend(id, "scheduled", DeskDriver::instant_us("09:00")); });
  }
  desk.at("10:00");
  EXPECT_EQ(desk.tick().size(), 10U);
  EXPECT_TRUE(desk.outcome().more_timers_due);
  EXPECT_EQ(desk.tick().size(), 10U);
  EXPECT_EQ(desk.tick().size(), 5U);
  EXPECT_FALSE(desk.outcome().more_timers_due);
}

TEST(Batch, ACommandMeetsItsTicketWithItsOwnTimersFired) {
  Limits limits = small_limits();
  limits.timers_per_batch = 1;
  DeskDriver desk(limits);
  desk.at("08:00");
  for (const char* id : {"A", "B", "C"}) {
    desk.open({.external_id = id});
    desk.run([&](FrameBuilder& f) { f.pend(id, "scheduled", DeskDriver::instant_us("09:00")); });
  }
  desk.at("10:00");
  EXPECT_EQ(desk.run([](FrameBuilder& f) { f.resume("C"); }), Reject::ticket_not_pending);
}

TEST(Batch, TimersDueAtOneInstantComeInOrderOfTicket) {
  DeskDriver desk;
  desk.at("08:00");
  for (const char* id : {"A", "B", "C"}) desk.open({.external_id = id});
  for (const char* id : {"C", "A", "B"}) {
    desk.run([&](FrameBuilder& f) { f.pend(id, "scheduled", DeskDriver::instant_us("09:00")); });
  }
  desk.at("09:00").tick();
  std::vector<uint64_t> order;
  for (const Event& event : desk.events()) order.push_back(event.ticket);
  EXPECT_THAT(order, ElementsAre(desk.ticket("A").id, desk.ticket("B").id, desk.ticket("C").id));
}

TEST(Retry, ANumberSeenBeforeReturnsTheFirstAnswer) {
  DeskDriver desk;
  FrameBuilder builder;
  builder.open({.external_id = "A"}).open({.external_id = "A"});
  const CommandFrame frame = builder.frame(sched::DeskNumber{1}, SessionId{42}, 1);
  Outcome first, again;
  desk.desk().apply({sched::Instant{monday_us}, {&frame, 1}}, first);
  desk.desk().apply({sched::Instant{monday_us + 5}, {&frame, 1}}, again);
  EXPECT_TRUE(again.events.empty());
  ASSERT_EQ(again.replies.size(), 2U);
  EXPECT_EQ(again.replies[0].ticket, first.replies[0].ticket);
  EXPECT_EQ(again.replies[0].code, 0);
  EXPECT_EQ(static_cast<Reject>(again.replies[1].code), Reject::external_id_taken);
  EXPECT_EQ(desk.desk().last_number(SessionId{42}), 2U);
}

TEST(Retry, OlderThanTheWindowIsAnsweredOnlyAsAnswered) {
  Limits limits = small_limits();
  limits.reply_window = 4;
  DeskDriver desk(limits);
  const auto send = [&](uint64_t number) {
    FrameBuilder builder;
    builder.open({});
    const CommandFrame frame = builder.frame(sched::DeskNumber{1}, SessionId{42}, number);
    Outcome outcome;
    desk.desk().apply({sched::Instant{monday_us}, {&frame, 1}}, outcome);
    return static_cast<Reject>(outcome.replies.front().code);
  };
  for (uint64_t number = 1; number <= 6; ++number) EXPECT_EQ(send(number), Reject::none);
  EXPECT_EQ(send(3), Reject::none);
  EXPECT_EQ(send(2), Reject::already_answered);
  EXPECT_EQ(send(8), Reject::number_gap);
  EXPECT_EQ(send(7), Reject::none);
}

TEST(Retry, TooManySessionsAreRefusedUntilOneIsForgotten) {
  Limits limits = small_limits();
  limits.sessions_max = 2;
  DeskDriver desk(limits);
  const auto send = [&](uint64_t session, int64_t at_us) {
    FrameBuilder builder;
    builder.open({});
    const CommandFrame frame = builder.frame(sched::DeskNumber{1}, SessionId{session}, 1);
    Outcome outcome;
    desk.desk().apply({sched::Instant{at_us}, {&frame, 1}}, outcome);
    return static_cast<Reject>(outcome.replies.front().code);
  };
  EXPECT_EQ(send(1, monday_us), Reject::none);
  EXPECT_EQ(send(2, monday_us), Reject::none);
  EXPECT_EQ(send(3, monday_us), Reject::sessions_full);
  EXPECT_EQ(send(3, monday_us + session_idle_max.us + 1), Reject::none);
}

TEST(Permission, OnlyAnAdministratorDefines) {
  DeskDriver desk;
  FrameBuilder builder;
  builder.define_queue("network", "net").open({.external_id = "A"});
  const CommandFrame frame =
      builder.frame(sched::DeskNumber{1}, SessionId{42}, 1, static_cast<uint32_t>(Role::work));
  Outcome outcome;
  desk.desk().apply({sched::Instant{monday_us}, {&frame, 1}}, outcome);
  EXPECT_EQ(static_cast<Reject>(outcome.replies[0].code), Reject::permission_denied);
  EXPECT_EQ(outcome.replies[1].code, 0);
}

TEST(Configured, AConfigurationTakesEffectWholeOrNotAtAll) {
  DeskDriver desk;
  Configuration configuration;
  QueueDefinition queue;
  queue.name = queue.group = "network";
  configuration.queues = {queue};
  configuration.routes = {{"broken", "category = 'mail'", "network"}};
  FrameBuilder builder;
  builder.configure(register_configuration(configuration));
  const std::vector<Reply> replies = desk.at("08:00").apply(builder);
  EXPECT_EQ(static_cast<Reject>(replies.back().code), Reject::configuration_invalid);
  EXPECT_EQ(desk.desk().names().queues, std::vector<std::string>{"triage"});
}

TEST(Configured, ADocumentThatIsNotWholeIsRefused) {
  DeskDriver desk;
  FrameBuilder builder;
  builder.configure(register_configuration({}));
  CommandFrame frame = builder.frame(sched::DeskNumber{1}, SessionId{9}, 1);
  ConfigCommit commit = frame.config_commit.front();
  ++commit.hash;
  frame.config_commit = {&commit, 1};
  Outcome outcome;
  desk.desk().apply({sched::Instant{monday_us}, {&frame, 1}}, outcome);
  EXPECT_EQ(static_cast<Reject>(outcome.replies.back().code), Reject::configuration_incomplete);
}

TEST(Figures, MovesPingPongAndReopensAreCounted) {
  DeskDriver desk;
  desk.at("08:00").run([](FrameBuilder& f) {
    f.define_queue("a", "a", QueueMode::manual)
        .define_queue("b", "b", QueueMode::manual)
        .define_queue("c", "c", QueueMode::manual);
  });
  desk.at("09:00").open({.external_id = "T"});  // triage: routing, not a move
  for (const char* queue : {"a", "b", "b", "a", "c"}) {
    desk.run([&](FrameBuilder& f) { f.requeue("T", queue); });
  }
  desk.at("10:00").run([](FrameBuilder& f) { f.resolve("T"); });
  desk.run([](FrameBuilder& f) { f.requeue("T", "b"); });  // the record corrected
  desk.at("11:00").run([](FrameBuilder& f) { f.reopen("T"); });
  desk.at("12:00").run([](FrameBuilder& f) { f.close("T"); });
  desk.at("13:00").run([](FrameBuilder& f) { f.reopen("T"); });
  const Kpi kpi = desk.kpi();
  EXPECT_EQ(kpi.moves, 4U);
  EXPECT_EQ(kpi.moved, 1U);
  EXPECT_EQ(kpi.pingpong, 1U);
  EXPECT_EQ(kpi.reopens, 1U);
  EXPECT_EQ(kpi.closed_reopened, 1U);
}

TEST(Figures, StateHoursRunUpToTheNewestEventOfATicket) {
  DeskDriver desk;
  desk.at("08:00").run([](FrameBuilder& f) { f.define_queue("a", "a", QueueMode::manual); });
  desk.at("09:00").open({.external_id = "T", .queue = "a"});
  desk.at("10:00").run([](FrameBuilder& f) { f.start("T"); });
  desk.at("12:00").run([](FrameBuilder& f) { f.pend("T", "Awaiting Vendor"); });
  desk.at("13:00").run([](FrameBuilder& f) { f.resolve("T"); });
  desk.at("15:00").run([](FrameBuilder& f) { f.update("T", 0, {}); });
  const Kpi kpi = desk.at("18:00").kpi();
  const std::map<std::string, int64_t> expected{{"New", sched::hour.us},
                                                {"Active", 2 * sched::hour.us},
                                                {"Awaiting Vendor", sched::hour.us},
                                                {"Resolved", 2 * sched::hour.us}};
  EXPECT_EQ(kpi.state_us, expected);
}

TEST(Figures, TheBacklogAtAnInstantIsWhatWasOpenThen) {
  DeskDriver desk;
  desk.at("09:00").open({.external_id = "A"});
  desk.at("10:00").open({.external_id = "B"});
  desk.at("11:00").run([](FrameBuilder& f) { f.resolve("A"); });
  EXPECT_EQ(desk.at("08:59").kpi().backlog_total, 0U);
  EXPECT_EQ(desk.at("10:00").kpi().backlog_total, 2U);
  EXPECT_EQ(desk.at("11:00").kpi().backlog_total, 1U);
}

TEST(Figures, PercentilesAreExactNearestRank) {
  DeskDriver desk;
  for (int i = 1; i <= 10; ++i) {
    const std::string id = "T" + std::to_string(i);
    desk.at("09:00").open({.external_id = id});
  }
  for (int i = 1; i <= 10; ++i) {
    const std::string id = "T" + std::to_string(i);
    desk.at_us(DeskDriver::instant_us("09:00") + i * sched::minute.us);
    desk.run([&](FrameBuilder& f) { f.resolve(id); });
  }
  const Percentiles all = desk.kpi().resolution[0];
  EXPECT_EQ(all.n, 10U);
  EXPECT_EQ(all.p50_us, 5 * sched::minute.us);
  EXPECT_EQ(all.p90_us, 9 * sched::minute.us);
  EXPECT_EQ(all.p99_us, 10 * sched::minute.us);
}

}  // namespace
}  // namespace paceline::desk::test
