// Everything behind the socket: log, recovery, shards, log thread, archivist; as one I/O thread
// sees it.
//
//   auto pipeline = Pipeline::start(options);   // locks the folder, recovers
//   pipeline->submit(request) … wake_shards(); on wake_up(): next(), give_back(); finish()
//
// Desks are spread over shards by their number. Each shard has an intake and a pool of its own; all
// share one log and its thread, so that one sync serves them all. What concerns every desk goes to
// every shard and is answered when the last has.
//
// Widening: several I/O threads are several lanes of each intake and a ring of answers each.
//
// Owner: the I/O thread.  Errors: sentences.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/runtime/command_log.h"
#include "engine/runtime/event_ring.h"
#include "engine/runtime/frame_decoder.h"
#include "engine/runtime/request.h"
#include "engine/runtime/snapshot_schedule.h"
#include "engine/runtime/wall_clock.h"

namespace paceline::runtime {

class Disk;
class WakeUp;
struct SnapshotMark;

struct PipelineOptions {
  std::string data;
  ClockMode clock_mode = ClockMode::wall;
  Durability durability = Durability::sync;
  sched::Duration sync_interval = sched::microsecond * 100'000;  ///< Of Durability::interval.
  uint64_t segment_size = 64 * 1'048'576;
  uint32_t requests_per_lane = 4'096;
  uint32_t applied_max = 256;
  uint32_t shards = 1;
  bool pin_threads = false;  ///< I/O, shard and log threads each to a processor of their own.
  uint32_t desks_max = 256;
  uint32_t events_kept = 65'536;
  FrameDecoder decode_frame = nullptr;
  desk::ConfigurationDecoder decode_configuration = nullptr;
  std::function<void(std::string_view)> note;
  Disk* disk = nullptr;
  WallClock* clock = nullptr;
  sched::Duration max_jump = sched::minute * 5;
  OnClockJump on_clock_jump = OnClockJump::proceed;
  SnapshotScheduleOptions snapshots = {};
  bool snapshot_on_exit = false;
};

struct StartError {
  bool folder_in_use = false;
  bool forbidden = false;  ///< This user lacks rights on the folder.
  std::string text = {};
};

/// What the I/O thread knows of a desk: what is durable. Without a name: there is none of this
/// number, or not yet.
struct DeskRecord {
  bool exists() const { return !name.empty(); }

  std::string name;
  int64_t now_us = 0;
  uint64_t event_hash = 0;
  uint64_t archived = 0;  ///< Tickets that left its memory, ever.
  EventRing events;
};

class Pipeline {
 public:
  static sched::Expected<std::unique_ptr<Pipeline>, StartError> start(PipelineOptions options);
  ~Pipeline();

  const std::string& data_folder() const;

  /// False: full. Shards are woken by wake_shards(), once for many.
  bool submit(Request* request);
  void wake_shards();
  /// Now and then, whether anything happens or not: what is due by the time alone.
  void tick();
  /// A connection ends or lets go: the log is not held for it any longer.
  void release_log(uint64_t connection);

  /// Readable (its file) when something is durable, an answer is complete, or all is lost.
  WakeUp& wake_up();

  /// A request that is answered and may be told so: its answers are in it, those of commands in
  /// `replies`, valid until the next call. None: nothing new. Events and desks it saw are in
  /// desks().
  struct Answered {
    Request* request = nullptr;
    std::span<const desk::Reply> replies;
  };
  Answered next();

  /// By number - 1, those that do not exist included.
  std::vector<DeskRecord>& desks() { return desks_; }
  /// None: there is no such desk, or it is not durable yet.
  DeskRecord* find(sched::DeskNumber desk);

  /// Why nothing more will be answered; none while all is well.
  std::optional<std::string> failure() const;

  /// Nothing new will be submitted: whoever waits for a snapshot is told that there will be none.
  void begin_to_end();
  /// Ends the threads; everything submitted must have been answered. Syncs and marks the log as
  /// closed. After a failure: just ends them.
  std::optional<std::string> finish();

  /// "log_bytes", "log_syncs", …
  std::vector<std::pair<std::string, uint64_t>> figures() const;

 private:
  struct Impl;
  explicit Pipeline(std::unique_ptr<Impl> impl);
  DeskRecord& record(sched::DeskNumber desk);  ///< Makes room for it.
  void take_note(const Applied& applied);      ///< Its desks and events.
  std::unique_ptr<SnapshotMark> mark() const;
  std::optional<std::string> take_last_snapshot();

  std::unique_ptr<Impl> impl_;
  std::vector<DeskRecord> desks_;
};

}  // namespace paceline::runtime
