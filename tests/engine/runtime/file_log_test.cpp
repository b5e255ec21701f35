#include "engine/runtime/file_log.h"

#include <errno.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <utility>
#include <vector>

#include "engine/runtime/log_segment.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/log_driver.h"
#include "tests/support/temporary_folder.h"

namespace paceline::runtime {
namespace {

using paceline::testing::FaultyDisk;
using paceline::testing::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using paceline::testing::ReplayedTexts;

Logged<void> append(FileLog& log, const std::string& text) {
  return paceline::testing::append_text(log, text);
}

Logged<void> append_and_sync(FileLog& log, const std::string& text) {
  if (auto appended = append(log, text); !appended) return appended;
  return log.sync();
}

ReplayedTexts replay(FileLog& log, LogPosition from = {}) {
  return paceline::testing::replay_texts(log, from);
}

class FileLogTest : public ::testing::Test {
 protected:
  FileLogOptions options() {
    return {.folder = folder.path(),
            .segment_size = segment_size,
            .prepares_ahead = false,
            .disk = &disk,
            .note = note};
  }
  void write(const std::vector<std::string>& texts) {
    FileLog log(options());
    ASSERT_EQ(replay(log).error, "");
    for (const std::string& text : texts) ASSERT_TRUE(append_and_sync(log, text));
  }
  ReplayedTexts read() {
    FileLog log(options());
    return replay(log);
  }
  std::vector<std::string> segments(const std::string& extension = ".log") const {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      if (entry.path().extension() == extension) paths.push_back(entry.path().string());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }
  static std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void set_content(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  /// Where the record with this text begins, and how long the segment's records are.
  static size_t record_with(const std::string& bytes, const std::string& text) {
    return bytes.find(text) - sizeof(RecordHeader) - sizeof(LoggedFrameHeader);
  }

  TemporaryFolder folder;
  FaultyDisk disk;
  uint64_t segment_size = 8'192;
  std::vector<std::string> notes;
  std::function<void(std::string_view)> note = [this](std::string_view line) {
    notes.emplace_back(line);
  };
};

TEST_F(FileLogTest, ReplaysWhatWasAppendedInOrder) {
  write({"one", "two", "three"});
  EXPECT_THAT(read().texts, ElementsAre("one", "two", "three"));
}

TEST_F(FileLogTest, AnEmptyFolderIsAnEmptyLog) {
  EXPECT_THAT(read().texts, ElementsAre());
  EXPECT_TRUE(segments().empty());
}

TEST_F(FileLogTest, GoesOnWhereItEnded) {
  write({"one"});
  write({"two"});
  write({"three"});
  EXPECT_THAT(read().texts, ElementsAre("one", "two", "three"));
}

TEST_F(FileLogTest, KeepsTheWholeEnvelope) {
  const std::string text = "payload of odd length";
  {
    FileLog log(options());
    ASSERT_EQ(replay(log).error, "");
    LoggedFrame frames[2] = {{.session = {7},
                              .principal = 8,
                              .roles = 3,
                              .first_number = 9,
                              .payload = std::as_bytes(std::span(text))},
                             {.session = {10}, .first_number = 11}};
    ASSERT_TRUE(log.append(
        1, {.desk = {12}, .ts = {13}, .rules_version = 14, .frames = std::span(frames)}));
    ASSERT_TRUE(log.sync());
  }
  FileLog log(options());
  int records = 0;
  ASSERT_TRUE(log.replay(
      {},
      [&](uint64_t sequence, const LogRecord& record) {
        ++records;
        EXPECT_EQ(sequence, 1U);
        EXPECT_EQ(record.desk.value, 12);
        EXPECT_EQ(record.ts.us, 13);
        EXPECT_EQ(record.rules_version, 14U);
        EXPECT_EQ(record.frames.size(), 2U);
        EXPECT_EQ(record.frames[0].session.value, 7U);
        EXPECT_EQ(record.frames[0].principal, 8U);
        EXPECT_EQ(record.frames[0].roles, 3U);
        EXPECT_EQ(record.frames[0].first_number, 9U);
        EXPECT_EQ(record.frames[0].payload.size(), text.size());
        EXPECT_EQ(reinterpret_cast<uintptr_t>(record.frames[0].payload.data()) % 8, 0U);
        EXPECT_EQ(record.frames[1].session.value, 10U);
        EXPECT_EQ(record.frames[1].first_number, 11U);
        return std::string();
      },
      nullptr));
  EXPECT_EQ(records, 1);
}

TEST_F(FileLogTest, ContinuesInTheNextSegmentWhenOneIsFull) {
  std::vector<std::string> texts;
  for (int i = 0; i < 50; ++i) texts.push_back("text " + std::to_string(i) + std::string(300, 'x'));
  write(texts);
  EXPECT_GT(segments().size(), 3U);
  EXPECT_EQ(read().texts, texts);
}

TEST_F(FileLogTest, ARecordLargerThanASegmentGetsOneOfItsOwn) {
  const std::vector<std::string> texts = {"small", std::string(20'000, 'x'), "small again"};
  write(texts);
  EXPECT_EQ(read().texts, texts);
}

TEST_F(FileLogTest, OnlyTheNextSequenceCanBeAppended) {
  FileLog log(options());
  ASSERT_EQ(replay(log).error, "");
  const auto refused = log.append(2, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, LogErrorKind::sequence_taken);
}

TEST_F(FileLogTest, TheVisitorsObjectionNamesTheRecord) {
  write({"one", "two"});
  FileLog log(options());
  const auto refused = log.replay(
      {},
      [](uint64_t sequence, const LogRecord&) {
        return sequence == 2 ? std::string("made under other rules") : std::string();
      },
      nullptr);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, LogErrorKind::refused);
  EXPECT_THAT(refused.error().text, HasSubstr("record 2"));
  EXPECT_THAT(refused.error().text, HasSubstr("made under other rules"));
}

TEST_F(FileLogTest, AFolderOfTheOtherClockIsRefused) {
  write({"one"});
  auto other = options();
  other.clock_mode = ClockMode::commands;
  FileLog log(other);
  const ReplayedTexts replayed = replay(log);
  EXPECT_EQ(replayed.kind, LogErrorKind::refused);
  EXPECT_THAT(replayed.error, HasSubstr("--clock wall"));
  EXPECT_THAT(replayed.error, HasSubstr("--clock commands"));
}

TEST_F(FileLogTest, TrimGivesUpWholeSegmentsOnlyAndUsesTheirFilesAgain) {
  FileLog log(options());
  ASSERT_EQ(replay(log).error, "");
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(append_and_sync(log, std::string(300, 'x')));
  const size_t before = segments(".log").size();
  ASSERT_TRUE(log.trim(20));
  const size_t spare = segments(".spare").size();
  EXPECT_EQ(segments(".log").size(), before - spare);
  EXPECT_GT(spare, 0U);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(append_and_sync(log, std::string(300, 'y')));
  EXPECT_EQ(segments(".spare").size(), 0U);
}

TEST_F(FileLogTest, OnlySoManySpareSegmentsAreKept) {
  auto few = options();
  few.spares_max = 2;
  FileLog log(few);
  ASSERT_EQ(replay(log).error, "");
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(append_and_sync(log, std::string(300, 'x')));
  ASSERT_TRUE(log.trim(100));
  EXPECT_EQ(segments(".log").size(), 1U);
  EXPECT_EQ(segments(".spare").size(), 2U);
}

TEST_F(FileLogTest, ATrimmedLogGoesOnFromWhereItIsKnown) {
  LogPosition known;
  {
    FileLog log(options());
    ASSERT_EQ(replay(log).error, "");
    for (int i = 1; i <= 60; ++i) {
      ASSERT_TRUE(append_and_sync(log, std::to_string(i) + std::string(300, 'x')));
      if (i == 57) known = log.position();
    }
    ASSERT_TRUE(log.trim(57));
  }
  FileLog log(options());
  const ReplayedTexts replayed = replay(log, known);
  EXPECT_EQ(replayed.error, "");
  ASSERT_EQ(replayed.texts.size(), 3U);
  EXPECT_THAT(replayed.texts.front(), HasSubstr("58x"));
  EXPECT_TRUE(append_and_sync(log, "more"));
}

TEST_F(FileLogTest, ASegmentUsedAgainShowsNothingOfItsEarlierLife) {
  LogPosition known;
  {
    FileLog log(options());
    ASSERT_EQ(replay(log).error, "");
    for (int i = 0; i < 60; ++i) ASSERT_TRUE(append_and_sync(log, std::string(300, 'x')));
    known = log.position();
    ASSERT_TRUE(log.trim(60));
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(append_and_sync(log, std::string(300, 'y')));
  }
  FileLog log(options());
  const ReplayedTexts replayed = replay(log, known);
  EXPECT_EQ(replayed.error, "");
  EXPECT_EQ(replayed.texts, std::vector<std::string>(10, std::string(300, 'y')));
  EXPECT_TRUE(notes.empty()) << "what a file held before is no torn write: " << notes.front();
}

TEST_F(FileLogTest, SegmentsAreMadeBeforeTheyAreNeeded) {
  segment_size = 65'536;
  auto ahead = options();
  ahead.prepares_ahead = true;
  std::vector<std::string> texts;
  {
    FileLog log(ahead);
    ASSERT_EQ(replay(log).error, "");
    for (int i = 0; i < 1'000; ++i) {
      texts.push_back(std::to_string(i) + std::string(300, 'x'));
      ASSERT_TRUE(append_and_sync(log, texts.back()));
      if (i == 500) {
        ASSERT_TRUE(log.trim(100));
      }
    }
  }
  EXPECT_GT(segments(".log").size(), 3U);
  for (const std::string& path : segments(".log"))
    EXPECT_EQ(std::filesystem::file_size(path), segment_size) << path;
}

// ------------------------------------------------------------------------------------ damage

TEST_F(FileLogTest, ATornTailIsCutAndTheRestReplayed) {
  write({"one", "two", "three"});
  const std::string path = segments().front();
  const std::string whole = content(path);
  const size_t last = record_with(whole, "three");
  for (size_t cut = last + 1; cut < last + sizeof(RecordHeader) + 8; cut += 7) {
    set_content(path, whole.substr(0, cut));
    EXPECT_THAT(read().texts, ElementsAre("one", "two")) << "cut at " << cut;
  }
  ASSERT_FALSE(notes.empty());
  EXPECT_THAT(notes.back(), HasSubstr("torn write of record 3"));
  write({"four"});
  EXPECT_THAT(read().texts, ElementsAre("one", "two", "four"));
}

TEST_F(FileLogTest, EveryFlippedBitIsNoticedOrLiesInTheUnacknowledgedTail) {
  write({"one", "two", "three"});
  const std::string path = segments().front();
  const std::string whole = content(path);
  const size_t last = record_with(whole, "three");
  const size_t end = last + sizeof(RecordHeader) + sizeof(LoggedFrameHeader) + 8;
  for (size_t byte = 0; byte < end; ++byte) {
    if (byte >= sizeof(SegmentHeader) && byte < log_block && byte % 512 != 0) continue;
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = whole;
      flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << bit));
      set_content(path, flipped);
      const ReplayedTexts replayed = read();
      if (byte >= sizeof(SegmentHeader) && byte < log_block) {  // nobody reads that
        ASSERT_THAT(replayed.texts, ElementsAre("one", "two", "three"));
      } else if (byte < last) {
        ASSERT_FALSE(replayed.error.empty()) << "byte " << byte << " bit " << bit;
      } else {
        ASSERT_EQ(replayed.error, "") << "byte " << byte << " bit " << bit;
        ASSERT_THAT(replayed.texts, ElementsAre("one", "two"));
      }
    }
  }
}

TEST_F(FileLogTest, DamageInTheMiddleIsRefusedWithFileOffsetAndRemedy) {
  write({"one", "two", "three"});
  const std::string path = segments().front();
  std::string bytes = content(path);
  const size_t second = record_with(bytes, "two");
  bytes[bytes.find("two")] = 'T';
  set_content(path, bytes);
  const ReplayedTexts replayed = read();
  EXPECT_EQ(replayed.kind, LogErrorKind::damaged);
  EXPECT_THAT(replayed.error, HasSubstr("record 2"));
  EXPECT_THAT(replayed.error, HasSubstr(path + " at offset " + std::to_string(second)));
  EXPECT_THAT(replayed.error, HasSubstr("truncate -s " + std::to_string(second)));
  EXPECT_EQ(content(path), bytes) << "nothing may be changed";
}

TEST_F(FileLogTest, TheRemedyInTheMessageWorks) {
  write({"one", "two", "three"});
  const std::string path = segments().front();
  std::string bytes = content(path);
  const size_t second = record_with(bytes, "two");
  bytes[second + sizeof(RecordHeader)] ^= 1;
  set_content(path, bytes);
  ASSERT_FALSE(read().error.empty());
  std::filesystem::resize_file(path, second);
  EXPECT_THAT(read().texts, ElementsAre("one"));
}

TEST_F(FileLogTest, AZeroedRecordBeforeAcknowledgedOnesIsDamage) {
  write({"one", "two", "three"});
  const std::string path = segments().front();
  std::string bytes = content(path);
  const size_t second = record_with(bytes, "two");
  const size_t third = record_with(bytes, "three");
  std::memset(bytes.data() + second, 0, third - second);
  set_content(path, bytes);
  EXPECT_EQ(read().kind, LogErrorKind::damaged);
}

TEST_F(FileLogTest, DamageInASegmentThatIsNotTheNewestIsNeverATornTail) {
  std::vector<std::string> texts;
  for (int i = 0; i < 30; ++i) texts.push_back("text " + std::to_string(i) + std::string(300, 'x'));
  write(texts);
  const std::string path = segments().front();
  std::string bytes = content(path);
  const size_t last = bytes.rfind("xxx");  // of its last record
  bytes[last] = 'y';
  set_content(path, bytes);
  const ReplayedTexts replayed = read();
  EXPECT_EQ(replayed.kind, LogErrorKind::damaged);
  EXPECT_THAT(replayed.error, HasSubstr("is damaged or missing"));
  EXPECT_THAT(replayed.error, HasSubstr(segments()[1]));
}

TEST_F(FileLogTest, AMissingSegmentIsNoticed) {
  std::vector<std::string> texts(30, std::string(300, 'x'));
  write(texts);
  std::filesystem::remove(segments()[1]);
  const ReplayedTexts replayed = read();
  EXPECT_EQ(replayed.kind, LogErrorKind::damaged);
  EXPECT_THAT(replayed.error, HasSubstr("is damaged or missing"));
}

TEST_F(FileLogTest, BlocksOfAnotherSegmentDoNotComeBackToLife) {
  write({"one"});
  const std::string path = segments().front();
  const std::string first_life = content(path);
  std::filesystem::remove(path);
  write({"ONE", "TWO"});
  std::string bytes = content(path);
  const size_t second = record_with(bytes, "TWO");
  // The second record gives way to the first life's first record, checksums and all.
  const size_t old = record_with(first_life, "one");
  std::memcpy(bytes.data() + second, first_life.data() + old,
              sizeof(RecordHeader) + sizeof(LoggedFrameHeader) + 8);
  set_content(path, bytes);
  EXPECT_THAT(read().texts, ElementsAre("ONE"));
}

TEST_F(FileLogTest, ATornGroupIsCutWhereItIsTornThoughItsEndReachedTheDisk) {
  // Within one sync the disk may write in any order: nothing of the group was acknowledged.
  {
    FileLog log(options());
    ASSERT_EQ(replay(log).error, "");
    ASSERT_TRUE(append_and_sync(log, "one"));
    ASSERT_TRUE(append(log, "two"));
    ASSERT_TRUE(append(log, "three"));
    ASSERT_TRUE(log.flush());
  }
  const std::string path = segments().front();
  std::string bytes = content(path);
  bytes[bytes.find("two")] = 'T';
  set_content(path, bytes);
  const ReplayedTexts replayed = read();
  EXPECT_EQ(replayed.error, "");
  EXPECT_THAT(replayed.texts, ElementsAre("one"));
}

TEST_F(FileLogTest, AnInterruptedCreationOfASegmentLeavesNoTrace) {
  write({"one"});
  set_content(folder.path() + "/00000000000000000002.log.tmp", "half a hea");
  EXPECT_THAT(read().texts, ElementsAre("one"));
  EXPECT_EQ(segments().size(), 1U);
}

// ------------------------------------------------------------------------------------ faults

TEST_F(FileLogTest, ShortWritesAreCompleted) {
  disk.longest_write = 5;
  write({"one", "two"});
  EXPECT_THAT(read().texts, ElementsAre("one", "two"));
}

/// Keeps what the disk was told to begin with.
class HintedDisk : public Disk {
 public:
  void start_writing(int, uint64_t offset, uint64_t size) override {
    hints.push_back({offset, size});
  }
  std::vector<std::pair<uint64_t, uint64_t>> hints;
};

TEST_F(FileLogTest, TheDiskBeginsWithASegmentLongBeforeItsSync) {
  HintedDisk hinted;
  FileLog log({.folder = folder.path(), .zeros = false, .disk = &hinted});
  ASSERT_EQ(replay(log).error, "");
  const std::string text(1'000'000, 'x');
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(append(log, text));
    ASSERT_TRUE(log.flush());
  }
  ASSERT_EQ(hinted.hints.size(), 4U);
  uint64_t next = log_block;  // after the segment's header
  for (const auto& [offset, size] : hinted.hints) {
    EXPECT_EQ(offset, next);
    EXPECT_GE(size, FileLog::writing_step);
    EXPECT_EQ(size % log_block, 0U);  // the last block, to be written again, is left alone
    next = offset + size;
  }
}

