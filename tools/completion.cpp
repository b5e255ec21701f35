// `completion`: what a shell needs to complete our command lines, made from the command table.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "tools/command_tree.h"
#include "tools/commands.h"

namespace paceline::tools {

namespace {

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  return fmt::format("{}", fmt::join(words, between));
}

/// Within single quotes of any of the three shells.
std::string quoted(std::string_view text, std::string_view single_quote) {
  std::string out;
  for (const char letter : text) {
    if (letter == '\'') {
      out += single_quote;
    } else {
      out += letter;
    }
  }
  return out;
}

std::vector<std::string> verbs_of(const ProgramDescription& program, std::string_view noun) {
  std::vector<std::string> verbs;
  for (const CommandDescription& command : program.commands) {
    if (command.noun() == noun && !command.verb().empty()) verbs.emplace_back(command.verb());
  }
  return verbs;
}

// --------------------------------------------------------------------------------------- bash

/// What follows the word before: its choices; file names where any text may stand.
std::string bash_values(const CommandDescription& command) {
  std::string cases, any_text;
  for (const OptionDescription& option : command.options) {
    if (option.positional || option.value.empty()) continue;
    const std::string names = joined(option.names, " | ");
    if (option.choices.empty()) {
      any_text += (any_text.empty() ? "" : " | ") + names;
    } else {
      cases += fmt::format("        {}) words='{}' ;;\n", names, joined(option.choices, " "));
    }
  }
  if (!any_text.empty()) cases += fmt::format("        {}) return ;;\n", any_text);
  return cases.empty() ? cases : fmt::format("      case $before in\n{}      esac\n", cases);
}

std::string bash_command(const CommandDescription& command) {
  std::vector<std::string> options, choices;
  for (const OptionDescription& option : command.options) {
    std::vector<std::string>& list = option.positional ? choices : options;
    const auto& words = option.positional ? option.choices : option.names;
    list.insert(list.end(), words.begin(), words.end());
  }
  std::string text = fmt::format("    '{}')\n", command.path);
  text += fmt::format("      words='{}'\n", joined(choices, " "));
  text += fmt::format("      [[ $current == -* ]] && words='{}'\n", joined(options, " "));
  return text + bash_values(command) + "      ;;\n";
}

std::string bash(const ProgramDescription& program) {
  std::vector<std::string> nouns;
  std::string with_verbs;
  for (const auto& [noun, summary] : program.nouns) {
    nouns.push_back(noun);
    const std::vector<std::string> verbs = verbs_of(program, noun);
    if (!verbs.empty())
      with_verbs += fmt::format("    {}) verbs='{}' ;;\n", noun, joined(verbs, " "));
  }
  std::string text =
      fmt::format(R"(# bash completion for paceline; to have it in every shell, put into ~/.bashrc:
#   source <(paceline completion bash)
_paceline() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}}
  local command=${{COMP_WORDS[1]}} verbs='' words=''
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '{} --help' -- "$current"))
    return
  fi
  case $command in
{}  esac
  if [[ -n $verbs ]]; then
    if ((COMP_CWORD == 2)); then
      COMPREPLY=($(compgen -W "$verbs --help" -- "$current"))
      return
    fi
    command+=" ${{COMP_WORDS[2]}}"
  fi
  case $command in
)",
                  joined(nouns, " "), with_verbs);
  for (const CommandDescription& command : program.commands) text += bash_command(command);
  text += R"(  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _paceline paceline
)";
  return text;
}

// ---------------------------------------------------------------------------------------- zsh

/// Within a specification of _arguments or _describe.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char letter : quoted(text, "'\\''")) {
    if (letter == '[' || letter == ']' || letter == ':') out += '\\';
    out += letter;
  }
  return out;
}

std::string zsh_action(const OptionDescription& option) {
  if (option.choices.empty()) return "_files";
  return "(" + joined(option.choices, " ") + ")";
}

std::string zsh_option(const OptionDescription& option) {
  if (option.positional) {
    return fmt::format("        '{}:{}:{}'", option.repeated ? "*" : "", zsh_text(option.names[0]),
                       zsh_action(option));
  }
  std::string text;
  for (const std::string& name : option.names) {
    text += fmt::format(
        "{}        '{}{}[{}]{}'", text.empty() ? "" : " \\\n", option.repeated ? "*" : "", name,
        zsh_text(option.summary),
        option.value.empty() ? std::string() : ":" + option.value + ":" + zsh_action(option));
  }
  return text;
}

