// How many clocks a ticket and a desk may have, and what happens at the bound.
#include <gtest/gtest.h>

#include "tests/support/desk_driver.h"

namespace paceline::desk::test {
namespace {

/// `count` stages, each with a clock of its own while the ticket is open.
Configuration stages(int count) {
  Configuration configuration;
  for (int stage = 0; stage < count; ++stage) {
    PolicyDefinition policy;
    policy.name = "stage " + std::to_string(stage);
    policy.clock = ClockKind::stage;
    policy.label = std::to_string(stage);
    policy.start = "state == queued";
    policy.stop = "state == resolved";
    policy.target.us = sched::hour.us * (stage + 1);
    configuration.policies.push_back(policy);
  }
  return configuration;
}

TEST(ClockBounds, ATicketHasRoomForSixteenClocksAndOneTimer) {
  DeskDriver desk;
  desk.at("08:00").configure(stages(16));
  desk.at("09:00").open({.external_id = "INC1"});
  EXPECT_EQ(desk.ticket("INC1").clocks.size(), 16U);
  Query query;
  query.kind = QueryKind::status;
  EXPECT_EQ(desk.desk().answer(query).status.timers, 1U);
  desk.at("12:30").tick();
  EXPECT_EQ(desk.count(EventKind::clock_breached), 3U);
}

TEST(ClockBounds, ASeventeenthKindOfClockIsRefusedWithTheDocument) {
  DeskDriver desk;
  FrameBuilder builder;
  builder.configure(register_configuration(stages(17)));
  const auto replies = desk.at("08:00").apply(builder);
  EXPECT_EQ(replies.back().code, static_cast<uint16_t>(Reject::configuration_invalid));
  EXPECT_EQ(desk.open({.external_id = "INC1"}), Reject::none);
  EXPECT_TRUE(desk.ticket("INC1").clocks.empty());
}

TEST(ClockBounds, ADeskWithoutRoomForAnothersClocksRefusesTheTicket) {
  Limits limits = small_limits();
  limits.tickets_max = 32;
  limits.clocks_per_ticket = 1;
  DeskDriver desk(limits);
  desk.at("08:00").configure(stages(16));
  EXPECT_EQ(desk.at("09:00").open({.external_id = "INC1"}), Reject::none);
  EXPECT_EQ(desk.open({.external_id = "INC2"}), Reject::none);
  EXPECT_EQ(desk.open({.external_id = "INC3"}), Reject::clocks_full);
  desk.run([](FrameBuilder& f) { f.resolve("INC1"); });
  EXPECT_EQ(desk.open({.external_id = "INC3"}), Reject::clocks_full) << "it is still in memory";
}

}  // namespace
}  // namespace paceline::desk::test
