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
}  // namespace

sched::Expected<DataFolder, FolderError> DataFolder::lock(const std::string& path) {
  const auto fail = [&](const std::string& what, const std::string& why) {
    return sched::Unexpected{
        FolderError{false, "data folder " + path + ": cannot " + what + ": " + why +
                               "; give --data a folder this user may write to"}};
  };
  if (path.empty()) return fail("open it", "no folder is named");
  std::error_code error;
  for (const char* part : {"", "/log", "/history", "/snapshots"}) {
    std::filesystem::create_directories(path + part, error);
    if (error) return fail("create " + path + part, error.message());
  }
  const std::string name = path + "/lock";
  const int file = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return fail("open " + name, std::strerror(errno));
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    const int reason = errno;
    const std::string pid = pid_in(file);
    close(file);
    if (reason != EWOULDBLOCK) return fail("lock " + name, std::strerror(reason));
    return sched::Unexpected{
        FolderError{true, "data folder " + path + " is in use by another server" +
                              (pid.empty() ? std::string() : " (process " + pid + ")") +
                              ": stop that one, or give this one a folder of its own with --data"}};
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(file, 0) != 0 || pwrite(file, pid.data(), pid.size(), 0) < 0) {
    const int reason = errno;
    close(file);
    return fail("write " + name, std::strerror(reason));
  }
  return DataFolder(std::filesystem::absolute(path).string(), file);
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
