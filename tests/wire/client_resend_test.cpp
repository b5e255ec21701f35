// What the client sends again, and when: after a broken connection, and after BUSY.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "tests/wire/connected_client.h"
#include "tests/wire/fake_peer.h"
#include "wire/answer_codec.h"
#include "wire/client.h"

namespace paceline::wire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// ---------------------------------------------------------------------------------- reconnect

TEST(Client, SendsWhatIsUnansweredAgainUnderTheSameNumbers) {
  FakePeer peer([](FakePeer& self) {
    {
      auto connection = self.accept();
      EXPECT_EQ(connection.greet().session.value, 0x5e55U);
      connection.open_desk(0);
      connection.reply(connection.commands());
      connection.commands();
      connection.commands();
    }  // broken, with two frames unanswered
    auto connection = self.accept();
    EXPECT_EQ(connection.greet().session.value, 0x5e55U);
    EXPECT_EQ(connection.open_desk(3).name, "emea");  // it had applied the second frame
    const auto second = connection.commands();
    EXPECT_EQ(second.first_number, 2U);
    EXPECT_EQ(second.text, "secondsecond");
    const auto third = connection.commands();
    EXPECT_EQ(third.first_number, 4U);
    EXPECT_EQ(third.text, "third");
    connection.reply(second);
    connection.reply(third);
  });
  auto client = connected(peer);
  auto writer = opens(1, "first");
  ASSERT_TRUE(client.submit(desk_1, writer));
  writer = opens(2, "second");
  ASSERT_TRUE(client.submit(desk_1, writer));
  writer = opens(1, "third");
  ASSERT_TRUE(client.submit(desk_1, writer));
  for (const uint64_t first : {1U, 2U, 4U}) {
    const auto received = client.receive();
    ASSERT_TRUE(received) << received.error().text;
    ASSERT_TRUE(received->has_value());
    EXPECT_EQ((*received)->first_number, first);
  }
  EXPECT_EQ(client.reconnects(), 1U);
}

TEST(Client, SurvivesAServerThatIsAwayForAWhile) {
  FailedAttempt failed;
  FakePeer peer([&](FakePeer& self) {
    {
      auto connection = self.accept();
      connection.greet();
      connection.open_desk(0);
      connection.commands();
      self.stop_listening();
    }
    failed.wait();
    self.listen();
    self.accept();  // and again it goes before a word was said
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(0);
    connection.reply(connection.commands());
  });
  auto options = options_for(peer);
  failed.announce_in(options);
  auto client = connected(options);
  auto writer = opens(1);
  const auto replies = client.call(desk_1, writer);
  ASSERT_TRUE(replies) << replies.error().text;
  EXPECT_EQ(client.reconnects(), 1U);
}

TEST(Client, GivesUpOnAServerThatStaysAway) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(0);
    self.stop_listening();
  });
  auto options = options_for(peer);
  options.reconnect_timeout = milliseconds(50);
  auto client = Client::connect(options);
  ASSERT_TRUE(client);
  ASSERT_TRUE(client->open_desk("emea"));
  auto writer = opens(1);
  const auto gone = client->call(desk_1, writer);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, ClientErrorKind::unreachable);
}

TEST(Client, ACallsDeadlineHoldsWhileThereIsNoServer) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(0);
    self.stop_listening();
  });
  auto client = connected(peer);
  auto writer = opens(1);
  const auto late = client.call(desk_1, writer, milliseconds(80));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ClientErrorKind::deadline);
}

TEST(Client, AServerThatForgotWhatItAnsweredIsNotTrusted) {
  FakePeer peer([](FakePeer& self) {
    {
      auto connection = self.accept();
      connection.greet();
      connection.open_desk(0);
      connection.reply(connection.commands());
    }
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(0);  // as if nothing had been
  });
  auto client = connected(peer);
  auto writer = opens(2);
  ASSERT_TRUE(client.call(desk_1, writer));
  writer = opens(1);
  const auto lost = client.call(desk_1, writer);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().kind, ClientErrorKind::work_lost);
}

TEST(Client, AdvancesKeepTheirPlaceWhenTheyAreSentAgain) {
  FakePeer peer([](FakePeer& self) {
    const auto expect_all = [](PeerConnection& connection) {
      EXPECT_EQ(connection.commands().text, "one");
      EXPECT_EQ(decode_advance(connection.expect(MessageKind::advance).payload.bytes())->at_us, 10);
      EXPECT_EQ(connection.commands().text, "two");
      return decode_advance(connection.expect(MessageKind::advance).payload.bytes())->tag;
    };
    {
      auto connection = self.accept();
      connection.greet();
      connection.open_desk(0);
      expect_all(connection);
    }
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(2);
    const uint64_t tag = expect_all(connection);
    connection.reply({desk_1, 1, 1, ""});
    // The first advance had taken effect, and so had the second: harmless.
    connection.send(ErrorMessage{tag - 1, ErrorCode::time_backwards, "it is later", false});
    connection.reply({desk_1, 2, 1, ""});
    connection.send(Advanced{tag, desk_1, 20});
  });
  auto client = connected(peer);
  auto writer = opens(1, "one");
  ASSERT_TRUE(client.submit(desk_1, writer));
  ASSERT_TRUE(client.submit_advance(desk_1, {10}));
  writer = opens(1, "two");
  ASSERT_TRUE(client.submit(desk_1, writer));
  const auto now = client.advance(desk_1, {20});
  ASSERT_TRUE(now) << now.error().text;
  EXPECT_EQ(now->us, 20);
  EXPECT_EQ((*client.receive())->first_number, 1U);
  EXPECT_EQ((*client.receive())->first_number, 2U);
}

