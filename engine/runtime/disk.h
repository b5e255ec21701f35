// What the log, the snapshots and the history do to files: the seam at which tests inject faults.
//
// Every change goes through here; reading does not. Short writes are completed here or there, as
// the real disk pleases; an error is an errno, negative, and final. Nobody retries a sync: after a
// failed one the page cache may lie. A name (created, renamed, removed) survives a power cut only
// after sync_folder().
//
// Owner: any thread.  Allocates: never.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace paceline::runtime {

class Disk {
 public:
  virtual ~Disk() = default;

  /// As open, with O_CLOEXEC and mode 0644: the file, or -errno.
  virtual int open(const std::string& path, int flags);
  virtual void close(int file);
  /// As pwrite: how many bytes were taken, or -errno.
  virtual int64_t write_at(int file, std::span<const std::byte> bytes, uint64_t offset);
  virtual int truncate(int file, uint64_t size);  ///< As ftruncate: 0 or -errno.
  virtual int sync(int file);                     ///< As fdatasync: 0 or -errno.
  /// The disk may begin with these bytes, so that the next sync finds little left to do. A hint:
  /// waits for nothing, promises nothing, and what fails is told by that sync.
  virtual void start_writing(int file, uint64_t offset, uint64_t size);

  virtual int rename(const std::string& from, const std::string& to);  ///< 0 or -errno.
  virtual int unlink(const std::string& path);                         ///< 0 or -errno.
  virtual int make_folder(const std::string& path);                    ///< As mkdir: 0 or -errno.
  virtual int sync_folder(const std::string& path);                    ///< 0 or -errno.

  /// Writes all of it, however many calls that takes: 0 or -errno.
  int write_fully(int file, std::span<const std::byte> bytes, uint64_t offset);
};

/// For those who are handed none.
Disk& real_disk();

}  // namespace paceline::runtime
