// Recovery: the newest good snapshot, then the log from there on.
//
// A snapshot that cannot be used is passed over with a note: it is damaged, or counts on a history
// file that does not hold what it should. The one before it has a longer tail, and at last there is
// the whole log, if that still goes back to its beginning. A damaged one is set aside under another
// name, so that the log is never trimmed on its account.
//
// Owner: the starting thread.  Errors: sentences.  Allocates: the desks.
#pragma once

#include <functional>
#include <string_view>

#include "engine/runtime/archivist.h"
#include "engine/runtime/command_log.h"
#include "engine/runtime/replica.h"
#include "engine/runtime/snapshot_file.h"
#include "engine/runtime/snapshot_folder.h"

namespace paceline::runtime {

struct RecoveryReport {
  uint64_t snapshot_sequence = 0;  ///< 0: none was used.
  uint64_t records = 0;            ///< Replayed.
  uint64_t tail_bytes = 0;         ///< Of those records, about.
  int64_t snapshot_us = 0;
  int64_t replay_us = 0;
};

class Recovery {
 public:
  Recovery(SnapshotFolder& folder, CommandLog& log, Archivist& archivist, ClockMode clock_mode,
           std::function<void(std::string_view)> note)
      : folder_(folder),
        log_(log),
        archivist_(archivist),
        clock_mode_(clock_mode),
        note_(std::move(note)) {}

  /// Fills an empty replica, histories included; the log stands at its end.
  sched::Expected<RecoveryReport, std::string> run(Replica& replica);

 private:
  sched::Expected<LogPosition, std::string> load_newest(Replica& replica);
  sched::Expected<LogPosition, std::string> load(const SnapshotEntry& entry, Replica& replica);
  void pass_over(const SnapshotEntry& entry, const std::string& why);
  sched::Expected<void, std::string> begin_histories(const SnapshotFile& file);
  void tell(const std::string& line) const;

  SnapshotFolder& folder_;
  CommandLog& log_;
  Archivist& archivist_;
  ClockMode clock_mode_;
  std::function<void(std::string_view)> note_;
  std::string passed_over_;  // why the newest was
};

}  // namespace paceline::runtime
