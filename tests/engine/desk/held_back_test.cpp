// Who is given what where a queue was held back for a while, and what counts as given after log-in.
#include <gtest/gtest.h>

#include "tests/support/desk_driver.h"

namespace paceline::desk::test {
namespace {

Configuration small_desk() {
  Configuration configuration;
  QueueDefinition queue;
  queue.name = queue.group = "work";
  queue.auto_accept = false;
  configuration.queues = {queue};
  AgentDefinition ada;
  ada.name = "ada";
  ada.groups = {"work"};
  configuration.agents = {ada};
  return configuration;
}

OpenFields ticket(const std::string& external_id, const std::string& requester = "") {
  OpenFields fields;
  fields.external_id = external_id;
  fields.queue = "work";
  fields.requester = requester;
  return fields;
}

TEST(HeldBack, AQueueThatGoesOnGivesWhatStandsBehindATicketNobodyMayHave) {
  DeskDriver desk;
  desk.at("09:00").configure(small_desk());
  desk.run([](FrameBuilder& f) { f.log_in("ada"); });
  desk.open(ticket("INC1"));
  desk.run([](FrameBuilder& f) { f.hold_queue("work", true); });
  const uint64_t offer = desk.offer("INC1", "ada");
  desk.run([&](FrameBuilder& f) { f.decline(offer, "busy"); });
  desk.open(ticket("INC2"));
  EXPECT_EQ(desk.offer("INC2"), 0U);
  desk.run([](FrameBuilder& f) { f.hold_queue("work", false); });
  EXPECT_NE(desk.offer("INC2", "ada"), 0U);
  EXPECT_EQ(desk.offer("INC1"), 0U);
}

TEST(HeldBack, AQueueThatGoesOnGivesWhatWaitsForOneAgentOnly) {
  Configuration configuration = small_desk();
  configuration.queues[0].auto_accept = true;
  configuration.queues[0].sticky.by = StickyBy::requester;
  DeskDriver desk;
  desk.at("09:00").configure(configuration);
  desk.run([](FrameBuilder& f) { f.log_in("ada"); });
  desk.open(ticket("INC1", "bob"));
  desk.run([](FrameBuilder& f) { f.resolve("INC1"); });
  desk.run([](FrameBuilder& f) { f.hold_queue("work", true); });
  desk.open(ticket("INC2", "bob"));
  EXPECT_EQ(desk.ticket("INC2").state, State::queued);
  desk.run([](FrameBuilder& f) { f.hold_queue("work", false); });
  EXPECT_EQ(desk.ticket("INC2").agent, "ada");
}

TEST(HeldBack, AWindowEndsWithWhatWaitsForOneAgentOnly) {
  Configuration configuration = small_desk();
  configuration.queues[0].auto_accept = true;
  configuration.queues[0].sticky.by = StickyBy::requester;
  configuration.queues[0].window_us = 50'000;
  DeskDriver desk;
  desk.at("09:00").configure(configuration);
  desk.run([](FrameBuilder& f) { f.log_in("ada"); });
  desk.open(ticket("INC1", "bob"));
  desk.at("09:00:01").tick();
  desk.run([](FrameBuilder& f) { f.resolve("INC1"); });
  desk.at("09:01").open(ticket("INC2", "bob"));
  desk.at("09:01:01").tick();
  EXPECT_EQ(desk.ticket("INC2").agent, "ada");
}

TEST(KeepFree, WhoWasFreeAllAlongIsGivenWhatTheOneFreedMustNotHave) {
  Configuration configuration = small_desk();
  configuration.queues[0].keep_free = 1;
  configuration.agents.push_back(configuration.agents[0]);
  configuration.agents[1].name = "ben";
  DeskDriver desk;
  desk.at("09:00").configure(configuration);
  desk.run([](FrameBuilder& f) { f.log_in("ada").log_in("ben"); });
  desk.open(ticket("INC1", "ada"));  // ada's own: never ada's to work on
  const uint64_t offer = desk.offer("INC1", "ben");
  ASSERT_NE(offer, 0U);
  desk.run([](FrameBuilder& f) { f.log_out("ada"); });
  desk.open(ticket("INC2", "ada"));
  desk.run([&](FrameBuilder& f) { f.decline(offer, "busy"); });
  EXPECT_EQ(desk.offer("INC2"), 0U);  // ben alone is free, and kept
  desk.run([](FrameBuilder& f) { f.log_in("ada"); });
  EXPECT_NE(desk.offer("INC2", "ben"), 0U);
  EXPECT_EQ(desk.offer("INC2", "ada"), 0U);
}

TEST(KeepFree, AFanOutStopsAtTheOneWhoIsKept) {
  Configuration configuration = small_desk();
  configuration.queues[0].keep_free = 1;
  configuration.queues[0].fan_out = 3;
  for (const char* name : {"ben", "cleo"}) {
    configuration.agents.push_back(configuration.agents[0]);
    configuration.agents.back().name = name;
  }
  DeskDriver desk;
  desk.at("09:00").configure(configuration);
  desk.run([](FrameBuilder& f) { f.log_in("ada").log_in("ben").log_in("cleo"); });
  desk.open(ticket("INC1"));
  EXPECT_EQ(desk.offers().size(), 2U);
}

TEST(KeepFree, AWindowsBatchStopsAtTheOneWhoIsKept) {
  Configuration configuration = small_desk();
  configuration.queues[0].keep_free = 1;
  configuration.queues[0].auto_accept = true;
  configuration.queues[0].window_us = 50'000;
  configuration.agents.push_back(configuration.agents[0]);
  configuration.agents[1].name = "ben";
  DeskDriver desk;
  desk.at("09:00").configure(configuration);
  desk.run([](FrameBuilder& f) { f.log_in("ada").log_in("ben"); });
  desk.open(ticket("INC1"));
  desk.open(ticket("INC2"));
  desk.at("09:00:01").tick();
  EXPECT_EQ(desk.ticket("INC1").agent, "ada");
  EXPECT_EQ(desk.ticket("INC2").state, State::queued);
}

TEST(KeepFree, AConfigurationThatKeepsNobodyGivesOutAtOnce) {
  Configuration configuration = small_desk();
  configuration.queues[0].keep_free = 1;
  DeskDriver desk;
  desk.at("09:00").configure(configuration);
  desk.run([](FrameBuilder& f) { f.log_in("ada"); });
  desk.open(ticket("INC1"));
  EXPECT_EQ(desk.offer("INC1"), 0U);
  configuration.queues[0].keep_free = 0;
  desk.at("09:01").configure(configuration);
  EXPECT_NE(desk.offer("INC1", "ada"), 0U);
}

TEST(Ramp, EveryOfferOfAFanOutCountsForTheRampAfterLogIn) {
  Configuration configuration = small_desk();
  configuration.settings.ramp_items = 1;
  configuration.settings.ramp_us = (sched::minute * 15).us;
  configuration.queues[0].fan_out = 2;
  configuration.queues[0].weight_milli = 100;
  configuration.agents.push_back(configuration.agents[0]);
  configuration.agents[1].name = "ben";
  DeskDriver desk;
  desk.at("09:00").configure(configuration);
  desk.run([](FrameBuilder& f) { f.log_in("ada").log_in("ben"); });
  desk.open(ticket("INC1"));
  EXPECT_EQ(desk.offers().size(), 2U);
  desk.at("09:01").open(ticket("INC2"));
  EXPECT_EQ(desk.offer("INC2"), 0U);
  desk.at("09:16").tick();
  EXPECT_NE(desk.offer("INC2"), 0U);
}

}  // namespace
}  // namespace paceline::desk::test
