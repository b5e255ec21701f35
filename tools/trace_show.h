// A ticket's time line as people read it, and as JSON.
//
// Owner: any thread; pure.  Allocates: the text.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "tools/ticket_trace.h"

namespace paceline::tools {

std::string trace_text(const TicketTrace& trace);
nlohmann::ordered_json trace_json(const TicketTrace& trace);

}  // namespace paceline::tools
