#include "wire/client.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/wire/connected_client.h"
#include "tests/wire/fake_peer.h"
#include "wire/answer_codec.h"
#include "wire/config_codec.h"

namespace paceline::wire {
namespace {

using std::chrono::milliseconds;

// ---------------------------------------------------------------------------------- addresses

TEST(Client, AnAddressThatMakesNoSenseIsToldApart) {
  for (const char* address :
       {"", "unix:", "/tmp/socket", "tcp:", "tcp:host", "tcp:host:", "tcp::80", "tcp:host:0",
        "tcp:host:65536", "tcp:host:99999999999", "tcp:host:8o", "udp:host:1"}) {
    ClientOptions options;
    options.address = address;
    const auto client = Client::connect(options);
    ASSERT_FALSE(client) << address;
    EXPECT_EQ(client.error().kind, ClientErrorKind::address_invalid) << address;
    EXPECT_NE(client.error().text.find("tcp:HOST:PORT"), std::string::npos);
  }
}

TEST(Client, AnAbsentServerIsUnreachableAtOnce) {
  ClientOptions options;
  options.address = "unix:/tmp/paceline-test-nobody-listens-here";
  const auto client = Client::connect(options);
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().kind, ClientErrorKind::unreachable);
  EXPECT_NE(client.error().text.find("is the server running?"), std::string::npos);
}

TEST(Client, MayWaitForAServerThatIsAboutToStart) {
  FailedAttempt failed;
  FakePeer peer(
      [&](FakePeer& self) {
        failed.wait();
        self.listen();
        auto connection = self.accept();
        connection.greet();
      },
      false);
  auto options = options_for(peer);
  options.wait_for_server = true;
  failed.announce_in(options);
  const auto client = Client::connect(options);
  EXPECT_TRUE(client) << client.error().text;
}

// -------------------------------------------------------------------------------------- hello

TEST(Client, SaysHelloWithItsSessionAndHearsTheLimits) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    Welcome welcome;
    welcome.in_flight_commands_max = 10;
    welcome.clock_mode = ClockMode::commands;
    const Hello hello = connection.greet(welcome);
    EXPECT_EQ(hello.client_name, "test");
    EXPECT_EQ(hello.session.value, 0x5e55U);
    EXPECT_EQ(hello.lane, Lane::bulk);
  });
  auto options = options_for(peer);
  options.lane = Lane::bulk;
  const auto client = Client::connect(options);
  ASSERT_TRUE(client);
  EXPECT_EQ(client->welcome().clock_mode, ClockMode::commands);
  EXPECT_EQ(client->room(), 10U);
}

TEST(Client, RandomSessionsDiffer) {
  FakePeer peer([](FakePeer& self) {
    auto first = self.accept();
    auto a = first.greet();
    auto second = self.accept();
    auto b = second.greet();
    EXPECT_NE(a.session.value, 0U);
    EXPECT_NE(a.session.value, b.session.value);
  });
  auto options = options_for(peer);
  options.session = {};
  const auto a = Client::connect(options);
  const auto b = Client::connect(options);
  EXPECT_TRUE(a && b);
}

TEST(Client, ARefusedHelloSaysWhy) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    connection.expect(MessageKind::hello);
    connection.send(ErrorMessage{0, ErrorCode::token_invalid, "this token was revoked", true});
  });
  const auto client = Client::connect(options_for(peer));
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().kind, ClientErrorKind::refused);
  EXPECT_EQ(client.error().code, ErrorCode::token_invalid);
  EXPECT_EQ(client.error().text, "token_invalid: this token was revoked");
}

TEST(Client, APeerOfAnotherKindIsToldApart) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    const char answer[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    connection.send_bytes(std::as_bytes(std::span(answer)));
  });
  const auto client = Client::connect(options_for(peer));
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().kind, ClientErrorKind::protocol);
}

// ----------------------------------------------------------------------------------- commands

