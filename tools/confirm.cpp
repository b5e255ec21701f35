#include "tools/confirm.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <string>

namespace paceline::tools {

Done confirm(const Terminal& terminal, std::string_view what) {
  if (isatty(STDIN_FILENO) == 0) {
    return sched::Unexpected{bad_usage(
        fmt::format("{}: add --yes to do it, or --dry-run to see what it would do", what))};
  }
  std::fputs(fmt::format("{}: go ahead? [y/N] ", what).c_str(), terminal.err());
  std::fflush(terminal.err());
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "yes") return {};
  return sched::Unexpected{went_wrong("not confirmed: nothing was changed")};
}

}  // namespace paceline::tools
