#include "tools/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace paceline::tools {

namespace {

bool is_terminal(std::FILE* file) { return isatty(fileno(file)) == 1; }

bool colour_wanted() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return (no_colour == nullptr || *no_colour == '\0') &&
         (term == nullptr || std::string_view(term) != "dumb");
}

void write(std::FILE* file, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file);
}

}  // namespace

Terminal::Terminal(std::FILE* out, std::FILE* err)
    : out_(out),
      err_(err),
      err_is_terminal_(is_terminal(err)),
      colour_(err_is_terminal_ && colour_wanted()),
      progress_(err_is_terminal_) {}

Terminal Terminal::standard() { return {stdout, stderr}; }

void Terminal::data(std::string_view text) const {
  write(out_, text);
  std::fflush(out_);
}

void Terminal::message(std::string_view line) const {
  if (quiet_) return;
  write(err_, std::string(line) + "\n");
  std::fflush(err_);
}

void Terminal::error(const Failure& failure) const {
  const std::string_view begin = colour_ ? "\033[1;31m" : "";
  const std::string_view end = colour_ ? "\033[0m" : "";
  write(err_, fmt::format("{}{}{} {}\n", begin, failure.code, end, failure.text));
  std::fflush(err_);
}

Progress::Progress(const Terminal& terminal, std::string label, std::string unit, uint64_t total)
    : terminal_(terminal),
      label_(std::move(label)),
      unit_(std::move(unit)),
      total_(total),
      begun_(Clock::now()) {}

Progress::~Progress() { finish(); }

void Progress::update(uint64_t done) {
  done_ = done;
  if (!terminal_.shows_progress()) return;
  const auto now = Clock::now();
  const auto pause = terminal_.rewrites_lines() ? std::chrono::milliseconds(100)
                                                : std::chrono::milliseconds(2'000);
  if (shown_ != Clock::time_point{} && now - shown_ < pause) return;
  show(now);
}

void Progress::finish() {
  if (!open_) return;
  show(Clock::now());
  if (terminal_.rewrites_lines()) write(terminal_.err(), "\n");
  open_ = false;
}

void Progress::show(Clock::time_point now) {
  shown_ = now;
  open_ = true;
  const double seconds = std::chrono::duration<double>(now - begun_).count();
  const double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0.0;
  std::string line = fmt::format("{}  {} ", label_, done_);
  if (total_ > 0) {
    line += fmt::format("of {} ({:.0f} %) ", total_,
                        100.0 * static_cast<double>(done_) / static_cast<double>(total_));
  }
  line += fmt::format("{}  {:.0f}/s", unit_, rate);
  if (total_ > done_ && rate > 0) {
    line += fmt::format("  {:.0f} s left", static_cast<double>(total_ - done_) / rate);
  }
  if (terminal_.rewrites_lines()) {
    write(terminal_.err(), "\r\033[K" + line);
  } else {
    write(terminal_.err(), line + "\n");
  }
  std::fflush(terminal_.err());
}

}  // namespace paceline::tools