TEST(Client, NumbersCommandsDenselyFromWhereTheSessionStands) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(41);
    auto first = connection.commands();
    EXPECT_EQ(first.first_number, 42U);
    EXPECT_EQ(first.count, 3U);
    connection.reply(first);
    auto second = connection.commands();
    EXPECT_EQ(second.first_number, 45U);
    connection.reply(second, 24);
  });
  auto client = connected(peer);
  auto writer = opens(3);
  auto replies = client.call(desk_1, writer);
  ASSERT_TRUE(replies) << replies.error().text;
  ASSERT_EQ(replies->size(), 3U);
  EXPECT_EQ((*replies)[2].ticket, 44U);
  EXPECT_TRUE(writer.empty());
  writer = opens(1);
  replies = client.call(desk_1, writer);
  ASSERT_TRUE(replies);
  EXPECT_EQ((*replies)[0].code, 24);
}

TEST(Client, AnEmptyWriterIsAnsweredAtOnce) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(0);
  });
  auto client = connected(peer);
  CommandWriter writer;
  const auto replies = client.call(desk_1, writer);
  ASSERT_TRUE(replies);
  EXPECT_TRUE(replies->empty());
}

TEST(Client, PipelinesUpToTheServersLimit) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    Welcome welcome;
    welcome.in_flight_commands_max = 5;
    connection.greet(welcome);
    connection.open_desk(0);
    std::vector<PeerConnection::Commands> frames;
    for (int i = 0; i < 2; ++i) frames.push_back(connection.commands());
    for (const auto& frame : frames) connection.reply(frame);
    connection.reply(connection.commands());
  });
  auto client = connected(peer);
  auto two = opens(2);
  EXPECT_EQ(client.submit(desk_1, two).value(), 1U);
  two = opens(2);
  EXPECT_EQ(client.submit(desk_1, two).value(), 3U);
  EXPECT_EQ(client.room(), 1U);
  EXPECT_EQ(client.unreceived(), 2U);

  two = opens(2);
  const auto full = client.submit(desk_1, two);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, ClientErrorKind::in_flight_full);
  EXPECT_EQ(two.size(), 2U);

  for (const uint64_t first : {1U, 3U}) {
    const auto received = client.receive();
    ASSERT_TRUE(received && received->has_value());
    EXPECT_EQ((*received)->first_number, first);
    EXPECT_EQ((*received)->replies.size(), 2U);
  }
  EXPECT_EQ(client.submit(desk_1, two).value(), 5U);
  EXPECT_TRUE(client.receive()->has_value());
  EXPECT_FALSE(client.receive()->has_value());  // nothing outstanding: no waiting
}

TEST(Client, FramesThatCannotTravelAreToldBeforeTheyAreSent) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    Welcome welcome;
    welcome.frame_size_max = 1'000;
    connection.greet(welcome);
    connection.open_desk(0);
    EXPECT_FALSE(connection.next());  // nothing comes but the end
  });
  auto client = connected(peer);
  CommandWriter writer;
  writer.open({.external_id = "\xff"});
  EXPECT_EQ(client.call(desk_1, writer).error().kind, ClientErrorKind::frame_invalid);
  writer.clear();
  const std::string body(2'000, 'x');
  writer.open({.body = body});
  EXPECT_EQ(client.call(desk_1, writer).error().kind, ClientErrorKind::frame_invalid);
  auto elsewhere = opens(1);
  EXPECT_EQ(client.call({9}, elsewhere).error().kind, ClientErrorKind::frame_invalid);
}

TEST(Client, ACallGivesUpAtItsDeadline) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(0);
    const auto frame = connection.commands();
    const Frame query = connection.expect(MessageKind::query);
    connection.reply(frame);
    const auto asked = decode_query(query.payload.bytes());
    connection.send(AnswerMessage{asked->tag, desk_1, {}});
  });
  auto client = connected(peer);
  auto writer = opens(1);
  const auto late = client.call(desk_1, writer, milliseconds(20));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ClientErrorKind::deadline);
  // What was sent stays sent: its answer comes later.
  EXPECT_TRUE(client.query(desk_1, {}));
  const auto received = client.receive();
  ASSERT_TRUE(received && received->has_value());
  EXPECT_EQ((*received)->first_number, 1U);
}

TEST(Client, APipelineLargerThanTheSocketDoesNotStall) {
  constexpr int frames = 60;
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    Welcome welcome;
    welcome.in_flight_bytes_max = 1ULL << 30;
    connection.greet(welcome);
    connection.open_desk(0);
    for (int i = 0; i < frames; ++i) connection.reply(connection.commands());
  });
  auto client = connected(peer);
  const std::string body(60'000, 'x');
  for (int i = 0; i < frames; ++i) {
    CommandWriter writer;
    for (int j = 0; j < 10; ++j) writer.open({.body = body});
    ASSERT_TRUE(client.submit(desk_1, writer));
  }
  for (int i = 0; i < frames; ++i) ASSERT_TRUE(client.receive()->has_value());
}

