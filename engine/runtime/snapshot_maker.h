// Makes a snapshot out of a state that stands still: written, synced, read back, verified, and only
// then given its name.
//
// Where the state comes from is the source's business: a replica of the desks beside the running
// ones (snapshotter.h), the desks themselves once their threads have ended, or whatever else can
// hold still.
//
// Owner: one thread.  Errors: sentences; an unfinished file is removed.  Allocates: pieces; while
// verifying by loading, the desks once more.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/runtime/event_ring.h"
#include "engine/runtime/replica.h"
#include "engine/runtime/snapshot_folder.h"
#include "engine/runtime/snapshot_info.h"
#include "engine/runtime/snapshot_report.h"
#include "sched/base/expected.h"

namespace paceline::runtime {

class Disk;
class WallClock;

/// A desk as it is to be written down.
struct SnapshotState {
  desk::Desk* desk = nullptr;
  EventRing* events = nullptr;
};

enum class SnapshotStage : uint8_t { idle, history, replay, write, verify };

/// Told of every step; a sentence stops the making.
using SnapshotProgress =
    std::function<std::string(SnapshotStage stage, uint64_t done, uint64_t total)>;

class SnapshotMaker {
 public:
  SnapshotMaker(SnapshotFolder& folder, Disk& disk, WallClock& clock, SnapshotProgress progress)
      : folder_(folder), disk_(disk), clock_(clock), progress_(std::move(progress)) {}

  /// `info` describes `states` in the same order; digests are filled in here.
  sched::Expected<void, std::string> write(SnapshotInfo info,
                                           const std::vector<SnapshotState>& states,
                                           SnapshotReport& report);
  /// Loads what was written into desks of its own and compares digests, then names the file. The
  /// states written may be gone: better so, for the sake of memory.
  sched::Expected<void, std::string> verify_and_publish(const ReplicaOptions& options,
                                                        SnapshotReport& report);

 private:
  SnapshotFolder& folder_;
  Disk& disk_;
  WallClock& clock_;
  SnapshotProgress progress_;
};

}  // namespace paceline::runtime
