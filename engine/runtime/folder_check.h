// Looks at a data folder and changes nothing in it, whether a server is running there or not.
//
// Everything is read and compared with its checksums. What a server would make of it can be tried
// out in memory as well: replay().
//
// Owner: one thread.  Errors: findings; of replay() a sentence.  Allocates: a segment; replay() the
// desks.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/runtime/log_reader.h"
#include "engine/runtime/replica.h"
#include "engine/runtime/snapshot_file.h"
#include "engine/runtime/snapshot_folder.h"

namespace paceline::runtime {

enum class Severity : uint8_t { good, note, problem };

struct Finding {
  Severity severity = Severity::good;
  std::string area;  ///< "folder", "lock", "log", "snapshots", "history", "disk".
  std::string text;  ///< What is so, where.
  std::string mend;  ///< What to do about it; of good ones empty.
};

class FolderCheck {
 public:
  /// Bytes read so far and in all.
  using Progress = std::function<void(uint64_t done, uint64_t total)>;

  FolderCheck(std::string folder, Progress progress)
      : folder_(std::move(folder)), progress_(std::move(progress)) {}

  /// Of everything.
  std::vector<Finding> run();

  /// Does what a recovery would, in memory, up to `to_sequence` (0: the end): into an empty
  /// replica. Where the log ended.
  sched::Expected<LogEnd, std::string> replay(Replica& replica, uint64_t to_sequence) const;

  /// The process that holds the folder's lock; 0: none does.
  static int lock_holder(const std::string& folder);

 private:
  void check_folder();
  void check_lock();
  void check_snapshots();
  void check_log();
  void check_tail(const SnapshotInfo& snapshot, LogPosition oldest);
  void check_history();
  void check_disk();
  void find(Severity severity, const char* area, std::string text, std::string mend = {});

  std::string folder_;
  Progress progress_;
  std::vector<Finding> findings_;
  bool readable_ = false;
  int holder_ = 0;
  std::optional<SnapshotInfo> newest_;  // that is good
  uint64_t snapshots_ = 0;
  uint64_t snapshot_bytes_ = 0;
};

}  // namespace paceline::runtime