TEST_F(FileLogTest, AFailedSyncIsFinal) {
  FileLog log(options());
  ASSERT_EQ(replay(log).error, "");
  ASSERT_TRUE(append_and_sync(log, "one"));
  disk.sync_error = EIO;
  const auto failed = append_and_sync(log, "two");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, LogErrorKind::io);
  disk.sync_error = 0;
  const uint64_t syncs = disk.syncs;
  EXPECT_FALSE(log.sync());
  EXPECT_FALSE(append(log, "three"));
  EXPECT_EQ(disk.syncs, syncs) << "a sync was tried again";
}

TEST_F(FileLogTest, AFullDiskSaysSoAndWhatToDo) {
  FileLog log(options());
  ASSERT_EQ(replay(log).error, "");
  ASSERT_TRUE(append_and_sync(log, "one"));
  disk.write_error = ENOSPC;
  disk.bytes_until_error = 0;
  const auto failed = append_and_sync(log, "two");
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().text, HasSubstr("disk is full"));
  EXPECT_THAT(failed.error().text, HasSubstr("start again"));
}

TEST_F(FileLogTest, AWriteTornAnywhereLosesNothingThatWasSynced) {
  const std::vector<std::string> acknowledged = {"one", "two"};
  for (uint64_t torn_at = 0; torn_at < 400; ++torn_at) {
    TemporaryFolder fresh;
    FaultyDisk torn;
    {
      FileLog log({.folder = fresh.path(), .segment_size = segment_size, .disk = &torn});
      ASSERT_EQ(replay(log).error, "");
      for (const std::string& text : acknowledged) ASSERT_TRUE(append_and_sync(log, text));
      torn.bytes_until_error = torn_at;
      for (int i = 0; i < 10; ++i)
        if (!append_and_sync(log, "later " + std::to_string(i))) break;
    }
    FileLog log({.folder = fresh.path(), .segment_size = segment_size});
    const ReplayedTexts replayed = replay(log);
    ASSERT_EQ(replayed.error, "") << "torn at " << torn_at;
    ASSERT_GE(replayed.texts.size(), 2U) << "torn at " << torn_at;
    ASSERT_TRUE(append_and_sync(log, "again"));
  }
}

