#include "wire/messages.h"

#include <gtest/gtest.h>

#include <string>

namespace paceline::wire {
namespace {

constexpr sched::DeskNumber desk_7{7};

/// Sends the message through a reader, as the other side would get it.
template <class Message>
Payload travel(const Message& message, Sender sender, MessageKind kind) {
  Bytes bytes;
  append(bytes, message);
  FrameReader reader(sender, frame_size_max_default);
  std::span<const std::byte> left(bytes);
  auto next = reader.next(left);
  EXPECT_TRUE(next && next->has_value());
  EXPECT_EQ((*next)->kind, kind);
  return std::move((*next)->payload);
}

TEST(Messages, HelloSaysWhoAndHow) {
  const auto payload = travel(Hello{.version = 1,
                                    .client_name = "import",
                                    .token = "s3cret",
                                    .session = {0xfeed},
                                    .lane = Lane::bulk},
                              Sender::client, MessageKind::hello);
  const auto hello = decode_hello(payload.bytes());
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->version, 1);
  EXPECT_EQ(hello->client_name, "import");
  EXPECT_EQ(hello->token, "s3cret");
  EXPECT_EQ(hello->session.value, 0xfeedU);
  EXPECT_EQ(hello->lane, Lane::bulk);
}

TEST(Messages, WelcomeTellsTheLimits) {
  Welcome welcome;
  welcome.server_name = "desk-1";
  welcome.server_version = "0.1.0";
  welcome.frame_size_max = 65'536;
  welcome.in_flight_commands_max = 100;
  welcome.in_flight_bytes_max = 1'000'000;
  welcome.principal = 1'000;
  welcome.roles = 3;
  welcome.clock_mode = ClockMode::commands;
  welcome.durability = Durability::none;
  const auto payload = travel(welcome, Sender::server, MessageKind::welcome);
  const auto back = decode_welcome(payload.bytes());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->server_name, "desk-1");
  EXPECT_EQ(back->server_version, "0.1.0");
  EXPECT_EQ(back->frame_size_max, 65'536U);
  EXPECT_EQ(back->in_flight_commands_max, 100U);
  EXPECT_EQ(back->in_flight_bytes_max, 1'000'000U);
  EXPECT_EQ(back->principal, 1'000U);
  EXPECT_EQ(back->roles, 3U);
  EXPECT_EQ(back->clock_mode, ClockMode::commands);
  EXPECT_EQ(back->durability, Durability::none);
}

TEST(Messages, AdvanceAndItsAnswerKeepTheirTag) {
  const auto payload = travel(Advance{9, desk_7, -5}, Sender::client, MessageKind::advance);
  const auto advance = decode_advance(payload.bytes());
  ASSERT_TRUE(advance);
  EXPECT_EQ(advance->tag, 9U);
  EXPECT_EQ(advance->desk, desk_7);
  EXPECT_EQ(advance->at_us, -5);
  const auto answer = travel(Advanced{9, desk_7, 77}, Sender::server, MessageKind::advanced);
  const auto advanced = decode_advanced(answer.bytes());
  ASSERT_TRUE(advanced);
  EXPECT_EQ(advanced->tag, 9U);
  EXPECT_EQ(advanced->now_us, 77);
}

TEST(Messages, ADeskIsOpenedWithOrWithoutLimits) {
  desk::Limits limits;
  limits.tickets_max = 1;
  limits.clocks_per_ticket = 2;
  limits.intervals_per_ticket = 3;
  limits.text_mib_max = 4;
  limits.closed_max = 5;
  limits.queues_max = 6;
  limits.agents_max = 7;
  limits.policies_max = 8;
  limits.calendars_max = 9;
  limits.dictionary_max = 10;
  limits.sessions_max = 11;
  limits.reply_window = 12;
  limits.timers_per_batch = 13;
  limits.config_bytes_max = 14;
  limits.offers_max = 15;
  limits.sticky_max = 16;
  const auto payload =
      travel(OpenDesk{3, "emea", true, limits}, Sender::client, MessageKind::open_desk);
  const auto open = decode_open_desk(payload.bytes());
  ASSERT_TRUE(open);
  EXPECT_EQ(open->tag, 3U);
  EXPECT_EQ(open->name, "emea");
  EXPECT_TRUE(open->create);
  EXPECT_EQ(open->limits, limits);
  const auto plain = travel(OpenDesk{4, "emea", false, {}}, Sender::client, MessageKind::open_desk);
  EXPECT_FALSE(decode_open_desk(plain.bytes())->limits.has_value());
}

TEST(Messages, DeskOpenedTellsWhereTheSessionStands) {
  const auto payload = travel(DeskOpened{.tag = 3,
                                         .desk = desk_7,
                                         .name = "emea",
                                         .created = true,
                                         .last_number = 500,
                                         .reply_window = 8'192,
                                         .first_event = 1,
                                         .last_event = 900,
                                         .now_us = 12},
                              Sender::server, MessageKind::desk_opened);
  const auto opened = decode_desk_opened(payload.bytes());
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->desk, desk_7);
  EXPECT_EQ(opened->name, "emea");
  EXPECT_TRUE(opened->created);
  EXPECT_EQ(opened->last_number, 500U);
  EXPECT_EQ(opened->reply_window, 8'192U);
  EXPECT_EQ(opened->first_event, 1U);
  EXPECT_EQ(opened->last_event, 900U);
  EXPECT_EQ(opened->now_us, 12);
}

TEST(Messages, SubscriptionsComeBackAsTheyWereSent) {
  const auto payload =
      travel(Subscribe{5, desk_7, 100, 4'096, 0xff}, Sender::client, MessageKind::subscribe);
  const auto subscribe = decode_subscribe(payload.bytes());
  ASSERT_TRUE(subscribe);
  EXPECT_EQ(subscribe->from_sequence, 100U);
  EXPECT_EQ(subscribe->credit, 4'096U);
  EXPECT_EQ(subscribe->kinds, 0xffU);
  const auto more = travel(Credit{desk_7, 10}, Sender::client, MessageKind::credit);
  EXPECT_EQ(decode_credit(more.bytes())->events, 10U);
  const auto end = travel(Unsubscribe{6, desk_7}, Sender::client, MessageKind::unsubscribe);
  EXPECT_EQ(decode_unsubscribe(end.bytes())->tag, 6U);
  const auto gone = travel(TooOld{5, desk_7, 800}, Sender::server, MessageKind::too_old);
  EXPECT_EQ(decode_too_old(gone.bytes())->first_sequence, 800U);
}

TEST(Messages, AReloadTellsItsChangesLineByLine) {
  const auto control =
      travel(Control{9, ControlVerb::check_reload}, Sender::client, MessageKind::control);
  EXPECT_EQ(decode_control(control.bytes())->verb, ControlVerb::check_reload);
  const auto payload = travel(Reloaded{9, {"desk emea", "policy p: changed"}, {"[server] waits"}},
                              Sender::server, MessageKind::reloaded);
  const auto back = decode_reloaded(payload.bytes());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->tag, 9U);
  EXPECT_EQ(back->changes, (std::vector<std::string>{"desk emea", "policy p: changed"}));
  EXPECT_EQ(back->warnings, std::vector<std::string>{"[server] waits"});
}

TEST(Messages, ControlAndItsAnswersComeBackAsTheyWereSent) {
  const auto control = travel(Control{8, ControlVerb::drain}, Sender::client, MessageKind::control);
  EXPECT_EQ(decode_control(control.bytes())->verb, ControlVerb::drain);
  const auto done = travel(Done{8}, Sender::server, MessageKind::done);
  EXPECT_EQ(decode_done(done.bytes())->tag, 8U);
  ServerStatus status;
  status.tag = 8;
  status.server_version = "0.1.0";
  status.draining = true;
  status.desks = {{desk_7, "emea", 5, 6}, {{8}, "apac", 7, 8}};
  status.figures = {{"connections", 3}, {"log_bytes", 1'000'000}};
  const auto payload = travel(status, Sender::server, MessageKind::server_status);
  const auto back = decode_server_status(payload.bytes());
  ASSERT_TRUE(back);
  EXPECT_TRUE(back->draining);
  EXPECT_EQ(back->desks, status.desks);
  EXPECT_EQ(back->figures, status.figures);
}

TEST(Messages, AnErrorOfALaterReleaseKeepsItsNumberAndText) {
  const auto payload = travel(ErrorMessage{1, static_cast<ErrorCode>(999), "no more coffee", true},
                              Sender::server, MessageKind::error);
  const auto error = decode_error(payload.bytes());
  ASSERT_TRUE(error);
  EXPECT_EQ(static_cast<int>(error->code), 999);
  EXPECT_EQ(error->text, "no more coffee");
  EXPECT_TRUE(error->fatal);
}

TEST(Messages, EnumeratorsOutOfRangeAreRefused) {
  Bytes bytes;
  append(bytes, Hello{.client_name = "x", .lane = static_cast<Lane>(2)});
  const Payload hello(std::span<const std::byte>(bytes).subspan(frame_header_size));
  const auto refused = decode_hello(hello.bytes());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, WireErrorKind::value_out_of_range);
  EXPECT_EQ(refused.error().text, "hello: lane 2 is out of range: 0 to 1");
}

TEST(Messages, TextsThatAreNotUtf8AreRefused) {
  Bytes bytes;
  append(bytes, OpenDesk{1, "caf\xe9", false, {}});
  const Payload payload(std::span<const std::byte>(bytes).subspan(frame_header_size));
  EXPECT_EQ(decode_open_desk(payload.bytes()).error().kind, WireErrorKind::text_invalid);
}

TEST(Messages, TruncationsAndChangedBytesDoNoHarm) {
  Bytes bytes;
  append(bytes, Hello{.client_name = "import", .token = "s3cret", .session = {1}});
  const Payload whole(std::span<const std::byte>(bytes).subspan(frame_header_size));
  for (size_t size = 0; size < whole.size(); ++size) {
    const Payload part(whole.bytes().first(size));
    const auto decoded = decode_hello(part.bytes());  // padding may be missing
    if (decoded) {
      EXPECT_GT(size + 8, whole.size());
    }
  }
  for (size_t at = 0; at < whole.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      Payload changed(whole.bytes());
      changed.bytes()[at] = static_cast<std::byte>(value);
      const auto decoded = decode_hello(changed.bytes());
      if (decoded) {
        EXPECT_LE(decoded->client_name.size() + decoded->token.size(), whole.size());
      }
    }
  }
}

}  // namespace
}  // namespace paceline::wire
