// The worker behind the I/O thread: writes the history files, and answers what needs them.
//
// Jobs come in the order in which batches became durable, so a ticket that has left the desk's
// memory is in the file before any query that missed it there is looked up. Percentiles over every
// ticket there ever was are computed here and hold nobody up but other such questions.
//
// Owner: submit() and finished() the I/O thread, run() its own thread.  Allocates: freely.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/runtime/bell.h"
#include "engine/runtime/history.h"
#include "engine/runtime/request.h"
#include "engine/runtime/wake_up.h"

namespace paceline::runtime {

class Archivist {
 public:
  Archivist(std::string folder, Disk* disk, WakeUp& io);
  ~Archivist();

  /// Before run(): opens a desk's file, on the starting thread.
  sched::Expected<void, std::string> begin(sched::DeskNumber desk);
  /// Likewise, after begin(), on one thread for each desk: what a replay archives.
  sched::Expected<void, std::string> archive(sched::DeskNumber desk,
                                             const desk::ArchivedBatch& batch);
  uint64_t count(sched::DeskNumber desk);  ///< Likewise: what the file holds.
  /// After the replay: a history must not be ahead of its log.
  sched::Expected<void, std::string> cut(sched::DeskNumber desk, uint64_t kept);

  // From the I/O thread. False: too much is waiting; try again when woken.
  bool submit_archive(sched::DeskNumber desk, desk::ArchivedBatch& batch);  ///< Takes it out.
  bool submit_query(Request* request);
  /// Calls `then`, on its own thread, when everything submitted so far is durable.
  bool submit_sync(std::function<void()> then);
  /// Does this answer need the history file?
  static bool concerns(const Request& request);
  /// The next query whose answer is complete; none: nothing new.
  Request* finished();

  void run();
  void stop();

  bool failed() const { return failed_.load(std::memory_order_acquire); }
  const std::string& reason() const { return reason_; }  ///< Requires failed().

 private:
  struct Job;
  struct Rings;

  std::unique_ptr<Job> new_job();
  sched::Expected<History*, std::string> history(sched::DeskNumber desk);
  sched::Expected<void, std::string> run(Job& job);
  sched::Expected<void, std::string> sync();
  sched::Expected<void, std::string> complete(Request& request);
  sched::Expected<void, std::string> complete_kpi(Request& request, History& history);
  sched::Expected<void, std::string> complete_cases(Request& request, History& history);

  // Fixed at construction.
  std::string folder_;
  Disk* disk_;
  WakeUp& io_;
  std::unique_ptr<Rings> rings_;

  // The archivist's.
  std::vector<std::unique_ptr<History>> histories_;  // by desk number - 1
  std::string reason_;

  Bell bell_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> failed_{false};
};

}  // namespace paceline::runtime
