// Response and resolution clocks on a desk: what starts, pauses and stops them, and when they fire.
#include <gtest/gtest.h>

#include "tests/support/desk_driver.h"

namespace paceline::desk::test {
namespace {

using sched::hour;
using sched::minute;

PolicyDefinition policy(const std::string& name, const std::string& when, ClockKind clock,
                        sched::Duration target) {
  PolicyDefinition definition;
  definition.name = name;
  definition.when = when;
  definition.clock = clock;
  definition.target.us = target.us;
  definition.calendar = "weekdays";
  definition.pause_stated = true;
  definition.pause = {"awaiting_requester"};
  definition.rungs = plain_rungs({5'000, 10'000});
  return definition;
}

Configuration desk_with_policies() {
  Configuration configuration;
  configuration.calendars = {weekdays_nine_to_five()};
  configuration.policies = {
      policy("P1 response", "priority == P1", ClockKind::response, minute * 30),
      policy("P1 resolution", "priority == P1", ClockKind::resolution, hour * 4),
      policy("resolution", "", ClockKind::resolution, hour * 8)};
  return configuration;
}

class Clocks : public ::testing::Test {
 protected:
  Clocks() { desk_.at("08:00").configure(desk_with_policies()); }

  ClockView clock(ClockKind kind, const std::string& ticket = "INC1") const {
    for (const ClockView& view : desk_.ticket(ticket).clocks) {
      if (view.kind == kind) return view;
    }
    ADD_FAILURE() << ticket << " has no " << name(kind) << " clock";
    return {};
  }
  ClockView resolution() const { return clock(ClockKind::resolution); }
  ClockView response() const { return clock(ClockKind::response); }
  void open_p1() { desk_.open({.external_id = "INC1", .impact = 1, .urgency = 1}); }
  const Event* last(EventKind kind) const {
    const Event* found = nullptr;
    for (const Event& event : desk_.events()) {
      if (event.kind == kind) found = &event;
    }
    return found;
  }
  static int64_t us(const std::string& time) { return DeskDriver::instant_us(time); }

