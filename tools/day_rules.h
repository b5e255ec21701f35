// Another configuration for a recorded day.
//
// Owner: one thread.  Allocates: the document.
#pragma once

#include <cstddef>

#include "engine/desk/configuration.h"
#include "sim/recorded/recorded_day.h"

namespace paceline::tools {

/// Puts it in place of the day's first configuration; how many later ones are left out.
size_t change_rules(sim::RecordedDay& day, const desk::Configuration& rules);

}  // namespace paceline::tools
