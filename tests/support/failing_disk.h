// A disk whose operation number so-and-so fails, whatever it is; the others go well.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>

#include "engine/runtime/disk.h"

namespace paceline::testing {

class FailingDisk : public runtime::Disk {
 public:
  /// `operations` more go well, the next one fails with `error`; `torn`: if it is a write, half of
  /// it is done.
  void fail_after(uint64_t operations, int error, bool torn) {
    error_ = error;
    torn_ = torn;
    left_ = static_cast<int64_t>(operations);
  }
  bool has_failed() const { return failed_; }

  int open(const std::string& path, int flags) override {
    return fails() ? -error_ : Disk::open(path, flags);
  }
  int64_t write_at(int file, std::span<const std::byte> bytes, uint64_t offset) override {
    if (!fails()) return Disk::write_at(file, bytes, offset);
    if (torn_) (void)Disk::write_at(file, bytes.first(bytes.size() / 2), offset);
    return -error_;
  }
  int truncate(int file, uint64_t size) override {
    return fails() ? -error_ : Disk::truncate(file, size);
  }
  int sync(int) override { return fails() ? -error_ : 0; }
  int rename(const std::string& from, const std::string& to) override {
    return fails() ? -error_ : Disk::rename(from, to);
  }
  int unlink(const std::string& path) override { return fails() ? -error_ : Disk::unlink(path); }
  int sync_folder(const std::string&) override { return fails() ? -error_ : 0; }

 private:
  bool fails() {
    if (left_.fetch_sub(1) != 0) return false;
    failed_ = true;
    return true;
  }

  std::atomic<int64_t> left_{-1};
  std::atomic<bool> failed_{false};
  int error_ = 0;
  bool torn_ = false;
};

}  // namespace paceline::testing
