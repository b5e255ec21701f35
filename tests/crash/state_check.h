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

inline const std::string whole_log = "the log from its beginning";

struct DeskState {
  std::string way;  ///< whole_log, or the path of a snapshot.
  uint64_t digest = 0;
  uint64_t event_hash = 0;
};

/// Desk "main" as it was at `now_us`: batches after that instant are left out, and snapshots taken
/// after it. The folder's server must not run.
sched::Expected<std::vector<DeskState>, std::string> states_of(const std::string& data,
                                                               int64_t now_us);

}  // namespace paceline::crash
