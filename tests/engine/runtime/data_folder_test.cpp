#include "engine/runtime/data_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "tests/support/power_loss_disk.h"
#include "tests/support/temporary_folder.h"

namespace paceline::runtime {
namespace {

using paceline::testing::PowerLossDisk;
using paceline::testing::TemporaryFolder;

TEST(DataFolder, IsMadeWithAllAboveItAndTold) {
  TemporaryFolder place;
  const auto folder = DataFolder::lock(place.path() + "/a/b/data/");
  ASSERT_TRUE(folder) << folder.error().text;
  EXPECT_EQ(folder->path(), place.path() + "/a/b/data");
  for (const std::string& part : {folder->log(), folder->history(), folder->snapshots()})
    EXPECT_TRUE(std::filesystem::is_directory(part)) << part;
}

TEST(DataFolder, WhatCannotBeMadeIsNamed) {
  const auto folder = DataFolder::lock("/proc/nothing/data");
  ASSERT_FALSE(folder);
  EXPECT_FALSE(folder.error().in_use);
  EXPECT_NE(folder.error().text.find("/proc/nothing/data"), std::string::npos);
}

TEST(DataFolder, WhatIsForbiddenIsToldByTheErrorNumber) {
  for (const int error : {EACCES, EPERM, EROFS}) EXPECT_TRUE(is_forbidden(error)) << error;
  for (const int error : {0, ENOENT, EIO, ENOSPC, EEXIST})
    EXPECT_FALSE(is_forbidden(error)) << error;
}

/// Its first owner dies at any operation of the start; the second starts well, then the power goes.
TEST(DataFolder, OutlivesAPowerCutWhoeverMadeIt) {
  std::mt19937 random(1);
  bool started = false;
  for (uint64_t operations = 1; !started; ++operations) {
    ASSERT_LT(operations, 100U);
    for (int round = 0; round < 8; ++round) {
      TemporaryFolder place;
      PowerLossDisk disk;
      const std::string path = place.path() + "/above/data";
      disk.cut_after(operations);
      started = DataFolder::lock(path, disk).has_value();
      disk.lose_process();
      ASSERT_TRUE(DataFolder::lock(path, disk));
      disk.lose_power(random);
      for (const char* part : {"", "/log", "/history", "/snapshots"})
        ASSERT_TRUE(std::filesystem::exists(path + part))
            << path + part << " is gone; the first owner died at operation " << operations;
    }
  }
}

}  // namespace
}  // namespace paceline::runtime
