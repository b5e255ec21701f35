#include "engine/runtime/log_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "engine/runtime/file_log.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/temporary_folder.h"

namespace paceline::runtime {
namespace {

using paceline::testing::FaultyDisk;
using paceline::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A log whose records' instants are their sequence numbers; some ten to a segment.
class LogReaderTest : public ::testing::Test {
 protected:
  LogReaderTest()
      : log({.folder = folder.path(),
             .segment_size = 8'192,
             .prepares_ahead = false,
             .disk = &disk}) {
    CHECK(log.replay({}, nullptr, nullptr));
  }
  void append(uint64_t count) {
    const std::string text(200, 'x');
    const LoggedFrame frame{.first_number = 1, .payload = std::as_bytes(std::span(text))};
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t next = log.next_sequence();
      ASSERT_TRUE(
          log.append(next, {.ts = {static_cast<int64_t>(next)}, .frames = std::span(&frame, 1)}));
      ASSERT_TRUE(log.sync());
      positions.push_back(log.position());
    }
  }
  Logged<LogEnd> read(LogPosition from, uint64_t to = 0) {
    seen.clear();
    return LogReader({.folder = folder.path()})
        .read(
            from, to,
            [&](uint64_t sequence, const LogRecord& record) {
              EXPECT_EQ(record.ts.us, static_cast<int64_t>(sequence));
              seen.push_back(sequence);
              return std::string();
            },
            nullptr);
  }
  /// After record `sequence`.
  LogPosition after(uint64_t sequence) const {
    return sequence == 0 ? LogPosition{} : positions[sequence - 1];
  }

  TemporaryFolder folder;
  FaultyDisk disk;
  FileLog log;
  std::vector<LogPosition> positions;  // after each record
  std::vector<uint64_t> seen;
};

TEST_F(LogReaderTest, AnEmptyFolderIsAnEmptyLog) {
  const auto end = read({});
  ASSERT_TRUE(end);
  EXPECT_EQ(end->position, LogPosition{});
  EXPECT_EQ(end->path, "");
}

TEST_F(LogReaderTest, ReadsFromAnyRecordToAnyOther) {
  append(40);
  for (uint64_t from = 0; from <= 40; ++from) {
    for (uint64_t to = from + 1; to <= 40; ++to) {
      const auto end = read(after(from), to);
      ASSERT_TRUE(end) << end.error().text;
      ASSERT_EQ(seen.size(), to - from);
      ASSERT_EQ(seen.front(), from + 1);
      ASSERT_EQ(end->position, after(to));
    }
  }
}

TEST_F(LogReaderTest, ReadsWhileAnotherAppendsWhatIsDurable) {
  append(15);
  ASSERT_TRUE(read({}, 15));
  append(15);
  ASSERT_TRUE(read(after(15), 30));
  EXPECT_EQ(seen.size(), 15U);
}

TEST_F(LogReaderTest, WhatWasTrimmedIsNotNeededAfterwards) {
  append(40);
  ASSERT_TRUE(log.trim(35));
  EXPECT_TRUE(read(after(34)));
  const auto oldest = LogReader({.folder = folder.path()}).oldest();
  ASSERT_TRUE(oldest);
  EXPECT_GT(oldest->sequence, 0U);
  EXPECT_EQ(*oldest, after(oldest->sequence));
  EXPECT_TRUE(read(*oldest));
  EXPECT_EQ(seen.size(), 40 - oldest->sequence);
}

TEST_F(LogReaderTest, AGapIsNamed) {
  append(40);
  ASSERT_TRUE(log.trim(35));
  const uint64_t oldest = LogReader({.folder = folder.path()}).oldest()->sequence;
  const auto end = read(after(3));
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, LogErrorKind::damaged);
  EXPECT_THAT(end.error().text,
              HasSubstr("records 4 to " + std::to_string(oldest) + " are missing"));
}

TEST_F(LogReaderTest, ALogThatEndsBeforeWhatIsKnownHasLostSomething) {
  append(10);
  LogPosition ahead = after(10);
  ahead.sequence = 20;
  const auto end = read(ahead);
  ASSERT_FALSE(end);
  EXPECT_THAT(end.error().text, HasSubstr("ends with record 10"));
  EXPECT_THAT(end.error().text, HasSubstr("had reached record 20"));
}

TEST_F(LogReaderTest, AnotherLogIsNotContinued) {
  append(10);
  for (const uint64_t sequence : {1U, 5U, 9U, 10U}) {
    LogPosition other = after(sequence);
    other.chain ^= 1;
    const auto end = read(other);
    ASSERT_FALSE(end) << "after record " << sequence;
    EXPECT_THAT(end.error().text, HasSubstr("belongs to another log"));
  }
}

TEST_F(LogReaderTest, ATornTailIsTheEndAndSaysSo) {
  append(3);
  const auto whole = read({});
  ASSERT_TRUE(whole);
  EXPECT_FALSE(whole->torn);
  append(1);
  std::filesystem::resize_file(whole->path, whole->offset + 100);
  const auto end = read({});
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->torn);
  EXPECT_EQ(end->position, after(3));
  EXPECT_EQ(end->offset, whole->offset);
  EXPECT_EQ(std::filesystem::file_size(whole->path), whole->offset + 100) << "it was written to";
}

TEST_F(LogReaderTest, DamageIsLocated) {
  append(3);
  const auto three = read({});
  append(20);
  std::filesystem::resize_file(three->path, three->offset);
  const auto end = read({});
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, LogErrorKind::damaged);
  EXPECT_EQ(end.error().path, three->path);
  EXPECT_EQ(end.error().offset, three->offset);
}

}  // namespace
}  // namespace paceline::runtime
