#include "tools/standard_output.h"

#include <poll.h>
#include <unistd.h>

#include <cstdio>

namespace paceline::tools {

bool reader_left() {
  pollfd output{.fd = STDOUT_FILENO, .events = 0, .revents = 0};
  return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

bool output_lost() { return std::ferror(stdout) != 0; }

}  // namespace paceline::tools