// ----------------------------------------------------------------------------- other requests

TEST(Client, RefusedRequestsSayWhyAndTheSessionGoesOn) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    connection.greet();
    const Frame frame = connection.expect(MessageKind::open_desk);
    connection.send(ErrorMessage{decode_open_desk(frame.payload.bytes())->tag,
                                 ErrorCode::desk_unknown, "no desk is called emae", false});
    connection.open_desk(0);
  });
  auto client = Client::connect(options_for(peer));
  ASSERT_TRUE(client);
  const auto refused = client->open_desk("emae");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ClientErrorKind::refused);
  EXPECT_EQ(refused.error().code, ErrorCode::desk_unknown);
  EXPECT_TRUE(client->open_desk("emea"));
}

TEST(Client, AFatalErrorEndsTheSession) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(0);
    connection.commands();
    connection.send(ErrorMessage{0, ErrorCode::limit_exceeded, "too much at once", true});
  });
  auto client = connected(peer);
  auto writer = opens(1);
  EXPECT_EQ(client.call(desk_1, writer).error().code, ErrorCode::limit_exceeded);
  EXPECT_EQ(client.status().error().code, ErrorCode::limit_exceeded);
}

TEST(Client, QueriesAndStatusAreAnsweredByTag) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(0);
    const Frame frame = connection.expect(MessageKind::query);
    const auto query = decode_query(frame.payload.bytes());
    EXPECT_EQ(query->query.text, "INC1");
    AnswerMessage answer{query->tag, desk_1, {}};
    answer.answer.kind = desk::QueryKind::ticket;
    answer.answer.tickets.resize(1);
    answer.answer.tickets[0].external_id = "INC1";
    connection.send(answer);
    const Frame control = connection.expect(MessageKind::control);
    ServerStatus status;
    status.tag = decode_control(control.payload.bytes())->tag;
    status.server_version = "0.1.0";
    connection.send(status);
    const Frame drain = connection.expect(MessageKind::control);
    connection.send(Done{decode_control(drain.payload.bytes())->tag});
  });
  auto client = connected(peer);
  desk::Query query;
  query.kind = desk::QueryKind::ticket;
  query.text = "INC1";
  const auto answer = client.query(desk_1, query);
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->tickets.at(0).external_id, "INC1");
  EXPECT_EQ(client.status()->server_version, "0.1.0");
  EXPECT_TRUE(client.drain());
}

TEST(Client, AConfigurationTravelsAsBeginChunksAndCommit) {
  desk::Configuration sent;
  for (int i = 0; i < 300; ++i) {
    desk::RouteRule route;
    route.name = "route " + std::to_string(i);
    route.when = std::string(100, 'w');
    sent.routes.push_back(route);
  }
  FakePeer peer([&](FakePeer& self) {
    auto connection = self.accept();
    Welcome welcome;
    welcome.frame_size_max = 20'000;
    connection.greet(welcome);
    connection.open_desk(0);
    Bytes document;
    uint32_t announced = 0;
    for (bool committed = false; !committed;) {
      const Frame frame = connection.expect(MessageKind::commands);
      const auto commands = decode_commands(frame.payload.bytes());
      ASSERT_TRUE(commands);
      if (!commands->config_begin.empty()) announced = commands->config_begin[0].bytes;
      for (const auto& chunk : commands->config_chunk) {
        const auto bytes =
            std::as_bytes(std::span(commands->text)).subspan(chunk.text_at, chunk.size);
        document.insert(document.end(), bytes.begin(), bytes.end());
      }
      if (!commands->config_commit.empty()) {
        committed = true;
        EXPECT_EQ(commands->config_commit[0].hash, hash_document(document));
      }
      connection.reply({desk_1, commands->first_number, commands->order.size(), ""});
    }
    EXPECT_EQ(announced, document.size());
    const auto received = decode_configuration(document);
    ASSERT_TRUE(received);
    EXPECT_EQ(*received, sent);
  });
  auto client = connected(peer);
  const auto put = client.put_configuration(desk_1, sent);
  EXPECT_TRUE(put) << put.error().text;
}

