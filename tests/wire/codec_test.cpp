// Every kind of command there and back, and what is refused. One piece: the frame that holds one of
// each kind is what round trips, truncations and changed bytes are tried on.
#include "wire/codec.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "wire/command_writer.h"

namespace paceline::wire {
namespace {

constexpr sched::DeskNumber desk_7{7};

/// One of each kind.
void fill(CommandWriter& writer) {
  writer.open({.external_id = "INC1",
               .category = "network",
               .stage = "approval",
               .language = "de",
               .confidentiality = "hr",
               .requester = "Zoë",
               .body = "VPN drops every ten minutes",
               .occurred_at_us = 1'700'000'000'000'000,
               .promised_at_us = 1'700'100'000'000'000,
               .kind = desk::TicketKind::service_request,
               .impact = sched::Impact::high,
               .urgency = sched::Urgency::low,
               .sentiment = desk::Sentiment::negative,
               .vip = true,
               .major = true,
               .confidence = 80});
  writer.update({.to = {.ticket = 42, .expected_version = 3},
                 .fields = bit(desk::TextField::category) | bit(desk::FieldBit::vip),
                 .category = "vpn",
                 .language = "fr",
                 .promised_at_us = 5,
                 .vip = true,
                 .workaround = true,
                 .confidence = 100});
  writer.message({.to = {.external_id = "INC1"}, .author_kind = desk::AuthorKind::requester});
  writer.assign({.external_id = "INC1"}, "ann");
  writer.start({.ticket = 42});
  writer.requeue({.ticket = 42}, "network-l2", "needs a router login");
  writer.pend({.to = {.ticket = 42},
               .reason = "awaiting_requester",
               .resume_at_us = 1'800'000'000'000'000,
               .max_pause_us = 600'000'000,
               .reminders = 3});
  writer.resume({.ticket = 42});
  writer.resolve({.external_id = "INC1"}, "fixed", true);
  writer.close({.ticket = 42}, "confirmed");
  writer.reopen({.ticket = 42}, "again");
  writer.cancel({.ticket = 42}, "duplicate");
  writer.define_queue(
      {.name = "network-l1", .group = "network", .need = "network >= 2", .tier = 2});
  writer.define_agent({.name = "ann", .groups = "network", .skills = "network:6"});
  writer.log_in("ann");
  writer.log_out("ann");
  const std::byte chunk[] = {std::byte{0xff}, std::byte{0}, std::byte{0x80}};
  writer.config_begin(3);
  writer.config_chunk(chunk);
  writer.config_commit(0x1234'5678'9abc'def0);
  writer.acknowledge({.external_id = "INC1"}, static_cast<uint8_t>(desk::ClockKind::own), 2);
  writer.merge({.external_id = "INC2", .expected_version = 7}, {.external_id = "INC1"});
  writer.import_ticket({.ticket = {.external_id = "INC3",
                                   .stage = "fulfil",
                                   .occurred_at_us = 90,
                                   .promised_at_us = 110,
                                   .workaround = true},
                        .recorded_at_us = 100,
                        .history = "queued@100;assigned@101",
                        .agent = "ann"});
  writer.migrate(desk::MigrateMode::retroactive, "priority == P1", "P1 resolution");
  writer.repair({.ticket = 42}, true);
  writer.accept(7, "ann");
  writer.decline(8, "busy with a P1", "ann");
  writer.withdraw({.ticket = 42, .expected_version = 4});
  writer.set_agent_state({.agent = "ann", .step = desk::AgentStep::away, .code = "lunch"});
  writer.next("ann");
  writer.escalate({.to = {.external_id = "INC1"},
                   .queue = "network-l2",
                   .reason = "needs a router login",
                   .checklist = "symptoms,steps_tried"});
  writer.bounce({.external_id = "INC1"}, "not ours");
  writer.hand_over({.external_id = "INC1"}, "bob", "he knows the router");
  writer.reassign({.where = "agent == ann", .queue = "network-l1", .reason = "ill"});
  writer.switch_route("network", true);
  writer.hold_queue("network-l1", true);
  writer.score({.ticket = 42}, "bob", -15);
  writer.reconcile("ann", "1,2");
  writer.rate({.to = {.external_id = "INC1"},
               .survey = 0xfedc'ba98'7654'3210,
               .score = 4,
               .recommend = 10,
               .comment = "quick"});
}

/// The frame's payload, as a connection would hold it.
Payload payload_of(CommandWriter& writer, uint64_t first_number = 1) {
  const auto frame = writer.finish(desk_7, first_number);
  EXPECT_TRUE(frame) << frame.error().text;
  return Payload(frame->subspan(frame_header_size));
}

Payload open_payload(std::string_view body = "it is broken") {
  CommandWriter writer;
  writer.open({.external_id = "INC1", .body = body});
  writer.open({.external_id = "INC2", .body = body});
  return payload_of(writer);
}

WireErrorKind refusal(std::span<const std::byte> payload) {
  const auto frame = decode_commands(payload);
  EXPECT_FALSE(frame);
  if (frame) return WireErrorKind::text_too_long;
  EXPECT_FALSE(frame.error().text.empty());
  return frame.error().kind;
}

/// What the codec says once `change` was made to the first of two opens.
WireErrorKind refusal_of(const std::function<void(desk::Open&)>& change) {
  Payload payload = open_payload();
  const auto frame = decode_commands(payload.bytes());
  EXPECT_TRUE(frame);
  change(const_cast<desk::Open&>(frame->open[0]));
  return refusal(payload.bytes());
}

std::string_view text_at(const desk::CommandFrame& frame, uint32_t at, uint16_t size) {
  return frame.text.substr(at, size);
}

TEST(Codec, EveryKindOfCommandComesBackAsItWasWritten) {
  CommandWriter writer;
  fill(writer);
  EXPECT_EQ(writer.size(), static_cast<size_t>(desk::command_kind_count));
  const Payload payload = payload_of(writer, 1'000);
  const auto decoded = decode_commands(payload.bytes());
  ASSERT_TRUE(decoded) << decoded.error().text;
  const auto& frame = *decoded;

  EXPECT_EQ(frame.desk, desk_7);
  EXPECT_EQ(frame.first_number, 1'000U);
  ASSERT_EQ(frame.order.size(), static_cast<size_t>(desk::command_kind_count));
  for (int kind = 0; kind < desk::command_kind_count; ++kind)
    EXPECT_EQ(static_cast<int>(frame.order[static_cast<size_t>(kind)]), kind);

  const auto& open = frame.open[0];
  EXPECT_EQ(open.occurred_at_us, 1'700'000'000'000'000);
  EXPECT_EQ(open.kind, 1);
  EXPECT_EQ(open.impact, 1);
  EXPECT_EQ(open.urgency, 3);
  EXPECT_EQ(open.vip, 1);
  EXPECT_EQ(open.sentiment, 1);
  uint32_t at = open.text_at;
  std::vector<std::string> texts;
  for (const uint16_t size : open.sizes) {
    texts.emplace_back(text_at(frame, at, size));
    at += size;
  }
  const std::vector<std::string> expected{
      "INC1", "network", "",         "",   "",   "",    "",
      "",     "",        "approval", "de", "hr", "Zoë", "VPN drops every ten minutes",
      ""};
  EXPECT_EQ(texts, expected);
  EXPECT_EQ(open.promised_at_us, 1'700'100'000'000'000);
  EXPECT_EQ(open.workaround, 0);
  EXPECT_EQ(open.major, 1);
  EXPECT_EQ(open.confidence, 80);

  EXPECT_EQ(frame.update[0].ticket, 42U);
  EXPECT_EQ(frame.update[0].expected_version, 3U);
  EXPECT_EQ(frame.update[0].fields, bit(desk::TextField::category) | bit(desk::FieldBit::vip));
  EXPECT_EQ(frame.update[0].promised_at_us, 5);
  EXPECT_EQ(frame.update[0].workaround, 1);
  EXPECT_EQ(frame.update[0].major, 0);
  EXPECT_EQ(frame.update[0].confidence, 100);
  EXPECT_EQ(frame.update[0].sizes[static_cast<size_t>(desk::TextField::language)], 2);
  EXPECT_EQ(frame.message[0].author_kind, 0);
  EXPECT_EQ(frame.message[0].is_public, 1);
  EXPECT_EQ(text_at(frame, frame.assign[0].text_at, 7), "INC1ann");
  EXPECT_EQ(frame.start[0].ticket, 42U);
  EXPECT_EQ(text_at(frame, frame.requeue[0].text_at, frame.requeue[0].queue_size), "network-l2");
  EXPECT_EQ(frame.pend[0].resume_at_us, 1'800'000'000'000'000);
  EXPECT_EQ(frame.pend[0].max_pause_us, 600'000'000);
  EXPECT_EQ(frame.pend[0].reminders, 3);
  EXPECT_EQ(frame.resume[0].ticket, 42U);
  EXPECT_EQ(frame.resolve[0].restate, 1);
  EXPECT_EQ(text_at(frame, frame.close[0].text_at, frame.close[0].code_size), "confirmed");
  EXPECT_EQ(text_at(frame, frame.reopen[0].text_at, frame.reopen[0].reason_size), "again");
  EXPECT_EQ(text_at(frame, frame.cancel[0].text_at, frame.cancel[0].reason_size), "duplicate");
  EXPECT_EQ(frame.define_queue[0].tier, 2);
  EXPECT_EQ(frame.define_queue[0].weight_milli, 1'000U);
  EXPECT_EQ(frame.define_agent[0].skills_size, 9U);
  EXPECT_EQ(text_at(frame, frame.log_in[0].text_at, frame.log_in[0].agent_size), "ann");
  EXPECT_EQ(frame.log_out.size(), 1U);
  EXPECT_EQ(frame.config_begin[0].bytes, 3U);
  EXPECT_EQ(frame.config_chunk[0].size, 3U);
  EXPECT_EQ(frame.config_commit[0].hash, 0x1234'5678'9abc'def0U);
  EXPECT_EQ(frame.acknowledge[0].clock, 3);
  EXPECT_EQ(frame.acknowledge[0].rung, 2);
  const auto& merge = frame.merge[0];
  EXPECT_EQ(merge.expected_version, 7U);
  EXPECT_EQ(text_at(frame, merge.text_at, merge.external_id_size), "INC2");
  EXPECT_EQ(text_at(frame, merge.text_at + merge.external_id_size, merge.into_external_id_size),
            "INC1");
  const auto& imported = frame.import_ticket[0];
  EXPECT_EQ(imported.recorded_at_us, 100);
  EXPECT_EQ(imported.occurred_at_us, 90);
  EXPECT_EQ(imported.promised_at_us, 110);
  EXPECT_EQ(imported.workaround, 1);
  EXPECT_EQ(text_at(frame, imported.text_at, 36), "INC3fulfilqueued@100;assigned@101ann");
  const auto& migrate = frame.migrate[0];
  EXPECT_EQ(migrate.mode, 1);
  EXPECT_EQ(text_at(frame, migrate.text_at, migrate.select_size), "priority == P1");
  EXPECT_EQ(text_at(frame, migrate.text_at + migrate.select_size, migrate.policy_size),
            "P1 resolution");
  EXPECT_EQ(frame.repair[0].ticket, 42U);
  EXPECT_EQ(frame.repair[0].newest, 1);
}

TEST(Codec, ResolvesCiteArticlesBehindTheirCodes) {
  CommandWriter writer;
  writer.resolve({.external_id = "INC1"}, "fixed");
  writer.resolve({.external_id = "INC2"}, "fixed", false, "KB12");
  writer.resolve({.external_id = "INC3"}, "no fault");
  const Payload payload = payload_of(writer);
  const auto decoded = decode_commands(payload.bytes());
  ASSERT_TRUE(decoded) << decoded.error().text;
  const auto& frame = *decoded;
  ASSERT_EQ(frame.resolve_article.size(), 3U);
  EXPECT_EQ(frame.resolve_article[0], 0);
  EXPECT_EQ(frame.resolve_article[2], 0);
  const auto& second = frame.resolve[1];
  EXPECT_EQ(text_at(frame, second.text_at + second.external_id_size + second.code_size,
                    frame.resolve_article[1]),
            "KB12");
}

TEST(Codec, AFrameThatCitesNothingSaysNothingOfArticles) {
  CommandWriter writer;
  writer.resolve({.external_id = "INC1"}, "fixed");
  const Payload payload = payload_of(writer);
  EXPECT_TRUE(decode_commands(payload.bytes())->resolve_article.empty());
}

TEST(Codec, CommandsOfRoutingComeBackAsTheyWereWritten) {
  CommandWriter writer;
  fill(writer);
  const Payload payload = payload_of(writer);
  const auto decoded = decode_commands(payload.bytes());
  ASSERT_TRUE(decoded) << decoded.error().text;
  const auto& frame = *decoded;
  EXPECT_EQ(frame.accept[0].offer, 7U);
  EXPECT_EQ(text_at(frame, frame.accept[0].text_at, frame.accept[0].agent_size), "ann");
  EXPECT_EQ(frame.decline[0].offer, 8U);
  EXPECT_EQ(text_at(frame, frame.decline[0].text_at, 17), "annbusy with a P1");
  EXPECT_EQ(frame.decline[0].agent_size, 3);
  EXPECT_EQ(frame.decline[0].reason_size, 14);
  EXPECT_EQ(frame.withdraw[0].ticket, 42U);
  EXPECT_EQ(frame.withdraw[0].expected_version, 4U);
  const auto& state = frame.set_agent_state[0];
  EXPECT_EQ(text_at(frame, state.text_at, 8), "annlunch");
  EXPECT_EQ(state.code_size, 5);
  EXPECT_EQ(state.step, static_cast<uint8_t>(desk::AgentStep::away));
  EXPECT_EQ(state.requeue, 0);
  EXPECT_EQ(text_at(frame, frame.next[0].text_at, frame.next[0].agent_size), "ann");
  const auto& escalate = frame.escalate[0];
  EXPECT_EQ(text_at(frame, escalate.text_at, 54),
            "INC1network-l2needs a router loginsymptoms,steps_tried");
  EXPECT_EQ(escalate.queue_size, 10);
  EXPECT_EQ(escalate.reason_size, 20);
  EXPECT_EQ(escalate.checklist_size, 20);
  EXPECT_EQ(text_at(frame, frame.bounce[0].text_at, 12), "INC1not ours");
  EXPECT_EQ(text_at(frame, frame.hand_over[0].text_at, 26), "INC1bobhe knows the router");
  EXPECT_EQ(frame.hand_over[0].note_size, 19);
  const auto& reassign = frame.reassign[0];
  EXPECT_EQ(text_at(frame, reassign.text_at, 25), "agent == annnetwork-l1ill");
  EXPECT_EQ(reassign.agent_size, 0);
  EXPECT_EQ(reassign.reason_size, 3);
  EXPECT_EQ(frame.switch_route[0].on, 1);
  EXPECT_EQ(frame.hold_queue[0].held, 1);
  EXPECT_EQ(frame.score[0].points, -15);
  EXPECT_EQ(text_at(frame, frame.score[0].text_at, 3), "bob");
  EXPECT_EQ(text_at(frame, frame.reconcile[0].text_at, 6), "ann1,2");
  EXPECT_EQ(frame.rate[0].survey, 0xfedc'ba98'7654'3210U);
  EXPECT_EQ(frame.rate[0].score, 4);
  EXPECT_EQ(frame.rate[0].recommend, 10);
  EXPECT_EQ(text_at(frame, frame.rate[0].text_at, 9), "INC1quick");
}

TEST(Codec, AThousandCommandsOfEveryKindFitOneFrame) {
  CommandWriter writer;
  for (int i = 0; i < 42; ++i) fill(writer);
  const Payload payload = payload_of(writer);
  const auto frame = decode_commands(payload.bytes());
  ASSERT_TRUE(frame) << frame.error().text;
  EXPECT_EQ(frame->order.size(), 42U * desk::command_kind_count);
}

TEST(Codec, TheFrameSaysNothingAboutWhoSentIt) {
  const Payload payload = open_payload();
  const auto frame = decode_commands(payload.bytes());
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->session.value, 0U);
  EXPECT_EQ(frame->principal, 0U);
  EXPECT_EQ(frame->roles, 0U);
}

TEST(Codec, SpansPointIntoThePayload) {
  const Payload payload = open_payload();
  const auto frame = decode_commands(payload.bytes());
  ASSERT_TRUE(frame);
  const auto* begin = payload.bytes().data();
  const auto* end = begin + payload.size();
  EXPECT_GE(reinterpret_cast<const std::byte*>(frame->open.data()), begin);
  EXPECT_LE(reinterpret_cast<const std::byte*>(frame->open.data() + 2), end);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(frame->open.data()) % 8, 0U);
}

TEST(Codec, ThousandsOfCommandsFitTheVerifiersTableLimit) {
  CommandWriter writer;
  for (int i = 0; i < 4'000; ++i) writer.resolve({.ticket = static_cast<uint64_t>(i) + 1}, "fixed");
  const Payload payload = payload_of(writer);
  const auto frame = decode_commands(payload.bytes());
  ASSERT_TRUE(frame) << frame.error().text;
  EXPECT_EQ(frame->resolve.size(), 4'000U);
}

TEST(Codec, RandomFramesSurviveTheRoundTrip) {
  const unsigned seed = 99;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  CommandWriter writer;
  for (int round = 0; round < 300; ++round) {
    writer.clear();
    std::vector<std::string> ids;
    std::vector<int> kinds;
    const size_t count = 1 + random() % 50;
    for (size_t i = 0; i < count; ++i) {
      ids.push_back("T" + std::to_string(random() % 1'000'000) + (random() % 4 == 0 ? "é" : ""));
      kinds.push_back(static_cast<int>(random() % 3));
      if (kinds.back() == 0) writer.open({.external_id = ids.back(), .body = "b"});
      if (kinds.back() == 1) writer.resolve({.external_id = ids.back()}, "fixed");
      if (kinds.back() == 2) writer.close({.external_id = ids.back()});
    }
    EXPECT_GE(writer.frame_size(), writer.finish(desk_7, 1)->size());
    const Payload payload = payload_of(writer);
    const auto frame = decode_commands(payload.bytes());
    ASSERT_TRUE(frame) << frame.error().text;
    size_t next[3] = {};
    for (size_t i = 0; i < count; ++i) {
      if (kinds[i] == 0) {
        const auto& open = frame->open[next[0]++];
        EXPECT_EQ(text_at(*frame, open.text_at, open.sizes[0]), ids[i]);
      } else if (kinds[i] == 1) {
        const auto& resolve = frame->resolve[next[1]++];
        EXPECT_EQ(text_at(*frame, resolve.text_at, resolve.external_id_size), ids[i]);
      } else {
        const auto& close = frame->close[next[2]++];
        EXPECT_EQ(text_at(*frame, close.text_at, close.external_id_size), ids[i]);
      }
    }
  }
}

// ---------------------------------------------------------------------------- hostile frames

TEST(Codec, EveryTruncationIsRefused) {
  CommandWriter writer;
  fill(writer);
  const Payload payload = payload_of(writer);
  for (size_t size = 0; size < payload.size(); ++size) {
    const Payload part(payload.bytes().first(size));
    EXPECT_FALSE(decode_commands(part.bytes())) << size;
  }
}

TEST(Codec, NoChangedByteDoesHarm) {
  CommandWriter writer;
  fill(writer);
  Payload payload = payload_of(writer);
  // A frame that is still accepted must keep every promise; reading all texts shows the worst.
  for (size_t at = 0; at < payload.size(); ++at) {
    const std::byte before = payload.bytes()[at];
    for (const int change : {0x01, 0x80, 0xff, 0x7f}) {
      payload.bytes()[at] = before ^ static_cast<std::byte>(change);
      const auto frame = decode_commands(payload.bytes());
      if (!frame) continue;
      for (const auto& open : frame->open) {
        size_t size = 0;
        for (const uint16_t each : open.sizes) size += each;
        EXPECT_LE(open.text_at + size, frame->text.size());
        EXPECT_LE(open.impact, 3);
      }
    }
    payload.bytes()[at] = before;
  }
}

TEST(Codec, TrailingBytesAreRefused) {
  const Payload payload = open_payload();
  for (const size_t extra : {1U, 7U, 8U, 64U}) {
    Bytes longer(payload.bytes().begin(), payload.bytes().end());
    longer.resize(longer.size() + extra, std::byte{0xaa});
    EXPECT_EQ(refusal(Payload(longer).bytes()), WireErrorKind::payload_malformed) << extra;
  }
  Bytes padded(payload.bytes().begin(), payload.bytes().end());
  padded.resize(padded.size() + 8);
  EXPECT_EQ(refusal(Payload(padded).bytes()), WireErrorKind::payload_malformed);
}

TEST(Codec, AMisalignedPayloadIsRefused) {
  const Payload payload = open_payload();
  for (size_t shift = 1; shift < 8; ++shift) {
    Payload shifted(payload.size() + shift);
    std::memcpy(shifted.bytes().data() + shift, payload.bytes().data(), payload.size());
    EXPECT_EQ(refusal(shifted.bytes().subspan(shift)), WireErrorKind::payload_misaligned);
  }
}

TEST(Codec, EmptyPayloadsAndFramesWithoutCommandsAreRefused) {
  EXPECT_EQ(refusal({}), WireErrorKind::payload_malformed);
  Payload zeros(64);
  std::memset(zeros.bytes().data(), 0, 64);
  EXPECT_FALSE(decode_commands(zeros.bytes()));
  CommandWriter writer;
  EXPECT_EQ(writer.finish(desk_7, 1).error().kind, WireErrorKind::empty);
}

TEST(Codec, CountsThatDisagreeWithTheOrderAreRefused) {
  CommandWriter writer;
  fill(writer);
  Payload payload = payload_of(writer);
  const auto frame = decode_commands(payload.bytes());
  ASSERT_TRUE(frame);
  auto* order = const_cast<desk::CommandKind*>(frame->order.data());
  order[0] = desk::CommandKind::resolve;
  EXPECT_EQ(refusal(payload.bytes()), WireErrorKind::counts_disagree);
}

TEST(Codec, UnknownKindsInTheOrderAreRefused) {
  for (const int kind : {desk::command_kind_count, desk::command_kind_count + 1, 127, 255}) {
    Payload payload = open_payload();
    const auto frame = decode_commands(payload.bytes());
    ASSERT_TRUE(frame);
    const_cast<desk::CommandKind*>(frame->order.data())[1] = static_cast<desk::CommandKind>(kind);
    EXPECT_EQ(refusal(payload.bytes()), WireErrorKind::value_out_of_range);
  }
}

TEST(Codec, EnumsFlagsAndReservedBytesOutOfRangeAreRefused) {
  const auto out_of_range = WireErrorKind::value_out_of_range;
  EXPECT_EQ(refusal_of([](desk::Open& open) { open.kind = 3; }), out_of_range);
  EXPECT_EQ(refusal_of([](desk::Open& open) { open.impact = 4; }), out_of_range);
  EXPECT_EQ(refusal_of([](desk::Open& open) { open.urgency = 255; }), out_of_range);
  EXPECT_EQ(refusal_of([](desk::Open& open) { open.vip = 2; }), out_of_range);
  EXPECT_EQ(refusal_of([](desk::Open& open) { open.sentiment = 4; }), out_of_range);
  EXPECT_EQ(refusal_of([](desk::Open& open) { open.workaround = 2; }), out_of_range);
  EXPECT_EQ(refusal_of([](desk::Open& open) { open.major = 255; }), out_of_range);
  EXPECT_EQ(refusal_of([](desk::Open& open) { open.confidence = 101; }), out_of_range);
  for (size_t i = 0; i < 6; ++i)
    EXPECT_EQ(refusal_of([i](desk::Open& open) { open.reserved[i] = 1; }), out_of_range);
}

/// Changes one record of the frame with one of each kind and says what came of it.
template <class Record, class Change>
WireErrorKind refusal_after(std::span<const Record> desk::CommandFrame::*records, Change change) {
  CommandWriter writer;
  fill(writer);
  Payload payload = payload_of(writer);
  const auto frame = decode_commands(payload.bytes());
  EXPECT_TRUE(frame);
  change(const_cast<Record&>(((*frame).*records)[0]));
  return refusal(payload.bytes());
}

TEST(Codec, EveryKindsBoundedFieldsAreChecked) {
  using Frame = desk::CommandFrame;
  const auto out = WireErrorKind::value_out_of_range;
  EXPECT_EQ(refusal_after(&Frame::update, [](auto& r) { r.fields |= 1U << 15; }), out);
  EXPECT_EQ(refusal_after(&Frame::update, [](auto& r) { r.fields |= 1U << 26; }), out);
  EXPECT_EQ(refusal_after(&Frame::update, [](auto& r) { r.impact = 4; }), out);
  EXPECT_EQ(refusal_after(&Frame::message, [](auto& r) { r.author_kind = 4; }), out);
  EXPECT_EQ(refusal_after(&Frame::message, [](auto& r) { r.is_public = 2; }), out);
  EXPECT_EQ(refusal_after(&Frame::message, [](auto& r) { r.automatic = 2; }), out);
  EXPECT_EQ(refusal_after(&Frame::resolve, [](auto& r) { r.restate = 2; }), out);
  EXPECT_EQ(refusal_after(&Frame::define_queue, [](auto& r) { r.mode = 3; }), out);
  EXPECT_EQ(refusal_after(&Frame::define_queue, [](auto& r) { r.discipline = 5; }), out);
  EXPECT_EQ(refusal_after(&Frame::acknowledge, [](auto& r) { r.clock = 11; }), out);
  EXPECT_EQ(refusal_after(&Frame::acknowledge, [](auto& r) { r.clock = 254; }), out);
  EXPECT_EQ(refusal_after(&Frame::import_ticket, [](auto& r) { r.kind = 3; }), out);
  EXPECT_EQ(refusal_after(&Frame::import_ticket, [](auto& r) { r.major = 2; }), out);
  EXPECT_EQ(refusal_after(&Frame::migrate, [](auto& r) { r.mode = 2; }), out);
  EXPECT_EQ(refusal_after(&Frame::repair, [](auto& r) { r.newest = 2; }), out);
  EXPECT_EQ(refusal_after(&Frame::update, [](auto& r) { r.confidence = 255; }), out);
  EXPECT_EQ(refusal_after(&Frame::set_agent_state, [](auto& r) { r.step = 5; }), out);
  EXPECT_EQ(refusal_after(&Frame::set_agent_state, [](auto& r) { r.requeue = 2; }), out);
  EXPECT_EQ(refusal_after(&Frame::switch_route, [](auto& r) { r.on = 2; }), out);
  EXPECT_EQ(refusal_after(&Frame::switch_route, [](auto& r) { r.reserved = 1; }), out);
  EXPECT_EQ(refusal_after(&Frame::hold_queue, [](auto& r) { r.held = 255; }), out);
  EXPECT_EQ(refusal_after(&Frame::hold_queue, [](auto& r) { r.reserved = 1; }), out);
  EXPECT_EQ(refusal_after(&Frame::score, [](auto& r) { r.points = 16; }), out);
  EXPECT_EQ(refusal_after(&Frame::score, [](auto& r) { r.points = -16; }), out);
  EXPECT_EQ(refusal_after(&Frame::score, [](auto& r) { r.points = -128; }), out);
  const auto spoil = [](auto& r) { r.reserved[0] = 9; };
  EXPECT_EQ(refusal_after(&Frame::update, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::message, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::assign, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::start, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::requeue, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::pend, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::resume, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::resolve, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::close, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::reopen, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::cancel, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::define_queue, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::define_agent, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::log_in, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::log_out, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::config_begin, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::acknowledge, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::merge, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::import_ticket, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::migrate, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::repair, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::accept, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::withdraw, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::set_agent_state, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::next, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::bounce, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::hand_over, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::score, spoil), out);
  EXPECT_EQ(refusal_after(&Frame::rate, spoil), out);
}

TEST(Codec, EveryKindsTextsAreChecked) {
  using Frame = desk::CommandFrame;
  const auto out = WireErrorKind::text_out_of_range;
  const auto away = [](auto& r) { r.text_at = 0xffff'ffff; };
  EXPECT_EQ(refusal_after(&Frame::open, away), out);
  EXPECT_EQ(refusal_after(&Frame::update, away), out);
  EXPECT_EQ(refusal_after(&Frame::message, away), out);
  EXPECT_EQ(refusal_after(&Frame::assign, away), out);
  EXPECT_EQ(refusal_after(&Frame::start, away), out);
  EXPECT_EQ(refusal_after(&Frame::requeue, away), out);
  EXPECT_EQ(refusal_after(&Frame::pend, away), out);
  EXPECT_EQ(refusal_after(&Frame::resume, away), out);
  EXPECT_EQ(refusal_after(&Frame::resolve, away), out);
  EXPECT_EQ(refusal_after(&Frame::close, away), out);
  EXPECT_EQ(refusal_after(&Frame::reopen, away), out);
  EXPECT_EQ(refusal_after(&Frame::cancel, away), out);
  EXPECT_EQ(refusal_after(&Frame::define_queue, away), out);
  EXPECT_EQ(refusal_after(&Frame::define_agent, away), out);
  EXPECT_EQ(refusal_after(&Frame::log_in, away), out);
  EXPECT_EQ(refusal_after(&Frame::log_out, away), out);
  EXPECT_EQ(refusal_after(&Frame::config_chunk, away), out);
  EXPECT_EQ(refusal_after(&Frame::acknowledge, away), out);
  EXPECT_EQ(refusal_after(&Frame::merge, away), out);
  EXPECT_EQ(refusal_after(&Frame::import_ticket, away), out);
  EXPECT_EQ(refusal_after(&Frame::import_ticket, [](auto& r) { r.history_size = 0xffff; }), out);
  EXPECT_EQ(refusal_after(&Frame::migrate, away), out);
  EXPECT_EQ(refusal_after(&Frame::repair, away), out);
  EXPECT_EQ(refusal_after(&Frame::accept, away), out);
  EXPECT_EQ(refusal_after(&Frame::decline, away), out);
  EXPECT_EQ(refusal_after(&Frame::withdraw, away), out);
  EXPECT_EQ(refusal_after(&Frame::set_agent_state, away), out);
  EXPECT_EQ(refusal_after(&Frame::next, away), out);
  EXPECT_EQ(refusal_after(&Frame::escalate, away), out);
  EXPECT_EQ(refusal_after(&Frame::bounce, away), out);
  EXPECT_EQ(refusal_after(&Frame::hand_over, away), out);
  EXPECT_EQ(refusal_after(&Frame::reassign, away), out);
  EXPECT_EQ(refusal_after(&Frame::switch_route, away), out);
  EXPECT_EQ(refusal_after(&Frame::hold_queue, away), out);
  EXPECT_EQ(refusal_after(&Frame::score, away), out);
  EXPECT_EQ(refusal_after(&Frame::reconcile, away), out);
  EXPECT_EQ(refusal_after(&Frame::rate, away), out);
  EXPECT_EQ(refusal_after(&Frame::rate, [](auto& r) { r.comment_size = 0xffff; }), out);
  EXPECT_EQ(refusal_after(&Frame::decline, [](auto& r) { r.reason_size = 0xffff; }), out);
  EXPECT_EQ(refusal_after(&Frame::escalate, [](auto& r) { r.checklist_size = 0xffff; }), out);
  EXPECT_EQ(refusal_after(&Frame::reassign, [](auto& r) { r.reason_size = 0xffff; }), out);
  EXPECT_EQ(refusal_after(&Frame::reconcile, [](auto& r) { r.tickets_size = 0xffff; }), out);
  EXPECT_EQ(refusal_after(&Frame::config_chunk, [](auto& r) { r.size = 0xffff'ffff; }), out);
}

TEST(Codec, TextsOutsideTheFramesTextAreRefused) {
  const auto out = WireErrorKind::text_out_of_range;
  EXPECT_EQ(refusal_of([](desk::Open& open) { open.text_at += 1'000; }), out);
  EXPECT_EQ(refusal_of([](desk::Open& open) { open.text_at = 0xffff'fff0; }), out);
  EXPECT_EQ(refusal_of([](desk::Open& open) { open.sizes.fill(0xffff); }), out);
}

TEST(Codec, TextsThatShareBytesAreRefused) {
  // Both opens name the same body of 30,000 bytes; the second one's own lies unused.
  const std::string body(30'000, 'b');
  Payload payload = open_payload(body);
  const auto frame = decode_commands(payload.bytes());
  ASSERT_TRUE(frame);
  const_cast<desk::Open&>(frame->open[0]).sizes[1] = 20'000;
  EXPECT_EQ(refusal(payload.bytes()), WireErrorKind::text_out_of_range);
}

TEST(Codec, TextNobodyRefersToIsRefused) {
  EXPECT_EQ(refusal_of([](desk::Open& open) { --open.sizes[13]; }),
            WireErrorKind::text_out_of_range);
}

TEST(Codec, TextsThatAreNotUtf8AreRefused) {
  for (const char bad : {'\xff', '\xc3', '\x80', '\0'}) {
    Payload payload = open_payload();
    const auto frame = decode_commands(payload.bytes());
    ASSERT_TRUE(frame);
    const_cast<char*>(frame->text.data())[2] = bad;
    EXPECT_EQ(refusal(payload.bytes()), WireErrorKind::text_invalid);
  }
}

TEST(Codec, AHistoryThatIsNotUtf8IsRefusedAndItsSyntaxIsTheDesksToJudge) {
  CommandWriter writer;
  writer.import_ticket({.ticket = {}, .recorded_at_us = 1, .history = "what?", .agent = {}});
  Payload payload = payload_of(writer);
  auto frame = decode_commands(payload.bytes());
  ASSERT_TRUE(frame);
  const_cast<char*>(frame->text.data())[1] = '\xff';
  EXPECT_EQ(refusal(payload.bytes()), WireErrorKind::text_invalid);
}

TEST(Codec, AnyClockMayBeAcknowledged) {
  CommandWriter writer;
  writer.acknowledge({.ticket = 1});
  const Payload payload = payload_of(writer);
  const auto frame = decode_commands(payload.bytes());
  ASSERT_TRUE(frame) << frame.error().text;
  EXPECT_EQ(frame->acknowledge[0].clock, desk::Acknowledge::any_clock);
}

TEST(Codec, ASequenceMayNotSpanTwoTexts) {
  CommandWriter writer;
  writer.open({.external_id = "é", .body = "é"});
  Payload payload = payload_of(writer);
  const auto frame = decode_commands(payload.bytes());
  ASSERT_TRUE(frame);
  auto& open = const_cast<desk::Open&>(frame->open[0]);
  open.sizes[0] = 1;
  open.sizes[13] = 3;
  EXPECT_EQ(refusal(payload.bytes()), WireErrorKind::text_invalid);
}

TEST(Codec, AConfigurationsBytesNeedNotBeText) {
  CommandWriter writer;
  const std::byte chunk[] = {std::byte{0xff}, std::byte{0}, std::byte{0xc3}};
  writer.config_chunk(chunk);
  const Payload payload = payload_of(writer);
  EXPECT_TRUE(decode_commands(payload.bytes()));
}

TEST(Codec, RefusalsSayWhatAndWhere) {
  Payload payload = open_payload();
  const auto frame = decode_commands(payload.bytes());
  ASSERT_TRUE(frame);
  const_cast<desk::Open&>(frame->open[1]).impact = 9;
  const auto refused = decode_commands(payload.bytes());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text, "commands frame: open[1]: impact is 9, at most 3 is known");
}

// --------------------------------------------------------------------------------- the writer

TEST(CommandWriter, RefusesTextsThatCannotTravel) {
  CommandWriter writer;
  writer.open({.external_id = "INC1"});
  writer.open({.external_id = "INC2", .body = "\xff"});
  auto frame = writer.finish(desk_7, 1);
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().kind, WireErrorKind::text_invalid);
  EXPECT_EQ(frame.error().text,
            "command 1 (open): body is not UTF-8 or contains a NUL: convert it");

  writer.clear();
  const std::string longest(text_size_max, 'x');
  writer.open({.external_id = "INC1", .body = longest});
  EXPECT_TRUE(writer.finish(desk_7, 1));
  writer.clear();
  writer.open({.external_id = "INC1", .body = longest + "x"});
  frame = writer.finish(desk_7, 1);
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().kind, WireErrorKind::text_too_long);
}

TEST(CommandWriter, CanBeUsedAgain) {
  CommandWriter writer;
  fill(writer);
  ASSERT_TRUE(writer.finish(desk_7, 1));
  writer.clear();
  EXPECT_TRUE(writer.empty());
  EXPECT_EQ(writer.open({.external_id = "INC9"}), 0U);
  EXPECT_EQ(writer.close({.external_id = "INC9"}), 1U);
  const Payload payload = payload_of(writer);
  const auto frame = decode_commands(payload.bytes());
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->order.size(), 2U);
  EXPECT_EQ(frame->text, "INC9INC9");
}

TEST(CommandWriter, FinishingTwiceGivesTheSameFrame) {
  CommandWriter writer;
  fill(writer);
  const auto first = writer.finish(desk_7, 5);
  ASSERT_TRUE(first);
  const Bytes copy(first->begin(), first->end());
  const auto second = writer.finish(desk_7, 5);
  ASSERT_TRUE(second);
  EXPECT_TRUE(std::equal(copy.begin(), copy.end(), second->begin(), second->end()));
}

// -------------------------------------------------------------------------- replies and events

Payload payload_of(const Bytes& frame) {
  return Payload(std::span<const std::byte>(frame).subspan(frame_header_size));
}

TEST(Codec, RepliesComeBackAsTheyWereSent) {
  std::vector<desk::Reply> sent(1'000);
  for (size_t i = 0; i < sent.size(); ++i)
    sent[i] = {.code = static_cast<uint16_t>(i % 7),
               .reserved = 0,
               .version = static_cast<uint32_t>(i),
               .ticket = i * 3,
               .next_ticket = i * 5};
  Bytes bytes;
  append(bytes, Replies{desk_7, 77, sent});
  const Payload payload = payload_of(bytes);
  const auto replies = decode_replies(payload.bytes());
  ASSERT_TRUE(replies) << replies.error().text;
  EXPECT_EQ(replies->desk, desk_7);
  EXPECT_EQ(replies->first_number, 77U);
  ASSERT_EQ(replies->replies.size(), sent.size());
  EXPECT_EQ(std::memcmp(replies->replies.data(), sent.data(), sent.size() * sizeof(desk::Reply)),
            0);
}

TEST(Codec, EventsComeBackAsTheyWereSent) {
  std::vector<desk::Event> sent(100);
  for (size_t i = 0; i < sent.size(); ++i) {
    sent[i].sequence = i + 1;
    sent[i].kind = static_cast<desk::EventKind>(i % desk::event_kind_count);
    sent[i].state = desk::State::pending;
    sent[i].value_us = -5;
  }
  Bytes bytes;
  append(bytes, Events{desk_7, sent});
  const Payload payload = payload_of(bytes);
  const auto events = decode_events(payload.bytes());
  ASSERT_TRUE(events) << events.error().text;
  ASSERT_EQ(events->events.size(), sent.size());
  EXPECT_EQ(std::memcmp(events->events.data(), sent.data(), sent.size() * sizeof(desk::Event)), 0);
}

TEST(Codec, EveryKindOfEventHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int kind = 0; kind < desk::event_kind_count; ++kind)
    names.insert(desk::name(static_cast<desk::EventKind>(kind)));
  EXPECT_EQ(names.size(), static_cast<size_t>(desk::event_kind_count));
  EXPECT_FALSE(names.contains("unknown"));
}

TEST(Codec, EventsWithUnknownEnumeratorsAreRefused) {
  const auto refused = [](const std::function<void(desk::Event&)>& change) {
    std::vector<desk::Event> events(2);
    change(events[1]);
    Bytes bytes;
    append(bytes, Events{desk_7, events});
    const Payload payload = payload_of(bytes);
    return !decode_events(payload.bytes());
  };
  EXPECT_FALSE(refused([](desk::Event&) {}));
  EXPECT_TRUE(refused(
      [](desk::Event& e) { e.kind = static_cast<desk::EventKind>(desk::event_kind_count); }));
  EXPECT_TRUE(refused([](desk::Event& e) { e.state = static_cast<desk::State>(9); }));
  EXPECT_TRUE(refused([](desk::Event& e) { e.previous_state = static_cast<desk::State>(99); }));
  EXPECT_TRUE(refused([](desk::Event& e) { e.priority = 6; }));
  EXPECT_TRUE(refused([](desk::Event& e) { e.clock = static_cast<desk::ClockKind>(11); }));
  EXPECT_TRUE(refused([](desk::Event& e) { e.cause = static_cast<desk::Cause>(4); }));
}

TEST(Codec, BusyComesBackAsItWasSent) {
  Bytes bytes;
  append(bytes, Busy{desk_7, 12, 0, 5'000});
  const Payload payload = payload_of(bytes);
  const auto busy = decode_busy(payload.bytes());
  ASSERT_TRUE(busy);
  EXPECT_EQ(busy->desk, desk_7);
  EXPECT_EQ(busy->first_number, 12U);
  EXPECT_EQ(busy->retry_after_us, 5'000U);
}

TEST(Codec, SeveralMessagesMayShareABuffer) {
  Bytes bytes;
  append(bytes, Busy{desk_7, 12, 0, 5'000});
  append(bytes, Replies{desk_7, 1, {}});
  append(bytes, Busy{desk_7, 13, 0, 5'000});
  FrameReader reader(Sender::server, 1'024);
  std::span<const std::byte> left(bytes);
  std::vector<MessageKind> kinds;
  for (;;) {
    auto next = reader.next(left);
    ASSERT_TRUE(next);
    if (!next->has_value()) break;
    kinds.push_back((*next)->kind);
  }
  const std::vector<MessageKind> expected{MessageKind::busy, MessageKind::replies,
                                          MessageKind::busy};
  EXPECT_EQ(kinds, expected);
}

}  // namespace
}  // namespace paceline::wire
