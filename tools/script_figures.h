// `figure ID` in a conversation: one key figure of the tickets the desk has in memory.
//
// Owner: one thread.  Allocates: all cases.
#pragma once

#include <string>

#include "sched/base/time.h"
#include "tools/local_desk.h"

namespace paceline::tools {

/// "50.00 % (1 of 2)", or "not measured".
std::string show_figure(LocalDesk& desk, sched::Instant now, const std::string& id);

}  // namespace paceline::tools