TEST(Client, ARejectedConfigurationSaysWhy) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(0);
    connection.reply(connection.commands(),
                     static_cast<uint16_t>(desk::Reject::configuration_invalid));
  });
  auto client = connected(peer);
  const auto put = client.put_configuration(desk_1, {});
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().kind, ClientErrorKind::rejected);
  EXPECT_EQ(put.error().reject, desk::Reject::configuration_invalid);
}

// ------------------------------------------------------------------------------------- events

std::vector<desk::Event> events_from(uint64_t first, size_t count) {
  std::vector<desk::Event> events(count);
  for (size_t i = 0; i < count; ++i) events[i].sequence = first + i;
  return events;
}

Subscribe take_subscription(PeerConnection& connection) {
  const Frame frame = connection.expect(MessageKind::subscribe);
  const auto subscribe = decode_subscribe(frame.payload.bytes());
  EXPECT_TRUE(subscribe);
  connection.send(Done{subscribe->tag});
  return *subscribe;
}

TEST(Client, EventsArriveAndCreditIsRenewed) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(0);
    const auto subscribe = take_subscription(connection);
    EXPECT_EQ(subscribe.from_sequence, 5U);
    EXPECT_EQ(subscribe.kinds, 3U);
    uint32_t credit = subscribe.credit;
    uint64_t next = 5;
    for (int i = 0; i < 100; ++i) {
      while (credit < 1'000) {
        const Frame frame = connection.expect(MessageKind::credit);
        credit += decode_credit(frame.payload.bytes())->events;
      }
      connection.send(Events{desk_1, events_from(next, 1'000)});
      next += 1'000;
      credit -= 1'000;
    }
  });
  auto client = connected(peer);
  ASSERT_TRUE(client.subscribe(desk_1, 5, 3));
  uint64_t next = 5;
  while (next < 100'005) {
    const auto events = client.next_events(desk_1);
    ASSERT_TRUE(events) << events.error().text;
    ASSERT_FALSE(events->empty());
    for (const auto& event : *events) ASSERT_EQ(event.sequence, next++);
  }
}

TEST(Client, ASubscriptionGoesOnBehindTheLastEventAfterAReconnect) {
  FakePeer peer([](FakePeer& self) {
    {
      auto connection = self.accept();
      connection.greet();
      connection.open_desk(0);
      connection.open_desk(0, 1, 99);  // asked for what "now" is
      EXPECT_EQ(take_subscription(connection).from_sequence, 100U);
      connection.send(Events{desk_1, events_from(100, 3)});
    }
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(0);
    EXPECT_EQ(take_subscription(connection).from_sequence, 103U);
    connection.send(Events{desk_1, events_from(103, 1)});
    const Frame frame = connection.expect(MessageKind::unsubscribe);
    connection.send(Done{decode_unsubscribe(frame.payload.bytes())->tag});
  });
  auto client = connected(peer);
  ASSERT_TRUE(client.subscribe(desk_1, 0));
  EXPECT_EQ(client.next_events(desk_1)->size(), 3U);
  EXPECT_EQ(client.next_events(desk_1)->at(0).sequence, 103U);
  EXPECT_TRUE(client.unsubscribe(desk_1));
  EXPECT_FALSE(client.next_events(desk_1));
}

TEST(Client, EventsThatAreGoneAreToldWithTheOldestThereIs) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(0);
    const Frame frame = connection.expect(MessageKind::subscribe);
    connection.send(TooOld{decode_subscribe(frame.payload.bytes())->tag, desk_1, 800});
    take_subscription(connection);
    connection.send(Events{desk_1, events_from(800, 2)});
    connection.send(TooOld{0, desk_1, 5'000});  // it was too slow
  });
  auto client = connected(peer);
  const auto gone = client.subscribe(desk_1, 1);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, ClientErrorKind::too_old);
  EXPECT_EQ(gone.error().first_sequence, 800U);
  ASSERT_TRUE(client.subscribe(desk_1, 800));
  EXPECT_EQ(client.next_events(desk_1)->size(), 2U);
  EXPECT_EQ(client.next_events(desk_1).error().first_sequence, 5'000U);
}

}  // namespace
}  // namespace paceline::wire
