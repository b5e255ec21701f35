// The snapshots of a data folder, by the sequence they were taken at.
//
//   00000000000000004711.snapshot          taken, verified, durable
//   00000000000000004711.snapshot.tmp      being written; of a server that died meanwhile: nothing
//   00000000000000004711.snapshot.damaged  set aside by a recovery that could not use it
//
// Owner: any one thread; listing from any.  Errors: sentences.  Allocates: names.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sched/base/expected.h"

namespace paceline::runtime {

class Disk;

struct SnapshotEntry {
  std::string path;
  uint64_t sequence = 0;
};

class SnapshotFolder {
 public:
  SnapshotFolder(std::string path, Disk& disk) : path_(std::move(path)), disk_(disk) {}

  const std::string& path() const { return path_; }
  /// Newest first; none where there is no such folder.
  sched::Expected<std::vector<SnapshotEntry>, std::string> list() const;

  std::string path_of(uint64_t sequence) const;
  std::string unfinished_path_of(uint64_t sequence) const { return path_of(sequence) + ".tmp"; }
  /// Gives an unfinished snapshot its name, durably.
  sched::Expected<void, std::string> publish(uint64_t sequence);
  void drop(uint64_t sequence);  ///< An unfinished one.
  void drop_unfinished();        ///< All of them: of a server that died.
  /// A damaged one gets another name, so that nobody counts on it. That name.
  std::string set_aside(const SnapshotEntry& entry);
  /// Removes all but the newest `kept`. The sequence of the oldest that stays, 0 where there are
  /// fewer than `kept`: what lies before it in the log is not needed any more.
  sched::Expected<uint64_t, std::string> tidy(size_t kept);

 private:
  std::string path_;
  Disk& disk_;
};

}  // namespace paceline::runtime
