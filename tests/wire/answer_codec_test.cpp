#include "wire/answer_codec.h"

#include <gtest/gtest.h>

#include <flatbuffers/flatbuffers.h>

#include <functional>
#include <string>

namespace paceline::wire {
namespace {

constexpr sched::DeskNumber desk_7{7};

Payload payload_of(const Bytes& frame) {
  return Payload(std::span<const std::byte>(frame).subspan(frame_header_size));
}

desk::Answer travel(const desk::Answer& answer) {
  Bytes bytes;
  append(bytes, AnswerMessage{11, desk_7, answer});
  const Payload payload = payload_of(bytes);
  const auto message = decode_answer(payload.bytes());
  EXPECT_TRUE(message) << message.error().text;
  EXPECT_EQ(message->tag, 11U);
  EXPECT_EQ(message->desk, desk_7);
  return message->answer;
}

desk::ClockView clock() {
  desk::ClockView clock;
  clock.ticket = 1;
  clock.external_id = "INC1";
  clock.kind = desk::ClockKind::review;
  clock.label = "label";
  clock.policy = "P1";
  clock.version = 2;
  clock.calendar = "uk";
  clock.calendar_version = 3;
  clock.state = "paused";
  clock.verdict = "met";
  clock.verdict_final = "final";
  clock.verdict_worst = "worst";
  clock.verdict_initial = "initial";
  clock.target_us = 10;
  clock.initial_target_us = 11;
  clock.consumed_us = 12;
  clock.elapsed_us = 13;
  clock.remaining_us = -14;
  clock.started_at_us = 15;
  clock.since_us = 16;
  clock.folded_us = 17;
  clock.due_at_us = 18;
  clock.breached_at_us = 19;
  clock.next_effect_at_us = 20;
  clock.next_effect = "75 %";
  clock.in_hours = false;
  clock.cycle = 2;
  clock.segments = {{1, 2, "running", "awaiting_requester", "P1", 3, "uk", 4, 5, 6, true}};
  clock.rungs = {{7'500, 1, "lead", "notify", true, 2, 3, 4}};
  clock.signals = 6;
  return clock;
}

void expect_same(const desk::ClockView& a, const desk::ClockView& b) {
  EXPECT_EQ(a.ticket, b.ticket);
  EXPECT_EQ(a.external_id, b.external_id);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.label, b.label);
  EXPECT_EQ(a.policy, b.policy);
  EXPECT_EQ(a.version, b.version);
  EXPECT_EQ(a.calendar, b.calendar);
  EXPECT_EQ(a.calendar_version, b.calendar_version);
  EXPECT_EQ(a.state, b.state);
  EXPECT_EQ(a.verdict, b.verdict);
  EXPECT_EQ(a.verdict_final, b.verdict_final);
  EXPECT_EQ(a.verdict_worst, b.verdict_worst);
  EXPECT_EQ(a.verdict_initial, b.verdict_initial);
  EXPECT_EQ(a.target_us, b.target_us);
  EXPECT_EQ(a.initial_target_us, b.initial_target_us);
  EXPECT_EQ(a.consumed_us, b.consumed_us);
  EXPECT_EQ(a.elapsed_us, b.elapsed_us);
  EXPECT_EQ(a.remaining_us, b.remaining_us);
  EXPECT_EQ(a.started_at_us, b.started_at_us);
  EXPECT_EQ(a.since_us, b.since_us);
  EXPECT_EQ(a.folded_us, b.folded_us);
  EXPECT_EQ(a.due_at_us, b.due_at_us);
  EXPECT_EQ(a.breached_at_us, b.breached_at_us);
  EXPECT_EQ(a.next_effect_at_us, b.next_effect_at_us);
  EXPECT_EQ(a.next_effect, b.next_effect);
  EXPECT_EQ(a.in_hours, b.in_hours);
  EXPECT_EQ(a.cycle, b.cycle);
  EXPECT_EQ(a.signals, b.signals);
  ASSERT_EQ(a.segments.size(), b.segments.size());
  for (size_t i = 0; i < a.segments.size(); ++i) {
    EXPECT_EQ(a.segments[i].from_us, b.segments[i].from_us);
    EXPECT_EQ(a.segments[i].to_us, b.segments[i].to_us);
    EXPECT_EQ(a.segments[i].state, b.segments[i].state);
    EXPECT_EQ(a.segments[i].reason, b.segments[i].reason);
    EXPECT_EQ(a.segments[i].policy, b.segments[i].policy);
    EXPECT_EQ(a.segments[i].version, b.segments[i].version);
    EXPECT_EQ(a.segments[i].calendar, b.segments[i].calendar);
    EXPECT_EQ(a.segments[i].calendar_version, b.segments[i].calendar_version);
    EXPECT_EQ(a.segments[i].consumed_us, b.segments[i].consumed_us);
    EXPECT_EQ(a.segments[i].cycle, b.segments[i].cycle);
    EXPECT_EQ(a.segments[i].repaired, b.segments[i].repaired);
  }
  ASSERT_EQ(a.rungs.size(), b.rungs.size());
  for (size_t i = 0; i < a.rungs.size(); ++i) {
    EXPECT_EQ(a.rungs[i].share_bp, b.rungs[i].share_bp);
    EXPECT_EQ(a.rungs[i].before_us, b.rungs[i].before_us);
    EXPECT_EQ(a.rungs[i].notify, b.rungs[i].notify);
    EXPECT_EQ(a.rungs[i].action, b.rungs[i].action);
    EXPECT_EQ(a.rungs[i].passed, b.rungs[i].passed);
    EXPECT_EQ(a.rungs[i].due_at_us, b.rungs[i].due_at_us);
    EXPECT_EQ(a.rungs[i].next_action_at_us, b.rungs[i].next_action_at_us);
    EXPECT_EQ(a.rungs[i].repetitions, b.rungs[i].repetitions);
  }
}

TEST(AnswerCodec, AQueryComesBackAsItWasAsked) {
  QueryMessage message{4, desk_7, {}};
  message.query = {.kind = desk::QueryKind::tickets,
                   .ticket = 5,
                   .text = "network-l1",
                   .agent = "ann",
                   .state = 3,
                   .after = 6,
                   .limit = 7,
                   .at_us = -8,
                   .mode = 1,
                   .until_us = 9};
  Bytes bytes;
  append(bytes, message);
  const Payload payload = payload_of(bytes);
  const auto back = decode_query(payload.bytes());
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_EQ(back->tag, 4U);
  EXPECT_EQ(back->desk, desk_7);
  EXPECT_EQ(back->query.kind, desk::QueryKind::tickets);
  EXPECT_EQ(back->query.ticket, 5U);
  EXPECT_EQ(back->query.text, "network-l1");
  EXPECT_EQ(back->query.agent, "ann");
  EXPECT_EQ(back->query.state, 3);
  EXPECT_EQ(back->query.after, 6U);
  EXPECT_EQ(back->query.limit, 7U);
  EXPECT_EQ(back->query.at_us, -8);
  EXPECT_EQ(back->query.mode, 1);
  EXPECT_EQ(back->query.until_us, 9);
}

TEST(AnswerCodec, QueriesOutOfRangeAreRefused) {
  const auto refused = [](desk::Query query) {
    Bytes bytes;
    append(bytes, QueryMessage{4, desk_7, std::move(query)});
    const Payload payload = payload_of(bytes);
    return !decode_query(payload.bytes());
  };
  EXPECT_FALSE(refused({}));
  EXPECT_TRUE(refused({.kind = static_cast<desk::QueryKind>(23), .text = {}, .agent = {}}));
  EXPECT_TRUE(refused({.text = {}, .agent = {}, .state = 9}));
  EXPECT_TRUE(refused({.text = {}, .agent = {}, .limit = 0}));
  EXPECT_TRUE(refused({.text = {}, .agent = {}, .limit = 1'001}));
  EXPECT_TRUE(refused({.text = "\xff", .agent = {}}));
  EXPECT_TRUE(refused({.text = {}, .agent = {}, .mode = 3}));
}

TEST(AnswerCodec, ATicketComesBackWithEveryField) {
  desk::TicketView ticket;
  ticket.id = 0x0007'0000'0000'0001;
  ticket.version = 2;
  ticket.kind = 1;
  ticket.impact = 2;
  ticket.urgency = 3;
  ticket.priority = 4;
  ticket.vip = 1;
  ticket.sentiment = 3;
  ticket.state = desk::State::pending;
  ticket.reason = "awaiting_requester";
  ticket.queue = "q";
  ticket.agent = "a";
  ticket.external_id = "INC1";
  ticket.category = "c1";
  ticket.subcategory = "c2";
  ticket.service = "s";
  ticket.config_item = "ci";
  ticket.channel = "mail";
  ticket.requester = "Zoë";
  ticket.requester_type = "employee";
  ticket.organisation = "org";
  ticket.contract = "gold";
  ticket.body = "body";
  ticket.recorded_at_us = 1;
  ticket.occurred_at_us = 2;
  ticket.first_response_at_us = 3;
  ticket.resolved_at_us = 4;
  ticket.closed_at_us = 5;
  ticket.touched_at_us = 6;
  ticket.enqueued_at_us = 7;
  ticket.press_at_us = -8;
  ticket.resume_at_us = 9;
  ticket.archived = true;
  ticket.merged_into = 10;
  ticket.stage = "verify";
  ticket.promised_at_us = 11;
  ticket.workaround = 1;
  ticket.major = 1;
  ticket.reminders_sent = 2;
  ticket.language = "de";
  ticket.confidentiality = "hr";
  ticket.confidence = 80;
  ticket.step = 3;
  ticket.parent = 12;
  ticket.tasks_open = 13;
  ticket.routed_by = "network";
  ticket.hops = 14;
  ticket.escalations = 15;
  ticket.bounces = 16;
  ticket.declines = 17;
  ticket.tier = 2;
  ticket.checklist_done = 4;
  ticket.checklist_of = 5;
  ticket.marks = 3;
  ticket.intervals = {{.from_us = 1, .reason = 2, .state = desk::State::pending},
                      {.from_us = 4, .state = desk::State::closed}};
  ticket.queues_left = {{.at_us = 2, .queue = 7}};
  ticket.clocks = {clock()};
  desk::Answer answer;
  answer.kind = desk::QueryKind::ticket;
  answer.tickets = {ticket, {}};
  answer.more = true;
  const auto back = travel(answer);
  EXPECT_EQ(back.kind, desk::QueryKind::ticket);
  EXPECT_TRUE(back.more);
  ASSERT_EQ(back.tickets.size(), 2U);
  const auto& view = back.tickets[0];
  EXPECT_EQ(view.id, ticket.id);
  EXPECT_EQ(view.version, 2U);
  EXPECT_EQ(view.kind, 1);
  EXPECT_EQ(view.impact, 2);
  EXPECT_EQ(view.urgency, 3);
  EXPECT_EQ(view.priority, 4);
  EXPECT_EQ(view.vip, 1);
  EXPECT_EQ(view.sentiment, 3);
  EXPECT_EQ(view.state, desk::State::pending);
  EXPECT_EQ(view.reason, ticket.reason);
  EXPECT_EQ(view.queue, "q");
  EXPECT_EQ(view.agent, "a");
  EXPECT_EQ(view.external_id, "INC1");
  EXPECT_EQ(view.category, "c1");
  EXPECT_EQ(view.subcategory, "c2");
  EXPECT_EQ(view.service, "s");
  EXPECT_EQ(view.config_item, "ci");
  EXPECT_EQ(view.channel, "mail");
  EXPECT_EQ(view.requester, "Zoë");
  EXPECT_EQ(view.requester_type, "employee");
  EXPECT_EQ(view.organisation, "org");
  EXPECT_EQ(view.contract, "gold");
  EXPECT_EQ(view.body, "body");
  EXPECT_EQ(view.recorded_at_us, 1);
  EXPECT_EQ(view.occurred_at_us, 2);
  EXPECT_EQ(view.first_response_at_us, 3);
  EXPECT_EQ(view.resolved_at_us, 4);
  EXPECT_EQ(view.closed_at_us, 5);
  EXPECT_EQ(view.touched_at_us, 6);
  EXPECT_EQ(view.enqueued_at_us, 7);
  EXPECT_EQ(view.press_at_us, -8);
  EXPECT_EQ(view.resume_at_us, 9);
  EXPECT_TRUE(view.archived);
  ASSERT_EQ(view.clocks.size(), 1U);
  expect_same(view.clocks[0], ticket.clocks[0]);
  EXPECT_EQ(view.merged_into, 10U);
  EXPECT_EQ(view.stage, "verify");
  EXPECT_EQ(view.promised_at_us, 11);
  EXPECT_EQ(view.workaround, 1);
  EXPECT_EQ(view.major, 1);
  EXPECT_EQ(view.reminders_sent, 2);
  EXPECT_EQ(view.language, "de");
  EXPECT_EQ(view.confidentiality, "hr");
  EXPECT_EQ(view.confidence, 80);
  EXPECT_EQ(view.step, 3);
  EXPECT_EQ(view.parent, 12U);
  EXPECT_EQ(view.tasks_open, 13U);
  EXPECT_EQ(view.routed_by, "network");
  EXPECT_EQ(view.hops, 14U);
  EXPECT_EQ(view.escalations, 15U);
  EXPECT_EQ(view.bounces, 16U);
  EXPECT_EQ(view.declines, 17U);
  EXPECT_EQ(view.tier, 2);
  EXPECT_EQ(view.checklist_done, 4);
  EXPECT_EQ(view.checklist_of, 5);
  EXPECT_EQ(view.marks, 3);
  EXPECT_EQ(view.intervals, ticket.intervals);
  EXPECT_EQ(view.queues_left, ticket.queues_left);
  EXPECT_TRUE(back.tickets[1].body.empty());
}

TEST(AnswerCodec, ClocksComeBackWithSegmentsAndRungs) {
  desk::Answer answer;
  answer.kind = desk::QueryKind::why_clock;
  answer.clocks = {clock(), {}};
  answer.next_after = 99;
  answer.more = true;
  const auto back = travel(answer);
  EXPECT_EQ(back.kind, desk::QueryKind::why_clock);
  EXPECT_EQ(back.next_after, 99U);
  EXPECT_TRUE(back.more);
  ASSERT_EQ(back.clocks.size(), 2U);
  expect_same(back.clocks[0], answer.clocks[0]);
  EXPECT_TRUE(back.clocks[1].segments.empty());
}

TEST(AnswerCodec, PoliciesComeBackWithEveryField) {
  desk::Answer answer;
  answer.kind = desk::QueryKind::policies;
  desk::PolicyView& policy = answer.policies.emplace_back();
  policy.name = "P1";
  policy.version = 2;
  policy.kind = desk::ClockKind::ola;
  policy.label = "l";
  policy.when = "vip";
  policy.target = {desk::TargetKind::end_of_business_day, 0, 2, 3'600};
  policy.calendar = "uk";
  policy.calendar_version = 4;
  policy.in_force = true;
  policy.on_calendar_change = desk::OnCalendarChange::next_arm;
  policy.running = 5;
  policy.paused = 6;
  policy.completed = 7;
  policy.cancelled = 8;
  const auto back = travel(answer);
  ASSERT_EQ(back.policies.size(), 1U);
  const auto& view = back.policies[0];
  EXPECT_EQ(view.name, "P1");
  EXPECT_EQ(view.version, 2U);
  EXPECT_EQ(view.kind, desk::ClockKind::ola);
  EXPECT_EQ(view.label, "l");
  EXPECT_EQ(view.when, "vip");
  EXPECT_EQ(view.target, policy.target);
  EXPECT_EQ(view.calendar, "uk");
  EXPECT_EQ(view.calendar_version, 4U);
  EXPECT_EQ(view.on_calendar_change, desk::OnCalendarChange::next_arm);
  EXPECT_TRUE(view.in_force);
  EXPECT_EQ(view.running, 5U);
  EXPECT_EQ(view.paused, 6U);
  EXPECT_EQ(view.completed, 7U);
  EXPECT_EQ(view.cancelled, 8U);
}

TEST(AnswerCodec, ChangesComeBackWithEveryField) {
  desk::Answer answer;
  answer.kind = desk::QueryKind::migrate;
  answer.changes = {
      {1, "INC1", desk::ClockKind::uc, "vendor", "P", 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}};
  const auto back = travel(answer);
  ASSERT_EQ(back.changes.size(), 1U);
  const auto& change = back.changes[0];
  EXPECT_EQ(change.ticket, 1U);
  EXPECT_EQ(change.external_id, "INC1");
  EXPECT_EQ(change.kind, desk::ClockKind::uc);
  EXPECT_EQ(change.label, "vendor");
  EXPECT_EQ(change.policy, "P");
  EXPECT_EQ(change.version_before, 2U);
  EXPECT_EQ(change.version_after, 3U);
  EXPECT_EQ(change.target_before_us, 4);
  EXPECT_EQ(change.target_after_us, 5);
  EXPECT_EQ(change.consumed_before_us, 6);
  EXPECT_EQ(change.consumed_after_us, 7);
  EXPECT_EQ(change.due_before_us, 8);
  EXPECT_EQ(change.due_after_us, 9);
  EXPECT_EQ(change.breached_before_us, 10);
  EXPECT_EQ(change.breached_after_us, 11);
}

TEST(AnswerCodec, AThousandTicketsWithSixteenClocksEachFitOneAnswer) {
  desk::Answer answer;
  answer.kind = desk::QueryKind::clocks;
  answer.clocks.resize(16'000);
  answer.changes.resize(16'000);
  EXPECT_EQ(travel(answer).clocks.size(), 16'000U);
}

TEST(AnswerCodec, QueuesAndAgentsComeBackWithEveryField) {
  desk::Answer answer;
  answer.kind = desk::QueryKind::queues;
  answer.code = 21;
  answer.queues = {{"q", "g", "n >= 2", 2, 2, 4, 3, 4, 5, 6, 7, 8, true, 9, 10, 11}};
  answer.agents = {{"ann",   "g,h", "n:2", true, 2'000, 1'000,  1,   -7, "away",
                    "lunch", 8,     9,     true, 10,    11,     12,  13, 14,
                    15,      16,    17,    "en", "hr",  "chat", "uk"}};
  const auto back = travel(answer);
  EXPECT_EQ(back.code, 21);
  ASSERT_EQ(back.queues.size(), 1U);
  EXPECT_EQ(back.queues[0].name, "q");
  EXPECT_EQ(back.queues[0].group, "g");
  EXPECT_EQ(back.queues[0].need, "n >= 2");
  EXPECT_EQ(back.queues[0].tier, 2);
  EXPECT_EQ(back.queues[0].mode, 2);
  EXPECT_EQ(back.queues[0].discipline, 4);
  EXPECT_EQ(back.queues[0].offered, 7U);
  EXPECT_EQ(back.queues[0].unroutable, 8U);
  EXPECT_TRUE(back.queues[0].held);
  EXPECT_EQ(back.queues[0].at_risk, 9U);
  EXPECT_EQ(back.queues[0].breached, 10U);
  EXPECT_EQ(back.queues[0].next_due_at_us, 11);
  EXPECT_EQ(back.queues[0].waiting, 3U);
  EXPECT_EQ(back.queues[0].in_hand, 4U);
  EXPECT_EQ(back.queues[0].pending, 5U);
  EXPECT_EQ(back.queues[0].oldest_enqueued_at_us, 6);
  ASSERT_EQ(back.agents.size(), 1U);
  EXPECT_EQ(back.agents[0].name, "ann");
  EXPECT_EQ(back.agents[0].groups, "g,h");
  EXPECT_EQ(back.agents[0].skills, "n:2");
  EXPECT_TRUE(back.agents[0].logged_in);
  EXPECT_EQ(back.agents[0].capacity_milli, 2'000U);
  EXPECT_EQ(back.agents[0].used_milli, 1'000U);
  EXPECT_EQ(back.agents[0].tickets, 1U);
  EXPECT_EQ(back.agents[0].idle_since_us, -7);
  EXPECT_EQ(back.agents[0].state, "away");
  EXPECT_EQ(back.agents[0].code, "lunch");
  EXPECT_EQ(back.agents[0].since_us, 8);
  EXPECT_EQ(back.agents[0].state_ends_at_us, 9);
  EXPECT_TRUE(back.agents[0].lost);
  EXPECT_EQ(back.agents[0].shift_ends_at_us, 10);
  EXPECT_EQ(back.agents[0].offers, 11U);
  EXPECT_EQ(back.agents[0].exclusions, 12U);
  EXPECT_EQ(back.agents[0].logged_in_us, 13);
  EXPECT_EQ(back.agents[0].available_us, 14);
  EXPECT_EQ(back.agents[0].busy_us, 15);
  EXPECT_EQ(back.agents[0].wrap_up_us, 16);
  EXPECT_EQ(back.agents[0].away_us, 17);
  EXPECT_EQ(back.agents[0].languages, "en");
  EXPECT_EQ(back.agents[0].clearances, "hr");
  EXPECT_EQ(back.agents[0].channels, "chat");
  EXPECT_EQ(back.agents[0].shift, "uk");
}

TEST(AnswerCodec, SurveysComeBackWithEveryField) {
  desk::Answer answer;
  answer.kind = desk::QueryKind::cases;
  answer.surveys.resize(2);
  answer.surveys[0] = {7, 8, "network", "ann", 1, 2, 3, 4, desk::all_questions, 5, 0, true, "slow"};
  const auto back = travel(answer);
  ASSERT_EQ(back.surveys.size(), 2U);
  EXPECT_EQ(back.surveys[0], answer.surveys[0]);
  EXPECT_EQ(back.surveys[1].score, -1);
  EXPECT_EQ(back.surveys[1].recommend, -1);
}

TEST(AnswerCodec, AgentsTimeComesBackWithEveryField) {
  desk::Answer answer;
  answer.kind = desk::QueryKind::agent_time;
  answer.agent_times = {{"ann", 1, 2, 3, 4, 5, 6, 7, 8, 9}, {}};
  answer.next_after = 2;
  answer.more = true;
  EXPECT_EQ(travel(answer), answer);
}

TEST(AnswerCodec, WhatTheConfigurationSaysOfReportsComesBack) {
  desk::Answer answer;
  answer.kind = desk::QueryKind::reporting;
  answer.reporting.calendar = "weekdays";
  answer.reporting.calendar_version = 3;
  answer.reporting.spec.name = "weekdays";
  answer.reporting.spec.zone.name = "UTC";
  answer.reporting.spec.week = {{0, 32'400, 61'200}};
  answer.reporting.spec.closed = {{2026, 12, 25}};
  answer.reporting.targets = {{"fcr_net", "72%..80%"}, {"backlog_days", "..5"}};
  EXPECT_EQ(travel(answer), answer);
}

TEST(AnswerCodec, OffersComeBackWithEveryField) {
  desk::Answer answer;
  answer.kind = desk::QueryKind::offers;
  answer.offers = {{1, 2, "INC1", "q", "ann", 3, 4, true}, {}};
  const auto back = travel(answer);
  ASSERT_EQ(back.offers.size(), 2U);
  EXPECT_EQ(back.offers[0].offer, 1U);
  EXPECT_EQ(back.offers[0].ticket, 2U);
  EXPECT_EQ(back.offers[0].external_id, "INC1");
  EXPECT_EQ(back.offers[0].queue, "q");
  EXPECT_EQ(back.offers[0].agent, "ann");
  EXPECT_EQ(back.offers[0].offered_at_us, 3);
  EXPECT_EQ(back.offers[0].expires_at_us, 4);
  EXPECT_TRUE(back.offers[0].hand_over);
  EXPECT_FALSE(back.offers[1].hand_over);
}

desk::Why why() {
  desk::Why why;
  why.subject = "INC1";
  why.sentence = "waits for an agent with vpn >= 4";
  why.terms = {{"press_at", desk::WhyTerm::Kind::instant_us, "", -1},
               {"step", desk::WhyTerm::Kind::text, "network >= 6", 0},
               {"waiting", desk::WhyTerm::Kind::count, "", 7}};
  why.candidates = {
      {"ann", "capacity", "holds 900 of 1,000", 1, 2, 3, 4, -5, 6, 900, 1'000, "available"}, {}};
  why.candidates_left_out = 8;
  why.lines = {{"q", 2, "vpn >= 4", "1,000", "de", "hr", 1, 2, 3, 4, 5, "INC5", "capacity"}};
  why.lines_left_out = 9;
  why.remedies = {"log ann in", ""};
  return why;
}

TEST(AnswerCodec, ReasonsComeBackWithEveryField) {
  for (const auto kind :
       {desk::QueryKind::why_ticket, desk::QueryKind::why_agent, desk::QueryKind::why_queue}) {
    desk::Answer answer;
    answer.kind = kind;
    answer.why = why();
    const auto back = travel(answer).why;
    EXPECT_EQ(back.subject, "INC1");
    EXPECT_EQ(back.sentence, answer.why.sentence);
    ASSERT_EQ(back.terms.size(), 3U);
    EXPECT_EQ(back.terms[0].name, "press_at");
    EXPECT_EQ(back.terms[0].kind, desk::WhyTerm::Kind::instant_us);
    EXPECT_EQ(back.terms[0].value, -1);
    EXPECT_EQ(back.terms[1].text, "network >= 6");
    EXPECT_EQ(back.terms[2].kind, desk::WhyTerm::Kind::count);
    ASSERT_EQ(back.candidates.size(), 2U);
    const auto& candidate = back.candidates[0];
    EXPECT_EQ(candidate.agent, "ann");
    EXPECT_EQ(candidate.hindrance, "capacity");
    EXPECT_EQ(candidate.detail, "holds 900 of 1,000");
    EXPECT_EQ(candidate.rank, 1U);
    EXPECT_EQ(candidate.surplus, 2U);
    EXPECT_EQ(candidate.preferred, 3U);
    EXPECT_EQ(candidate.preferred_of, 4U);
    EXPECT_EQ(candidate.score, -5);
    EXPECT_EQ(candidate.idle_since_us, 6);
    EXPECT_EQ(candidate.used_milli, 900U);
    EXPECT_EQ(candidate.capacity_milli, 1'000U);
    EXPECT_EQ(candidate.state, "available");
    EXPECT_EQ(back.candidates_left_out, 8U);
    ASSERT_EQ(back.lines.size(), 1U);
    const auto& line = back.lines[0];
    EXPECT_EQ(line.queue, "q");
    EXPECT_EQ(line.step, 2);
    EXPECT_EQ(line.need, "vpn >= 4");
    EXPECT_EQ(line.work, "1,000");
    EXPECT_EQ(line.language, "de");
    EXPECT_EQ(line.confidentiality, "hr");
    EXPECT_EQ(line.waiting, 1U);
    EXPECT_EQ(line.able, 2U);
    EXPECT_EQ(line.routable, 3U);
    EXPECT_EQ(line.free, 4U);
    EXPECT_EQ(line.head, 5U);
    EXPECT_EQ(line.head_external_id, "INC5");
    EXPECT_EQ(line.hindrance, "capacity");
    EXPECT_EQ(back.lines_left_out, 9U);
    EXPECT_EQ(back.remedies, answer.why.remedies);
  }
}

TEST(AnswerCodec, OnlyAQuestionWhyIsAnsweredWithReasons) {
  desk::Answer answer;
  answer.kind = desk::QueryKind::tickets;
  answer.why = why();
  EXPECT_TRUE(travel(answer).why.sentence.empty());
}

TEST(AnswerCodec, AnswersOutOfRangeAreRefused) {
  const auto refused = [](const std::function<void(desk::Answer&)>& change) {
    desk::Answer answer;
    answer.kind = desk::QueryKind::why_ticket;
    answer.tickets.resize(1);
    answer.queues.resize(1);
    answer.why = why();
    change(answer);
    Bytes bytes;
    append(bytes, AnswerMessage{1, desk_7, answer});
    return !decode_answer(payload_of(bytes).bytes());
  };
  EXPECT_FALSE(refused([](auto&) {}));
  EXPECT_TRUE(refused([](auto& a) { a.kind = static_cast<desk::QueryKind>(23); }));
  EXPECT_TRUE(refused([](auto& a) { a.tickets[0].kind = 3; }));
  EXPECT_TRUE(refused([](auto& a) { a.tickets[0].confidence = 101; }));
  EXPECT_TRUE(refused([](auto& a) { a.queues[0].mode = 3; }));
  EXPECT_TRUE(refused([](auto& a) { a.queues[0].discipline = 5; }));
  EXPECT_TRUE(refused([](auto& a) { a.why.terms[0].kind = static_cast<desk::WhyTerm::Kind>(4); }));
  EXPECT_TRUE(refused([](auto& a) { a.why.candidates[0].detail = "\xff"; }));
  EXPECT_TRUE(refused([](auto& a) { a.why.remedies[0] = "\xff"; }));
}

TEST(AnswerCodec, AllAgentsOfTheLargestDeskFitAnAnswer) {
  desk::Answer answer;
  answer.kind = desk::QueryKind::agents;
  answer.agents.resize(65'536);
  for (size_t i = 0; i < answer.agents.size(); ++i)
    answer.agents[i].name = "agent " + std::to_string(i);
  EXPECT_EQ(travel(answer).agents.back().name, "agent 65535");
}

TEST(AnswerCodec, NamesComeBackAtTheirPositions) {
  desk::Answer answer;
  answer.kind = desk::QueryKind::names;
  answer.names = {{"q0", "", "q2"}, {"a0"}, {}, {"r0", "r1"}};
  const auto back = travel(answer);
  EXPECT_EQ(back.names.queues, answer.names.queues);
  EXPECT_EQ(back.names.agents, answer.names.agents);
  EXPECT_EQ(back.names.policies, answer.names.policies);
  EXPECT_EQ(back.names.reasons, answer.names.reasons);
}

TEST(AnswerCodec, KeyFiguresComeBackExactly) {
  desk::Answer answer;
  answer.kind = desk::QueryKind::kpi;
  auto& kpi = answer.kpi;
  kpi.at_us = 1;
  kpi.tickets = 2;
  kpi.by_kind[1] = 3;
  kpi.by_priority[5] = 4;
  kpi.by_state[8] = 5;
  kpi.resolution[0] = {6, 7, 8, 9};
  kpi.first_response[5] = {10, 11, 12, 13};
  kpi.state_us = {{"", 1}, {"Active", 14}, {"New", -15}};
  kpi.moves = 16;
  kpi.moved = 17;
  kpi.pingpong = 18;
  kpi.pingponged = 19;
  kpi.reopens = 20;
  kpi.reopened = 21;
  kpi.closed_reopened = 22;
  kpi.resolved = 23;
  kpi.policies = {{"P1", 24, 25, 26, 27, 28}};
  kpi.backlog = {{"Active", 29}};
  kpi.backlog_total = 30;
  const auto back = travel(answer).kpi;
  EXPECT_EQ(back.at_us, 1);
  EXPECT_EQ(back.tickets, 2U);
  EXPECT_EQ(back.by_kind[1], 3U);
  EXPECT_EQ(back.by_priority[5], 4U);
  EXPECT_EQ(back.by_state[8], 5U);
  EXPECT_EQ(back.resolution[0].p99_us, 9);
  EXPECT_EQ(back.first_response[5].n, 10U);
  EXPECT_EQ(back.first_response[5].p50_us, 11);
  EXPECT_EQ(back.first_response[5].p90_us, 12);
  EXPECT_EQ(back.state_us, kpi.state_us);
  EXPECT_EQ(back.moves, 16U);
  EXPECT_EQ(back.moved, 17U);
  EXPECT_EQ(back.pingpong, 18U);
  EXPECT_EQ(back.pingponged, 19U);
  EXPECT_EQ(back.reopens, 20U);
  EXPECT_EQ(back.reopened, 21U);
  EXPECT_EQ(back.closed_reopened, 22U);
  EXPECT_EQ(back.resolved, 23U);
  ASSERT_EQ(back.policies.size(), 1U);
  EXPECT_EQ(back.policies[0].policy, "P1");
  EXPECT_EQ(back.policies[0].running_breached, 28U);
  EXPECT_EQ(back.backlog, kpi.backlog);
  EXPECT_EQ(back.backlog_total, 30U);
}

TEST(AnswerCodec, StatusComesBackWithEveryField) {
  desk::Answer answer;
  answer.kind = desk::QueryKind::status;
  auto& status = answer.status;
  status.desk = "emea";
  status.now_us = 1;
  status.tickets = 2;
  status.waiting = 3;
  status.archived = 4;
  status.events = 5;
  status.first_event = 6;
  status.commands = 7;
  status.rejected = 8;
  status.timers = 9;
  status.timer_lag_us_max = 10;
  status.digest = 11;
  status.event_hash = 12;
  status.configuration_version = 13;
  status.invariant_violations = {{"capacity", 0}, {"single_award", 1}};
  status.text_bytes = 14;
  status.opened = 15;
  status.resolved = 16;
  status.reopened = 17;
  status.breaches = 18;
  const auto back = travel(answer).status;
  EXPECT_EQ(back.desk, "emea");
  EXPECT_EQ(back.now_us, 1);
  EXPECT_EQ(back.tickets, 2U);
  EXPECT_EQ(back.waiting, 3U);
  EXPECT_EQ(back.archived, 4U);
  EXPECT_EQ(back.events, 5U);
  EXPECT_EQ(back.first_event, 6U);
  EXPECT_EQ(back.commands, 7U);
  EXPECT_EQ(back.rejected, 8U);
  EXPECT_EQ(back.timers, 9U);
  EXPECT_EQ(back.timer_lag_us_max, 10);
  EXPECT_EQ(back.digest, 11U);
  EXPECT_EQ(back.event_hash, 12U);
  EXPECT_EQ(back.configuration_version, 13U);
  EXPECT_EQ(back.invariant_violations, status.invariant_violations);
  EXPECT_EQ(back.text_bytes, 14U);
  EXPECT_EQ(back.opened, 15U);
  EXPECT_EQ(back.resolved, 16U);
  EXPECT_EQ(back.reopened, 17U);
  EXPECT_EQ(back.breaches, 18U);
}

TEST(AnswerCodec, TruncationsAndChangedBytesDoNoHarm) {
  for (const auto kind : {desk::QueryKind::tickets, desk::QueryKind::names, desk::QueryKind::kpi,
                          desk::QueryKind::status, desk::QueryKind::why_queue}) {
    desk::Answer answer;
    answer.kind = kind;
    answer.tickets.resize(1);
    answer.tickets[0].clocks.resize(1);
    answer.queues.resize(1);
    answer.agents.resize(1);
    answer.clocks = {clock()};
    answer.policies.resize(1);
    answer.policies[0].target.us = 1;
    answer.changes.resize(1);
    answer.names.queues = {"q"};
    answer.kpi.backlog = {{"Active", 1}};
    answer.offers.resize(1);
    answer.why = why();
    Bytes bytes;
    append(bytes, AnswerMessage{1, desk_7, answer});
    Payload payload = payload_of(bytes);
    for (size_t size = 0; size < payload.size(); ++size)
      (void)decode_answer(Payload(payload.bytes().first(size)).bytes()).has_value();
    for (size_t at = 0; at < payload.size(); ++at) {
      const std::byte before = payload.bytes()[at];
      for (const int change : {0x01, 0x04, 0x08, 0x80, 0xff}) {  // 4 and 8 move offsets
        payload.bytes()[at] = before ^ static_cast<std::byte>(change);
        const auto decoded = decode_answer(payload.bytes());
        if (decoded) {
          EXPECT_LE(decoded->answer.tickets.size(), payload.size());
        }
      }
      payload.bytes()[at] = before;
    }
  }
}

TEST(AnswerCodec, APayloadThatNamesOneTextManyTimesIsRefused) {
  // names.queues: 100,000 references to one text of 10 kB would be a gigabyte of strings.
  flatbuffers::FlatBufferBuilder builder;
  const auto text = builder.CreateString(std::string(10'000, 'x'));
  const std::vector<flatbuffers::Offset<flatbuffers::String>> many(100'000, text);
  const auto list = builder.CreateVector(many);
  const auto names_at = builder.StartTable();
  builder.AddOffset(4, list);
  const flatbuffers::Offset<void> names(builder.EndTable(names_at));
  const auto answer_at = builder.StartTable();
  builder.AddElement<uint8_t>(8, 5, 0);  // kind: names
  builder.AddOffset(18, names);
  builder.Finish(flatbuffers::Offset<void>(builder.EndTable(answer_at)));
  const Payload payload(std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize())));
  const auto refused = decode_answer(payload.bytes());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, WireErrorKind::payload_malformed);
  EXPECT_EQ(refused.error().text,
            "answer: names.queues shares its bytes with other fields: give each its own");
}

}  // namespace
}  // namespace paceline::wire
