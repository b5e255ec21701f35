// A program on a terminal of its own, whose other end the test has: keys in, and what is on the
// screen out, as a VT100 would show it.
//
// Nothing is waited for by time: wait_for() reads until the screen has a text, or fails.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

namespace paceline::testing {

/// Enough of a VT100 for programs that place the cursor, wipe lines and have styles.
class VirtualScreen {
 public:
  VirtualScreen(size_t columns, size_t rows) { resize(columns, rows); }
  void resize(size_t columns, size_t rows) {
    lines_.assign(rows, std::string(columns, ' '));
    row_ = column_ = 0;
  }

  void take(char byte) {
    if (!sequence_.empty()) {
      sequence_ += byte;
      if (sequence_.size() > 2 && byte >= 0x40 && byte <= 0x7e) end_sequence();
    } else if (byte == '\033') {
      sequence_ = byte;
    } else if (static_cast<unsigned char>(byte) >= 0x20 && row_ < lines_.size() &&
               column_ < lines_[row_].size()) {
      lines_[row_][column_++] = byte;
    }
  }
  std::string text() const {
    std::string all;
    for (const std::string& line : lines_) all += line + "\n";
    return all;
  }
  bool alternate() const { return alternate_; }
  bool cursor_hidden() const { return cursor_hidden_; }

 private:
  void end_sequence() {
    const char last = sequence_.back();
    const std::string parameters = sequence_.substr(2, sequence_.size() - 3);
    if (last == 'H') {
      row_ = static_cast<size_t>(std::max(1, std::atoi(parameters.c_str()))) - 1;
      column_ = 0;
    } else if (last == 'K' && row_ < lines_.size()) {
      for (size_t i = column_; i < lines_[row_].size(); ++i) lines_[row_][i] = ' ';
    } else if (last == 'J') {
      for (std::string& line : lines_) line.assign(line.size(), ' ');
    } else if (parameters == "?1049") {
      alternate_ = last == 'h';
    } else if (parameters == "?25") {
      cursor_hidden_ = last == 'l';
    }
    sequence_.clear();
  }

  std::vector<std::string> lines_;
  std::string sequence_;
  size_t row_ = 0, column_ = 0;
  bool alternate_ = false, cursor_hidden_ = false;
};

class PseudoTerminal {
 public:
  static constexpr std::chrono::seconds patience{60};

  PseudoTerminal(std::vector<std::string> words, uint16_t columns, uint16_t rows)
      : screen_(columns, rows) {
    winsize size = {};
    size.ws_col = columns;
    size.ws_row = rows;
    // This end of it stays open: closing the last one would reset what given_back() looks at.
    if (::openpty(&master_, &slave_, nullptr, nullptr, &size) != 0) return;
    ::tcgetattr(slave_, &before_);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(master_);
      ::login_tty(slave_);
      ::setenv("TERM", "xterm", 1);
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
    ended_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  }
  ~PseudoTerminal() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    for (const int end : {master_, slave_, ended_}) ::close(end);
  }
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;

  void press(const std::string& keys) {
    ASSERT_EQ(::write(master_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }
  void resize(uint16_t columns, uint16_t rows) {
    winsize size = {};
    size.ws_col = columns;
    size.ws_row = rows;
    screen_.resize(columns, rows);
    ::ioctl(master_, TIOCSWINSZ, &size);
  }
  void signal(int number) const { ::kill(pid_, number); }

  /// Until the screen has the text, or (`gone`) has it no longer.
  ::testing::AssertionResult shows(const std::string& text, bool gone = false) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while ((screen_.text().find(text) == std::string::npos) != gone) {
      if (!read(until)) {
        return ::testing::AssertionFailure()
               << (gone ? "still there: " : "not there: ") << text << "\n"
               << screen_.text();
      }
    }
    return ::testing::AssertionSuccess();
  }
  /// Reads to the end; the exit code, minus the signal of a program that one ended.
  int wait() {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (read(until)) {
    }
    int status = 0;
    if (std::chrono::steady_clock::now() >= until) ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  /// Not on the other screen any more, the cursor there, lines edited and echoed as before.
  bool given_back() const {
    termios now = {};
    return ::tcgetattr(slave_, &now) == 0 && now.c_lflag == before_.c_lflag &&
           now.c_iflag == before_.c_iflag && !screen_.alternate() && !screen_.cursor_hidden();
  }
  /// Until the program is stopped, as by Ctrl-Z; whether it is.
  bool stops() {
    int status = 0;
    if (::waitpid(pid_, &status, WUNTRACED) != pid_ || !WIFSTOPPED(status)) return false;
    // What it wrote before is there to be read.
    pollfd ready{master_, POLLIN, 0};
    while (::poll(&ready, 1, 0) > 0 && read(std::chrono::steady_clock::now() + patience)) {
    }
    return true;
  }
  const VirtualScreen& screen() const { return screen_; }
  /// Every byte the program has written, as far as it was read.
  const std::string& sent() const { return sent_; }

 private:
  /// Reads what there is or comes before `until`; false when nothing comes any more.
  bool read(std::chrono::steady_clock::time_point until) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd ready[2] = {{master_, POLLIN, 0}, {ended_, POLLIN, 0}};
    if (left.count() <= 0 || ::poll(ready, 2, static_cast<int>(left.count())) <= 0) return false;
    // What the program wrote before its end comes before its end.
    if ((ready[0].revents & POLLIN) == 0) return false;
    char bytes[4'096];
    const ssize_t count = ::read(master_, bytes, sizeof bytes);
    for (ssize_t i = 0; i < count; ++i) screen_.take(bytes[i]);
    if (count > 0) sent_.append(bytes, static_cast<size_t>(count));
    return count > 0;
  }

  VirtualScreen screen_;
  std::string sent_;
  int master_ = -1, slave_ = -1, ended_ = -1;
  pid_t pid_ = -1;
  termios before_ = {};
};

}  // namespace paceline::testing
