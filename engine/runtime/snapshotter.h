// Takes snapshots while the desks work, on a thread of its own and with the processor time nobody
// else wants.
//
//   mark (I/O thread) ─▶ history synced (archivist) ─▶ snapshotter:
//     newest snapshot + log up to the mark ─▶ desks of its own ─▶ compared with the mark
//     ─▶ file ─▶ loaded again, digests compared ─▶ named;  tidy: older ones go, the log is trimmed
//
// On a busy machine that may be next to nothing. One that somebody waits for, for itself or to be
// next, or that is overtaken by the next, takes a tenth of a processor instead.
//
// Desks are deterministic, so the state at a mark need not be taken from the running desks: it is
// worked out a second time. No command ever waits for a snapshot, and each one proves anew that the
// log gives what was answered: a desk whose events differ is a violated invariant, and such a
// snapshot is refused. The price is the memory of the desks twice while it runs, and the processor
// time of the replay.
//
// Owner: run() its own thread, which begins another for each snapshot. take() whoever has the mark,
// one at a time and only while idle; the rest the I/O thread.  Errors: in the report.  Allocates:
// the desks.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/runtime/bell.h"
#include "engine/runtime/command_log.h"
#include "engine/runtime/replica.h"
#include "engine/runtime/snapshot_maker.h"
#include "engine/runtime/wake_up.h"

namespace paceline::runtime {

/// What the running desks had come to when a record became durable.
struct SnapshotMark {
  uint64_t sequence = 0;
  bool urgent = false;            ///< Somebody waits for it.
  std::vector<MarkedDesk> desks;  ///< By number.
};

struct SnapshotterOptions {
  std::string log_folder;
  ClockMode clock_mode = ClockMode::wall;
  ReplicaOptions replica;
  Disk* disk = nullptr;
  WallClock* clock = nullptr;
};

class Snapshotter {
 public:
  static constexpr size_t kept = 2;

  /// What became of a job.
  struct Done {
    bool tidied = false;  ///< It was a tidy(), else a take().
    SnapshotReport report;
    uint64_t trim_to = 0;  ///< Of a tidy: nothing before this sequence is needed; 0: all is.
    std::string failure;
    bool stopped = false;   ///< It failed only because of stop().
    bool diverged = false;  ///< The replay gave other events than the running desks.
  };

  Snapshotter(SnapshotterOptions options, SnapshotFolder folder, WakeUp& io);
  ~Snapshotter();

  void take(std::unique_ptr<SnapshotMark> mark);
  void hurry();  ///< What is under way is begun again, as an urgent one, if it is none.
  void tidy();
  std::unique_ptr<Done> done();  ///< None: nothing new.

  SnapshotStage stage() const { return stage_.load(std::memory_order_relaxed); }
  uint64_t progress_done() const { return progress_done_.load(std::memory_order_relaxed); }
  uint64_t progress_total() const { return progress_total_.load(std::memory_order_relaxed); }

  void run();
  void stop();  ///< From any thread: what is under way is given up.

 private:
  std::unique_ptr<Done> take(const SnapshotMark& mark);
  void take(const SnapshotMark& mark, Done& done);
  sched::Expected<void, std::string> rebuild(const SnapshotMark& mark, Replica& replica,
                                             SnapshotInfo& info);
  sched::Expected<LogPosition, std::string> begin_with_newest(uint64_t before, Replica& replica,
                                                              SnapshotInfo& info);
  std::string difference(const SnapshotMark& mark, Replica& replica) const;
  sched::Expected<void, std::string> sync_log();
  std::string step(SnapshotStage stage, uint64_t done, uint64_t total);

  // Fixed at construction.
  SnapshotterOptions options_;
  SnapshotFolder folder_;
  WakeUp& io_;

  bool urgent_ = false;  // of the attempt under way
  bool overtaken_ = false;

  Bell bell_;
  std::atomic<SnapshotMark*> mark_{nullptr};  // to be taken; owned
  std::atomic<bool> tidy_wanted_{false};
  std::atomic<Done*> done_{nullptr};  // to be told; owned
  std::atomic<bool> hurry_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<SnapshotStage> stage_{SnapshotStage::idle};
  std::atomic<uint64_t> progress_done_{0};
  std::atomic<uint64_t> progress_total_{0};
};

}  // namespace paceline::runtime
