// Agents and requesters as they behave, in small worlds whose every minute is known.
#include <gtest/gtest.h>

#include "sim/world/world.h"

namespace paceline::sim {
namespace {

using sched::hour;
using sched::minute;

Law fixed(int64_t us) { return Law::deterministic(static_cast<double>(us)).value(); }

/// One queue "work", `agents` agents in team "all", contacts at given minutes of given lengths.
struct SmallDesk {
  Scenario scenario;

  explicit SmallDesk(uint32_t agents = 1) {
    desk::DeskSettings& settings = scenario.rules.settings;
    settings.auto_close = settings.reopen_window = {0, 0};
    desk::QueueDefinition queue;
    queue.name = queue.group = "work";
    scenario.rules.queues = {queue};
    for (uint32_t i = 0; i < agents; ++i) {
      desk::AgentDefinition agent;
      agent.name = "agent-" + std::to_string(i + 1);
      agent.groups = {"work"};
      scenario.rules.agents.push_back(agent);
    }
    Demand demand;
    demand.name = "calls";
    demand.queue = "work";
    scenario.demands = {demand};
    WorkRule work;
    work.handling = LawByTime(fixed((minute * 10).us));
    scenario.work = {work};
    OutcomeRule outcome;
    outcome.closes_at_once = true;
    scenario.outcomes = {outcome};
    Team team;
    team.name = "all";
    scenario.teams = {team};
    scenario.length_us = (hour * 8).us;
  }

  SmallDesk& contact(int64_t at_minutes, int64_t handling_minutes = -1) {
    RecordedContact contact;
    contact.at_us = at_minutes * minute.us;
    if (handling_minutes >= 0) contact.handling_us = handling_minutes * minute.us;
    scenario.demands.front().recorded.push_back(contact);
    return *this;
  }
  desk::QueueDefinition& queue() { return scenario.rules.queues.front(); }
  Demand& demand() { return scenario.demands.front(); }
  Team& team() { return scenario.teams.front(); }
  WorkRule& work() { return scenario.work.front(); }
  OutcomeRule& outcome() { return scenario.outcomes.front(); }

