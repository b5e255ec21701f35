// Submits a plan's commands through the socket, frame by frame, and follows the answers.
//
// Commands are numbered along the plan, and the desk says how many of this session it has
// answered: those are counted and not sent, so an import that was interrupted, or whose server was
// killed, is simply started again.
//
// Owner: one thread.  Time: the plan's, sent to the desk.  Errors: Failure; a command the desk
// refuses is a row of the side file.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>

#include "tools/failure.h"
#include "tools/rejects_file.h"
#include "wire/client.h"
#include "wire/command_writer.h"

namespace paceline::tools {

class Replayer {
 public:
  /// All outlive the replayer.
  Replayer(wire::Client& client, const wire::DeskOpened& desk, RejectsFile& rejects)
      : client_(client), desk_(desk), rejects_(rejects), skip_(desk.last_number) {}

  bool resumes() const { return skip_ > 0; }
  uint64_t commands() const { return commands_; }
  uint64_t skipped() const { return std::min(skip_, commands_); }
  uint64_t refused() const { return refused_; }

  /// The next command of the stream happens at `at_us` and came from this line of the file (0:
  /// none). `append` is called with the writer, unless the desk has answered the command in an
  /// earlier run.
  template <class Append>
  Done put(int64_t at_us, uint64_t line, Append&& append) {
    ++commands_;
    if (commands_ <= skip_) return {};
    if (at_us != at_us_) {
      if (Done moved = advance(at_us); !moved) return moved;
    }
    append(writer_);
    lines_.push_back(line);
    return is_full() ? flush() : Done{};
  }

  /// Sends what is left and waits for every answer.
  Done finish();

 private:
  bool is_full() const;
  Done advance(int64_t at_us);
  Done flush();
  Done receive();

  wire::Client& client_;
  const wire::DeskOpened& desk_;
  RejectsFile& rejects_;
  uint64_t skip_;
  wire::CommandWriter writer_;
  std::deque<uint64_t> lines_;  // of the file, for each command not yet answered
  int64_t at_us_ = -1;
  uint64_t commands_ = 0;
  uint64_t refused_ = 0;
};

}  // namespace paceline::tools
