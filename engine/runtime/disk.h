// What the log and the history do to a file: the seam at which tests inject faults.
//
// Short writes are completed here or there, as the real disk pleases; an error is an errno and
// final. Nobody retries a sync: after a failed one the page cache may lie.
//
// Owner: any thread.  Allocates: never.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace paceline::runtime {

class Disk {
 public:
  virtual ~Disk() = default;
  /// As pwrite: how many bytes were taken, or -errno.
  virtual int64_t write_at(int file, std::span<const std::byte> bytes, uint64_t offset);
  /// As fdatasync: 0 or -errno.
  virtual int sync(int file);

  /// Writes all of it, however many calls that takes: 0 or -errno.
  int write_fully(int file, std::span<const std::byte> bytes, uint64_t offset);
};

/// For those who are handed none.
Disk& real_disk();

}  // namespace paceline::runtime