TEST(Client, ARefusedAdvanceComesOutOfTheNextReceive) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(0);
    const Frame frame = connection.expect(MessageKind::advance);
    connection.send(ErrorMessage{decode_advance(frame.payload.bytes())->tag,
                                 ErrorCode::clock_not_commands, "this clock is the wall's", false});
  });
  auto client = connected(peer);
  ASSERT_TRUE(client.submit_advance(desk_1, {10}));
  const auto refused = client.receive();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::clock_not_commands);
  EXPECT_FALSE(client.receive()->has_value());  // told once
}

TEST(Client, DrainIsNotSentToTheNextServer) {
  FakePeer peer([](FakePeer& self) {
    {
      auto connection = self.accept();
      connection.greet();
      connection.expect(MessageKind::control);
    }
    auto connection = self.accept();
    connection.greet();
    const Frame frame = connection.expect(MessageKind::control);
    const auto control = decode_control(frame.payload.bytes());
    EXPECT_EQ(control->verb, ControlVerb::status);
    ServerStatus status;
    status.tag = control->tag;
    connection.send(status);
  });
  auto client = Client::connect(options_for(peer));
  ASSERT_TRUE(client);
  EXPECT_EQ(client->drain().error().kind, ClientErrorKind::unreachable);
  EXPECT_TRUE(client->status());
}

// --------------------------------------------------------------------------------------- busy

TEST(Client, SendsWhatWasRefusedAgainInOrder) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(0);
    const auto one = connection.commands();
    const auto two = connection.commands();
    const Frame advance = connection.expect(MessageKind::advance);
    const uint64_t tag = decode_advance(advance.payload.bytes())->tag;
    connection.reply(one);
    connection.send(Busy{desk_1, two.first_number, 0, 30'000});
    connection.send(Busy{desk_1, 0, tag, 1'000});
    const auto two_again = connection.commands();
    EXPECT_EQ(two_again.first_number, two.first_number);
    EXPECT_EQ(two_again.text, "twotwo");
    connection.expect(MessageKind::advance);
    connection.reply(two_again);
    connection.send(Advanced{tag, desk_1, 10});
    connection.reply(connection.commands());
  });
  auto client = connected(peer);
  const auto started = std::chrono::steady_clock::now();
  auto writer = opens(1, "one");
  ASSERT_TRUE(client.submit(desk_1, writer));
  writer = opens(2, "two");
  ASSERT_TRUE(client.submit(desk_1, writer));
  ASSERT_TRUE(client.submit_advance(desk_1, {10}));
  ASSERT_EQ((*client.receive())->first_number, 1U);
  const auto two = client.receive();
  ASSERT_TRUE(two && two->has_value());
  EXPECT_EQ((*two)->first_number, 2U);
  EXPECT_GE(std::chrono::steady_clock::now() - started, milliseconds(30));
  writer = opens(1, "three");
  EXPECT_EQ(client.call(desk_1, writer)->at(0).ticket, 4U);
}

TEST(Client, WhatIsSubmittedBehindARefusedFrameWaitsForIt) {
  std::atomic<bool> refused = false;
  FakePeer peer([&](FakePeer& self) {
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(0);
    const auto one = connection.commands();
    connection.send(Busy{desk_1, one.first_number, 0, 20'000});
    refused = true;
    EXPECT_EQ(connection.commands().text, "one");
    EXPECT_EQ(connection.commands().text, "two");
    connection.reply({desk_1, 1, 1, ""});
    connection.reply({desk_1, 2, 1, ""});
  });
  auto client = connected(peer);
  auto writer = opens(1, "one");
  ASSERT_TRUE(client.submit(desk_1, writer));
  while (!refused) std::this_thread::yield();
  ASSERT_FALSE(client.receive(milliseconds(1))->has_value());
  writer = opens(1, "two");
  ASSERT_TRUE(client.submit(desk_1, writer));
  EXPECT_EQ((*client.receive())->first_number, 1U);
  EXPECT_EQ((*client.receive())->first_number, 2U);
}

TEST(Client, AFrameThatOvertookARefusedOneIsSentAgainToo) {
  FakePeer peer([](FakePeer& self) {
    auto connection = self.accept();
    connection.greet();
    connection.open_desk(0);
    const auto one = connection.commands();
    const auto two = connection.commands();
    connection.send(Busy{desk_1, one.first_number, 0, 1'000});
    connection.reply(two, static_cast<uint16_t>(desk::Reject::number_gap));
    connection.reply(connection.commands());
    connection.reply(connection.commands());
  });
  auto client = connected(peer);
  for (const char* text : {"one", "two"}) {
    auto writer = opens(1, text);
    ASSERT_TRUE(client.submit(desk_1, writer));
  }
  for (const uint64_t number : {1U, 2U}) {
    const auto received = client.receive();
    ASSERT_TRUE(received && received->has_value());
    EXPECT_EQ((*received)->first_number, number);
    EXPECT_EQ((*received)->replies[0].code, 0);
  }
}

}  // namespace
}  // namespace paceline::wire
