#include "engine/runtime/snapshot_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "engine/runtime/snapshot_writer.h"
#include "tests/support/dice.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace paceline::runtime {
namespace {

using paceline::testing::FaultyDisk;
using paceline::testing::TemporaryFolder;
using ::testing::AnyOf;
using ::testing::HasSubstr;

/// A state with small things, long ones, and regions that do and do not compress.
struct State {
  uint64_t number = 0;
  std::vector<uint64_t> small;
  std::vector<uint64_t> plain, random;

  void persist(sched::Archive& archive) {
    archive.value(number);
    archive.list(small);
    for (auto* region : {&plain, &random}) {
      region->resize(archive.size(region->size(), sizeof(uint64_t)));
      if (!region->empty()) archive.bulk(region->data(), region->size() * sizeof(uint64_t));
    }
    archive.settle();
  }
  bool operator==(const State&) const = default;
};

State state_of(uint64_t seed, size_t small, size_t large) {
  State state{seed, {}, {}, {}};
  uint64_t dice = seed * 0x9e37'79b9'7f4a'7c15 + 1;
  const auto roll = [&dice] {
    dice ^= dice << 13;
    dice ^= dice >> 7;
    return dice ^= dice << 17;
  };
  for (size_t i = 0; i < small; ++i) state.small.push_back(roll());
  for (size_t i = 0; i < large; ++i) state.plain.push_back(i / 7);
  for (size_t i = 0; i < large; ++i) state.random.push_back(roll());
  return state;
}

class SnapshotFileTest : public ::testing::Test {
 protected:
  std::string path() const { return folder.path() + "/some.snapshot"; }

  SnapshotInfo info() const {
    SnapshotInfo info{.position = {17, 4711},
                      .epoch = 3,
                      .rules_version = 9,
                      .clock_mode = ClockMode::commands,
                      .closed = true,
                      .last_ts = {1'000'000},
                      .taken_at_us = 2'000'000,
                      .desks = {}};
    for (const auto& [number, state] : states) {
      desk::Limits limits;
      limits.tickets_max = 1'000 + number;
      info.desks.push_back({.number = {number},
                            .name = "desk-" + std::to_string(number),
                            .limits = limits,
                            .now_us = 5,
                            .event_hash = 6,
                            .last_event = 7,
                            .archived = 8,
                            .digest = state.number});
    }
    return info;
  }
  sched::Expected<uint64_t, std::string> write(SnapshotWriter::Progress progress = {}) {
    SnapshotWriter writer(path(), disk, std::move(progress));
    writer.begin(info());
    for (auto& desk : states)  // clang 14 captures no structured binding
      writer.write({desk.first},
                   [&desk](sched::Archive& archive) { desk.second.persist(archive); });
    return writer.finish();
  }
  /// Empty if every desk is read back as it was written, else what was said; never anything wrong.
  std::string read_back(Loading loading) const {
    const auto file = SnapshotFile::open(path());
    if (!file) return file.error();
    EXPECT_EQ(file->info(), info());
    for (const auto& [number, state] : states) {
      State again;
      const auto loaded =
          file->load({number}, loading, [&](sched::Archive& archive) { again.persist(archive); });
      if (!loaded) return loaded.error();
      EXPECT_EQ(again, state);
    }
    return {};
  }

