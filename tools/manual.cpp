// `man`: the manual page, made from the command table, for `paceline man | man -l -`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

#include "tools/command_reference.h"
#include "tools/command_tree.h"
#include "tools/commands.h"
#include "tools/version.h"

namespace paceline::tools {

namespace {

constexpr std::array<std::pair<Exit, const char*>, 9> exit_meanings = {{
    {Exit::ok, "Done."},
    {Exit::failure, "Something went wrong that is none of the following."},
    {Exit::usage, "The command line is wrong."},
    {Exit::not_found, "What was named is not there."},
    {Exit::conflict, "It contradicts what is there: a state, a version, a name taken."},
    {Exit::permission, "It needs an administrator, or rights on a file."},
    {Exit::unavailable, "No server answers, or it has no room."},
    {Exit::validation, "A file or a value is not valid."},
    {Exit::partial, "Some of it was done; a message says what was not."},
}};

/// The code point at the front of well-formed UTF-8, which is taken off.
uint32_t next_letter(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  uint32_t letter = size == 1 ? first : first & (0x7fU >> size);
  for (size_t i = 1; i < std::min(size, text.size()); ++i)
    letter = letter << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
  text.remove_prefix(std::min(size, text.size()));
  return letter;
}

/// As roff takes it: no line begins a request, no letter is a command, and all are ASCII.
std::string roff(std::string_view text) {
  std::string out;
  if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
  while (!text.empty()) {
    const uint32_t letter = next_letter(text);
    switch (letter) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '`':
        out += "\\(ga";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '~':
        out += "\\(ti";
        break;
      case '^':
        out += "\\(ha";
        break;
      default:
        out += letter < 0x80 ? std::string(1, static_cast<char>(letter))
                             : fmt::format("\\[u{:04X}]", letter);
    }
  }
  return out;
}

std::string headline(const OptionDescription& option) {
  if (option.positional) return fmt::format("\\fI{}\\fR", roff(option.names[0]));
  std::string text;
  for (const std::string& name : option.names) {
    text += fmt::format("{}\\fB{}\\fR", text.empty() ? "" : ", ", roff(name));
  }
  if (!option.value.empty()) text += fmt::format(" \\fI{}\\fR", roff(value_of(option)));
  return text;
}

std::string details(const OptionDescription& option) {
  std::string text = roff(option.summary);
  if (!text.ends_with('.')) text += '.';
  if (option.positional && !option.choices.empty())
    text += fmt::format(" One of {}.", roff(fmt::format("{}", fmt::join(option.choices, ", "))));
  if (option.required && !option.positional) text += " Required.";
  if (option.repeated) text += " May be given several times.";
  if (!option.limits.empty()) text += fmt::format(" Takes {}.", roff(option.limits));
  if (!option.otherwise.empty()) text += fmt::format(" Default: {}.", roff(option.otherwise));
  if (!option.environment.empty())
    text += fmt::format(" Otherwise as the environment variable \\fB{}\\fR says.",
                        roff(option.environment));
  return text;
}

std::string command_section(const CommandDescription& command) {
  std::string text = fmt::format(".SS paceline {}\n", roff(command.path));
  std::string synopsis = fmt::format(".B paceline {}\n", roff(command.path));
  for (const OptionDescription& option : command.options) {
    if (!option.positional) continue;
    const std::string shown = headline(option) + (option.repeated ? " ..." : "");
    synopsis += option.required ? shown + "\n" : "[" + shown + "]\n";
  }
  text += synopsis + "[\\fIoptions\\fR]\n.PP\n" + roff(command.summary) + ".\n";
  for (const OptionDescription& option : command.options) {
    if (is_common(option)) continue;
    text += fmt::format(".TP\n{}\n{}\n", headline(option), details(option));
  }
  return text;
}

std::string environment_section(const ProgramDescription& program) {
  std::map<std::string, std::string> variables{{"NO_COLOR", "If set, messages carry no colour."}};
  for (const CommandDescription& command : program.commands) {
    for (const OptionDescription& option : command.options) {
      if (!option.environment.empty())
        variables[option.environment] =
            fmt::format("Stands for {} where it is not given.", option.names.back());
    }
  }
  std::string text = ".SH ENVIRONMENT\n";
  for (const auto& [name, meaning] : variables) {
    text += fmt::format(".TP\n.B {}\n{}\n", roff(name), roff(meaning));
  }
  return text;
}

std::string manual(const ProgramDescription& program) {
  std::string text = fmt::format(
      ".\\\" Made by `paceline man`.\n"
      ".TH PACELINE 1 \"\" \"paceline {}\" \"User Commands\"\n"
      ".ad l\n"
      ".SH NAME\npaceline \\- the queue and SLA engine behind large service desks\n"
      ".SH SYNOPSIS\n.B paceline\n.I noun\n[\\fIverb\\fR]\n[\\fIoptions\\fR]\n"
      ".SH DESCRIPTION\n"
      "A server that keeps tickets in priority queues, runs their SLA clocks on business "
      "calendars, "
      "gives each ticket to the agent who may take it, and writes down every decision; and the "
      "commands to run, drive, explain and measure it.\n"
      ".PP\nData goes to standard output, messages to standard error. Every command takes "
      "\\fB\\-h\\fR, \\fB\\-\\-help\\fR: what it takes; \\fB\\-q\\fR, \\fB\\-\\-quiet\\fR: errors "
      "only; \\fB\\-\\-progress\\fR: progress even without a terminal.\n"
      ".SH COMMANDS\n",
      roff(program_version));
  for (const CommandDescription& command : program.commands) text += command_section(command);
  text += environment_section(program);
  text += ".SH EXIT STATUS\n";
  for (const auto& [exit, meaning] : exit_meanings) {
    text += fmt::format(".TP\n.B {}\n{}\n", static_cast<int>(exit), roff(meaning));
  }
  text += ".TP\n.B 9\nOf \\fBserve\\fR: writing or syncing the log failed.\n";
  return text;
}

class Manual final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_flag("--markdown", markdown_, "As the page tools/docs/COMMANDS.md, not for `man`");
  }

  Done run(const Terminal& terminal) override {
    const ProgramDescription program = describe_program();
    terminal.data(markdown_ ? command_reference(program) : manual(program));
    return {};
  }

 private:
  bool markdown_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_man() { return std::make_unique<Manual>(); }

}  // namespace paceline::tools
