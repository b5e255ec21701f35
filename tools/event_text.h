// One event as one line.
//
// Owner: any thread; pure.  Allocates: the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/event.h"
#include "engine/desk/query.h"

namespace paceline::tools {

/// What happened, without when, to which ticket and under what name.
std::string event_details(const desk::Event& event, const desk::Names& names);
std::string event_text(const desk::Event& event, const desk::Names& names);

/// What ticket.updated changed, in the words of the command line's options.
std::vector<std::string_view> changed_fields(const desk::Event& event);

/// Whether every position in the event is inside the tables of names.
bool names_cover(const desk::Names& names, const desk::Event& event);

}  // namespace paceline::tools
