// A terminal as a screen of lines: raw keys in, changed lines out, and the terminal as it was when
// it ends, however it ends.
//
// Plain ANSI on termios, no curses: lines come finished, so showing them is rewriting those that
// changed; what gives the terminal back is one fixed text and tcsetattr, which even the handler of
// a fatal signal may do; and the process keeps its locale and its globals.
//
// SIGINT, SIGTERM and SIGHUP end wait() as `ended`; SIGTSTP gives the terminal back for as long as
// the process is stopped; fatal signals give it back and go on.
//
// Owner: one thread; one at a time in a process.  Errors: Failure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/board_layout.h"
#include "tools/failure.h"
#include "tools/key_reader.h"

namespace paceline::tools {

/// Both are terminals that understand more than plain text.
bool is_screen(int in, int out);

/// Columns of the terminal, or nothing if it is none or does not say.
std::optional<BoardSize> terminal_size(int out);

class Screen {
 public:
  static Got<std::unique_ptr<Screen>> open(int in, int out);
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  BoardSize size() const;
  /// `lines` from the top; what was there before and is not any more is wiped.
  void show(const std::vector<BoardLine>& lines);

  struct Woken {
    std::vector<KeyPress> keys;
    bool resized = false;
    bool ended = false;  ///< A signal, or the terminal is gone.
  };
  /// Until a key, a new size, the end, or so long.
  Woken wait(int milliseconds);

 private:
  Screen(int in, int out);
  void take_over();
  void give_back();
  void suspend();
  bool write(std::string_view text);

  int in_, out_;
  bool colour_;
  bool gone_ = false;
  KeyReader keys_;
  std::vector<std::string> shown_;  // lines as they are on the terminal
};

}  // namespace paceline::tools
