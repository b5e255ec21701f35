// What `why ticket`, `why agent` and `why queue` print: the sentence first, then what it rests on.
//
// Owner: any thread; pure.  Allocates: the text.
#pragma once

#include <string>

#include "engine/desk/query.h"

namespace paceline::tools {

std::string why_text(const desk::Why& why);

/// "2026-01-05T09:00:00Z", "1h30m", "12", or the text.
std::string why_term_text(const desk::WhyTerm& term);

}  // namespace paceline::tools
