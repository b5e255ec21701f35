// Conversations with a desk, in process: what was said when, and what came of it.
//
//   # comment
//   ---
//   production TOML
//   ---
//   mon 09:00   open INC1 impact=high urgency=high -> opened INC1 P1 network; …
//   mon 10:00   pend INC1 awaiting_requester       -> pended INC1 awaiting_requester; …
//   tue 10:05   resume INC2                        -> rejected ticket_unknown
//
// Times are UTC: a day of the week of 2026-01-05 (`mon+1`: a week later) or a date, then hh:mm,
// perhaps with seconds and microseconds. `a & b` are two commands of one batch. `tick` is an empty
// batch. `show`, `queue`, `agent`, `offers`, `kpi` and `why` look, without changing anything. The
// verbs are those of script_commands.h and script_routing.h; an offer is named by its ticket. The
// right-hand side lists the events in order; those of timers that fired since the line before come
// first, with their own instant. `timers late` makes the desk hear of time only with the lines, as
// after an outage; `timers prompt`, the default, lets every timer fire when it is due. `recover mon
// 09:00` is a restart after a down-time since then. A further configuration between `---` takes
// effect with the step `configure`.
//
// Owner: one thread.  Time: in the script.  Allocates: a desk.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/local_desk.h"

namespace paceline::tools {

struct ScriptMismatch {
  size_t line = 0;
  std::string wanted;
  std::string got;
};

struct ScriptResult {
  std::string error;  ///< The script cannot be run: where, what, how to mend it. Empty: it ran.
  std::vector<ScriptMismatch> mismatches;
  std::string updated;  ///< The script with what the desk did on the right-hand sides.
  size_t steps = 0;
  uint64_t digest = 0;
  uint64_t event_hash = 0;
};

/// `name` is for messages; `after_batch` is LocalDesk's.
ScriptResult run_script(std::string_view text, std::string_view name,
                        LocalDesk::AfterBatch after_batch = {});

}  // namespace paceline::tools
