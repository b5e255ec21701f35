#include "engine/runtime/disk.h"

#include <errno.h>
#include <unistd.h>

namespace paceline::runtime {

int64_t Disk::write_at(int file, std::span<const std::byte> bytes, uint64_t offset) {
  const ssize_t taken = pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
  return taken >= 0 ? taken : -errno;
}

int Disk::sync(int file) { return fdatasync(file) == 0 ? 0 : -errno; }

int Disk::write_fully(int file, std::span<const std::byte> bytes, uint64_t offset) {
  while (!bytes.empty()) {
    const int64_t taken = write_at(file, bytes, offset);
    if (taken == -EINTR) continue;
    if (taken < 0) return static_cast<int>(taken);
    if (taken == 0) return -ENOSPC;  // a disk that takes nothing and gives no reason
    bytes = bytes.subspan(static_cast<size_t>(taken));
    offset += static_cast<uint64_t>(taken);
  }
  return 0;
}

Disk& real_disk() {
  static Disk disk;
  return disk;
}

}  // namespace paceline::runtime
