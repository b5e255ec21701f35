// The command log in files: segments, checksums, group commit.
//
// A segment is named by its first sequence. It grows by zeros written a step ahead, so that a sync
// writes data blocks only (half the time of a growing file, measured); zeros are no record, so the
// end is found without a mark. A segment is synced before the next is begun; a new one is written
// under another name and renamed, so that a segment with a bad header is never a torn creation.
//
// Recovery reads to the first invalid record. If something acknowledged lay there or behind it,
// the log is damaged: refused, with file and offset. Else the tail is torn, never acknowledged,
// and is cut.
//
// Owner: as CommandLog.  Allocates: its buffer; on replay, a segment's size.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/runtime/command_log.h"

namespace paceline::runtime {

class Disk;

struct FileLogOptions {
  std::string folder;
  ClockMode clock_mode =
      ClockMode::wall;  ///< A log written with one is not continued with the other.
  uint64_t segment_size = 64 * 1'048'576;
  bool answers_wait_for_sync = true;  ///< false: a flush is enough for an answer.
  Disk* disk = nullptr;               ///< None: the real one.
  std::function<void(std::string_view)> note = {};
};

class FileLog final : public CommandLog {
 public:
  static constexpr uint64_t zeros_ahead = 1'048'576;

  explicit FileLog(FileLogOptions options);
  ~FileLog() override;

  Logged<void> replay(const Visitor& visit, const Progress& progress) override;
  Logged<void> append(uint64_t expected_sequence, const LogRecord& record) override;
  Logged<void> flush() override;
  Logged<void> sync() override;
  Logged<void> trim(uint64_t sequence) override;
  uint64_t next_sequence() const override { return next_sequence_; }
  uint64_t bytes() const override;

 private:
  struct Segment {
    std::string path;
    uint64_t first_sequence = 0;
    uint64_t size = 0;
  };

  Logged<void> list_segments();
  Logged<void> replay_segment(const Segment& segment, bool newest, const Visitor& visit,
                              const Progress& progress);
  Logged<void> continue_segment(const std::string& path, uint64_t end);
  Logged<void> begin_segment();
  Logged<void> sync_file();
  LogError failed(const std::string& what, int error);

  // Fixed at construction.
  FileLogOptions options_;
  Disk* disk_;

  // Known after replay().
  std::vector<Segment> segments_;  // oldest first; the last is written to
  bool replayed_ = false;
  uint64_t epoch_ = 1;
  uint64_t replayed_bytes_ = 0;
  uint64_t total_bytes_ = 0;

  // Written by append(), flush() and sync().
  std::optional<LogError> error_;  // after it, nothing goes on
  int file_ = -1;
  uint64_t segment_id_ = 0;
  uint64_t end_ = 0;        // of what was written to the segment
  uint64_t zeroed_to_ = 0;  // and of the zeros ahead of it
  Bytes buffer_;            // records gathered since
  uint64_t next_sequence_ = 1;
  uint64_t chain_ = 0;
  uint64_t acknowledged_ = 0;
  bool unsynced_ = false;  // written, not synced
};

}  // namespace paceline::runtime
