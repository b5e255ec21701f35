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
#include <optional>
#include <string>

#include "engine/runtime/disk.h"
#include "sched/base/expected.h"

namespace paceline::runtime {

struct FolderError {
  bool in_use = false;     ///< Another server holds it; else it cannot be made or entered.
  bool forbidden = false;  ///< This user lacks the rights.
  std::string text;
};

/// An errno that says: not this user, or not on this disk.
bool is_forbidden(int error);

/// What whoever uses a data folder, or a copy of one, must be allowed to do there.
enum class FolderUse : uint8_t { read, serve };
struct MissingRight {
  std::string path;  ///< The first thing that is refused.
  int error = 0;     ///< For which is_forbidden().
};
/// None: all that is there may be used so. What is not there is not missed here.
std::optional<MissingRight> missing_right(const std::string& folder, FolderUse use);

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
