// The state of a desk as the files of a data folder give it, by every way there is: the log from
// its beginning, and each snapshot with the log behind it.
//
// Owner: one thread, in a process of its own.  Errors: sentences.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sched/base/expected.h"

namespace paceline::crash {

struct DeskState {
  std::string way;  ///< "the log from its beginning"
  uint64_t digest = 0;
  uint64_t event_hash = 0;
};

/// Desk "main" as it was at `now_us`: batches after that instant are left out. The folder's server
/// must not run.
sched::Expected<std::vector<DeskState>, std::string> states_of(const std::string& data,
                                                               int64_t now_us);

}  // namespace paceline::crash
