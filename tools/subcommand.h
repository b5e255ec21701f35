// One thing `paceline` can do: its options, and the doing.
//
// A sub-command lives in a file of its own and is known to the program by a row in the table of
// commands.cpp, which is also where help comes from.
//
// Owner: one thread.  Errors: a Failure, shown and turned into the exit code by the caller.
#pragma once

#include <memory>
#include <string_view>

#include "tools/failure.h"
#include "tools/terminal.h"

namespace CLI {
class App;
}

namespace paceline::tools {

class Subcommand {
 public:
  virtual ~Subcommand() = default;
  /// Declares options that write into this object, which outlives `app`.
  virtual void declare(CLI::App& app) = 0;
  virtual Done run(const Terminal& terminal) = 0;
};

using MakeSubcommand = std::unique_ptr<Subcommand> (*)();

struct SubcommandRow {
  std::string_view path;     ///< "ticket create"
  std::string_view summary;  ///< One line.
  MakeSubcommand make;
};

/// Runs the whole program: reads the command line, does what it says, answers the exit code.
int run_paceline(int argc, const char* const* argv, Terminal terminal);

}  // namespace paceline::tools
