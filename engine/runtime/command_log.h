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

enum class LogErrorKind : uint8_t {
  io,              ///< The disk said no: full, broken, not permitted.
  damaged,         ///< Something acknowledged is no longer what was written.
  refused,         ///< Other clock mode, other format, or the visitor's own reason.
  sequence_taken,  ///< append: not the sequence that comes next.
};

/// `text`: what, where, how to mend it.
struct LogError {
  LogErrorKind kind = LogErrorKind::io;
  std::string text;
};

template <class T>
using Logged = sched::Expected<T, LogError>;

class CommandLog {
 public:
  /// Called with every record in order; its spans are valid during the call. Answers empty, or why
  /// the replay cannot go on.
  using Visitor = std::function<std::string(uint64_t sequence, const LogRecord& record)>;
  /// Bytes replayed so far, and in all.
  using Progress = std::function<void(uint64_t done, uint64_t total)>;

  virtual ~CommandLog() = default;

  /// Hands out everything and stands at the end, ready for append. Once, before anything else.
  virtual Logged<void> replay(const Visitor& visit, const Progress& progress) = 0;

  /// Gathers a record that must get `expected_sequence`.
  virtual Logged<void> append(uint64_t expected_sequence, const LogRecord& record) = 0;
  /// Everything appended has left this process: it survives its end, not the machine's.
  virtual Logged<void> flush() = 0;
  /// Everything appended is durable.
  virtual Logged<void> sync() = 0;

  /// Everything before `sequence` is no longer needed.
  virtual Logged<void> trim(uint64_t sequence) = 0;

  virtual uint64_t next_sequence() const = 0;
  virtual uint64_t bytes() const = 0;  ///< Kept, as far as known.
};

}  // namespace paceline::runtime
