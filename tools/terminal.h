// Where a sub-command writes: data to stdout, everything else to stderr.
//
// Colour and progress are for people: only on a terminal, never with NO_COLOR; a script that wants
// progress asks for it.
//
// Owner: one thread.  Allocates: lines.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "tools/failure.h"

namespace paceline::tools {

class Terminal {
 public:
  Terminal(std::FILE* out, std::FILE* err);
  /// The process's own.
  static Terminal standard();

  void data(std::string_view text) const;     ///< As it is, to stdout.
  void message(std::string_view line) const;  ///< A line to stderr; not with --quiet.
  void error(const Failure& failure) const;   ///< "E2020 what: why: how", to stderr.

  void set_quiet(bool quiet) { quiet_ = quiet; }
  void set_progress(bool wanted) { progress_ = wanted; }
  bool shows_progress() const { return progress_ && !quiet_; }
  bool rewrites_lines() const { return err_is_terminal_; }
  std::FILE* err() const { return err_; }

 private:
  std::FILE* out_;
  std::FILE* err_;
  bool err_is_terminal_;
  bool colour_;
  bool progress_;
  bool quiet_ = false;
};

/// One line that says how far something is, how fast, and when it will be done.
class Progress {
 public:
  /// `unit`: what is counted, "rows". `total` 0: not known.
  Progress(const Terminal& terminal, std::string label, std::string unit, uint64_t total);
  ~Progress();

  void update(uint64_t done);  ///< Shown at most ten times a second.
  void finish();               ///< Leaves the line complete.

 private:
  using Clock = std::chrono::steady_clock;
  void show(Clock::time_point now);

  const Terminal& terminal_;
  std::string label_;
  std::string unit_;
  uint64_t total_;
  uint64_t done_ = 0;
  Clock::time_point begun_;
  Clock::time_point shown_{};
  bool open_ = false;  // a line is on the screen without its line feed
};

}  // namespace paceline::tools
