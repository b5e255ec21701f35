#include "wire/answer_codec.h"

#include <gtest/gtest.h>

#include <flatbuffers/flatbuffers.h>

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

TEST(AnswerCodec, AQueryComesBackAsItWasAsked) {
  QueryMessage message{4, desk_7, {}};
  message.query = {.kind = desk::QueryKind::tickets,
                   .ticket = 5,
                   .text = "network-l1",
                   .agent = "ann",
                   .state = 3,
                   .after = 6,
                   .limit = 7,
                   .at_us = -8};
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
}

TEST(AnswerCodec, QueriesOutOfRangeAreRefused) {
  const auto refused = [](desk::Query query) {
    Bytes bytes;
    append(bytes, QueryMessage{4, desk_7, std::move(query)});
    const Payload payload = payload_of(bytes);
    return !decode_query(payload.bytes());
  };
  EXPECT_FALSE(refused({}));
  EXPECT_TRUE(refused({.kind = static_cast<desk::QueryKind>(8), .text = {}, .agent = {}}));
  EXPECT_TRUE(refused({.text = {}, .agent = {}, .state = 9}));
  EXPECT_TRUE(refused({.text = {}, .agent = {}, .limit = 0}));
  EXPECT_TRUE(refused({.text = {}, .agent = {}, .limit = 1'001}));
  EXPECT_TRUE(refused({.text = "\xff", .agent = {}}));
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
  ticket.clocks = {{desk::ClockKind::resolution, "P1", "uk", "paused", "", 10, 11, 12, 13, 2}};
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
  const auto& clock = view.clocks[0];
  EXPECT_EQ(clock.kind, desk::ClockKind::resolution);
  EXPECT_EQ(clock.policy, "P1");
  EXPECT_EQ(clock.calendar, "uk");
  EXPECT_EQ(clock.state, "paused");
  EXPECT_EQ(clock.verdict, "");
  EXPECT_EQ(clock.target_us, 10);
  EXPECT_EQ(clock.consumed_us, 11);
  EXPECT_EQ(clock.due_at_us, 12);
  EXPECT_EQ(clock.breached_at_us, 13);
  EXPECT_EQ(clock.cycle, 2);
  EXPECT_TRUE(back.tickets[1].body.empty());
}

TEST(AnswerCodec, QueuesAndAgentsComeBackWithEveryField) {
  desk::Answer answer;
  answer.kind = desk::QueryKind::queues;
  answer.code = 21;
  answer.queues = {{"q", "g", "n >= 2", 2, 1, 1, 3, 4, 5, 6}};
  answer.agents = {{"ann", "g,h", "n:2", true, 2'000, 1'000, 1, -7}};
  const auto back = travel(answer);
  EXPECT_EQ(back.code, 21);
  ASSERT_EQ(back.queues.size(), 1U);
  EXPECT_EQ(back.queues[0].name, "q");
  EXPECT_EQ(back.queues[0].group, "g");
  EXPECT_EQ(back.queues[0].need, "n >= 2");
  EXPECT_EQ(back.queues[0].tier, 2);
  EXPECT_EQ(back.queues[0].mode, 1);
  EXPECT_EQ(back.queues[0].discipline, 1);
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
}

TEST(AnswerCodec, TruncationsAndChangedBytesDoNoHarm) {
  for (const auto kind : {desk::QueryKind::tickets, desk::QueryKind::names, desk::QueryKind::kpi,
                          desk::QueryKind::status}) {
    desk::Answer answer;
    answer.kind = kind;
    answer.tickets.resize(1);
    answer.tickets[0].clocks.resize(1);
    answer.queues.resize(1);
    answer.agents.resize(1);
    answer.names.queues = {"q"};
    answer.kpi.backlog = {{"Active", 1}};
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
