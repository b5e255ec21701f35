// The program. Everything it does is in the library, where tests can reach it.
#include <csignal>

#include "tools/subcommand.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that left is an error of a write, not our end
  return paceline::tools::run_paceline(argc, argv, paceline::tools::Terminal::standard());
}
