// Asks before something that changes much.
//
// Owner: one thread.  Errors: Failure.
#pragma once

#include <string_view>

#include "tools/terminal.h"

namespace paceline::tools {

/// Done: go ahead. Where nobody can be asked, the failure says to add --yes.
Done confirm(const Terminal& terminal, std::string_view what);

}  // namespace paceline::tools
