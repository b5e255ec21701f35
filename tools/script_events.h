// Events as conversations write them. Compact, and stable: scripts are compared with it.
//
// Owner: any thread; pure.  Allocates: the text.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/desk/configuration.h"
#include "engine/desk/event.h"
#include "engine/desk/query.h"
#include "sched/base/time.h"

namespace paceline::tools {

/// Ticket id → the name the script uses.
using TicketNames = std::map<uint64_t, std::string>;

/// Policy name → its rungs, so that events of a ladder say whom they are for.
using Ladders = std::map<std::string, std::vector<desk::Rung>>;

/// The events of one step, joined by "; ". An instant is named where it is not `at`.
std::string script_events(std::span<const desk::Event> events, sched::Instant at,
                          const desk::Names& names, const TicketNames& tickets,
                          const Ladders& ladders);

}  // namespace paceline::tools
