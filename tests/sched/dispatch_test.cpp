#include "tests/sched/dispatch_desk.h"

namespace paceline::sched::test {
namespace {

// --- A ticket gets an agent ---

TEST_F(Dispatch, TheLongestIdleAgentComesFirst) {
  desk.enqueue(0, 3, {1, 1});
  staff(ann, member());
  staff(bob, member());
  EXPECT_EQ(agent_for(3), ann);
  desk.set_idle_since(ann, at(10));
  EXPECT_EQ(agent_for(3), bob);
}

TEST_F(Dispatch, OfAgentsIdleEquallyLongTheSmallerNumberComesFirst) {
  desk.enqueue(0, 3, {1, 1});
  for (const AgentId agent : {ann, bob}) desk.define_agent(agent, member(), 1'000);
  log_in(bob, 5);
  log_in(ann, 5);
  EXPECT_EQ(agent_for(3), ann);
}

TEST_F(Dispatch, ANewAgentIsNotRoutableAndGetsNothing) {
  desk.define_agent(ann, member(), 1'000);
  desk.enqueue(0, 3, {1, 1});
  EXPECT_EQ(agent_for(3), std::nullopt);
  EXPECT_EQ(desk.ticket_for(ann), none);
  EXPECT_TRUE(desk.anyone_may_serve(0));
  EXPECT_FALSE(desk.anyone_routable(0));
}

TEST_F(Dispatch, ABusyAgentGetsNothingUntilTheWorkIsDone) {
  staff(ann, member());
  take(ann, a_task);
  desk.enqueue(0, 3, {1, 1});
  EXPECT_EQ(agent_for(3), std::nullopt);
  EXPECT_EQ(desk.ticket_for(ann), none);
  give_up(ann, a_task);
  EXPECT_EQ(agent_for(3), ann);
  EXPECT_EQ(desk.ticket_for(ann), 3U);
}

TEST_F(Dispatch, AgentsPassedOverAreNotChosen) {
  desk.enqueue(0, 3, {1, 1});
  for (const AgentId agent : {ann, bob, cleo}) staff(agent, member());
  const std::vector<uint32_t> passed_over{cleo.value, ann.value};
  EXPECT_EQ(desk.agent_for(3, passed_over), bob);
}

TEST_F(Dispatch, TheLeastOverQualifiedComesFirst) {
  desk.define_line(0, wanting({{vpn, 3}}));
  desk.enqueue(0, 3, {1, 1});
  staff(ann, member({{vpn, 9}}));
  staff(bob, member({{vpn, 4}}));
  staff(cleo, member({{vpn, 4}, {network, 9}}));  // not asked for: no surplus
  EXPECT_EQ(agent_for(3), bob);
  desk.set_routable(bob, false);
  EXPECT_EQ(agent_for(3), cleo);
  desk.set_routable(cleo, false);
  EXPECT_EQ(agent_for(3), ann);
}

TEST_F(Dispatch, WhereSurplusDoesNotCountIdlenessDecides) {
  LineTerms terms = wanting({{vpn, 3}});
  terms.count_surplus = false;
  desk.define_line(0, terms);
  desk.enqueue(0, 3, {1, 1});
  staff(ann, member({{vpn, 9}}));
  staff(bob, member({{vpn, 4}}));
  EXPECT_EQ(agent_for(3), ann);
}

TEST_F(Dispatch, PreferredTermsScoreAndExcludeNobody) {
  LineTerms terms = wanting();
  terms.preferred = {{Need::all_of(std::vector<SkillLevel>{{german, 1}}), 4},
                     {Need::all_of(std::vector<SkillLevel>{{vpn, 1}}), 3}};
  desk.define_line(0, terms);
  desk.enqueue(0, 3, {1, 1});
  staff(ann, member());
  EXPECT_EQ(agent_for(3), ann);
  staff(bob, member({{vpn, 1}}));
  EXPECT_EQ(agent_for(3), bob);
  staff(cleo, member({{german, 1}}));
  EXPECT_EQ(agent_for(3), cleo);
  EXPECT_EQ(desk.rank(bob, 0).total, 4U);
  EXPECT_EQ(desk.rank(bob, 0).preferred, 3U);
  EXPECT_EQ(desk.rank(bob, 0).preferred_of, 7U);
}

TEST_F(Dispatch, ARankGoesNoFurtherThanItsGreatest) {
  desk.define_line(0, wanting({{vpn, 1}, {network, 1}}));
  staff(ann, member({{vpn, 30}, {network, 30}}));
  EXPECT_EQ(desk.rank(ann, 0).surplus, 58U);
  EXPECT_EQ(desk.rank(ann, 0).total, Dispatcher::rank_max);
}

TEST_F(Dispatch, TheLeastLoadedComesFirstWhereTheLineAsksForThat) {
  LineTerms terms = wanting({}, mail);
  terms.order = AgentOrder::load;
  desk.define_line(0, terms);
  desk.enqueue(0, 3, {1, 1});
  staff(ann, member(), 1'000);
  staff(bob, member(), 4'000);
  take(ann, {mail, 200, true});
  take(bob, {mail, 400, true});  // a tenth of his capacity
  EXPECT_EQ(agent_for(3), bob);
  take(bob, {mail, 400, true});
  EXPECT_EQ(agent_for(3), ann);  // as loaded, idle longer
  give_up(bob, {mail, 400, true});
  EXPECT_EQ(agent_for(3), bob);
}

TEST_F(Dispatch, ALowOccupancyBandComesFirstWhereTheLineAsksForThat) {
  staff(ann, member());
  staff(bob, member());
  LineTerms terms = wanting();
  terms.order = AgentOrder::occupancy;
  desk.set_band(ann, 2);
  desk.define_line(0, terms);
  desk.enqueue(0, 3, {1, 1});
  EXPECT_EQ(agent_for(3), bob);
  desk.set_band(bob, 2);
  EXPECT_EQ(agent_for(3), ann);
}

TEST_F(Dispatch, AnExternalScoreMovesTheRankAndNoMore) {
  desk.define_line(0, wanting({{vpn, 1}}));
  desk.enqueue(0, 3, {1, 1});
  staff(ann, member({{vpn, 6}}));
  staff(bob, member({{vpn, 4}}));
  const std::vector<ExternalScore> for_ann{{ann.value, 2}};
  const std::vector<ExternalScore> more{{ann.value, 3}};
  const std::vector<ExternalScore> against_bob{{bob.value, -3}};
  EXPECT_EQ(agent_for(3), bob);
  EXPECT_EQ(desk.agent_for(3, {}, for_ann), ann);  // ranks are equal: idle longer
  EXPECT_EQ(desk.agent_for(3, {}, more), ann);
  EXPECT_EQ(desk.agent_for(3, {}, against_bob), ann);
  take(ann, a_task);
  EXPECT_EQ(desk.agent_for(3, {}, more), bob);  // a score gives nobody room
}

TEST_F(Dispatch, AnExternalScoreStaysWithinTheRanks) {
  desk.enqueue(0, 3, {1, 1});
  staff(ann, member());
  staff(bob, member());
  const std::vector<ExternalScore> for_bob{{bob.value, 15}};
  EXPECT_EQ(desk.agent_for(3, {}, for_bob), ann);  // none is better than the best rank
}

// --- Abilities ---

TEST_F(Dispatch, EverySkillIsNeededAtItsLevel) {
  desk.define_line(0, wanting({{vpn, 4}, {network, 6}}));
  desk.enqueue(0, 3, {1, 1});
  staff(ann, member({{network, 9}, {vpn, 3}}));
  staff(bob, member({{network, 9}}));
  EXPECT_EQ(agent_for(3), std::nullopt);
  EXPECT_FALSE(desk.anyone_may_serve(0));
  staff(cleo, member({{network, 6}, {vpn, 4}}));
  EXPECT_EQ(agent_for(3), cleo);
}

TEST_F(Dispatch, SkillWithoutMembershipIsNotEnough) {
  staff(ann, {{network + 1}, {{vpn, 9}}});
  desk.enqueue(0, 3, {1, 1});
  EXPECT_FALSE(desk.may_serve(ann, 0));
  EXPECT_EQ(agent_for(3), std::nullopt);
  EXPECT_EQ(desk.hindrance(ann, 3), Hindrance::group);
}

TEST_F(Dispatch, WhatIsRequiredIsNoSurplus) {
  LineTerms terms = wanting({{vpn, 1}});
  terms.required = {{german, 2}};
  desk.define_line(0, terms);
  staff(ann, member({{vpn, 1}}));
  staff(bob, member({{vpn, 1}, {german, 9}}));
  EXPECT_FALSE(desk.may_serve(ann, 0));
  EXPECT_EQ(desk.rank(bob, 0).total, 0U);
}

TEST_F(Dispatch, AgentsWithTheSameAbilitiesAreOneCrew) {
  staff(ann, member({{vpn, 4}, {network, 2}}));
  staff(bob, member({{network, 1}, {network, 2}, {vpn, 4}, {german, 0}}));
  EXPECT_EQ(desk.crew_of(ann), desk.crew_of(bob));
  EXPECT_EQ(desk.crew_count(), 1U);
  staff(cleo, member());
  EXPECT_EQ(desk.crew_count(), 2U);
}

TEST_F(Dispatch, ChangedTermsApplyToTicketsAlreadyWaiting) {
  staff(ann, member());
  desk.enqueue(0, 3, {1, 1});
  desk.define_line(0, wanting({{vpn, 1}}));
  EXPECT_EQ(desk.ticket_for(ann), none);
  desk.define_agent(ann, member({{vpn, 1}}), 1'000);
  EXPECT_TRUE(desk.routable(ann));
  EXPECT_EQ(desk.ticket_for(ann), 3U);
}

// --- Capacity ---

TEST_F(Dispatch, AnAgentWithTooLittleRoomIsPassedOverForOneWithEnough) {
  desk.define_line(1, wanting({}, chat));
  desk.enqueue(0, 3, {1, 1});
  desk.enqueue(1, 4, {1, 2});
  staff(ann, member());
  staff(bob, member());
  take(ann, {task, 400, true});
  EXPECT_EQ(agent_for(3), bob);
  EXPECT_EQ(agent_for(4), ann);
}

TEST_F(Dispatch, ALoadThatChangesByItselfKeepsThePlace) {
  staff(ann, member(), 3'000);
  staff(bob, member(), 3'000);
  desk.enqueue(0, 3, {1, 1});
  take(ann, {task, 900, false});
  EXPECT_EQ(agent_for(3), ann);
  EXPECT_EQ(desk.used_milli(ann), 900U);
}

TEST_F(Dispatch, InterruptibleWorkDoesNotStandInTheWayOfWorkThatIsNot) {
  staff(ann, member());
  for (int i = 0; i < 10; ++i) take(ann, {mail, 100, true});
  EXPECT_FALSE(fits(ann, mail));
  EXPECT_TRUE(fits(ann, task));
  take(ann, a_task);
  EXPECT_EQ(desk.used_milli(ann), 2'000U);
  EXPECT_EQ(desk.primary_milli(ann), 1'000U);
  EXPECT_FALSE(desk.over_capacity(ann));  // routing may lead here
  EXPECT_EQ(desk.fit(ann), 0U);
}

TEST_F(Dispatch, InterruptibleWorkFitsBesideEverythingElseOnly) {
  staff(ann, member());
  take(ann, {task, 950, true});
  EXPECT_FALSE(fits(ann, mail));
  desk.change_load(ann, {task, 950, true}, {task, 900, true});
  EXPECT_TRUE(fits(ann, mail));
}

TEST_F(Dispatch, BlockingWorkIsNotBegunBesideWorkThatIsNotInterruptible) {
  staff(ann, member(), 2'000);
  take(ann, {mail, 100, true});
  EXPECT_TRUE(fits(ann, call));
  take(ann, {chat, 330, true});
  EXPECT_FALSE(fits(ann, call));
  desk.change_load(ann, {chat, 330, true}, {chat, 33, false});  // pending
  EXPECT_TRUE(fits(ann, call));
}

TEST_F(Dispatch, BesideBlockingWorkNothingIsBegun) {
  staff(ann, member(), 5'000);
  take(ann, {call, 1'000, true});
  EXPECT_EQ(desk.fit(ann), 0U);
  give_up(ann, {call, 1'000, true});
  EXPECT_EQ(desk.fit(ann), 0b1111U);
}

TEST_F(Dispatch, AChannelHasItsMaximumInHand) {
  staff(ann, member(), 5'000);
  const Load a_chat{chat, 330, true};
  take(ann, a_chat);
  EXPECT_TRUE(fits(ann, chat));
  take(ann, a_chat);
  EXPECT_FALSE(fits(ann, chat));
  EXPECT_EQ(desk.in_hand(ann, chat_channel), 2U);
  desk.change_load(ann, a_chat, {chat, 33, false});  // pending: no longer in hand
  EXPECT_TRUE(fits(ann, chat));
}

TEST_F(Dispatch, KindsOfWorkMayShareAChannel) {
  desk.define_work(call, {.weight_milli = 100, .channel = chat_channel, .channel_max = 1});
  staff(ann, member(), 5'000);
  take(ann, {chat, 330, true});
  EXPECT_FALSE(fits(ann, call));
  EXPECT_TRUE(fits(ann, chat));
}

TEST_F(Dispatch, AnAgentOverCapacityIsGivenNothingNotEvenWeightlessWork) {
  desk.define_work(task, {.weight_milli = 0});
  staff(ann, member());
  desk.enqueue(0, 3, {1, 1});
  take(ann, {chat, 1'000, false});
  EXPECT_EQ(agent_for(3), ann);
  take(ann, {chat, 1, false});
  EXPECT_TRUE(desk.over_capacity(ann));
  EXPECT_EQ(agent_for(3), std::nullopt);
  EXPECT_EQ(desk.ticket_for(ann), none);
}

TEST_F(Dispatch, TooMuchInterruptibleWorkByHandIsOverCapacityToo) {
  staff(ann, member());
  take(ann, {mail, 1'001, true});
  EXPECT_TRUE(desk.over_capacity(ann));
  EXPECT_EQ(desk.fit(ann), 0U);
  desk.change_load(ann, {mail, 1'001, true}, {mail, 1'000, true});
  EXPECT_FALSE(desk.over_capacity(ann));
  EXPECT_TRUE(fits(ann, task));
}

TEST_F(Dispatch, AKindDefinedAgainCountsWhatIsBookedAsItNowIs) {
  staff(ann, member());
  take(ann, {mail, 600, true});
  EXPECT_EQ(desk.primary_milli(ann), 0U);
  desk.define_work(mail, {.weight_milli = 100, .channel = phone_channel});
  EXPECT_EQ(desk.primary_milli(ann), 600U);
  EXPECT_EQ(desk.in_hand(ann, phone_channel), 1U);
  give_up(ann, {mail, 600, true});
  EXPECT_EQ(desk.used_milli(ann), 0U);
}

TEST_F(Dispatch, ABarredKindIsNotGivenWhateverTheRoom) {
  staff(ann, member());
  desk.enqueue(0, 3, {1, 1});
  desk.set_barred(ann, uint64_t{1} << task);
  EXPECT_EQ(agent_for(3), std::nullopt);
  EXPECT_EQ(desk.ticket_for(ann), none);
  EXPECT_EQ(desk.hindrance(ann, 3), Hindrance::barred);
  desk.set_barred(ann, 0);
  EXPECT_EQ(agent_for(3), ann);
}

// --- An agent gets a ticket ---

TEST_F(Dispatch, AFreedAgentTakesTheMostPressingOfAllLines) {
  desk.define_line(1, wanting({{vpn, 1}}));
  desk.define_line(2, wanting({{vpn, 9}}));
  staff(ann, member({{vpn, 5}}));
  desk.enqueue(0, 3, {200, 1});
  desk.enqueue(1, 4, {100, 2});
  desk.enqueue(2, 5, {50, 3});
  EXPECT_EQ(desk.ticket_for(ann), 4U);
}

TEST_F(Dispatch, AFreedAgentMayTakeWhatItSuitsBestFirst) {
  // Plain tasks like somebody who speaks German; Ann knows VPN.
  LineTerms plain = wanting();
  plain.preferred = {{Need::all_of(std::vector<SkillLevel>{{german, 1}}), 4}};
  desk.define_line(0, plain);
  desk.define_line(1, wanting({{vpn, 6}}));
  staff(ann, member({{vpn, 6}}));
  desk.enqueue(0, 3, {10, 1});
  desk.enqueue(1, 4, {30, 2});
  desk.enqueue(1, 5, {20, 3});
  EXPECT_EQ(desk.ticket_for(ann), 3U);  // the most pressing of all
  desk.set_best_suited_first(true);
  EXPECT_EQ(next(ann), 5U);  // the most pressing of what she suits best
  EXPECT_EQ(next(ann), 4U);
  EXPECT_EQ(next(ann), 3U);
  // What is strict does not wait for that.
  desk.enqueue(0, 6, {Dispatcher::strict_below_us - 1, 4});
  desk.enqueue(1, 7, {20, 5});
  EXPECT_EQ(next(ann), 6U);
}

TEST_F(Dispatch, EquallyPressingTicketsComeInOrderOfArrival) {
  desk.define_line(1, wanting());
  staff(ann, member());
  desk.enqueue(0, 3, {100, 0});
  desk.enqueue(1, 4, {100, 0xffff'ffff});  // the counter has wrapped since
  EXPECT_EQ(desk.ticket_for(ann), 4U);
}

TEST_F(Dispatch, ATicketTakenOutOfItsLineWaitsNowhere) {
  staff(ann, member());
  desk.enqueue(0, 3, {1, 1});
  EXPECT_EQ(desk.line_of(3), 0U);
  desk.remove(3);
  EXPECT_FALSE(desk.waiting(3));
  EXPECT_EQ(desk.ticket_for(ann), none);
}

TEST_F(Dispatch, APulledLineIsGivenToWhoAsksForIt) {
  LineTerms pulled = wanting();
  pulled.mode = LineMode::pull;
  desk.define_line(1, pulled);
  staff(ann, member());
  desk.enqueue(0, 3, {2, 1});
  desk.enqueue(1, 4, {1, 2});
  EXPECT_EQ(desk.ticket_for(ann), 3U);
  EXPECT_EQ(desk.ticket_for(ann, true), 4U);
  EXPECT_EQ(agent_for(4), std::nullopt);
  desk.remove(3);
  EXPECT_EQ(desk.idle_beside_waiting(), 0U);
}

TEST_F(Dispatch, AManualLineIsNeverMatchedButKeepsItsOrder) {
  LineTerms manual = wanting();
  manual.mode = LineMode::manual;
  desk.define_line(0, manual);
  staff(ann, member());
  desk.enqueue(0, 3, {2, 1});
  desk.enqueue(0, 4, {1, 2});
  EXPECT_EQ(agent_for(3), std::nullopt);
  EXPECT_EQ(desk.ticket_for(ann, true), none);
  EXPECT_EQ(desk.idle_beside_waiting(), 0U);
  EXPECT_EQ(desk.line(0).top(), 4U);
}

TEST_F(Dispatch, NothingOfALineOnHoldIsMatched) {
  staff(ann, member());
  desk.hold_line(0, true);
  desk.enqueue(0, 3, {1, 1});
  EXPECT_EQ(agent_for(3), std::nullopt);
  EXPECT_EQ(desk.ticket_for(ann, true), none);
  EXPECT_EQ(desk.idle_beside_waiting(), 0U);
  desk.hold_line(0, false);
  EXPECT_EQ(agent_for(3), ann);
  EXPECT_EQ(desk.ticket_for(ann), 3U);
}

// --- Pairs that must not meet ---

TEST_F(Dispatch, AnExcludedAgentIsPassedOver) {
  staff(ann, member());
  staff(bob, member());
  desk.enqueue(0, 3, {1, 1});
  desk.exclude(ann, 3);
  EXPECT_EQ(agent_for(3), bob);
  EXPECT_EQ(desk.hindrance(ann, 3), Hindrance::excluded);
  desk.include(ann, 3);
  EXPECT_EQ(agent_for(3), ann);
}

TEST_F(Dispatch, AnExcludedTicketIsPassedOverInItsLine) {
  desk.define_line(1, wanting());
  staff(ann, member());
  for (uint32_t slot = 0; slot < 20; ++slot) {
    desk.enqueue(0, slot, {slot, slot});
    desk.exclude(ann, slot);
  }
  desk.enqueue(1, 30, {40, 40});
  EXPECT_EQ(desk.ticket_for(ann), 30U);
  desk.enqueue(0, 31, {39, 41});
  EXPECT_EQ(desk.ticket_for(ann), 31U);
  desk.include(ann, 11);
  EXPECT_EQ(desk.ticket_for(ann), 11U);
}

TEST_F(Dispatch, AnAgentWithTooManyExclusionsIsGivenNothing) {
  staff(ann, member());
  desk.enqueue(0, 100, {1, 1});
  for (uint32_t slot = 0; slot < Dispatcher::exclusions_max; ++slot) desk.exclude(ann, slot);
  EXPECT_EQ(agent_for(100), ann);
  desk.exclude(ann, 200);
  EXPECT_EQ(desk.exclusions(ann), Dispatcher::exclusions_max + 1);
  EXPECT_EQ(agent_for(100), std::nullopt);
  EXPECT_EQ(desk.ticket_for(ann), none);
  EXPECT_EQ(desk.hindrance(ann, 100), Hindrance::exclusions);
  desk.include_all(200);
  EXPECT_EQ(agent_for(100), ann);
}

TEST_F(Dispatch, ExcludingTwiceIsExcludingOnce) {
  staff(ann, member());
  desk.exclude(ann, 3);
  desk.exclude(ann, 3);
  EXPECT_EQ(desk.exclusions(ann), 1U);
  desk.include(ann, 3);
  desk.include(ann, 3);
  EXPECT_EQ(desk.exclusions(ann), 0U);
}

TEST_F(Dispatch, ATicketThatLeavesTheDeskForgetsItsExclusions) {
  staff(ann, member());
  staff(bob, member());
  desk.exclude(ann, 3);
  desk.exclude(bob, 3);
  desk.exclude(bob, 4);
  desk.include_all(3);
  EXPECT_FALSE(desk.excluded(ann, 3));
  EXPECT_FALSE(desk.excluded(bob, 3));
  EXPECT_TRUE(desk.excluded(bob, 4));
}

// --- Tickets for one agent ---

TEST_F(Dispatch, APersonalTicketWaitsForItsAgent) {
  staff(ann, member());
  staff(bob, member());
  desk.enqueue_for(bob, 0, 3, {1, 1});
  EXPECT_EQ(agent_for(3), bob);
  EXPECT_EQ(desk.ticket_for(ann), none);
  EXPECT_EQ(desk.ticket_for(bob), 3U);
  EXPECT_EQ(desk.waits_for(3), bob.value);
  EXPECT_EQ(desk.line_of(3), 0U);
  EXPECT_EQ(desk.waiting_for(bob), 1U);
  EXPECT_TRUE(desk.line(0).empty());
  desk.remove(3);
  EXPECT_EQ(desk.ticket_for(bob), none);
  EXPECT_EQ(desk.waiting_for(bob), 0U);
}

TEST_F(Dispatch, APersonalTicketTakesItsPlaceAmongTheOthers) {
  staff(ann, member());
  desk.enqueue(0, 3, {20, 1});
  desk.enqueue_for(ann, 0, 4, {30, 2});
  EXPECT_EQ(desk.ticket_for(ann), 3U);
  desk.enqueue_for(ann, 0, 5, {10, 3});
  EXPECT_EQ(desk.ticket_for(ann), 5U);
}

TEST_F(Dispatch, APersonalTicketAsksForRoomAndAbilityAsTheOthersDo) {
  desk.define_line(1, wanting({{vpn, 1}}));
  staff(ann, member());
  desk.enqueue_for(ann, 1, 3, {1, 1});
  EXPECT_EQ(desk.ticket_for(ann), none);
  EXPECT_EQ(agent_for(3), std::nullopt);
  desk.define_agent(ann, member({{vpn, 1}}), 1'000);
  EXPECT_EQ(desk.ticket_for(ann), 3U);
  take(ann, a_task);
  EXPECT_EQ(desk.ticket_for(ann), none);
}

// --- Long waits behind strict tickets ---

constexpr int64_t strict_us = 2 * Dispatcher::strict_below_us;

TEST_F(Dispatch, StrictTicketsComeFirstUntilTheCreditIsFull) {
  desk.set_aged_share(250);
  staff(ann, member());
  for (uint32_t slot = 10; slot < 30; ++slot) desk.enqueue(0, slot, {strict_us, slot});
  desk.enqueue(0, 3, {1, 3});
  desk.enqueue(0, 4, {2, 4});
  desk.enqueue(0, 5, {0, 5});  // not aged
  desk.age(3);
  desk.age(4);
  for (uint32_t given = 0; given < 4; ++given) {
    EXPECT_EQ(desk.credit(ann), given * 250);
    EXPECT_EQ(next(ann), 10 + given);
  }
  EXPECT_EQ(desk.credit(ann), Dispatcher::full_credit);
  EXPECT_EQ(next(ann), 3U);
  EXPECT_EQ(desk.credit(ann), 250U);  // another one waits: exactly a fourth of all go to them
  for (uint32_t given = 4; given < 7; ++given) EXPECT_EQ(next(ann), 10 + given);
  EXPECT_EQ(next(ann), 4U);
  EXPECT_EQ(desk.credit(ann), 0U);
  EXPECT_EQ(next(ann), 17U);
}

TEST_F(Dispatch, OnlyAnAgedTicketTheAgentCouldTakeEarnsCredit) {
  desk.define_line(1, wanting({{vpn, 1}}));
  desk.set_aged_share(250);
  staff(ann, member());
  for (uint32_t slot = 10; slot < 20; ++slot) desk.enqueue(0, slot, {strict_us, slot});
  desk.enqueue(1, 3, {1, 3});
  desk.age(3);
  desk.age(19);  // strict
  next(ann);
  EXPECT_EQ(desk.credit(ann), 0U);
  desk.define_line(1, wanting());
  desk.exclude(ann, 3);
  next(ann);
  EXPECT_EQ(desk.credit(ann), 0U);
  desk.include(ann, 3);
  next(ann);
  EXPECT_EQ(desk.credit(ann), 250U);
}

TEST_F(Dispatch, ATicketIsAgedUntilItLeavesItsLine) {
  desk.enqueue(0, 3, {1, 1});
  EXPECT_FALSE(desk.aged(3));
  desk.age(3);
  desk.age(3);
  EXPECT_TRUE(desk.aged(3));
  desk.remove(3);
  desk.enqueue(0, 3, {1, 1});
  EXPECT_FALSE(desk.aged(3));
}

// --- Shares of queues ---

TEST_F(Dispatch, QueuesShareAnAgentsAssignmentsByWeight) {
  desk.define_line(0, of_queue(1));
  desk.define_line(1, of_queue(2));
  desk.set_queue_weight(1, 3);
  desk.set_queue_weight(2, 1);
  staff(ann, member());
  for (uint32_t slot = 0; slot < 100; ++slot) desk.enqueue(0, slot, {slot, slot});
  for (uint32_t slot = 100; slot < 200; ++slot) desk.enqueue(1, slot, {slot, slot});
  std::string given;
  for (int i = 0; i < 12; ++i) given += next(ann) < 100 ? 'a' : 'b';
  EXPECT_EQ(given, "aabaaabaaaba");
}

TEST_F(Dispatch, AQueueThatHadNoWorkHasSavedNothingUp) {
  desk.define_line(0, of_queue(1));
  desk.define_line(1, of_queue(2));
  desk.set_queue_weight(1, 1);
  desk.set_queue_weight(2, 1);
  staff(ann, member());
  for (uint32_t slot = 0; slot < 100; ++slot) desk.enqueue(0, slot, {slot, slot});
  for (int i = 0; i < 20; ++i) next(ann);
  for (uint32_t slot = 100; slot < 200; ++slot) desk.enqueue(1, slot, {slot, slot});
  std::string given;
  for (int i = 0; i < 6; ++i) given += next(ann) < 100 ? 'a' : 'b';
  EXPECT_EQ(given, "bababa");
}

TEST_F(Dispatch, AQueueServedOutOfTurnOwesOneAssignmentAtMost) {
  desk.define_line(0, of_queue(1));
  desk.define_line(1, of_queue(2));
  desk.set_queue_weight(1, 1);
  desk.set_queue_weight(2, 1);
  staff(ann, member());
  for (uint32_t slot = 0; slot < 100; ++slot) desk.enqueue(0, slot, {slot, slot});
  for (uint32_t slot = 100; slot < 200; ++slot) desk.enqueue(1, slot, {slot, slot});
  for (uint32_t slot = 0; slot < 5; ++slot) {  // by hand of the caller
    desk.note_award(ann, slot);
    desk.remove(slot);
  }
  std::string given;
  for (int i = 0; i < 6; ++i) given += next(ann) < 100 ? 'a' : 'b';
  EXPECT_EQ(given, "bbabab");
}

TEST_F(Dispatch, WithoutWeightsThereIsOneOrder) {
  desk.define_line(1, of_queue(2));
  staff(ann, member());
  desk.enqueue(0, 3, {2, 1});
  desk.enqueue(1, 4, {1, 2});
  EXPECT_EQ(next(ann), 4U);
  EXPECT_EQ(next(ann), 3U);
}

TEST_F(Dispatch, StrictTicketsComeBeforeShares) {
  desk.define_line(0, of_queue(1));
  desk.define_line(1, of_queue(2));
  desk.set_queue_weight(1, 9);
  staff(ann, member());
  for (uint32_t slot = 0; slot < 5; ++slot) desk.enqueue(0, slot, {slot, slot});
  desk.enqueue(1, 7, {strict_us, 7});
  desk.enqueue(1, 8, {0, 8});  // of a queue without a weight: last
  EXPECT_EQ(next(ann), 7U);
  for (uint32_t slot = 0; slot < 5; ++slot) EXPECT_EQ(next(ann), slot);
  EXPECT_EQ(next(ann), 8U);
}

// --- Nobody waits beside a free agent ---

TEST_F(Dispatch, AWaitingTicketBesideAFreeAgentIsCounted) {
  staff(ann, member());
  staff(bob, member());
  EXPECT_EQ(desk.idle_beside_waiting(), 0U);
  desk.enqueue(0, 3, {1, 1});
  desk.enqueue(0, 4, {1, 2});
  EXPECT_EQ(desk.idle_beside_waiting(), 2U);
  take(ann, {task, 1, true});
  EXPECT_EQ(desk.idle_beside_waiting(), 1U);
}

TEST_F(Dispatch, ExcludedPairsAreNotIdleBesideWaiting) {
  staff(ann, member());
  desk.enqueue(0, 3, {1, 1});
  desk.exclude(ann, 3);
  EXPECT_EQ(desk.idle_beside_waiting(), 0U);
  desk.enqueue(0, 4, {1, 2});
  EXPECT_EQ(desk.idle_beside_waiting(), 1U);
}

TEST_F(Dispatch, OnlyItsAgentIsIdleBesideAPersonalTicket) {
  staff(ann, member());
  staff(bob, member());
  desk.enqueue_for(ann, 0, 3, {1, 1});
  EXPECT_EQ(desk.idle_beside_waiting(), 1U);
  take(ann, a_task);
  EXPECT_EQ(desk.idle_beside_waiting(), 0U);
}

// --- Why not ---

TEST_F(Dispatch, TheFirstFilterThatFailsIsTheHindrance) {
  LineTerms terms = wanting({{vpn, 2}}, chat);
  terms.required = {{german, 1}};
  desk.define_line(0, terms);
  desk.enqueue(0, 3, {1, 1});
  desk.define_agent(ann, {{network + 1}, {}}, 1'000);
  take(ann, {call, 1'000, true});
  take(ann, {chat, 330, true});
  take(ann, {chat, 330, true});
  desk.set_barred(ann, uint64_t{1} << chat);
  for (uint32_t slot = 0; slot < 40; ++slot) desk.exclude(ann, slot);
  EXPECT_EQ(desk.hindrance(ann, 3), Hindrance::not_routable);
  desk.set_routable(ann, true);
  EXPECT_EQ(desk.hindrance(ann, 3), Hindrance::group);
  desk.define_agent(ann, member({{vpn, 1}}), 1'000);
  EXPECT_EQ(desk.hindrance(ann, 3), Hindrance::need);
  desk.define_agent(ann, member({{vpn, 2}}), 1'000);
  EXPECT_EQ(desk.hindrance(ann, 3), Hindrance::required);
  desk.define_agent(ann, member({{vpn, 2}, {german, 1}}), 1'000);
  EXPECT_EQ(desk.hindrance(ann, 3), Hindrance::barred);
  desk.set_barred(ann, 0);
  EXPECT_EQ(desk.hindrance(ann, 3), Hindrance::blocked);
  give_up(ann, {call, 1'000, true});
  EXPECT_EQ(desk.hindrance(ann, 3), Hindrance::channel_max);
  desk.change_load(ann, {chat, 330, true}, {chat, 900, false});
  EXPECT_EQ(desk.hindrance(ann, 3), Hindrance::capacity);
  give_up(ann, {chat, 900, false});
  EXPECT_EQ(desk.hindrance(ann, 3), Hindrance::excluded);
  desk.include(ann, 3);
  EXPECT_EQ(desk.hindrance(ann, 3), Hindrance::exclusions);
  for (uint32_t slot = 0; slot < 10; ++slot) desk.include(ann, slot);
  EXPECT_EQ(desk.hindrance(ann, 3), Hindrance::none);
  EXPECT_EQ(agent_for(3), ann);
}

}  // namespace
}  // namespace paceline::sched::test
