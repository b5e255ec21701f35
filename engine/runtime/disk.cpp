#include "engine/runtime/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

namespace paceline::runtime {

namespace {
int answer(int result) { return result == 0 ? 0 : -errno; }
}  // namespace

int Disk::open(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
  return file >= 0 ? file : -errno;
}

void Disk::close(int file) { ::close(file); }

int64_t Disk::write_at(int file, std::span<const std::byte> bytes, uint64_t offset) {
  const ssize_t taken = pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
  return taken >= 0 ? taken : -errno;
}

int Disk::truncate(int file, uint64_t size) {
  return answer(ftruncate(file, static_cast<off_t>(size)));
}

int Disk::sync(int file) { return answer(fdatasync(file)); }

void Disk::start_writing(int file, uint64_t offset, uint64_t size) {
  sync_file_range(file, static_cast<off64_t>(offset), static_cast<off64_t>(size),
                  SYNC_FILE_RANGE_WRITE);
}

int Disk::rename(const std::string& from, const std::string& to) {
  return answer(::rename(from.c_str(), to.c_str()));
}

int Disk::unlink(const std::string& path) { return answer(::unlink(path.c_str())); }

int Disk::make_folder(const std::string& path) { return answer(mkdir(path.c_str(), 0777)); }

int Disk::sync_folder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return -errno;
  const int error = answer(fsync(folder));
  ::close(folder);
  return error;
}

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
