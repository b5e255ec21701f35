// Segments made before they are needed, by a thread of its own: beginning a segment costs the log
// thread no write and no sync.
//
//   trimmed segment ──rename──▶ N.spare ─┐
//                                        ├─ header, sync, rename, sync folder ─▶ N.log, ready
//   zeros written, a step at a time ─────┘
//
// A file written with zeros beforehand, or used before, costs a sync half of what a growing one
// does (measured). A name is made durable before the file gets a new meaning: a power cut leaves
// either the old segment or none of it. A segment that cannot be made beforehand is not yet the
// log's failure: it is made from a new file when it is needed, and only that may fail the log.
//
// Owner: the log's owner; what is under way belongs to the stock's thread until it is collected.
// Allocates: a step of zeros.  Errors: LogError; those of the thread come with the next call.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/runtime/command_log.h"

namespace paceline::runtime {

class Disk;

struct SegmentStockOptions {
  std::string folder;
  ClockMode clock_mode = ClockMode::wall;
  uint64_t segment_size = 0;
  size_t spares_max = 16;  ///< More are removed.
  bool in_background = true;
  // Both pay where every write is followed by a sync, and only there.
  bool zeros = true;    ///< Segments are written with zeros beforehand.
  bool direct = false;  ///< Past the page cache, where the file system allows it.
};

/// Open, named, durable, without a record. The file is the taker's to close.
struct ReadySegment {
  int file = -1;
  std::string path;
  uint64_t number = 0;
  uint64_t id = 0;
  uint64_t size = 0;  ///< Written to, so that nothing grows up to there.
};

class SegmentStock {
 public:
  SegmentStock(SegmentStockOptions options, Disk& disk)
      : options_(std::move(options)), disk_(disk) {}
  ~SegmentStock();

  /// Takes over what an earlier life left: spares are kept, half-made segments removed.
  Logged<void> open();

  /// Begins to make segment `number`, in the background.
  void order(uint64_t number);
  /// Whether take() would cost nothing.
  bool ready() const { return !running_.load(std::memory_order_acquire) && ready_.has_value(); }
  /// Segment `number`: as ordered, else made now, and then only begun with zeros.
  Logged<ReadySegment> take(uint64_t number);
  /// Segments no longer needed. Gone or renamed some time later.
  Logged<void> retire(std::vector<std::string> paths);

  /// Opens a segment's file as the options want it: the file, or -errno.
  int open_file(const std::string& path, int flags) const;

 private:
  enum class Zeros : uint8_t { whole, none };

  void start(bool make, uint64_t number);
  Logged<void> collect();  ///< Waits for the thread.
  Logged<void> put_away();
  Logged<ReadySegment> make(uint64_t number, Zeros zeros);
  Logged<void> fill(ReadySegment& segment, Zeros zeros);

  // Fixed at construction.
  SegmentStockOptions options_;
  Disk& disk_;

  // The thread's while it runs, else the owner's.
  std::vector<std::string> spares_;
  std::vector<std::string> retired_;
  std::optional<ReadySegment> ready_;
  uint64_t failed_number_ = 0;  // could not be made beforehand
  std::optional<LogError> error_;

  // The owner's.
  std::vector<std::string> to_retire_;  // until the thread is free
  std::thread thread_;
  std::atomic<bool> running_{false};
};

}  // namespace paceline::runtime
