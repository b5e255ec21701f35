#include "engine/runtime/snapshot_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/runtime/disk.h"
#include "tests/support/temporary_folder.h"

namespace paceline::runtime {
namespace {

using paceline::testing::TemporaryFolder;

class SnapshotFolderTest : public ::testing::Test {
 protected:
  void make(uint64_t sequence) {
    std::ofstream(folder.unfinished_path_of(sequence)) << "x";
    ASSERT_TRUE(folder.publish(sequence));
  }
  std::vector<uint64_t> sequences() const {
    std::vector<uint64_t> sequences;
    for (const SnapshotEntry& entry : folder.list().value()) sequences.push_back(entry.sequence);
    return sequences;
  }

  TemporaryFolder place;
  SnapshotFolder folder{place.path(), real_disk()};
};

TEST_F(SnapshotFolderTest, ListsTheNewestFirstAndNothingElse) {
  for (const uint64_t sequence : {9U, 100U, 23U}) make(sequence);
  std::ofstream(folder.unfinished_path_of(200)) << "x";
  std::ofstream(place.path() + "/README") << "x";
  EXPECT_EQ(sequences(), (std::vector<uint64_t>{100, 23, 9}));
  EXPECT_TRUE(SnapshotFolder(place.path() + "/nowhere", real_disk()).list().value().empty());
}

TEST_F(SnapshotFolderTest, TidyingKeepsTheNewestAndSaysFromWhereTheLogIsNeeded) {
  make(5);
  EXPECT_EQ(folder.tidy(2).value(), 0U);  // all of it, as long as there is only one
  make(7);
  EXPECT_EQ(folder.tidy(2).value(), 5U);
  make(9);
  EXPECT_EQ(folder.tidy(2).value(), 7U);
  EXPECT_EQ(sequences(), (std::vector<uint64_t>{9, 7}));
}

TEST_F(SnapshotFolderTest, ADamagedOneIsKeptButNotCountedOn) {
  make(5);
  make(7);
  const std::string aside = folder.set_aside(folder.list().value()[0]);
  EXPECT_TRUE(std::filesystem::exists(aside));
  EXPECT_EQ(sequences(), (std::vector<uint64_t>{5}));
  EXPECT_EQ(folder.tidy(2).value(), 0U);
}

TEST_F(SnapshotFolderTest, WhatADeadServerLeftUnfinishedGoes) {
  make(5);
  std::ofstream(folder.unfinished_path_of(7)) << "x";
  folder.drop_unfinished();
  EXPECT_FALSE(std::filesystem::exists(folder.unfinished_path_of(7)));
  EXPECT_EQ(sequences(), (std::vector<uint64_t>{5}));
}

}  // namespace
}  // namespace paceline::runtime
