// Snapshots taken beside the desks, from the log alone.
#include "engine/runtime/snapshotter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <thread>

#include "engine/runtime/disk.h"
#include "engine/runtime/file_log.h"
#include "engine/runtime/log_reader.h"
#include "engine/runtime/snapshot_load.h"
#include "engine/runtime/wall_clock.h"
#include "tests/support/log_maker.h"
#include "tests/support/power_loss_disk.h"
#include "tests/support/temporary_folder.h"

namespace paceline::runtime {
namespace {

using paceline::testing::LogMaker;
using paceline::testing::PowerLossDisk;
using paceline::testing::replica_options;
using paceline::testing::TemporaryFolder;
using ::testing::HasSubstr;

class SnapshotterTest : public ::testing::Test {
 protected:
  SnapshotterTest() {
    for (const char* part : {"/log", "/snapshots"})
      std::filesystem::create_directories(place.path() + part);
    CHECK(log.replay({}, [](uint64_t, const LogRecord&) { return std::string(); }, {}));
    thread = std::thread([this] { snapshotter.run(); });
  }
  ~SnapshotterTest() override {
    snapshotter.stop();
    thread.join();
  }

  /// A day's work of two desks, in the log and done by "the running desks".
  void day() {
    if (live.desks().empty()) {
      maker.create(1);
      maker.create(2);
    }
    for (const uint16_t desk : {uint16_t{1}, uint16_t{2}}) {
      maker.work(desk, 50, 25, 10);
      maker.wait(desk, sched::day);
    }
    ASSERT_TRUE(log.sync());
  }
  std::unique_ptr<SnapshotMark> mark() {
    auto mark = std::make_unique<SnapshotMark>();
    mark->sequence = log.position().sequence;
    for (const auto& [number, known] : live.desks())
      mark->desks.push_back(
          {{number}, known.desk->event_hash(), known.desk->last_event(), known.archived});
    return mark;
  }
  std::unique_ptr<Snapshotter::Done> wait() {
    std::unique_ptr<Snapshotter::Done> done;
    while ((done = snapshotter.done()) == nullptr) std::this_thread::yield();
    return done;
  }
  std::unique_ptr<Snapshotter::Done> take() {
    snapshotter.take(mark());
    return wait();
  }

