// The server's folder: one server at a time.
//
//   data/lock        held with flock while a server lives; says whose pid
//   data/log/        segments of the command log
//   data/history/    a file per desk
//   data/snapshots/  the newest two
//
// Owner: the starting thread.
#pragma once

#include <cstdint>
#include <string>

#include "engine/runtime/disk.h"
#include "sched/base/expected.h"

namespace paceline::runtime {

struct FolderError {
  bool in_use = false;  ///< Another server holds it; else it cannot be made or entered.
  std::string text;
};

class DataFolder {
 public:
  /// Creates what is missing, durably, and takes the lock, held until the object goes.
  static sched::Expected<DataFolder, FolderError> lock(const std::string& path,
                                                       Disk& disk = real_disk());
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&& other) noexcept;
  ~DataFolder();

  /// Absolute, as are the folders in it: clients are told them, and work in folders of their own.
  const std::string& path() const { return path_; }
  std::string log() const { return path_ + "/log"; }
  std::string history() const { return path_ + "/history"; }
  std::string snapshots() const { return path_ + "/snapshots"; }

 private:
  DataFolder(std::string path, int file) : path_(std::move(path)), file_(file) {}
  std::string path_;
  int file_ = -1;
};

}  // namespace paceline::runtime
