#include "tools/screen.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "sched/base/check.h"

namespace paceline::tools {

namespace {

// The other screen, no cursor, no wrapping at the right edge; and back.
constexpr std::string_view begin_text = "\033[?1049h\033[?25l\033[?7l\033[2J";
constexpr std::string_view end_text = "\033[0m\033[?7h\033[?25h\033[?1049l";
constexpr int escape_ms = 50;  // what comes later than this was not the rest of a key

constexpr std::array asked_to_end = {SIGINT, SIGTERM, SIGHUP};
constexpr std::array fatal = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGQUIT};

// What signal handlers touch; set while a Screen has the terminal.
int signal_pipe[2] = {-1, -1};
std::atomic<int> terminal_in{-1}, terminal_out{-1};
termios terminal_before;

/// Async-signal-safe.
void restore() {
  const int out = terminal_out.exchange(-1);
  if (out == -1) return;
  [[maybe_unused]] const auto written = ::write(out, end_text.data(), end_text.size());
  ::tcsetattr(terminal_in.load(), TCSANOW, &terminal_before);
}

extern "C" void on_screen_signal(int signal) {
  const int saved = errno;
  const char byte = signal == SIGWINCH  ? 'w'
                    : signal == SIGTSTP ? 'z'
                    : signal == SIGCONT ? 'c'
                                        : 'e';
  [[maybe_unused]] const auto written = ::write(signal_pipe[1], &byte, 1);
  errno = saved;
}

extern "C" void on_fatal_signal(int signal) {
  restore();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigaction(signal, &action, nullptr);
}

std::string_view begin_of(Style style, bool colour) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::strong:
      return "\033[1m";
    case Style::dim:
      return colour ? "\033[2m" : "";
    case Style::good:
      return colour ? "\033[32m" : "";
    case Style::warning:
      return colour ? "\033[33;1m" : "\033[1m";
    case Style::bad:
      return colour ? "\033[31;1m" : "\033[1m";
    case Style::heading:
      return "\033[4m";
    case Style::chosen:
      return "\033[7m";
  }
  return "";
}

std::string rendered(const BoardLine& line, bool colour) {
  std::string text;
  for (const BoardSpan& span : line) {
    const std::string_view begin = begin_of(span.style, colour);
    text += begin;
    text += span.text;
    if (!begin.empty()) text += "\033[0m";
  }
  return text;
}

bool understands_more_than_text() {
  const char* term = std::getenv("TERM");
  return term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
}

}  // namespace

bool is_screen(int in, int out) {
  return ::isatty(in) == 1 && ::isatty(out) == 1 && understands_more_than_text();
}

std::optional<BoardSize> terminal_size(int out) {
  winsize size = {};
  if (::ioctl(out, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return BoardSize{size.ws_col, size.ws_row};
}

Got<std::unique_ptr<Screen>> Screen::open(int in, int out) {
  CHECK(signal_pipe[0] == -1);
  if (::tcgetattr(in, &terminal_before) != 0 || ::pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
    return sched::Unexpected{
        not_available("the terminal cannot be used as a screen: add --once or --json")};
  }
  return std::unique_ptr<Screen>(new Screen(in, out));
}

Screen::Screen(int in, int out) : in_(in), out_(out) {
  const char* no_colour = std::getenv("NO_COLOR");
  colour_ = no_colour == nullptr || *no_colour == '\0';
  for (const int signal : asked_to_end) handle(signal, on_screen_signal);
  for (const int signal : {SIGWINCH, SIGTSTP, SIGCONT}) handle(signal, on_screen_signal);
  for (const int signal : fatal) handle(signal, on_fatal_signal);
  take_over();
}

Screen::~Screen() {
  give_back();
  for (const int signal : asked_to_end) std::signal(signal, SIG_DFL);
  for (const int signal : {SIGWINCH, SIGTSTP, SIGCONT}) std::signal(signal, SIG_DFL);
  for (const int signal : fatal) std::signal(signal, SIG_DFL);
  for (int& end : signal_pipe) ::close(std::exchange(end, -1));
}

void Screen::take_over() {
  termios raw = terminal_before;
  // Ctrl-C and Ctrl-Z stay signals: they work while an answer is waited for, too.
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | IEXTEN);
  raw.c_iflag &= ~static_cast<tcflag_t>(IXON | ICRNL);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  terminal_in.store(in_);
  terminal_out.store(out_);
  ::tcsetattr(in_, TCSANOW, &raw);
  shown_.clear();
  write(begin_text);
}

void Screen::give_back() { restore(); }

/// Ctrl-Z: the shell has the terminal until it says to go on.
void Screen::suspend() {
  give_back();
  ::raise(SIGSTOP);
  take_over();
}

BoardSize Screen::size() const { return terminal_size(out_).value_or(BoardSize{}); }

bool Screen::write(std::string_view text) {
  while (!text.empty() && !gone_) {
    const ssize_t written = ::write(out_, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd ready{out_, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      gone_ = true;
    }
  }
  return !gone_;
}

void Screen::show(const std::vector<BoardLine>& lines) {
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) {
    std::string line = rendered(lines[i], colour_);
    if (i < shown_.size() && shown_[i] == line) continue;
    // Wiped first: at the right edge some terminals would wipe the last character after it.
    text += fmt::format("\033[{};1H\033[K{}", i + 1, line);
    if (i >= shown_.size()) shown_.resize(i + 1);
    shown_[i] = std::move(line);
  }
  for (size_t i = lines.size(); i < shown_.size(); ++i)
    text += fmt::format("\033[{};1H\033[K", i + 1);
  shown_.resize(lines.size());
  write(text);
}

Screen::Woken Screen::wait(int milliseconds) {
  Woken woken;
  woken.ended = gone_;
  if (gone_) return woken;
  pollfd waiting[2] = {{in_, POLLIN, 0}, {signal_pipe[0], POLLIN, 0}};
  const bool part = keys_.ends_later();
  const int ready = ::poll(waiting, 2, part ? escape_ms : milliseconds);
  if (ready > 0 && (waiting[1].revents & POLLIN) != 0) {
    char signals[64];
    const ssize_t count = ::read(signal_pipe[0], signals, sizeof signals);
    for (ssize_t i = 0; i < count; ++i) {
      if (signals[i] == 'e') woken.ended = true;
      if (signals[i] == 'z') suspend();
      if (signals[i] == 'c') take_over();
      if (signals[i] != 'e') {
        woken.resized = true;
        shown_.clear();
        write("\033[2J");
      }
    }
  }
  if (ready > 0 && waiting[0].revents != 0) {
    char bytes[256];
    const ssize_t count = ::read(in_, bytes, sizeof bytes);
    if (count > 0) keys_.add({bytes, static_cast<size_t>(count)});
    // Ready with nothing to read is how a terminal ends.
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) gone_ = woken.ended = true;
  }
  while (auto key = keys_.next()) woken.keys.push_back(std::move(*key));
  if (ready == 0 && part)
    if (auto key = keys_.last()) woken.keys.push_back(std::move(*key));
  return woken;
}

}  // namespace paceline::tools
