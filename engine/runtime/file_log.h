// The command log in files: segments, checksums, group commit.
//
// What was gathered is written in whole blocks, the last one again with the next group, and ends in
// a zero word: the end is found without a mark, and a torn write is told from no write. A sync then
// writes data blocks only, because segments are made beforehand (segment_stock.h). The first one of
// a log is not: it is given zeros a step ahead, and left as soon as it is clear that more will come
// and the next is ready. A segment is synced before the next is written to, so that what lies
// in the next proves that this one was durable.
//
// Recovery (log_reader.h) reads to the first invalid record. If something durable lay there or
// behind it, the log is damaged: refused, with file and offset. Else the tail is torn, and cut.
//
// Owner: as CommandLog.  Allocates: its buffer; on replay, a segment's size.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/runtime/block_buffer.h"
#include "engine/runtime/command_log.h"
#include "engine/runtime/log_reader.h"
#include "engine/runtime/segment_stock.h"

namespace paceline::runtime {

class Disk;

struct FileLogOptions {
  std::string folder;
  ClockMode clock_mode =
      ClockMode::wall;  ///< A log written with one is not continued with the other.
  uint64_t segment_size = 64 * 1'048'576;
  size_t spares_max = 16;      ///< Segments kept for use again.
  bool prepares_ahead = true;  ///< With a thread; false: segments are made when needed.
  // As SegmentStockOptions: for a log that syncs each write.
  bool zeros = true;
  bool direct = false;
  Disk* disk = nullptr;  ///< None: the real one.
  std::function<void(std::string_view)> note = {};
};

class FileLog final : public CommandLog {
 public:
  static constexpr uint64_t zeros_ahead = 1'048'576;
  static constexpr uint64_t gathered_max = 8 * 1'048'576;  ///< More is written before the sync.
  /// Through the page cache, what the disk is told to begin with at once: a whole segment left to
  /// the sync before the next one would keep every answer waiting.
  static constexpr uint64_t writing_step = 4 * 1'048'576;

  explicit FileLog(FileLogOptions options);
  ~FileLog() override;

  Logged<void> replay(LogPosition from, const Visitor& visit, const Progress& progress) override;
  Logged<void> append(uint64_t expected_sequence, const LogRecord& record) override;
  Logged<void> flush() override;
  Logged<void> sync() override;
  Logged<void> trim(uint64_t sequence) override;
  LogPosition position() const override { return position_; }
  uint64_t epoch() const { return epoch_; }  ///< Of what is appended; after replay().
  uint64_t durable_sequence() const override { return durable_; }
  uint64_t bytes() const override;

 private:
  struct Segment {
    std::string path;
    uint64_t number = 0;
    uint64_t first_sequence = 0;
    uint64_t size = 0;  // of its records; of the last one: what was known when it was opened
  };

  Logged<void> continue_at(const LogEnd& end);
  Logged<void> keep_segments_up_to(const LogEnd& end);
  Logged<void> begin_segment();
  Logged<void> write_buffer();
  bool wants_next_segment(uint64_t record_size) const;
  void order_next_segment();
  sched::Unexpected<LogError> fail(LogError error);
  sched::Unexpected<LogError> fail(const std::string& what, int error);

  // Fixed at construction.
  FileLogOptions options_;
  Disk* disk_;
  SegmentStock stock_;

  // Known after replay().
  bool replayed_ = false;
  uint64_t epoch_ = 1;

  // Written by append(), flush(), sync() and trim().
  std::optional<LogError> error_;  // after it, nothing goes on
  std::vector<Segment> segments_;  // oldest first; the last is written to
  int file_ = -1;
  uint64_t segment_id_ = 0;
  bool made_beforehand_ = false;
  uint64_t zeroed_to_ = 0;   // of the file: nothing grows up to there
  uint64_t base_ = 0;        // where in the file the buffer begins: a block boundary
  BlockBuffer buffer_;       // from there: the block written last, then what was gathered since
  uint64_t gathered_ = 0;    // of the buffer, not yet written
  uint64_t on_its_way_ = 0;  // of the file: the disk was told to begin with it
  LogPosition position_;
  uint64_t durable_ = 0;
  bool unsynced_ = false;  // written, not synced
};

}  // namespace paceline::runtime
