// Many timers due at once hold up commands for a stated amount of work only.
#include <gtest/gtest.h>

#include "tests/support/desk_driver.h"

namespace paceline::desk::test {
namespace {

TEST(Storm, WhatIsGivenAwayCountsBesideTheTimersOfABatch) {
  Limits limits = small_limits();
  limits.timers_per_batch = 10;
  DeskDriver desk(limits);
  Configuration configuration;
  QueueDefinition queue;
  queue.name = queue.group = "work";
  queue.steps = {{"s >= 5", (sched::minute * 10).us, 0}, {"", 0, 0}};
  configuration.queues = {queue};
  for (int number = 0; number < 8; ++number) {
    AgentDefinition agent;
    agent.name = "a" + std::to_string(number);
    agent.groups = {"work"};
    configuration.agents.push_back(agent);
  }
  desk.at("09:00").configure(configuration);
  FrameBuilder builder;
  for (int number = 0; number < 8; ++number) builder.log_in("a" + std::to_string(number));
  for (int number = 0; number < 20; ++number) {
    builder.open({.external_id = "INC" + std::to_string(number), .queue = "work"});
  }
  desk.apply(builder);
  const auto next = [&](const char* time) {
    desk.at(time).tick();
    return std::pair(desk.count(EventKind::ticket_relaxed), desk.count(EventKind::ticket_assigned));
  };
  EXPECT_EQ(next("09:11"), std::pair(size_t{5}, size_t{5}));
  EXPECT_TRUE(desk.outcome().more_timers_due);
  EXPECT_EQ(next("09:11"), std::pair(size_t{7}, size_t{3}));  // then nobody is idle any more
  EXPECT_EQ(next("09:11"), std::pair(size_t{8}, size_t{0}));
  EXPECT_FALSE(desk.outcome().more_timers_due);
}

}  // namespace
}  // namespace paceline::desk::test
