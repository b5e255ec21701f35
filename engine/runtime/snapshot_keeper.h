// Sees to it that snapshots are taken: when they are due or asked for, one at a time; that old ones
// go and the log is trimmed; that nothing goes while somebody copies the folder.
//
//   idle ─ due or asked for ─▶ taking (history synced first) ─ well ─▶ tidying ─▶ idle
//                                └─ failed, or somebody copies ─▶ idle
//
// Owner: I/O thread; the snapshotter's thread is its own.  Allocates: per snapshot.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "engine/runtime/archivist.h"
#include "engine/runtime/request.h"
#include "engine/runtime/snapshot_schedule.h"
#include "engine/runtime/snapshotter.h"
#include "engine/runtime/wall_clock.h"

namespace paceline::runtime {

class SnapshotKeeper {
 public:
  struct Hooks {
    /// What is durable now. Only asked for when everything before has been submitted to the
    /// archivist.
    std::function<std::unique_ptr<SnapshotMark>()> mark;
    std::function<void(uint64_t sequence)> trim;  ///< The log, to what comes before `sequence`.
    std::function<void(std::string_view)> note;
  };

  SnapshotKeeper(SnapshotterOptions options, SnapshotFolder folder, Archivist& archivist,
                 WakeUp& io, Hooks hooks);
  ~SnapshotKeeper();

  void start(SnapshotScheduleOptions schedule, uint64_t tail_bytes);
  void logged(uint64_t bytes) { schedule_->logged(bytes); }
  uint64_t bytes_since_last() const { return schedule_->bytes(); }

  /// RequestKind::snapshot and hold_log; answered by finished().
  void submit(Request* request);
  void release(uint64_t connection);  ///< Its holds, if any.
  /// Does what can be done now. With everything durable so far submitted to the archivist.
  void poll();
  Request* finished();  ///< None: nothing new.
  /// Whether poll() has something to do.
  bool due() const { return state_ == State::idle && schedule_->due(clock_.monotonic_us()); }

  void give_up();  ///< The server ends: whatever waits is refused.
  void end();      ///< Joins the thread.

  void add_figures(std::vector<std::pair<std::string, uint64_t>>& figures) const;

 private:
  enum class State : uint8_t { idle, taking, tidying };

  void take_note(const Snapshotter::Done& done);
  void took(const Snapshotter::Done& done);
  void begin();
  void begin_tidying();
  void answer(Request* request);
  void refuse(Request* request, const std::string& why);
  void grant_holds();

  // Fixed at construction.
  Archivist& archivist_;
  Hooks hooks_;
  WallClock& clock_;
  Snapshotter snapshotter_;
  std::thread thread_;

  std::optional<SnapshotSchedule> schedule_;
  State state_ = State::idle;
  bool tidy_wanted_ = false;
  bool given_up_ = false;
  bool hurried_ = false;             // the one being taken
  std::vector<Request*> asked_;      // for the next
  std::vector<Request*> under_way_;  // for the one being taken
  std::vector<Request*> holds_asked_;
  std::vector<Request*> finished_;
  std::vector<uint64_t> holders_;  // connections
  std::optional<SnapshotReport> last_;
  uint64_t taken_ = 0;
  uint64_t failed_ = 0;
  uint64_t diverged_ = 0;
};

}  // namespace paceline::runtime
