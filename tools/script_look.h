// What conversations may look at without changing anything: `show`, `queue`, `agent`, `offers`,
// `kpi`, `figure`, `why`.
//
// Owner: one thread.  Allocates: the text.
#pragma once

#include <string>
#include <string_view>

#include "sched/base/time.h"
#include "tools/local_desk.h"
#include "tools/script_commands.h"

namespace paceline::tools {

bool is_look(std::string_view command);

/// What is seen, or "rejected NAME".
std::string look(LocalDesk& desk, sched::Instant now, const Words& words);

}  // namespace paceline::tools