  TemporaryFolder folder;
  FaultyDisk disk;
  std::map<uint16_t, State> states;
};

TEST_F(SnapshotFileTest, GivesBackWhatWasWritten) {
  states = {{1, state_of(1, 5, 1'000)},
            {3, state_of(3, 400'000, 500'000)},  // streams and regions of several pieces
            {9, State{}}};
  const auto written = write();
  ASSERT_TRUE(written) << written.error();
  EXPECT_EQ(written.value(), std::filesystem::file_size(path()));
  EXPECT_EQ(read_back(Loading::alone), "");
  EXPECT_EQ(read_back(Loading::parallel), "");
  EXPECT_TRUE(SnapshotFile::open(path())->verify());
  const uint64_t raw = SnapshotFile::open(path())->raw_size();
  EXPECT_LT(written.value(), raw * 3 / 4);  // half of what is large compresses well
}

TEST_F(SnapshotFileTest, ABitFlippedInAnyByteIsNoticed) {
  states = {{1, state_of(1, 5, 60)}, {2, state_of(2, 3, 0)}};
  ASSERT_TRUE(write());
  const std::string good = paceline::read_file(path());
  ASSERT_LT(good.size(), 10'000U);
  for (size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ (1 << at % 8));
    std::ofstream(path(), std::ios::binary) << bad;
    const auto file = SnapshotFile::open(path());
    EXPECT_FALSE(file && file->verify()) << "at " << at;
    EXPECT_THAT(file ? file->verify().error() : file.error(), HasSubstr(path())) << "at " << at;
  }
  std::ofstream(path(), std::ios::binary) << good;
  EXPECT_EQ(read_back(Loading::parallel), "");
}

TEST_F(SnapshotFileTest, LoadingNoticesItToo) {
  states = {{1, state_of(1, 5, 60)}};
  ASSERT_TRUE(write());
  const std::string good = paceline::read_file(path());
  for (size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ (1 << at % 8));
    std::ofstream(path(), std::ios::binary) << bad;
    const auto file = SnapshotFile::open(path());
    if (!file) continue;
    State again;
    const auto loaded = file->load({1}, at % 2 == 0 ? Loading::alone : Loading::parallel,
                                   [&](sched::Archive& archive) { again.persist(archive); });
    EXPECT_FALSE(loaded) << "at " << at;
  }
}

TEST_F(SnapshotFileTest, AFileCutAnywhereOrGrownIsNoticed) {
  states = {{1, state_of(1, 5, 60)}};
  ASSERT_TRUE(write());
  const std::string good = paceline::read_file(path());
  for (size_t size = 0; size < good.size(); ++size) {
    std::ofstream(path(), std::ios::binary) << good.substr(0, size);
    EXPECT_FALSE(SnapshotFile::open(path())) << "cut to " << size;
  }
  std::ofstream(path(), std::ios::binary) << good << '\0';
  EXPECT_FALSE(SnapshotFile::open(path()));
}

TEST_F(SnapshotFileTest, AStateOfAnotherShapeIsRefused) {
  states = {{1, state_of(1, 5, 1'000)}};
  ASSERT_TRUE(write());
  const auto file = SnapshotFile::open(path());
  for (const auto loading : {Loading::alone, Loading::parallel}) {
    uint64_t number = 0;
    std::vector<uint64_t> list, region(1'001);
    const auto too_little =
        file->load({1}, loading, [&](sched::Archive& archive) { archive.value(number); });
    ASSERT_FALSE(too_little);
    EXPECT_THAT(too_little.error(), HasSubstr("more than is known"));
    const auto other_size = file->load({1}, loading, [&](sched::Archive& archive) {
      archive.value(number);
      archive.list(list);
      archive.bulk(region.data(), region.size() * sizeof(uint64_t));
    });
    ASSERT_FALSE(other_size);
    EXPECT_THAT(other_size.error(), HasSubstr("another size"));
    const auto too_much = file->load({1}, loading, [&](sched::Archive& archive) {
      State again;
      again.persist(archive);
      archive.value(number);
      EXPECT_EQ(number, 0U);  // as zero, from the failure on
    });
    ASSERT_FALSE(too_much);
    EXPECT_THAT(too_much.error(), HasSubstr("too early"));
  }
}

TEST_F(SnapshotFileTest, AFullOrFailingDiskIsToldAndNothingElse) {
  states = {{1, state_of(1, 5, 100'000)}};
  disk.write_error = ENOSPC;
  disk.bytes_until_error = 200'000;
  EXPECT_THAT(write().error(), HasSubstr("The disk is full"));
  disk.bytes_until_error = FaultyDisk::unlimited;
  disk.sync_error = EIO;
  EXPECT_THAT(write().error(), HasSubstr("cannot sync"));
  disk.sync_error = 0;
  disk.longest_write = 100;  // short writes are completed
  ASSERT_TRUE(write());
  EXPECT_EQ(read_back(Loading::parallel), "");
}

TEST_F(SnapshotFileTest, WritingStopsWhenToldTo) {
  states = {{1, state_of(1, 5, 500'000)}};
  uint64_t seen = 0;
  const auto written = write([&](uint64_t raw) {
    seen = raw;
    return raw > 2 * snapshot_piece ? "the server ends" : "";
  });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error(), "the server ends");
  EXPECT_LE(seen, 3 * snapshot_piece);
}

}  // namespace
}  // namespace paceline::runtime