  TemporaryFolder place;
  WallClock clock;
  WakeUp io;
  FileLog log{{.folder = place.path() + "/log",
               .clock_mode = ClockMode::commands,
               .segment_size = 64 * 1'024}};
  Replica live{replica_options()};
  LogMaker maker{[this](const LogRecord& record) {
    CHECK(log.append(log.next_sequence(), record).has_value());
    CHECK(live.replay(record).empty());
  }};
  SnapshotFolder folder{place.path() + "/snapshots", real_disk()};
  Snapshotter snapshotter{{.log_folder = place.path() + "/log",
                           .clock_mode = ClockMode::commands,
                           .replica = replica_options(),
                           .disk = &real_disk(),
                           .clock = &clock},
                          folder,
                          io};
  std::thread thread;
};

TEST_F(SnapshotterTest, HoldsWhatTheRunningDesksHold) {
  for (int i = 0; i < 4; ++i) {
    for (int days = 0; days < 5; ++days) day();
    const auto done = take();
    ASSERT_EQ(done->failure, "");
    EXPECT_EQ(done->report.sequence, log.position().sequence);
    const auto file = SnapshotFile::open(done->report.path);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->info().position, log.position());
    for (const Loading loading : {Loading::alone, Loading::parallel}) {
      Replica again(replica_options());
      ASSERT_TRUE(load_snapshot(*file, again, loading, Checking::digest));
      ASSERT_EQ(again.desks().size(), 2U);
      for (const auto& [number, known] : live.desks()) {
        const ReplicaDesk& other = again.desks().at(number);
        EXPECT_EQ(other.desk->digest(), known.desk->digest());
        EXPECT_EQ(other.archived, known.archived);
        EXPECT_EQ(other.events.first(), known.events.first());
        EXPECT_GT(known.archived, 0U);
      }
    }
  }
}

TEST_F(SnapshotterTest, BeginsWithTheOneBeforeSoTheLogBeforeThatMayBeGone) {
  for (int days = 0; days < 10; ++days) day();
  ASSERT_EQ(take()->failure, "");
  day();
  ASSERT_EQ(take()->failure, "");
  snapshotter.tidy();
  const auto tidied = wait();
  EXPECT_TRUE(tidied->tidied);
  ASSERT_GT(tidied->trim_to, 1U);
  ASSERT_TRUE(log.trim(tidied->trim_to));
  day();
  EXPECT_EQ(take()->failure, "");
}

TEST_F(SnapshotterTest, OneThatGivesOtherEventsIsRefusedAndNotKept) {
  day();
  auto other = mark();
  other->desks[1].event_hash ^= 1;
  snapshotter.take(std::move(other));
  const auto done = wait();
  EXPECT_TRUE(done->diverged);
  EXPECT_THAT(done->failure, HasSubstr("other events of desk \"desk-2\""));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST_F(SnapshotterTest, ADamagedOneBeforeIsPassedOver) {
  day();
  const auto first = take();
  std::filesystem::resize_file(first->report.path, first->report.bytes - 1);
  day();
  EXPECT_EQ(take()->failure, "");
}

TEST_F(SnapshotterTest, OneThatIsToHurryIsTakenAllTheSame) {
  for (int days = 0; days < 5; ++days) day();
  for (const bool urgent : {false, true}) {
    auto next = mark();
    next->urgent = urgent;
    snapshotter.take(std::move(next));
    snapshotter.hurry();
    EXPECT_EQ(wait()->failure, "");
    day();
  }
}

TEST_F(SnapshotterTest, AMarkBeyondTheLogIsRefused) {
  day();
  auto beyond = mark();
  beyond->sequence += 5;
  snapshotter.take(std::move(beyond));
  EXPECT_THAT(wait()->failure, HasSubstr("record"));
}

/// As under durability none: what was answered is written, and not synced.
TEST(SnapshotOfAnUnsyncedLog, IsNotAheadOfItsLogAfterAPowerCut) {
  std::mt19937 random(1);
  for (int round = 0; round < 10; ++round) {
    TemporaryFolder place;
    const std::string log_folder = place.path() + "/log";
    for (const char* part : {"/log", "/snapshots"})
      std::filesystem::create_directories(place.path() + part);
    PowerLossDisk power;
    SnapshotFolder folder(place.path() + "/snapshots", power);
    {
      FileLog log({.folder = log_folder,
                   .clock_mode = ClockMode::commands,
                   .prepares_ahead = false,
                   .zeros = false,
                   .disk = &power});
      ASSERT_TRUE(log.replay({}, [](uint64_t, const LogRecord&) { return std::string(); }, {}));
      Replica live(replica_options());
      LogMaker maker([&](const LogRecord& record) {
        CHECK(log.append(log.next_sequence(), record).has_value());
        CHECK(live.replay(record).empty());
      });
      maker.create(1);
      maker.work(1, 20);
      ASSERT_TRUE(log.flush());
      auto mark = std::make_unique<SnapshotMark>();
      mark->sequence = log.position().sequence;
      for (const auto& [number, known] : live.desks())
        mark->desks.push_back(
            {{number}, known.desk->event_hash(), known.desk->last_event(), known.archived});
      WallClock clock;
      WakeUp io;
      Snapshotter snapshotter({.log_folder = log_folder,
                               .clock_mode = ClockMode::commands,
                               .replica = replica_options(),
                               .disk = &power,
                               .clock = &clock},
                              folder, io);
      std::thread thread([&] { snapshotter.run(); });
      snapshotter.take(std::move(mark));
      std::unique_ptr<Snapshotter::Done> done;
      while ((done = snapshotter.done()) == nullptr) std::this_thread::yield();
      snapshotter.stop();
      thread.join();
      ASSERT_EQ(done->failure, "");
    }
    power.lose_power(random);
    ASSERT_EQ(folder.list().value().size(), 1U);
    const auto file = SnapshotFile::open(folder.list().value().front().path);
    ASSERT_TRUE(file) << file.error();
    const LogReader reader({.folder = log_folder, .clock_mode = ClockMode::commands});
    const auto read = reader.read(file->info().position, 0,
                                  [](uint64_t, const LogRecord&) { return std::string(); }, {});
    EXPECT_TRUE(read) << read.error().text;
  }
}

}  // namespace
}  // namespace paceline::runtime