/// Random appends, syncs, tears and restarts against a list of what was acknowledged.
TEST_F(FileLogTest, HoldsEverythingAcknowledgedThroughAnyMishap) {
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::vector<std::string> appended;
  size_t acknowledged = 0;
  for (int life = 0; life < 60; ++life) {
    FaultyDisk faulty;
    FileLog log({.folder = folder.path(), .segment_size = 8'192, .disk = &faulty});
    const ReplayedTexts replayed = replay(log);
    ASSERT_EQ(replayed.error, "");
    ASSERT_GE(replayed.texts.size(), acknowledged);
    ASSERT_LE(replayed.texts.size(), appended.size());
    appended.resize(replayed.texts.size());
    ASSERT_EQ(replayed.texts, appended);
    acknowledged = appended.size();
    faulty.bytes_until_error = random() % 4'000;
    faulty.longest_write = random() % 2 == 0 ? 0 : 1 + random() % 100;
    while (true) {
      std::string text = std::to_string(random()) + std::string(random() % 200, 'x');
      // Gathered is as good as written: the failing sync may have written it.
      appended.push_back(text);
      if (!append(log, text)) break;
      if (random() % 3 != 0) continue;
      if (!log.sync()) break;
      acknowledged = appended.size();
    }
  }
}

}  // namespace
}  // namespace paceline::runtime