std::string zsh_list(std::string_view variable,
                     const std::vector<std::pair<std::string, std::string>>& words) {
  std::string text = fmt::format("{}=(\n", variable);
  for (const auto& [word, summary] : words) {
    text += fmt::format("        '{}:{}'\n", word, zsh_text(summary));
  }
  return text + "      )\n";
}

std::string zsh(const ProgramDescription& program) {
  std::string text = R"(#compdef paceline
# zsh completion for paceline; put it as _paceline into a folder of $fpath, or into ~/.zshrc:
#   source <(paceline completion zsh)
_paceline() {
  local -a list
  local command=$words[2]
  if (( CURRENT == 2 )); then
      )" + zsh_list("list", program.nouns) +
                     R"(    _describe 'command' list
    return
  fi
  case $command in
)";
  for (const auto& [noun, noun_summary] : program.nouns) {
    std::vector<std::pair<std::string, std::string>> verbs;
    for (const CommandDescription& command : program.commands) {
      if (command.noun() == noun && !command.verb().empty())
        verbs.emplace_back(command.verb(), command.summary);
    }
    if (verbs.empty()) continue;
    text += fmt::format("    {})\n      {}      ;;\n", noun, zsh_list("list", verbs));
  }
  text += R"(  esac
  if (( $#list )); then
    if (( CURRENT == 3 )); then
      _describe 'verb' list
      return
    fi
    command="$command $words[3]"
    shift words
    (( CURRENT-- ))
  fi
  shift words
  (( CURRENT-- ))
  case $command in
)";
  for (const CommandDescription& command : program.commands) {
    text += fmt::format("    '{}')\n      _arguments -s", command.path);
    for (const OptionDescription& option : command.options) text += " \\\n" + zsh_option(option);
    text += "\n      ;;\n";
  }
  return text + R"(  esac
}
if [[ $funcstack[1] == _paceline ]]; then
  _paceline "$@"
else
  compdef _paceline paceline
fi
)";
}

// --------------------------------------------------------------------------------------- fish

std::string fish_text(std::string_view text) { return quoted(text, "\\'"); }

std::string fish_option(const CommandDescription& command, const OptionDescription& option) {
  std::string text = fmt::format("complete -c paceline -n '__paceline_at {}'", command.path);
  if (option.positional) {
    return option.choices.empty()
               ? ""
               : text + fmt::format(" -f -a '{}'\n", joined(option.choices, " "));
  }
  for (const std::string& name : option.names) {
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (!option.value.empty()) text += " -r";
  if (!option.choices.empty()) text += fmt::format(" -f -a '{}'", joined(option.choices, " "));
  return text + fmt::format(" -d '{}'\n", fish_text(option.summary));
}

std::string fish(const ProgramDescription& program) {
  std::string text =
      R"(# fish completion for paceline; put it into ~/.config/fish/completions/paceline.fish, or:
#   paceline completion fish | source
function __paceline_words
    set -l words (commandline -opc)
    test (count $words) -eq (math 1 + (count $argv)); or return 1
    test "$words[2..]" = "$argv"
end
function __paceline_at
    set -l words (commandline -opc)
    set -l last (math 1 + (count $argv))
    test (count $words) -ge $last; or return 1
    test "$words[2..$last]" = "$argv"
end
)";
  for (const auto& [noun, summary] : program.nouns) {
    text += fmt::format("complete -c paceline -n __paceline_words -f -a {} -d '{}'\n", noun,
                        fish_text(summary));
  }
  for (const CommandDescription& command : program.commands) {
    if (!command.verb().empty()) {
      text += fmt::format("complete -c paceline -n '__paceline_words {}' -f -a {} -d '{}'\n",
                          command.noun(), command.verb(), fish_text(command.summary));
    }
    for (const OptionDescription& option : command.options) text += fish_option(command, option);
  }
  return text;
}

class Completion final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("SHELL", shell_, "Whose completion to print")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  }

  Done run(const Terminal& terminal) override {
    const ProgramDescription program = describe_program();
    terminal.data(shell_ == "bash"  ? bash(program)
                  : shell_ == "zsh" ? zsh(program)
                                    : fish(program));
    return {};
  }

 private:
  std::string shell_;
};

}  // namespace

std::unique_ptr<Subcommand> make_completion() { return std::make_unique<Completion>(); }

}  // namespace paceline::tools
