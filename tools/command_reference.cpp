#include "tools/command_reference.h"

#include <fmt/format.h>

#include <map>

namespace paceline::tools {

namespace {

/// As a table's cell takes it: no column ends in it, and nothing is a tag.
std::string cell(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    if (letter == '|' || letter == '<') out += '\\';
    out += letter;
  }
  return out;
}

/// Of many commands, and told once: what an environment variable may stand for.
bool is_shared(const OptionDescription& option) { return !option.environment.empty(); }

std::string headline(const OptionDescription& option) {
  if (option.positional) return fmt::format("`{}{}`", option.names[0], option.repeated ? " …" : "");
  std::string text;
  for (const std::string& name : option.names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  if (!option.value.empty()) text += " " + value_of(option);
  return "`" + cell(text) + "`";
}

std::string details(const OptionDescription& option) {
  std::string text = cell(option.summary);
  if (option.positional && !option.choices.empty())
    text += fmt::format("; one of {}", fmt::join(option.choices, ", "));
  if (option.required && !option.positional) text += "; required";
  if (option.repeated && !option.positional && !text.ends_with("several times"))
    text += "; may be given several times";
  if (!option.limits.empty()) text += "; takes " + cell(option.limits);
  if (!option.otherwise.empty()) text += fmt::format("; default {}", cell(option.otherwise));
  return text;
}

std::string synopsis(const CommandDescription& command) {
  std::string text = "paceline " + command.path;
  for (const OptionDescription& option : command.options) {
    if (!option.positional) continue;
    const std::string shown = option.names[0] + (option.repeated ? " …" : "");
    text += option.required ? " " + shown : " [" + shown + "]";
  }
  return text + " [options]";
}

/// Of a noun's verbs one level below it.
std::string section(const CommandDescription& command) {
  std::string text = fmt::format("\n{} {}\n\n{}: `{}`\n", command.verb().empty() ? "##" : "###",
                                 command.path, cell(command.summary), synopsis(command));
  std::string rows;
  std::string also;
  for (const OptionDescription& option : command.options) {
    if (is_common(option)) continue;
    if (is_shared(option)) {
      also += fmt::format("{}`{}`", also.empty() ? "" : ", ", option.names.back());
    } else {
      rows += fmt::format("| {} | {} |\n", headline(option), details(option));
    }
  }
  if (!rows.empty()) text += "\n| | |\n|---|---|\n" + rows;
  if (!also.empty())
    text += fmt::format("\n{} {}, [as everywhere](#options-that-many-have).\n",
                        rows.empty() ? "Takes" : "And", also);
  return text;
}

std::string shared_options(const ProgramDescription& program) {
  // Told in the words that most commands have for it.
  std::map<std::string, std::map<std::string, int>> uses;
  std::map<std::string, const OptionDescription*> shared;
  for (const CommandDescription& command : program.commands) {
    for (const OptionDescription& option : command.options) {
      if (!is_shared(option)) continue;
      std::map<std::string, int>& words = uses[option.names.back()];
      const OptionDescription*& told = shared[option.names.back()];
      ++words[option.summary];
      if (told == nullptr || words[option.summary] > words[told->summary]) told = &option;
    }
  }
  std::string text = "| option | or the variable | |\n|---|---|---|\n";
  for (const auto& [name, option] : shared) {
    text += fmt::format("| `{} {}` | `{}` | {} |\n", name, option->value, option->environment,
                        cell(option->summary));
  }
  return text;
}

}  // namespace

std::string value_of(const OptionDescription& option) {
  return option.choices.empty() ? option.value : fmt::format("{}", fmt::join(option.choices, "|"));
}

bool is_common(const OptionDescription& option) {
  const std::string& name = option.names.back();
  return name == "--help" || name == "--quiet" || name == "--progress";
}

std::string command_reference(const ProgramDescription& program) {
  std::string text =
      "# Commands\n\n"
      "<!-- Made by `paceline man --markdown` from the command table; a test compares them. -->\n\n"
      "What every command takes, as `--help` and the manual page (`paceline man`) say it too. Data "
      "goes to\nstandard output, messages to standard error; exit codes and error codes are in "
      "[ERRORS.md](ERRORS.md).\nInstants are written `2026-03-08T09:00Z` or with an offset, "
      "durations `15m`, `4h30m`.\n\n"
      "Every command takes `-h`, `--help`: what it takes; `-q`, `--quiet`: errors only; "
      "`--progress`: progress\neven without a terminal. If the variable `NO_COLOR` is set, "
      "messages carry no colour.\n\n"
      "## Options that many have\n\n";
  text += shared_options(program);
  for (const auto& [name, summary] : program.nouns) {
    bool first = true;
    for (const CommandDescription& command : program.commands) {
      if (command.noun() != name) continue;
      if (first && !command.verb().empty()) text += fmt::format("\n## {}\n\n{}.\n", name, summary);
      first = false;
      text += section(command);
    }
  }
  return text;
}

}  // namespace paceline::tools
