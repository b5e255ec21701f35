// Reads a folder of log segments and writes nothing: for recovery, for snapshots beside a running
// server, for backups, and for whoever wants to know what is wrong with a folder.
//
// Segments wholly before what is asked for are not opened and may be gone; earlier records of the
// first one are stepped over by their headers. From there every record must follow the one
// before: number, hash chain, checksums. The end is the first place where no whole record lies. If
// something that was durable lay there or behind it, the log is damaged: refused, with file and
// offset. Else what lies there is a torn write (or nothing, or an earlier life of the file).
//
// While another thread appends, read up to a sequence known to be durable; what is asked for must
// not be trimmed meanwhile.
//
// Owner: any one thread.  Allocates: a segment's size.  Errors: LogError.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/runtime/command_log.h"

namespace paceline::runtime {

struct LogReaderOptions {
  std::string folder;
  std::optional<ClockMode> clock_mode = {};  ///< Another one is refused. None: whichever.
};

/// Where reading ended.
struct LogEnd {
  LogPosition position = {};  ///< The last record read or stepped over.
  uint64_t epoch = 0;         ///< Of that record: how many starts the log has seen.
  ClockMode clock_mode = ClockMode::wall;
  std::string path = {};  ///< The segment it lies in; empty: there is none.
  uint64_t segment_number = 0;
  uint64_t segment_id = 0;
  uint64_t offset = 0;  ///< Just behind it.
  /// Something lies behind it that is no whole record: a write that was under way. Only after
  /// reading to the end.
  bool torn = false;
};

class LogReader {
 public:
  explicit LogReader(LogReaderOptions options) : options_(std::move(options)) {}

  /// Hands out the records after `from`, up to and with `to_sequence` (0: all there are).
  Logged<LogEnd> read(LogPosition from, uint64_t to_sequence, const LogVisitor& visit,
                      const LogProgress& progress) const;

  /// The position before the oldest record kept; reading from it gives everything there is.
  Logged<LogPosition> oldest() const;

 private:
  LogReaderOptions options_;
};

}  // namespace paceline::runtime
