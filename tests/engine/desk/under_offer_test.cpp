// A ticket under offer stands in no line, whatever else happens to it.
#include <gtest/gtest.h>

#include "tests/support/desk_driver.h"

namespace paceline::desk::test {
namespace {

/// INC1 is offered to ada, who has room for it alone.
class UnderOffer : public ::testing::Test {
 protected:
  UnderOffer() {
    Configuration configuration;
    QueueDefinition queue;
    queue.name = queue.group = "work";
    queue.auto_accept = false;
    configuration.queues = {queue};
    for (const char* name : {"ada", "ben"}) {
      AgentDefinition agent;
      agent.name = name;
      agent.groups = {"work"};
      configuration.agents.push_back(agent);
    }
    desk_.at("09:00").configure(configuration);
    desk_.run([](FrameBuilder& f) { f.log_in("ada").log_in("ben"); });
    desk_.open({.external_id = "INC1", .queue = "work"});
  }
  DeskDriver desk_;
};

TEST_F(UnderOffer, AMessageLeavesTheOfferAsItIs) {
  const uint64_t offer = desk_.offer("INC1", "ada");
  ASSERT_NE(offer, 0U);
  desk_.run([](FrameBuilder& f) { f.message("INC1", AuthorKind::requester, true); });
  EXPECT_EQ(desk_.offers().size(), 1U);
  EXPECT_EQ(desk_.offer("INC1", "ada"), offer);
  desk_.run([&](FrameBuilder& f) { f.accept(offer); });
  EXPECT_EQ(desk_.ticket("INC1").agent, "ada");
}

TEST_F(UnderOffer, RequeuingItToItsOwnQueueTakesTheOfferBack) {
  const uint64_t offer = desk_.offer("INC1", "ada");
  desk_.run([](FrameBuilder& f) { f.requeue("INC1", "work"); });
  EXPECT_EQ(desk_.count(EventKind::ticket_rescinded), 1U);
  EXPECT_EQ(desk_.offers().size(), 1U);
  EXPECT_NE(desk_.offer("INC1"), offer);
}

}  // namespace
}  // namespace paceline::desk::test