  /// The day, played to its end.
  std::unique_ptr<World> played() {
    auto model = Model::build(scenario);
    EXPECT_TRUE(model) << (model ? "" : model.error().text);
    auto world = std::make_unique<World>(*model, 1, 0);
    world->run_until(scenario.length_us);
    return world;
  }
};

int64_t minutes(const Cell& cell, Sum sum) { return cell[sum] / minute.us; }

TEST(Workforce, ShiftsAreCalendars) {
  SmallDesk desk;
  sched::CalendarSpec day;
  day.name = "day";
  day.week = {{0, 9 * 3'600, 10 * 3'600}, {0, 11 * 3'600, 12 * 3'600}};  // Monday
  desk.scenario.rules.calendars = {day};
  desk.team().shift = "day";
  desk.scenario.length_us = (hour * 24).us;
  // Before anybody is there; in the first shift, beyond its end; while nobody is there.
  desk.contact(8 * 60, 10).contact(9 * 60 + 55, 15).contact(10 * 60 + 20, 5);
  const auto world = desk.played();
  const Cell& all = world->ledger().all;
  EXPECT_EQ(all[Sum::answered], 3);
  EXPECT_EQ(minutes(all, Sum::answered_wait_us), 60 + 0 + 40);
  // Ten minutes of overtime.
  EXPECT_EQ(minutes(all, Sum::staffed_us), 60 + 10 + 60);
  EXPECT_EQ(minutes(all, Sum::busy_us), 10 + 15 + 5);
  EXPECT_EQ(minutes(all, Sum::paid_us), 130);
}

TEST(Workforce, WorkMayBeLeftForTheNextShift) {
  SmallDesk desk;
  sched::CalendarSpec day;
  day.name = "day";
  day.week = {{0, 9 * 3'600, 10 * 3'600}, {0, 11 * 3'600, 12 * 3'600}};
  desk.scenario.rules.calendars = {day};
  desk.team().shift = "day";
  desk.team().leaves_work = true;
  desk.scenario.length_us = (hour * 24).us;
  desk.contact(9 * 60 + 55, 15);
  const auto world = desk.played();
  const Cell& all = world->ledger().all;
  EXPECT_EQ(minutes(all, Sum::staffed_us), 120);
  EXPECT_EQ(minutes(all, Sum::resolve_us), 75);  // 5 minutes, an hour nobody is there, 10 minutes
  EXPECT_EQ(minutes(all, Sum::handled_us), 15);  // while it lay there nobody worked on it
}

TEST(Workforce, WhoIsAbsentIsPaidAndNotThere) {
  SmallDesk desk;
  sched::CalendarSpec day;
  day.name = "day";
  day.week = {{0, 1 * 3'600, 3 * 3'600}};
  desk.scenario.rules.calendars = {day};
  desk.team().shift = "day";
  desk.team().absence_ppm = 1'000'000;
  desk.contact(70);
  const auto world = desk.played();
  EXPECT_EQ(minutes(world->ledger().all, Sum::paid_us), 120);
  EXPECT_EQ(world->ledger().all[Sum::staffed_us], 0);
  EXPECT_EQ(world->ledger().all[Sum::answered], 0);
}

TEST(Workforce, SomeComeLate) {
  SmallDesk desk;
  sched::CalendarSpec day;
  day.name = "day";
  day.week = {{0, 1 * 3'600, 3 * 3'600}};
  desk.scenario.rules.calendars = {day};
  desk.team().shift = "day";
  desk.team().late = fixed((minute * 7).us);
  const auto world = desk.contact(0).played();
  EXPECT_EQ(minutes(world->ledger().all, Sum::answered_wait_us), 67);
  EXPECT_EQ(minutes(world->ledger().all, Sum::paid_us), 120);
  EXPECT_EQ(minutes(world->ledger().all, Sum::staffed_us), 113);
}

TEST(Workforce, ABreakLastsItsLengthFromWhenNothingIsInHand) {
  SmallDesk desk;
  sched::CalendarSpec day;
  day.name = "day";
  day.week = {{0, 1 * 3'600, 5 * 3'600}};
  desk.scenario.rules.calendars = {day};
  desk.team().shift = "day";
  desk.team().breaks = {{(minute * 60).us, 0, (minute * 30).us, "lunch"}};
  // In hand until 02:05; the break is due at 02:00, so it ends at 02:35.
  desk.contact(115, 10).contact(121, 1);
  const auto world = desk.played();
  EXPECT_EQ(minutes(world->ledger().all, Sum::answered_wait_us), 34);
}

TEST(Workforce, ATrainingIsABreakOfAShareOfTheShifts) {
  SmallDesk desk(400);
  sched::CalendarSpec day;
  day.name = "day";
  day.week = {{0, 1 * 3'600, 5 * 3'600}};
  desk.scenario.rules.calendars = {day};
  desk.team().shift = "day";
  const int64_t hour_us = (minute * 60).us;
  desk.team().breaks = {{hour_us, 0, hour_us, "training", 250'000},
                        {2 * hour_us, 0, hour_us, "lunch"}};
  const auto world = desk.contact(0).played();
  EXPECT_EQ(minutes(world->ledger().all, Sum::paid_us), 400 * 240);
  const int64_t away = 400 * 240 - minutes(world->ledger().all, Sum::available_us);
  const double trained = static_cast<double>(away) / 60 - 400;  // everybody has lunch
  EXPECT_NEAR(trained, 100, 35);                                // standard deviation 8.7
}

TEST(Workforce, ABreakThatHasBegunIsNotBrokenOff) {
  SmallDesk desk;
  sched::CalendarSpec day;
  day.name = "day";
  day.week = {{0, 1 * 3'600, 5 * 3'600}};
  desk.scenario.rules.calendars = {day};
  desk.team().shift = "day";
  desk.team().breaks = {{(minute * 60).us, 0, (minute * 30).us, "lunch"}};
  desk.outcome().outcomes = {
      {Outcome::Kind::pend, 1'000'000, "", "no answer", fixed((minute * 20).us), /*times_max=*/1}};
  // Pending from 01:55 to 02:15, in the middle of the break from 02:00 to 02:30; then the same
  // agent works on it for ten minutes.
  desk.contact(105, 10).contact(151, 1);
  const auto world = desk.played();
  const Cell& all = world->ledger().all;
  EXPECT_EQ(minutes(all, Sum::answered_wait_us), 9);
  EXPECT_EQ(minutes(all, Sum::handled_us), 10 + 10 + 1 + 10);
}

TEST(Workforce, ACallLetsEverythingElseInHandRest) {
  SmallDesk desk;
  desk::WorkRule call;
  call.channel = "voice";
  call.blocking = true;
  desk::WorkRule other;
  other.weight_milli = 100;
  other.interruptible = true;
  desk.scenario.rules.settings.work = {call, other};
  desk.team().concurrency_milli = {1'000, 500};
  desk.contact(0, 20).contact(5, 10).contact(40, 10).contact(40, 10);
  desk.demand().recorded[1].channel = "voice";
  const auto world = desk.played();
  const Cell& all = world->ledger().all;
  // The call is not slower for the ticket beside it, the ticket waits for its end; two tickets at
  // once take twice as long.
  EXPECT_EQ(minutes(all, Sum::answered_wait_us), 0);
  EXPECT_EQ(minutes(all, Sum::resolve_us), 30 + 10 + 20 + 20);
  EXPECT_EQ(minutes(all, Sum::handled_us), 20 + 10 + 20 + 20);
}

TEST(Workforce, HeadcountsChangeAndWhoIsBusyEndsWhatIsInHand) {
  SmallDesk desk(3);
  desk.team().headcounts = {{0, 1}, {(minute * 60).us, 3}, {(minute * 120).us, 1}};
  desk.team().cycle_us = 0;
  // One at work for the first hour; three contacts at 01:50 that last until 02:10.
  desk.contact(10, 20).contact(15, 20);
  desk.contact(110, 20).contact(110, 20).contact(110, 20);
  desk.contact(125, 10);  // waits for the one who stays
  const auto world = desk.played();
  const Cell& all = world->ledger().all;
  EXPECT_EQ(minutes(all, Sum::answered_wait_us), 15 + 5);
  // 60 + 3·60, two of them ten minutes longer, then one to the end.
  EXPECT_EQ(minutes(all, Sum::staffed_us), 60 + 180 + 2 * 10 + 360);
}

TEST(Workforce, SpeedByQueueAndByWhatIsInHand) {
  SmallDesk desk;
  desk.queue().weight_milli = 300;  // three at once
  desk.team().speeds = {{"work", 2'000}};
  desk.team().concurrency_milli = {1'000, 500};
  // Alone twice as fast; the two together at half of that, each at the speed of one.
  desk.contact(0, 40).contact(10, 40);
  const auto world = desk.played();
  // First: 10 min at 2 leave 20, both at 1: done at 30. Second: has done 20, 20 left at 2: at 40.
  EXPECT_EQ(minutes(world->ledger().all, Sum::resolve_us), 30 + 30);
}

TEST(Workforce, WrapUpKeepsTheAgentAndEndsAsTheRuleSays) {
  SmallDesk desk;
  desk.queue().wrap_up_max_us = (minute * 5).us;
  desk.work().wrap_up = LawByTime(fixed((minute * 3).us));
  desk.contact(0, 10).contact(1, 10);
  const auto world = desk.played();
  const Cell& all = world->ledger().all;
  EXPECT_EQ(minutes(all, Sum::answered_wait_us), 12);
  EXPECT_EQ(minutes(all, Sum::busy_us), 10 + 3 + 10 + 3);
}

TEST(Requesters, PatienceEndsAWaitAndSomeTryAgain) {
  SmallDesk desk;
  desk.demand().patience = LawByTime(fixed((minute * 5).us));
  desk.demand().retry = {1'000'000, fixed((minute * 20).us), 1, true, true};
  desk.scenario.answer_within_us = (minute * 6).us;
  desk.contact(0, 40).contact(1, 10);  // gives up at 6, tries at 26, gives up at 31, and no more
  const auto world = desk.played();
  const Cell& all = world->ledger().all;
  EXPECT_EQ(all[Sum::offered], 2);
  EXPECT_EQ(all[Sum::tries], 3);
  EXPECT_EQ(all[Sum::abandoned], 2);
  EXPECT_EQ(all[Sum::abandoned_in_time], 2);
  EXPECT_EQ(minutes(all, Sum::abandoned_wait_us), 10);
  EXPECT_EQ(minutes(all, Sum::orbiting_us), 20);
  EXPECT_EQ(world->contacts(), 0U);
}

TEST(Requesters, WhoGivesUpInAnotherQueueHasWaitedInBoth) {
  SmallDesk desk;
  desk::QueueDefinition second;
  second.name = "second";
  second.group = "work";
  desk.scenario.rules.queues.push_back(second);
  desk::Overflow overflow;
  overflow.wait_us = (minute * 3).us;
  overflow.queue = "second";
  desk.queue().overflows = {overflow};
  desk.demand().patience = LawByTime(fixed((minute * 5).us));
  const auto world = desk.contact(0, 40).contact(1, 10).played();
  const Cell& all = world->ledger().all;
  EXPECT_EQ(all[Sum::abandoned], 1);
  EXPECT_EQ(all[Sum::hops], 1);
  EXPECT_EQ(minutes(all, Sum::abandoned_wait_us), 5);
  EXPECT_EQ(minutes(all, Sum::waiting_us), 5);
}

TEST(Requesters, WithoutALineTheyAreTurnedAway) {
  SmallDesk desk;
  desk.scenario.lines = {{"trunk", 2}};
  desk.demand().lines = "trunk";
  desk.contact(0, 10).contact(1, 10).contact(2, 10).contact(11, 10);
  const auto world = desk.played();
  EXPECT_EQ(world->ledger().all[Sum::blocked], 1);  // the third; the fourth finds a line again
  EXPECT_EQ(world->ledger().all[Sum::answered], 3);
}

TEST(Requesters, OnceAnsweredTheyNeitherHoldTheLineNorLosePatience) {
  SmallDesk desk;
  desk.scenario.rules.settings.pending_share_milli = 0;  // what is pending takes nothing
  desk.scenario.lines = {{"trunk", 1}};
  desk.demand().lines = "trunk";
  desk.demand().patience = LawByTime(fixed((minute * 5).us));
  desk.outcome().outcomes = {
      {Outcome::Kind::pend, 1'000'000, "", "no answer", fixed((minute * 30).us), /*times_max=*/1}};
  // The only line is taken until 10, when the first becomes pending.
  desk.contact(0, 10).contact(5, 10).contact(12, 10);
  const auto world = desk.played();
  const Cell& all = world->ledger().all;
  EXPECT_EQ(all[Sum::blocked], 1);  // the one at 5
  EXPECT_EQ(all[Sum::answered], 2);
  EXPECT_EQ(all[Sum::resolved], 2);
  EXPECT_EQ(all[Sum::abandoned], 0);
}

TEST(Requesters, WhatIsReopenedWaitsAsLongAsItTakes) {
  SmallDesk desk;
  desk.demand().patience = LawByTime(fixed((minute * 5).us));
  desk.outcome().closes_at_once = false;
  desk.outcome().reopen_ppm = 1'000'000;
  desk.outcome().reopen_delay = fixed((minute * 10).us);
  // Reopened at 20, in the middle of the long one, which was answered before.
  desk.contact(0, 10).contact(12, 60);
  const auto world = desk.played();
  const Cell& all = world->ledger().all;
  EXPECT_GT(all[Sum::reopens], 0);
  EXPECT_EQ(all[Sum::abandoned], 0);
}

TEST(Requesters, SomeDoNotEvenWait) {
  SmallDesk desk;
  desk.demand().balking = {1'000'000, 1};
  desk.contact(0, 60).contact(1).contact(2).contact(3);  // the fourth finds two waiting
  const auto world = desk.played();
  EXPECT_EQ(world->ledger().all[Sum::balked], 1);
}

TEST(Requesters, WhatIsResolvedMayComeBack) {
  SmallDesk desk;
  desk.outcome().reopen_ppm = 1'000'000;
  desk.outcome().reopen_delay = fixed((minute * 30).us);
  desk.scenario.length_us = (minute * 100).us;
  const auto world = desk.contact(0, 10).played();
  // Resolved at 10, back at 40, worked ten minutes by the rule, resolved at 50, back at 80, …
  const Cell& all = world->ledger().all;
  EXPECT_EQ(all[Sum::reopens], 2);
  EXPECT_EQ(all[Sum::resolved], 1);  // the last time counts
  EXPECT_EQ(minutes(all, Sum::resolve_us), 90);
  EXPECT_EQ(minutes(all, Sum::busy_us), 30);
}

TEST(Work, ASpellMayEndInPendingAndGoesOnWithTheSameAgent) {
  SmallDesk desk;
  Outcome pend;
  pend.kind = Outcome::Kind::pend;
  pend.share_ppm = 1'000'000;
  pend.reason = "awaiting_requester";
  pend.duration = fixed((minute * 30).us);
  pend.times_max = 1;
  desk.outcome().outcomes = {pend};
  const auto world = desk.contact(0, 10).played();
  const Cell& all = world->ledger().all;
  EXPECT_EQ(all[Sum::pends], 1);
  EXPECT_EQ(all[Sum::resolved], 1);
  EXPECT_EQ(minutes(all, Sum::resolve_us), 10 + 30 + 10);
  EXPECT_EQ(minutes(all, Sum::busy_us), 20);
}

TEST(Work, EscalationGoesToTheNextTier) {
  SmallDesk desk;
  desk::QueueDefinition experts;
  experts.name = experts.group = "experts";
  experts.tier = 2;
  desk.scenario.rules.queues.push_back(experts);
  desk.queue().escalate_to = "experts";
  desk.queue().checklist = {"symptoms", "steps_tried"};
  desk::AgentDefinition expert;
  expert.name = "expert";
  expert.groups = {"experts"};
  desk.scenario.rules.agents.push_back(expert);
  Outcome escalate;
  escalate.share_ppm = 1'000'000;
  desk.outcome().outcomes = {escalate};
  desk.outcome().match.tier = 1;
  OutcomeRule rest;
  rest.closes_at_once = true;
  desk.scenario.outcomes.push_back(rest);
  const auto world = desk.contact(0, 10).played();
  const Cell& all = world->ledger().all;
  EXPECT_EQ(world->counts().refused, 0U);
  EXPECT_EQ(all[Sum::escalations], 1);
  EXPECT_EQ(all[Sum::hops], 1);
  EXPECT_EQ(minutes(all, Sum::resolve_us), 20);
}

TEST(Work, OffersAreAcceptedAfterAWhileOrDeclined) {
  SmallDesk desk(2);
  desk.queue().auto_accept = false;
  desk.queue().offer_timeout_us = (minute * 2).us;
  desk.work().accept = LawByTime(fixed((minute * 1).us));
  const auto accepted = desk.contact(0, 10).played();
  EXPECT_EQ(minutes(accepted->ledger().all, Sum::answered_wait_us), 1);

  desk.work().decline_ppm = 1'000'000;
  const auto declined = desk.played();
  // Both, and the first one again after its cool-off; then it is the coordinators'.
  EXPECT_EQ(declined->ledger().all[Sum::declines], 3);
  EXPECT_EQ(declined->ledger().all[Sum::answered], 0);
}

TEST(Work, TheFirstAnswerIsAMessage) {
  SmallDesk desk;
  desk.work().answer = LawByTime(fixed((minute * 4).us));
  desk.work().starts = true;
  const auto world = desk.contact(0, 10).contact(5, 10).played();
  const Cell& all = world->ledger().all;
  EXPECT_EQ(world->counts().refused, 0U);
  EXPECT_EQ(all[Sum::responded], 2);
  EXPECT_EQ(minutes(all, Sum::respond_us), 4 + 9);
}

TEST(Work, ClocksOfTheConfigurationAreCounted) {
  SmallDesk desk;
  desk::PolicyDefinition policy;
  policy.name = "resolution";
  policy.target.us = (minute * 15).us;
  desk.scenario.rules.policies = {policy};
  const auto world = desk.contact(0, 10).contact(1, 10).played();
  const Ledger& ledger = world->ledger();
  EXPECT_EQ(ledger.all[Sum::sla_met], 1);
  EXPECT_EQ(ledger.all[Sum::sla_missed], 1);
  EXPECT_EQ(ledger.by_policy[0][Sum::sla_missed], 1);
  EXPECT_EQ(minutes(ledger.all, Sum::worked_us), 10 + 19);
}

TEST(Intervals, BacklogAndItsAgeAreThoseOfTheirEnd) {
  SmallDesk desk;
  desk.scenario.interval_us = (minute * 30).us;
  desk.scenario.length_us = (minute * 60).us;
  desk.contact(5, 40).contact(20, 10);
  const auto world = desk.played();
  const Ledger& ledger = world->ledger();
  ASSERT_EQ(ledger.backlog.size(), 2U);
  EXPECT_EQ(ledger.backlog[0].open, 2);
  EXPECT_EQ(ledger.backlog[0].waiting, 1);
  EXPECT_EQ(ledger.backlog[0].age_us / minute.us, 25 + 10);
  EXPECT_EQ(ledger.backlog[1].open, 0);
  EXPECT_EQ(minutes(ledger.by_interval[0], Sum::busy_us), 25);
  EXPECT_EQ(minutes(ledger.by_interval[1], Sum::busy_us), 15 + 10);
  EXPECT_EQ(minutes(ledger.by_interval[0], Sum::answered_wait_us), 25);  // by arrival
}

// ---------------------------------------------------------------------------------- bad input

std::string refusal(const SmallDesk& desk) {
  const auto model = Model::build(desk.scenario);
  return model ? "" : model.error().text;
}

TEST(Model, SaysWhatAScenarioNamesAndThereIsNot) {
  SmallDesk desk;
  desk.contact(0);
  EXPECT_EQ(refusal(desk), "");
  SmallDesk queue = desk;
  queue.demand().queue = "wrok";
  EXPECT_EQ(refusal(queue), "demand \"calls\": there is no queue \"wrok\" in the configuration");
  SmallDesk lines = desk;
  lines.demand().lines = "trunk";
  EXPECT_EQ(refusal(lines), "demand \"calls\": there are no lines \"trunk\"");
  SmallDesk agent = desk;
  agent.team().agents = {"ada"};
  EXPECT_EQ(refusal(agent), "team \"all\": there is no agent \"ada\" in the configuration");
  SmallDesk shift = desk;
  shift.team().shift = "late";
  EXPECT_EQ(refusal(shift), "team \"all\": there is no calendar \"late\" in the configuration");
  SmallDesk many = desk;
  many.team().headcounts = {{0, 2}};
  EXPECT_EQ(refusal(many), "team \"all\": 2 at work, but it has 1 agents");
  SmallDesk channel = desk;
  channel.work().match.channel = "fax";
  EXPECT_EQ(refusal(channel), "work rule 1: no demand has the channel \"fax\"");
  SmallDesk nothing = desk;
  nothing.demand().recorded.clear();
  EXPECT_EQ(refusal(nothing), "demand \"calls\": its rate is 0 all the time");
  SmallDesk negative = nothing;
  negative.demand().rate = {{0, hour.us, -1, 2}};
  EXPECT_EQ(refusal(negative), "demand \"calls\": a rate of -1 an hour");
  SmallDesk idle = desk;
  idle.scenario.work.clear();
  EXPECT_EQ(refusal(idle), "nothing says how long work takes: add a work rule");
  SmallDesk shares = desk;
  Outcome requeue;
  requeue.kind = Outcome::Kind::requeue;
  requeue.queue = "work";
  requeue.share_ppm = 600'000;
  shares.outcome().outcomes = {requeue, requeue};
  EXPECT_EQ(refusal(shares), "outcome rule 1: its shares together are more than 100 %");
}

}  // namespace
}  // namespace paceline::sim
