// A disk that fails when told: short and torn writes, ENOSPC, EIO on write or sync, a sync that
// takes its time.
#pragma once

#include <errno.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "engine/runtime/disk.h"

namespace paceline::testing {

class FaultyDisk : public runtime::Disk {
 public:
  static constexpr uint64_t unlimited = ~uint64_t{0};

  int64_t write_at(int file, std::span<const std::byte> bytes, uint64_t offset) override {
    const uint64_t left = bytes_until_error.load();
    if (bytes.size() > left) {
      // What fits is written all the same: the write is torn.
      if (left > 0) (void)Disk::write_at(file, bytes.first(left), offset);
      bytes_until_error = 0;
      return -write_error;
    }
    if (left != unlimited) bytes_until_error -= bytes.size();
    if (longest_write > 0) bytes = bytes.first(std::min<size_t>(bytes.size(), longest_write));
    return Disk::write_at(file, bytes, offset);
  }

  int sync(int) override {
    ++syncs;
    sync_is_blocked.wait(true);
    return -sync_error;  // nobody cuts the power here: a real sync would only take time
  }

  void block_syncs() { sync_is_blocked = true; }
  void release_syncs() {
    sync_is_blocked = false;
    sync_is_blocked.notify_all();
  }

  std::atomic<uint64_t> bytes_until_error{unlimited};
  std::atomic<int> write_error{EIO};
  std::atomic<int> sync_error{0};
  std::atomic<size_t> longest_write{0};  ///< 0: any; else every write is cut short to this.
  std::atomic<uint64_t> syncs{0};
  std::atomic<bool> sync_is_blocked{false};
};

}  // namespace paceline::testing
