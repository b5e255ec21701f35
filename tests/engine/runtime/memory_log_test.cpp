#include "engine/runtime/memory_log.h"

#include <gtest/gtest.h>

namespace paceline::runtime {
namespace {

std::vector<int64_t> replay(MemoryLog& log, LogPosition from = {}) {
  std::vector<int64_t> instants;
  EXPECT_TRUE(log.replay(
      from,
      [&](uint64_t, const LogRecord& record) {
        instants.push_back(record.ts.us);
        return std::string();
      },
      nullptr));
  return instants;
}

TEST(MemoryLog, ReplaysWhatWasAppended) {
  MemoryLog log;
  ASSERT_TRUE(log.append(1, {.ts = {10}}));
  ASSERT_TRUE(log.append(2, {.ts = {20}}));
  EXPECT_EQ(replay(log), (std::vector<int64_t>{10, 20}));
}

TEST(MemoryLog, ACrashLosesWhatWasNotSynced) {
  MemoryLog log;
  ASSERT_TRUE(log.append(1, {.ts = {10}}));
  ASSERT_TRUE(log.sync());
  ASSERT_TRUE(log.append(2, {.ts = {20}}));
  log.crash();
  EXPECT_EQ(replay(log), (std::vector<int64_t>{10}));
  EXPECT_TRUE(log.append(2, {.ts = {30}}));
}

TEST(MemoryLog, OnlyTheNextSequenceCanBeAppended) {
  MemoryLog log;
  EXPECT_EQ(log.append(2, {}).error().kind, LogErrorKind::sequence_taken);
}

TEST(MemoryLog, TrimForgetsTheOldest) {
  MemoryLog log;
  ASSERT_TRUE(log.append(1, {.ts = {10}}));
  const LogPosition known = log.position();
  ASSERT_TRUE(log.append(2, {.ts = {20}}));
  ASSERT_TRUE(log.trim(2));
  EXPECT_EQ(replay(log, known), (std::vector<int64_t>{20}));
  EXPECT_EQ(log.next_sequence(), 3U);
}

}  // namespace
}  // namespace paceline::runtime
