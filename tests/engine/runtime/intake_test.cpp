#include "engine/runtime/intake.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace paceline::runtime {
namespace {

/// A request that counts as so many commands.
struct Sent : Request {
  Sent(Lane in_lane, uint64_t number, size_t commands = 1)
      : order(commands, desk::CommandKind::open) {
    lane = in_lane;
    tag = number;
    frame.order = order;
  }
  std::vector<desk::CommandKind> order;
};

std::vector<Request*> drain(Intake& intake, size_t commands_max) {
  std::vector<Request*> out;
  intake.drain(commands_max, 1'000'000, out);
  return out;
}

TEST(Intake, KeepsOrderWithinALane) {
  Intake intake(1, 16);
  std::vector<std::unique_ptr<Sent>> sent;
  for (uint64_t i = 0; i < 10; ++i) {
    sent.push_back(std::make_unique<Sent>(i % 3 == 0 ? Lane::bulk : Lane::interactive, i));
    ASSERT_TRUE(intake.push(0, sent.back().get()));
  }
  std::array<uint64_t, lane_count> last{};
  const auto drained = drain(intake, 100);
  ASSERT_EQ(drained.size(), 10U);
  for (const Request* request : drained) {
    uint64_t& before = last[static_cast<size_t>(request->lane)];
    EXPECT_LE(before, request->tag);
    before = request->tag;
  }
}

TEST(Intake, InteractiveComesBeforeBulk) {
  Intake intake(1, 16);
  Sent bulk(Lane::bulk, 1), interactive(Lane::interactive, 2);
  intake.push(0, &bulk);
  intake.push(0, &interactive);
  const auto drained = drain(intake, 100);
  ASSERT_EQ(drained.size(), 2U);
  EXPECT_EQ(drained[0], &interactive);
}

TEST(Intake, BulkGetsItsShareThoughInteractiveHasMoreThanEnough) {
  Intake intake(1, 1'024);
  std::vector<std::unique_ptr<Sent>> sent;
  for (uint64_t i = 0; i < 200; ++i)
    for (const Lane lane : {Lane::interactive, Lane::bulk}) {
      sent.push_back(std::make_unique<Sent>(lane, i));
      intake.push(0, sent.back().get());
    }
  size_t bulk = 0;
  for (const Request* request : drain(intake, 80)) bulk += request->lane == Lane::bulk ? 1 : 0;
  EXPECT_EQ(bulk, 80 / Intake::bulk_share);
}

TEST(Intake, WhatALaneDoesNotUseIsForTheOther) {
  Intake intake(1, 1'024);
  std::vector<std::unique_ptr<Sent>> sent;
  for (uint64_t i = 0; i < 200; ++i) {
    sent.push_back(std::make_unique<Sent>(Lane::bulk, i));
    intake.push(0, sent.back().get());
  }
  EXPECT_EQ(drain(intake, 80).size(), 80U);
}

TEST(Intake, ADrainEndsAtItsBoundWithoutCuttingAFrame) {
  Intake intake(1, 16);
  Sent first(Lane::interactive, 1, 60), second(Lane::interactive, 2, 60),
      third(Lane::interactive, 3);
  for (Sent* sent : {&first, &second, &third}) intake.push(0, sent);
  EXPECT_EQ(drain(intake, 100).size(), 2U);
  EXPECT_EQ(drain(intake, 100).size(), 1U);
}

TEST(Intake, FullIsFull) {
  Intake intake(1, 2);
  Sent sent(Lane::bulk, 1);
  EXPECT_TRUE(intake.push(0, &sent));
  EXPECT_TRUE(intake.push(0, &sent));
  EXPECT_FALSE(intake.push(0, &sent));
  Sent other(Lane::interactive, 2);
  EXPECT_TRUE(intake.push(0, &other)) << "lanes do not share their room";
}

TEST(Intake, SeveralThreadsHandOverEverythingInTheirOrder) {
  constexpr uint32_t threads = 2;
  constexpr uint64_t each = 20'000;
  Intake intake(threads, 64);
  std::vector<std::vector<std::unique_ptr<Sent>>> sent(threads);
  std::vector<std::thread> senders;
  for (uint32_t t = 0; t < threads; ++t) {
    for (uint64_t i = 1; i <= each; ++i) {
      sent[t].push_back(std::make_unique<Sent>(Lane::interactive, i));
      sent[t].back()->connection = t;
    }
    senders.emplace_back([&, t] {
      for (const auto& request : sent[t]) {
        while (!intake.push(t, request.get())) std::this_thread::yield();
        intake.ring();
      }
    });
  }
  std::array<uint64_t, threads> last{};
  for (uint64_t got = 0; got < threads * each;) {
    const auto drained = drain(intake, 100);
    for (const Request* request : drained) ASSERT_EQ(request->tag, ++last[request->connection]);
    got += drained.size();
    if (drained.empty()) intake.bell().wait(1'000'000);
  }
  for (std::thread& sender : senders) sender.join();
}

}  // namespace
}  // namespace paceline::runtime
