#include "engine/runtime/data_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <utility>

namespace paceline::runtime {

namespace {
std::string pid_in(int file) {
  char text[32] = {};
  const ssize_t size = pread(file, text, sizeof text - 1, 0);
  std::string pid(text, size > 0 ? static_cast<size_t>(size) : 0);
  while (!pid.empty() && (pid.back() == '\n' || pid.back() == '\0')) pid.pop_back();
  return pid;
}

/// The name of a folder outlives a power cut. The folder above may be one that others own: what
/// cannot be opened is left to them. 0 or -errno.
int sync_name(Disk& disk, const std::filesystem::path& path) {
  const int error = disk.sync_folder(path.parent_path().string());
  return error == -EACCES || error == -EPERM ? 0 : error;
}

/// The folder, and those above it that are not there. What is there may have been made by a life
/// that had no time to sync it. 0 or -errno.
int make_folders(Disk& disk, const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) {
    if (path.has_relative_path()) {
      if (const int failed = make_folders(disk, path.parent_path())) return failed;
    }
    // There already: another name of the folder above, "data/.".
    if (const int failed = disk.make_folder(path.string()); failed != 0 && failed != -EEXIST)
      return failed;
  }
  return sync_name(disk, path);
}

}  // namespace

bool is_forbidden(int error) { return error == EACCES || error == EPERM || error == EROFS; }

std::optional<MissingRight> missing_right(const std::string& folder, FolderUse use) {
  const int write = use == FolderUse::serve ? W_OK : 0;
  const auto refused = [](const std::string& path, int rights) -> std::optional<MissingRight> {
    // As the user this process acts as, not the one who called it.
    if (faccessat(AT_FDCWD, path.c_str(), rights, AT_EACCESS) == 0 || !is_forbidden(errno))
      return std::nullopt;
    return MissingRight{path, errno};
  };
  for (const char* part : {"", "/log", "/history", "/snapshots"}) {
    const std::string path = folder + part;
    if (auto missing = refused(path, R_OK | X_OK | write)) return missing;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(path, error))
      if (entry.is_regular_file(error))
        if (auto missing = refused(entry.path().string(), R_OK | write)) return missing;
  }
  return std::nullopt;
}

sched::Expected<DataFolder, FolderError> DataFolder::lock(const std::string& given, Disk& disk) {
  std::error_code error;
  std::string path = std::filesystem::absolute(given, error).string();
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  const auto fail = [&](const std::string& what, int why) {
    return sched::Unexpected{FolderError{false, is_forbidden(why),
                                         "data folder " + path + ": cannot " + what + ": " +
                                             std::strerror(why) +
                                             "; give --data a folder this user may write to"}};
  };
  if (given.empty()) return fail("open it", ENOENT);
  for (const char* part : {"", "/log", "/history", "/snapshots"})
    if (const int failed = make_folders(disk, path + part))
      return fail("create " + path + part, -failed);
  if (const auto missing = missing_right(path, FolderUse::serve))
    return fail("read and write " + missing->path, missing->error);
  const std::string name = path + "/lock";
  const int file = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return fail("open " + name, errno);
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    const int reason = errno;
    const std::string pid = pid_in(file);
    close(file);
    if (reason != EWOULDBLOCK) return fail("lock " + name, reason);
    return sched::Unexpected{
        FolderError{true, false,
                    "data folder " + path + " is in use by another server" +
                        (pid.empty() ? std::string() : " (process " + pid + ")") +
                        ": stop that one, or give this one a folder of its own with --data"}};
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(file, 0) != 0 || pwrite(file, pid.data(), pid.size(), 0) < 0) {
    const int reason = errno;
    close(file);
    return fail("write " + name, reason);
  }
  return DataFolder(path, file);
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}
DataFolder& DataFolder::operator=(DataFolder&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(file_, other.file_);
  return *this;
}
DataFolder::~DataFolder() {
  if (file_ >= 0) close(file_);
}

}  // namespace paceline::runtime
