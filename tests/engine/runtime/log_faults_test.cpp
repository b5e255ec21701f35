// What a log survives: every operation failing in turn, every bit flipped, the power cut anywhere.
// tools/docs/FAULTS.md tells of each.
#include <errno.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>

#include "engine/runtime/file_log.h"
#include "engine/runtime/log_segment.h"
#include "tests/support/failing_disk.h"
#include "tests/support/log_driver.h"
#include "tests/support/power_loss_disk.h"
#include "tests/support/temporary_folder.h"

namespace paceline::runtime {
namespace {

using paceline::testing::append_text;
using paceline::testing::FailingDisk;
using paceline::testing::PowerLossDisk;
using paceline::testing::replay_texts;
using paceline::testing::TemporaryFolder;

constexpr uint64_t small_segment = 8'192;

/// What outside of the log is known about it: a text for each record, and from where on they are
/// needed.
struct Known {
  std::vector<std::string> texts;  ///< By sequence - 1.
  size_t promised = 0;             ///< So many must be there.
  LogPosition trimmed;             ///< As a snapshot would know it.
};

/// Appends, syncs and trims as the dice say until the log fails or `steps` are done.
void work(FileLog& log, Known& known, std::mt19937& random, int steps, bool promises_unsynced) {
  for (int step = 0; step < steps; ++step) {
    std::string text = std::to_string(random()) + std::string(random() % 600, 'x');
    known.texts.push_back(text);  // gathered is as good as written
    if (!append_text(log, text)) return;
    const uint32_t choice = random() % 8;
    if (choice < 3) {
      if (!log.sync()) return;
      known.promised = known.texts.size();
    } else if (choice < 5) {
      if (!log.flush()) return;
      if (promises_unsynced) known.promised = known.texts.size();
    } else if (choice == 5 && log.durable_sequence() == log.position().sequence) {
      known.trimmed = log.position();
      if (!log.trim(known.trimmed.sequence)) return;
    }
  }
}

/// Opens the log again; what was promised must be there, and nothing that never was.
void expect_kept(FileLog& log, Known& known) {
  const auto replayed = replay_texts(log, known.trimmed);
  ASSERT_EQ(replayed.error, "");
  const size_t there = known.trimmed.sequence + replayed.texts.size();
  ASSERT_GE(there, known.promised) << "what was promised is lost";
  ASSERT_LE(there, known.texts.size()) << "what was never written has appeared";
  known.texts.resize(there);
  known.promised = there;
  const std::vector<std::string> expected(
      known.texts.begin() + static_cast<ptrdiff_t>(known.trimmed.sequence), known.texts.end());
  ASSERT_EQ(replayed.texts, expected);
}

/// A log that has been opened counts on what it found there, and so may everybody.
void note_found(Known& known, const std::vector<std::string>& found) {
  known.texts.resize(known.trimmed.sequence);
  known.texts.insert(known.texts.end(), found.begin(), found.end());
  known.promised = known.texts.size();
}

// -------------------------------------------------------------------------------- failing calls

void fail_each_operation(int error, bool torn, bool in_background) {
  for (uint64_t failing = 0;; ++failing) {
    SCOPED_TRACE("operation " + std::to_string(failing) + " fails");
    TemporaryFolder folder;
    FailingDisk disk;
    Known known;
    {
      FileLog log({.folder = folder.path(),
                   .segment_size = small_segment,
                   .prepares_ahead = in_background,
                   .direct = torn,
                   .disk = &disk});
      ASSERT_EQ(replay_texts(log).error, "");
      disk.fail_after(failing, error, torn);
      std::mt19937 random(1);
      work(log, known, random, 150, false);
      if (disk.has_failed() && !in_background) {
        EXPECT_FALSE(log.sync()) << "a log that failed goes on";
        EXPECT_FALSE(append_text(log, "more"));
      }
    }
    FileLog log({.folder = folder.path(), .segment_size = small_segment});
    expect_kept(log, known);
    if (::testing::Test::HasFatalFailure()) return;
    ASSERT_TRUE(append_text(log, "again"));
    ASSERT_TRUE(log.sync());
    if (!disk.has_failed()) return;  // the work is done before that operation
  }
}

TEST(LogFaults, AnyOperationMayFailWithAnIoErrorAndNothingPromisedIsLost) {
  fail_each_operation(EIO, false, false);
}
TEST(LogFaults, AnyWriteMayBeTornAndAnyOperationMeetAFullDisk) {
  fail_each_operation(ENOSPC, true, false);
}
TEST(LogFaults, TheSameForSegmentsMadeInTheBackground) { fail_each_operation(EIO, true, true); }

/// No room for a segment made beforehand; there is some again when it is needed.
class NoRoomAhead : public Disk {
 public:
  int open(const std::string& path, int flags) override {
    const bool made = path.ends_with(".tmp");
    return made && refusals > 0 && refusals-- > 0 ? -ENOSPC : Disk::open(path, flags);
  }
  std::atomic<int> refusals{0};
};

TEST(LogFaults, ASegmentThatCannotBeMadeBeforehandIsMadeWhenItIsNeeded) {
  TemporaryFolder folder;
  NoRoomAhead disk;
  std::vector<std::string> texts;
  {
    FileLog log({.folder = folder.path(), .segment_size = 65'536, .disk = &disk});
    ASSERT_EQ(replay_texts(log).error, "");
    for (int i = 0; i < 500; ++i) {
      texts.push_back(std::to_string(i) + std::string(300, 'x'));
      ASSERT_TRUE(append_text(log, texts.back()));
      ASSERT_TRUE(log.sync());
      if (i == 0) disk.refusals = 1;
    }
  }
  EXPECT_EQ(disk.refusals, 0);
  FileLog log({.folder = folder.path(), .segment_size = 65'536});
  EXPECT_EQ(replay_texts(log).texts, texts);
}

// ----------------------------------------------------------------------------------- power loss

void cut_the_power(uint64_t seed, bool promises_unsynced, bool dies_alone) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(static_cast<uint32_t>(seed));
  TemporaryFolder folder;
  PowerLossDisk disk;
  Known known;
  for (int life = 0; life < 12; ++life) {
    {
      FileLog log({.folder = folder.path(),
                   .segment_size = small_segment,
                   .spares_max = random() % 3,
                   .prepares_ahead = random() % 2 == 0,
                   .zeros = random() % 4 != 0,
                   .disk = &disk});
      disk.cut_after(1 + random() % 120);
      const auto replayed = replay_texts(log, known.trimmed);
      ASSERT_TRUE(replayed.error.empty() || disk.power_is_off()) << replayed.error;
      if (replayed.error.empty() && dies_alone) note_found(known, replayed.texts);
      if (replayed.error.empty()) work(log, known, random, 200, promises_unsynced);
    }
    if (dies_alone && random() % 2 == 0) {
      disk.lose_process();  // and the next life begins with what was never synced
      continue;
    }
    disk.lose_power(random);
    FileLog log({.folder = folder.path(), .segment_size = small_segment, .disk = &disk});
    expect_kept(log, known);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(LogFaults, APowerCutTakesNothingThatWasSynced) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    cut_the_power(seed, false, false);
    if (HasFatalFailure()) return;
  }
}
TEST(LogFaults, NorDoesOneAfterTheProcessHasDied) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    cut_the_power(seed, false, true);
    if (HasFatalFailure()) return;
  }
}

// ---------------------------------------------------------------------------------- flipped bits

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Every byte of every segment, one bit of each (of a run of zeros every 61st byte): refused with
/// the place, or without effect, or in the newest record, which nothing says was durable.
TEST(LogFaults, AFlippedBitAnywhereIsLocatedOrHarmless) {
  TemporaryFolder folder;
  Known known;
  LogPosition before_last;
  {
    FileLog log({.folder = folder.path(), .segment_size = small_segment, .prepares_ahead = false});
    ASSERT_EQ(replay_texts(log).error, "");
    for (int i = 0; i < 50; ++i) {
      if (i == 35) {  // so that segments are used again
        known.trimmed = log.position();
        ASSERT_TRUE(log.trim(known.trimmed.sequence));
      }
      before_last = log.position();
      known.texts.push_back("text " + std::to_string(i) + std::string(300, 'x'));
      ASSERT_TRUE(append_text(log, known.texts.back()));
      ASSERT_TRUE(log.sync());
    }
  }
  const auto segments = list_segments(folder.path());
  ASSERT_TRUE(segments);
  ASSERT_GT(segments->size(), 2U);
  size_t located = 0;
  size_t harmless = 0;
  size_t cut = 0;
  for (const SegmentFile& segment : *segments) {
    const std::string whole = content(segment.path);
    for (size_t byte = 0; byte < whole.size(); ++byte) {
      if (whole[byte] == 0 && byte > 0 && whole[byte - 1] == 0 && byte % 61 != 0) continue;
      std::string flipped = whole;
      flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << (byte % 8)));
      std::ofstream(segment.path, std::ios::binary | std::ios::trunc) << flipped;
      size_t read = 0;
      const auto end = LogReader({.folder = folder.path()})
                           .read(
                               known.trimmed, 0,
                               [&](uint64_t, const LogRecord&) {
                                 ++read;
                                 return std::string();
                               },
                               nullptr);
      if (!end) {
        ++located;
        ASSERT_EQ(end.error().kind, LogErrorKind::damaged) << end.error().text;
        ASSERT_EQ(end.error().path, segment.path) << "byte " << byte << ": " << end.error().text;
        ASSERT_LE(end.error().offset, byte);
      } else if (read == 15) {
        ++harmless;
      } else {
        ++cut;
        ASSERT_EQ(end->position, before_last) << segment.path << ", byte " << byte;
        ASSERT_GE(byte, end->offset);
      }
    }
    std::ofstream(segment.path, std::ios::binary | std::ios::trunc) << whole;
  }
  EXPECT_GT(located, 14 * 300U);
  EXPECT_GT(harmless, 0U);
  EXPECT_LE(cut, sizeof(RecordHeader) + sizeof(LoggedFrameHeader) + 312);
}

}  // namespace
}  // namespace paceline::runtime
