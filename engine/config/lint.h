// What a configuration says that its author can hardly have meant: it loads, and yet a rule is
// never reached, a promise cannot be kept, or nobody hears that it was not.
//
// Each finding is decided, not guessed: where deciding is too much work the finding is left out and
// said to be undecided.
//
// Owner: anyone.  Time: `now`, from which calendars are looked at for a year.  Allocates: freely.
#pragma once

#include <string>
#include <vector>

#include "engine/config/load.h"
#include "engine/config/places.h"

namespace paceline::config {

struct Finding {
  std::string code;   ///< "W2904"; stable, for scripts.
  uint32_t line = 0;  ///< 0: the file as a whole.
  std::string what, why, how;
  bool operator==(const Finding&) const = default;
};

struct LintResult {
  std::vector<Finding> findings;  ///< In the file's order; what the loader notes is among them.
  std::vector<std::string> undecided;  ///< What was too much work, one line each.
};

LintResult lint(const Loaded& loaded, const Places& places, sched::Instant now);

}  // namespace paceline::config
