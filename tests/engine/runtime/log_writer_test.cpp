#include "engine/runtime/log_writer.h"

#include <gtest/gtest.h>

#include <thread>

#include "engine/runtime/file_log.h"
#include "engine/runtime/memory_log.h"
#include "engine/runtime/wall_clock.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/temporary_folder.h"

namespace paceline::runtime {
namespace {

using paceline::testing::FaultyDisk;
using paceline::testing::TemporaryFolder;

/// The log thread, run by the test: what was passed on before stop() is done when run() returns.
class LogWriterTest : public ::testing::Test {
 protected:
  LogWriterTest() { CHECK(log.replay({}, nullptr, nullptr)); }

  void pass_on(int64_t ts_us) {
    Applied* applied = pool.take();
    applied->logged = true;
    applied->kind = RecordKind::closed;
    applied->ts = {ts_us};
    from_shard.push(applied);
  }
  /// Until everything passed on is dealt with.
  void run(LogWriter& writer) {
    writer.stop();
    writer.run();
  }
  size_t answered() {
    size_t count = 0;
    while (to_io.pop() != nullptr) ++count;
    return count;
  }

  /// Monotonic time is the test's.
  class Clock : public WallClock {
   public:
    int64_t monotonic_us() const override { return us.load(); }
    std::atomic<int64_t> us{1};
  };

  TemporaryFolder folder;
  FaultyDisk disk;
  Clock clock;
  FileLog log{{.folder = folder.path(), .disk = &disk}};
  AppliedPool pool{8};
  AppliedRing from_shard{8};
  AppliedRing to_io{8};
  WakeUp io;
};

TEST_F(LogWriterTest, UnderSyncWhatIsAnsweredIsDurable) {
  LogWriter writer({.durability = Durability::sync}, log, clock, from_shard, to_io, io);
  pass_on(10);
  pass_on(20);
  run(writer);
  EXPECT_EQ(answered(), 2U);
  EXPECT_EQ(writer.durable_sequence(), 2U);
  EXPECT_EQ(writer.not_durable(), 0U);
  EXPECT_EQ(writer.syncs(), 1U) << "one sync serves all that gathered";
}

TEST_F(LogWriterTest, UnderIntervalItIsAnsweredFirstAndSyncedWhenTheIntervalHasPassed) {
  LogWriter writer({.durability = Durability::interval, .sync_interval = sched::second}, log, clock,
                   from_shard, to_io, io);
  pass_on(10);
  run(writer);
  EXPECT_EQ(answered(), 1U);
  EXPECT_EQ(writer.not_durable(), 1U);
  EXPECT_EQ(writer.syncs(), 0U);
  clock.us += 999'999;
  run(writer);
  EXPECT_EQ(writer.syncs(), 0U);
  clock.us += 1;
  run(writer);
  EXPECT_EQ(writer.syncs(), 1U);
  EXPECT_EQ(writer.not_durable(), 0U);
  EXPECT_EQ(writer.durable_sequence(), 1U);
}

TEST_F(LogWriterTest, UnderIntervalAnIdleLogIsSyncedToo) {
  LogWriter writer(
      {.durability = Durability::interval, .sync_interval = sched::microsecond * 1'000}, log, clock,
      from_shard, to_io, io);
  pass_on(10);
  std::thread thread([&] { writer.run(); });
  while (answered() == 0) std::this_thread::yield();
  clock.us += 1'000;  // and nothing rings
  while (writer.syncs() == 0) std::this_thread::yield();
  writer.stop();
  thread.join();
  EXPECT_EQ(writer.not_durable(), 0U);
}

TEST_F(LogWriterTest, UnderNoneNobodySyncs) {
  LogWriter writer({.durability = Durability::none}, log, clock, from_shard, to_io, io);
  const uint64_t before = disk.syncs;
  pass_on(10);
  run(writer);
  const uint64_t first_segment = disk.syncs - before;
  clock.us += 3'600'000'000;
  pass_on(20);
  run(writer);
  EXPECT_EQ(answered(), 2U);
  EXPECT_EQ(writer.syncs(), 0U);
  EXPECT_EQ(disk.syncs - before, first_segment) << "only the segment's creation is synced";
  EXPECT_EQ(writer.not_durable(), 2U);
}

TEST_F(LogWriterTest, AFailedSyncUnderIntervalEndsTheLogThough) {
  LogWriter writer({.durability = Durability::interval, .sync_interval = sched::second}, log, clock,
                   from_shard, to_io, io);
  pass_on(10);
  run(writer);
  disk.sync_error = EIO;
  clock.us += 1'000'000;
  run(writer);
  EXPECT_TRUE(writer.failed());
  EXPECT_NE(writer.reason().find("cannot sync"), std::string::npos) << writer.reason();
}

TEST_F(LogWriterTest, NothingIsAnsweredAfterAnError) {
  LogWriter writer({.durability = Durability::sync}, log, clock, from_shard, to_io, io);
  disk.write_error = ENOSPC;
  disk.bytes_until_error = 0;
  pass_on(10);
  run(writer);
  EXPECT_TRUE(writer.failed());
  EXPECT_EQ(answered(), 0U);
}

}  // namespace
}  // namespace paceline::runtime
