#include "engine/runtime/replica.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>

#include "tests/support/log_maker.h"

namespace paceline::runtime {
namespace {

using paceline::testing::into;
using paceline::testing::LogMaker;
using paceline::testing::replica_options;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

void busy_days(LogMaker& maker) {
  for (const uint16_t desk : {uint16_t{1}, uint16_t{2}, uint16_t{3}}) maker.create(desk);
  for (int day = 0; day < 40; ++day) {
    for (const uint16_t desk : {uint16_t{1}, uint16_t{2}, uint16_t{3}}) {
      maker.work(desk, 20, 10, 5);
      maker.wait(desk, sched::hour * 12);
    }
  }
}

TEST(Replica, GivesTheSameDesksHoweverManyWorkersItHas) {
  Replica alone(replica_options());
  LogMaker to_alone(into(alone));
  busy_days(to_alone);
  for (const uint32_t workers : {1U, 2U, 5U}) {
    SCOPED_TRACE(std::to_string(workers) + " workers");
    Replica replica(replica_options(workers));
    LogMaker maker(into(replica));
    busy_days(maker);
    ASSERT_EQ(replica.settle(), "");
    ASSERT_EQ(replica.desks().size(), 3U);
    EXPECT_EQ(replica.records(), alone.records());
    EXPECT_EQ(replica.last_ts(), alone.last_ts());
    for (auto& [number, known] : alone.desks()) {
      ReplicaDesk& other = replica.desks().at(number);
      EXPECT_EQ(other.desk->digest(), known.desk->digest());
      EXPECT_EQ(other.desk->event_hash(), known.desk->event_hash());
      EXPECT_EQ(other.events.last(), known.events.last());
      EXPECT_EQ(other.archived, known.archived);
      EXPECT_GT(known.archived, 0U);  // or the days were too few to say anything
    }
  }
}

TEST(Replica, TellsWhatLeavesMemoryDenselyNumbered) {
  for (const uint32_t workers : {0U, 2U}) {
    std::mutex mutex;
    std::map<uint16_t, uint64_t> begun, archived;
    ReplicaOptions options = replica_options(workers);
    options.begin_archive = [&](sched::DeskNumber desk) {
      ++begun[desk.value];
      return std::string();
    };
    options.archive = [&](sched::DeskNumber desk, const desk::ArchivedBatch& batch) {
      const std::lock_guard lock(mutex);
      EXPECT_EQ(batch.first(), archived[desk.value] + 1);
      archived[desk.value] = batch.last();
      return std::string();
    };
    Replica replica(options);
    LogMaker maker(into(replica));
    busy_days(maker);
    ASSERT_EQ(replica.settle(), "");
    EXPECT_THAT(begun, ElementsAre(Pair(1, 1U), Pair(2, 1U), Pair(3, 1U)));
    for (const auto& [number, known] : replica.desks()) EXPECT_EQ(archived[number], known.archived);
  }
}

TEST(Replica, TellsOfAnArchiveThatFailed) {
  for (const uint32_t workers : {0U, 2U}) {
    ReplicaOptions options = replica_options(workers);
    options.archive = [](sched::DeskNumber, const desk::ArchivedBatch&) {
      return std::string("the disk is full");
    };
    Replica replica(options);
    std::string told;
    LogMaker maker([&](const LogRecord& record) {
      if (told.empty()) told = replica.replay(record);
    });
    busy_days(maker);
    if (told.empty()) told = replica.settle();
    EXPECT_EQ(told, "the disk is full");
  }
}

TEST(Replica, DesksMayComeOutOfOrderAndWithGapsButNotTwice) {
  Replica replica(replica_options(2));
  LogMaker maker(into(replica));
  for (const uint16_t desk : {uint16_t{7}, uint16_t{2}}) maker.create(desk);
  const auto payload = encode_desk_created("other", paceline::testing::small_desk());
  EXPECT_THAT(replica.replay({.kind = RecordKind::desk_created, .desk = {2}, .system = payload}),
              HasSubstr("second time"));
  const auto same_name = encode_desk_created("desk-7", paceline::testing::small_desk());
  EXPECT_THAT(replica.replay({.kind = RecordKind::desk_created, .desk = {3}, .system = same_name}),
              HasSubstr("has the name of desk 7"));
  EXPECT_EQ(replica.desks().size(), 2U);
}

TEST(Replica, RefusesWhatItCannotDoAgain) {
  Replica replica(replica_options());
  LogMaker maker(into(replica));
  maker.create(1);
  EXPECT_THAT(replica.replay({.desk = {2}, .ts = {5}, .rules_version = desk::rules_version}),
              HasSubstr("desk 2 was never created"));
  EXPECT_THAT(replica.replay({.desk = {1}, .ts = {5}, .rules_version = desk::rules_version}),
              HasSubstr("time runs backwards"));
  EXPECT_THAT(replica.replay({.desk = {1}, .ts = {5}, .rules_version = 999}),
              HasSubstr("rules version 999"));
  const std::byte junk[8] = {};
  const LoggedFrame logged{.session = {1}, .payload = junk};
  EXPECT_THAT(replica.replay({.desk = {1},
                              .ts = sched::never,
                              .rules_version = desk::rules_version,
                              .frames = std::span(&logged, 1)}),
              HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace paceline::runtime
