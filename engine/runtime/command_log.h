// The command log: where a batch becomes durable. An interface: a file, memory for tests, and one
// day a replicated log; nothing else may assume a file.
//
//   open → replay → (append … append, sync) …
//
// append() only gathers; what was appended is durable when sync() returns. After any error the log
// is finished: the state on the disk is known again only after a restart.
//
// Owner: one thread at a time: the starting one, then the log thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "engine/runtime/log_record.h"
#include "sched/base/expected.h"

namespace paceline::runtime {

enum class ClockMode : uint8_t { wall, commands };

/// When a batch is answered, and what a power cut may take of what was. The end of the process
/// alone takes nothing.
enum class Durability : uint8_t {
  sync,      ///< Once it is on the disk. Nothing.
  interval,  ///< At once; synced soon after. What was answered within the interval.
  none,      ///< At once; the system writes when it likes. Anything since the segment was begun.
};

enum class LogErrorKind : uint8_t {
  io,              ///< The disk said no: full, broken, not permitted.
  damaged,         ///< Something acknowledged is no longer what was written.
  refused,         ///< Other clock mode, other format, or the visitor's own reason.
  sequence_taken,  ///< append: not the sequence that comes next.
};

/// `text`: what, where, how to mend it. File and offset again for programs; empty: no one place.
struct LogError {
  LogErrorKind kind = LogErrorKind::io;
  std::string text;
  std::string path = {};
  uint64_t offset = 0;
};

template <class T>
using Logged = sched::Expected<T, LogError>;

/// Up to where a log is known: the last record's sequence, and its header hash, which the record
/// after it repeats. Zeros: nothing, the beginning.
struct LogPosition {
  uint64_t sequence = 0;
  uint64_t chain = 0;
  bool operator==(const LogPosition&) const = default;
};

/// Called with records in order; their spans are valid during the call. Answers empty, or why
/// reading cannot go on.
using LogVisitor = std::function<std::string(uint64_t sequence, const LogRecord& record)>;
/// Bytes read so far, and in all.
using LogProgress = std::function<void(uint64_t done, uint64_t total)>;

class CommandLog {
 public:
  using Visitor = LogVisitor;
  using Progress = LogProgress;

  virtual ~CommandLog() = default;

  /// Hands out everything after `from` and stands at the end, ready for append. Once, before
  /// anything else. It is an error if the log does not hold what comes next after `from`, or if
  /// that is not the log `from` was taken from.
  virtual Logged<void> replay(LogPosition from, const Visitor& visit, const Progress& progress) = 0;

  /// Gathers a record that must get `expected_sequence`.
  virtual Logged<void> append(uint64_t expected_sequence, const LogRecord& record) = 0;
  /// Everything appended has left this process: it survives its end, not the machine's.
  virtual Logged<void> flush() = 0;
  /// Everything appended is durable.
  virtual Logged<void> sync() = 0;

  /// Everything before `sequence` is no longer needed; some of it may stay for a while.
  virtual Logged<void> trim(uint64_t sequence) = 0;

  virtual LogPosition position() const = 0;  ///< Of what was appended last, durable or not.
  uint64_t next_sequence() const { return position().sequence + 1; }
  virtual uint64_t durable_sequence() const = 0;  ///< Everything up to it survives a power cut.
  virtual uint64_t bytes() const = 0;             ///< Kept, as far as known.
};

}  // namespace paceline::runtime