  DeskDriver desk_;
};

TEST_F(Clocks, TheFirstPolicyThatMatchesGivesTheTarget) {
  desk_.at("09:00");
  open_p1();
  EXPECT_EQ(resolution().policy, "P1 resolution");
  EXPECT_EQ(resolution().due_at_us, us("13:00"));
  EXPECT_EQ(response().due_at_us, us("09:30"));
  desk_.open({.external_id = "INC2"});
  EXPECT_EQ(clock(ClockKind::resolution, "INC2").policy, "resolution");
  EXPECT_EQ(desk_.ticket("INC2").clocks.size(), 1U);
}

TEST_F(Clocks, PendingTimeForARequesterIsNotOurDelay) {
  desk_.at("09:00");
  open_p1();
  desk_.at("10:00").run([](FrameBuilder& f) { f.pend("INC1", "awaiting_requester"); });
  EXPECT_EQ(resolution().state, "paused");
  EXPECT_EQ(resolution().consumed_us, hour.us);
  desk_.at("+1 10:00").run([](FrameBuilder& f) { f.resume("INC1"); });
  EXPECT_EQ(resolution().due_at_us, us("+1 13:00"));
}

TEST_F(Clocks, PendingForAnotherReasonRunsOn) {
  desk_.at("09:00");
  open_p1();
  desk_.at("10:00").run([](FrameBuilder& f) { f.pend("INC1", "awaiting_vendor"); });
  EXPECT_EQ(resolution().state, "running");
  EXPECT_EQ(resolution().due_at_us, us("13:00"));
}

TEST_F(Clocks, AnActionExactlyAtItsDeadlineIsInTime) {
  desk_.at("09:00");
  open_p1();
  desk_.at("13:00").run([](FrameBuilder& f) { f.resolve("INC1"); });
  EXPECT_EQ(resolution().verdict, "met");
  EXPECT_EQ(resolution().breached_at_us, 0);
}

TEST_F(Clocks, OneMicrosecondBeyondTheDeadlineIsABreach) {
  desk_.at("09:00");
  open_p1();
  desk_.at("13:00:00.000001").run([](FrameBuilder& f) { f.resolve("INC1"); });
  EXPECT_EQ(resolution().verdict, "breached");
  ASSERT_NE(last(EventKind::clock_breached), nullptr);
  EXPECT_EQ(resolution().breached_at_us, us("13:00:00.000001"));
}

TEST_F(Clocks, ADeadlineAtClosingTimeBreachesWhenTheDeskOpensAgain) {
  desk_.at("+4 13:00");  // Friday, four hours before closing
  open_p1();
  EXPECT_EQ(resolution().due_at_us, us("+4 17:00"));
  desk_.at("+7 10:00").tick();
  EXPECT_EQ(resolution().breached_at_us, us("+7 09:00:00.000001"));
}

TEST_F(Clocks, ADeadlineAtClosingTimeIsMetOnSaturday) {
  desk_.at("+4 13:00");
  open_p1();
  desk_.at("+5 12:00").run([](FrameBuilder& f) { f.resolve("INC1"); });
  EXPECT_EQ(resolution().verdict, "met");
}

TEST_F(Clocks, EffectsAreDatedAtTheirDueInstantHoweverLate) {
  desk_.at("09:00");
  open_p1();
  desk_.at("+2 10:00").tick();
  std::vector<std::pair<int64_t, EventKind>> fired;
  for (const Event& event : desk_.events()) {
    EXPECT_EQ(event.noted_us, us("+2 10:00"));
    if (event.clock == ClockKind::resolution) fired.emplace_back(event.at_us, event.kind);
  }
  const std::vector<std::pair<int64_t, EventKind>> expected{
      {us("11:00"), EventKind::clock_threshold},
      {us("13:00"), EventKind::clock_threshold},
      {us("13:00:00.000001"), EventKind::clock_breached}};
  EXPECT_EQ(fired, expected);
}

TEST_F(Clocks, EachThresholdFiresOnce) {
  desk_.at("09:00");
  open_p1();
  size_t thresholds = 0;
  for (const char* time : {"09:15", "09:30", "11:00", "11:00", "12:00", "13:00", "14:00"}) {
    desk_.at(time).tick();
    thresholds += desk_.count(EventKind::clock_threshold);
  }
  EXPECT_EQ(thresholds, 4U);  // 50 % and 100 % of response and of resolution
}

TEST_F(Clocks, AClockPausedExactlyAtItsDeadlineBreachesAfterResuming) {
  desk_.at("09:00");
  open_p1();
  desk_.at("13:00").run([](FrameBuilder& f) { f.pend("INC1", "awaiting_requester"); });
  desk_.at("+1 09:00").tick();
  EXPECT_EQ(resolution().breached_at_us, 0);
  desk_.at("+1 12:00").run([](FrameBuilder& f) { f.resume("INC1"); });
  desk_.at("+1 12:30").tick();
  EXPECT_EQ(resolution().breached_at_us, us("+1 12:00:00.000001"));
}

TEST_F(Clocks, OnlyAHumanPublicAnswerStopsTheResponseClock) {
  desk_.at("09:00");
  open_p1();
  desk_.at("09:10");
  desk_.run([](FrameBuilder& f) { f.message("INC1", AuthorKind::requester, true); });
  desk_.run([](FrameBuilder& f) { f.message("INC1", AuthorKind::bot, true); });
  desk_.run([](FrameBuilder& f) { f.message("INC1", AuthorKind::agent, false); });
  desk_.run([](FrameBuilder& f) { f.message("INC1", AuthorKind::agent, true, true); });
  EXPECT_EQ(response().state, "running");
  desk_.run([](FrameBuilder& f) { f.message("INC1", AuthorKind::agent, true); });
  EXPECT_EQ(response().verdict, "met");
  EXPECT_EQ(desk_.ticket("INC1").first_response_at_us, us("09:10"));
}

TEST_F(Clocks, ARaisedPriorityCarriesTheTimeUsed) {
  desk_.at("09:00").open({.external_id = "INC1"});
  desk_.at("11:00").run([](FrameBuilder& f) {
    f.update("INC1", bit(FieldBit::impact) | bit(FieldBit::urgency), {.impact = 1, .urgency = 1});
  });
  EXPECT_EQ(resolution().policy, "P1 resolution");
  EXPECT_EQ(resolution().consumed_us, (hour * 2).us);
  EXPECT_EQ(resolution().due_at_us, us("13:00"));
  EXPECT_EQ(response().due_at_us, us("11:30"));
}

TEST_F(Clocks, CarryingBeyondTheNewTargetBreachesNow) {
  desk_.at("09:00").open({.external_id = "INC1"});
  desk_.at("14:00").run([](FrameBuilder& f) {
    f.update("INC1", bit(FieldBit::impact) | bit(FieldBit::urgency), {.impact = 1, .urgency = 1});
  });
  EXPECT_EQ(resolution().breached_at_us, us("14:00"));
  EXPECT_EQ(desk_.count(EventKind::clock_breached), 1U);
  desk_.at("14:20").tick();
  EXPECT_EQ(desk_.count(EventKind::clock_breached), 0U);
}

TEST_F(Clocks, APriorityChangedWhilePausedKeepsThePause) {
  desk_.at("09:00").open({.external_id = "INC1"});
  desk_.at("10:00").run([](FrameBuilder& f) { f.pend("INC1", "awaiting_requester"); });
  desk_.at("12:00").run([](FrameBuilder& f) {
    f.update("INC1", bit(FieldBit::impact) | bit(FieldBit::urgency), {.impact = 1, .urgency = 1});
  });
  EXPECT_EQ(resolution().state, "paused");
  EXPECT_EQ(resolution().consumed_us, hour.us);
  desk_.at("14:00").run([](FrameBuilder& f) { f.resume("INC1"); });
  EXPECT_EQ(resolution().due_at_us, us("17:00"));
}

TEST_F(Clocks, ReopeningExcludesTheSolvedTime) {
  desk_.at("09:00");
  open_p1();
  desk_.at("10:00").run([](FrameBuilder& f) { f.resolve("INC1"); });
  desk_.at("+1 09:00").run([](FrameBuilder& f) { f.reopen("INC1"); });
  EXPECT_EQ(resolution().cycle, 2);
  EXPECT_EQ(resolution().due_at_us, us("+1 12:00"));
  EXPECT_EQ(response().state, "completed");
}

TEST_F(Clocks, ACycleThatStartsBeyondItsTargetDoesNotBreachAgain) {
  desk_.at("09:00");
  open_p1();
  desk_.at("14:00").run([](FrameBuilder& f) { f.resolve("INC1"); });
  desk_.at("15:00").run([](FrameBuilder& f) { f.reopen("INC1"); });
  desk_.at("+1 15:00").tick();
  EXPECT_EQ(desk_.count(EventKind::clock_breached), 0U);
  EXPECT_EQ(resolution().breached_at_us, 0);
}

TEST_F(Clocks, CancellingEndsEveryClockWithoutAVerdict) {
  desk_.at("09:00");
  open_p1();
  desk_.at("10:00").run([](FrameBuilder& f) { f.cancel("INC1"); });
  EXPECT_EQ(resolution().state, "cancelled");
  EXPECT_EQ(resolution().verdict, "");
  desk_.at("+2 10:00").tick();
  EXPECT_TRUE(desk_.events().empty());
}

TEST_F(Clocks, ACancelledTicketReopenedHasItsResolutionClockAgain) {
  desk_.at("09:00");
  open_p1();
  desk_.at("10:00").run([](FrameBuilder& f) { f.cancel("INC1"); });
  desk_.at("11:00").run([](FrameBuilder& f) { f.reopen("INC1"); });
  EXPECT_EQ(resolution().state, "running");
  EXPECT_EQ(resolution().due_at_us, us("14:00"));
}

TEST_F(Clocks, VerdictsAreCountedByPolicy) {
  desk_.at("09:00");
  open_p1();
  desk_.open({.external_id = "INC2", .impact = 1, .urgency = 1});
  desk_.open({.external_id = "INC3", .impact = 1, .urgency = 1});
  desk_.at("10:00").run([](FrameBuilder& f) { f.resolve("INC1"); });
  desk_.at("14:00").run([](FrameBuilder& f) { f.resolve("INC2"); });
  for (const PolicyVerdicts& verdicts : desk_.kpi().policies) {
    if (verdicts.policy != "P1 resolution") continue;
    EXPECT_EQ(verdicts.met, 1U);
    EXPECT_EQ(verdicts.breached, 1U);
    EXPECT_EQ(verdicts.running, 1U);
    EXPECT_EQ(verdicts.running_breached, 1U);
  }
}

TEST_F(Clocks, OccurredAtIsAnOriginOnlyWhereThePolicySaysSo) {
  Configuration configuration = desk_with_policies();
  configuration.policies[1].origin = ClockOrigin::occurred;
  desk_.configure(configuration);
  desk_.at("10:00").open(
      {.external_id = "INC1", .impact = 1, .urgency = 1, .occurred_at_us = us("09:00")});
  EXPECT_EQ(resolution().due_at_us, us("13:00"));
  EXPECT_EQ(response().due_at_us, us("10:30"));
}

TEST_F(Clocks, NoBackdatingBeyondTheLimit) {
  Configuration configuration = desk_with_policies();
  configuration.policies[1].origin = ClockOrigin::occurred;
  configuration.settings.max_backdate_us = hour.us;
  desk_.configure(configuration);
  desk_.at("12:00").open(
      {.external_id = "INC1", .impact = 1, .urgency = 1, .occurred_at_us = us("09:00")});
  EXPECT_EQ(resolution().due_at_us, us("16:00"));
}

TEST_F(Clocks, AnEditedPolicyIsForNewClocksOnly) {
  desk_.at("09:00");
  open_p1();
  Configuration configuration = desk_with_policies();
  configuration.policies[1].target.us = hour.us;
  desk_.at("10:30").configure(configuration);
  desk_.run([](FrameBuilder& f) { f.update("INC1", bit(TextField::body), {.body = "hello"}); });
  EXPECT_EQ(resolution().due_at_us, us("13:00"));
  desk_.open({.external_id = "INC2", .impact = 1, .urgency = 1});
  EXPECT_EQ(clock(ClockKind::resolution, "INC2").due_at_us, us("11:30"));
  EXPECT_EQ(desk_.kpi().policies.size(), 3U);  // a line a name, whatever its versions
}

TEST_F(Clocks, AShareAnnouncedIsNotAnnouncedAgainUnderALongerTarget) {
  desk_.at("09:00");
  open_p1();
  desk_.at("11:30").tick();  // 50 % of four hours
  desk_.run([](FrameBuilder& f) {
    f.update("INC1", bit(FieldBit::impact) | bit(FieldBit::urgency), {.impact = 2, .urgency = 2});
  });
  EXPECT_EQ(resolution().policy, "resolution");
  desk_.at("14:00").tick();  // 50 % of eight hours were reached at 13:00
  for (const Event& event : desk_.events()) {
    EXPECT_FALSE(event.kind == EventKind::clock_threshold && event.clock == ClockKind::resolution);
  }
}

TEST_F(Clocks, ReopeningMeetsThePolicyOfTheTicketAsItIsNow) {
  desk_.at("09:00").open({.external_id = "INC1"});
  desk_.at("10:00").run([](FrameBuilder& f) { f.resolve("INC1"); });
  desk_.run([](FrameBuilder& f) {
    f.update("INC1", bit(FieldBit::impact) | bit(FieldBit::urgency), {.impact = 1, .urgency = 1});
  });
  desk_.at("11:00").run([](FrameBuilder& f) { f.reopen("INC1"); });
  EXPECT_EQ(resolution().policy, "P1 resolution");
  EXPECT_EQ(resolution().due_at_us, us("14:00"));
}

TEST_F(Clocks, AKeptPolicyKeepsItsTarget) {
  Configuration configuration = desk_with_policies();
  configuration.policies[2].on_priority_change = OnPriorityChange::keep;
  desk_.configure(configuration);
  desk_.at("09:00").open({.external_id = "INC1"});
  desk_.at("10:00").run([](FrameBuilder& f) {
    f.update("INC1", bit(FieldBit::impact) | bit(FieldBit::urgency), {.impact = 1, .urgency = 1});
  });
  EXPECT_EQ(resolution().policy, "resolution");
  EXPECT_EQ(resolution().due_at_us, us("17:00"));
}

TEST_F(Clocks, LeaveWithTheirTicketAsTheyWere) {
  desk_.at("09:00").open({.external_id = "INC1", .category = "network", .requester = "ann"});
  desk_.at("09:30").run([](FrameBuilder& f) { f.pend("INC1", "awaiting_requester"); });
  desk_.at("09:40").run([](FrameBuilder& f) { f.resume("INC1"); });
  desk_.at("09:45").run([](FrameBuilder& f) { f.resolve("INC1"); });
  desk_.at("09:50").run([](FrameBuilder& f) { f.close("INC1"); });
  TicketView before = desk_.ticket("INC1");
  const std::vector<ClockView> clocks = desk_.why_clock("INC1");
  desk_.at("+30 09:00").tick();
  ASSERT_EQ(desk_.archived().size(), 1U);
  const TicketView& view = desk_.archived().front().view;
  EXPECT_EQ(view.requester, "ann");
  EXPECT_EQ(view.category, "network");
  EXPECT_EQ(view.queue, before.queue);
  EXPECT_EQ(view.recorded_at_us, before.recorded_at_us);
  EXPECT_EQ(view.closed_at_us, before.closed_at_us);
  EXPECT_EQ(desk_.archived().front().intervals.size(), 5U);
  ASSERT_EQ(view.clocks.size(), clocks.size());
  ASSERT_GT(clocks.size(), 0U);
  for (size_t i = 0; i < clocks.size(); ++i) {
    SCOPED_TRACE(clocks[i].policy);
    EXPECT_EQ(view.clocks[i].policy, clocks[i].policy);
    EXPECT_EQ(view.clocks[i].state, clocks[i].state);
    EXPECT_EQ(view.clocks[i].verdict, clocks[i].verdict);
    EXPECT_EQ(view.clocks[i].consumed_us, clocks[i].consumed_us);
    EXPECT_EQ(view.clocks[i].calendar_version, clocks[i].calendar_version);
    ASSERT_EQ(view.clocks[i].segments.size(), clocks[i].segments.size());
    for (size_t k = 0; k < clocks[i].segments.size(); ++k) {
      EXPECT_EQ(view.clocks[i].segments[k].from_us, clocks[i].segments[k].from_us);
      EXPECT_EQ(view.clocks[i].segments[k].to_us, clocks[i].segments[k].to_us);
      EXPECT_EQ(view.clocks[i].segments[k].state, clocks[i].segments[k].state);
      EXPECT_EQ(view.clocks[i].segments[k].reason, clocks[i].segments[k].reason);
      EXPECT_EQ(view.clocks[i].segments[k].consumed_us, clocks[i].segments[k].consumed_us);
    }
  }
}

}  // namespace
}  // namespace paceline::desk::test
