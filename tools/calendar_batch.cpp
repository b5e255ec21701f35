// `calendar add` and `calendar between`: many questions, one answer a line.
//
// The first line that is not understood ends the run with its number; answers to the lines before
// it have been written by then. Blank lines are passed over.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "engine/config/units.h"
#include "tools/calendar_file.h"
#include "tools/commands.h"
#include "tools/instants.h"
#include "tools/stdin_lines.h"

namespace paceline::tools {

namespace {

using sched::Calendar;
using sched::Instant;
using Answer = sched::Expected<std::string, std::string>;

constexpr std::string_view blanks = " \t";

/// The two words of a line; nothing else may be on it.
std::optional<std::pair<std::string_view, std::string_view>> two_words(std::string_view line) {
  const size_t first = line.find_first_not_of(blanks);
  const size_t first_end = line.find_first_of(blanks, first);
  const size_t second = line.find_first_not_of(blanks, first_end);
  if (second == std::string_view::npos) return std::nullopt;
  const size_t second_end = std::min(line.find_first_of(blanks, second), line.size());
  if (line.find_first_not_of(blanks, second_end) != std::string_view::npos) return std::nullopt;
  return std::pair(line.substr(first, first_end - first), line.substr(second, second_end - second));
}

/// An instant the calendar can say something about.
sched::Expected<Instant, std::string> instant_for(const Calendar& calendar, std::string_view text) {
  const auto instant = config::parse_instant(text);
  if (!instant || calendar.always_open()) return instant;
  if (*instant < Calendar::first_instant || *instant > Calendar::horizon)
    return sched::Unexpected{fmt::format("{} is outside what calendars know: ask from {} to {}",
                                         text, format_instant(Calendar::first_instant),
                                         format_instant(Calendar::horizon))};
  return instant;
}

Answer add(const Calendar& calendar, std::string_view start, std::string_view duration) {
  const auto from = instant_for(calendar, start);
  if (!from) return sched::Unexpected{from.error()};
  const auto target = config::parse_business_duration(duration);
  if (!target) return sched::Unexpected{target.error()};
  return format_instant(calendar.add(*from, *target));
}

/// Seconds, with decimals only where there are any.
std::string seconds_text(int64_t us) {
  std::string text = fmt::format("{}", us / sched::second.us);
  if (const int64_t fraction = us % sched::second.us; fraction != 0) {
    text += fmt::format(".{:06}", fraction);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text;
}

Answer between(const Calendar& calendar, std::string_view from_text, std::string_view to_text) {
  const auto from = instant_for(calendar, from_text);
  if (!from) return sched::Unexpected{from.error()};
  const auto to = instant_for(calendar, to_text);
  if (!to) return sched::Unexpected{to.error()};
  if (*to < *from)
    return sched::Unexpected{
        fmt::format("{} is before {}: write the earlier instant first", to_text, from_text)};
  return seconds_text(calendar.between(*from, *to).us);
}

using Ask = Answer (*)(const Calendar&, std::string_view, std::string_view);

class CalendarBatch final : public Subcommand {
 public:
  CalendarBatch(Ask ask, const char* form) : ask_(ask), form_(form) {}

  void declare(CLI::App& app) override {
    options_.declare(app);
    app.footer(
        fmt::format("Reads lines `{}` from standard input and answers each in order.", form_));
  }

  Done run(const Terminal& terminal) override {
    const auto named = options_.load(terminal);
    if (!named) return sched::Unexpected{named.error()};
    StdinLines lines;
    std::string answers;
    Done done;
    for (;;) {
      if (lines.idle() || answers.size() > 65'536) write(terminal, answers);
      std::string_view line;
      const auto status = lines.next(line);
      if (status == StdinLines::Status::end) break;
      if (status == StdinLines::Status::unreadable)
        done = sched::Unexpected{not_readable("standard input cannot be read")};
      else if (status == StdinLines::Status::too_long)
        done = refuse(lines, fmt::format("it is longer than {} bytes", StdinLines::line_size_max));
      else if (line.find_first_not_of(blanks) != std::string_view::npos)
        done = answer(named->calendar, lines, line, answers);
      if (!done) break;
    }
    write(terminal, answers);
    return done;
  }

 private:
  Done answer(const Calendar& calendar, const StdinLines& lines, std::string_view line,
              std::string& answers) const {
    const auto words = two_words(line);
    if (!words) return refuse(lines, fmt::format("write `{}`, two words", form_));
    const Answer answer = ask_(calendar, words->first, words->second);
    if (!answer) return refuse(lines, answer.error());
    answers += *answer;
    answers += '\n';
    return {};
  }

  Done refuse(const StdinLines& lines, std::string_view why) const {
    return sched::Unexpected{not_valid(fmt::format("line {}: {}", lines.number(), why))};
  }

  static void write(const Terminal& terminal, std::string& answers) {
    if (answers.empty()) return;
    terminal.data(answers);
    answers.clear();
  }

  CalendarOptions options_;
  Ask ask_;
  const char* form_;
};

}  // namespace

std::unique_ptr<Subcommand> make_calendar_add() {
  return std::make_unique<CalendarBatch>(add, "START DURATION");
}
std::unique_ptr<Subcommand> make_calendar_between() {
  return std::make_unique<CalendarBatch>(between, "FROM TO");
}

}  // namespace paceline::tools
