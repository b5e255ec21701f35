// What the program can do, as data: every sub-command of the table in commands.cpp with the options
// it declares. Completion and the manual page are made from it, so that nothing is listed twice.
//
// Owner: one thread; plain values.  Allocates: texts.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace paceline::tools {

struct OptionDescription {
  std::vector<std::string> names;  ///< "-q", "--quiet"; of a positional one its name, "FILE".
  bool positional = false;
  std::string value;                 ///< What it takes: "TEXT", "UINT"; empty: a flag.
  std::vector<std::string> choices;  ///< All it takes, if they are few; else empty.
  std::string limits;                ///< "INT in [1 - 64]"; empty: none to tell.
  std::string summary;
  std::string environment;  ///< The variable that stands for it, or empty.
  std::string otherwise;    ///< Its default, where it tells one.
  bool required = false;
  bool repeated = false;
};

struct CommandDescription {
  std::string path;  ///< "ticket create"
  std::string summary;
  std::vector<OptionDescription> options;  ///< Positional ones first, each kind as declared.

  std::string_view noun() const { return std::string_view(path).substr(0, path.find(' ')); }
  std::string_view verb() const;  ///< Empty where the noun stands alone.
};

struct ProgramDescription {
  std::string summary;
  std::vector<std::pair<std::string, std::string>> nouns;  ///< With summaries, in help's order.
  std::vector<CommandDescription> commands;                ///< In the table's order.
};

CommandDescription describe_command(std::string_view path, const CLI::App& app);

/// Of this very program. In commands.cpp, beside the table.
ProgramDescription describe_program();

}  // namespace paceline::tools
