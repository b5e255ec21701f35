// The number of a ticket that people name by its external id, where a command takes numbers only.
//
// Owner: one thread.  Errors: Failure.
#pragma once

#include <string>

#include "tools/connection.h"

namespace paceline::tools {

/// As written, or asked for. A number is taken as it is, whether there is such a ticket or not.
Got<uint64_t> ticket_number(OpenedDesk& desk, const std::string& reference);

}  // namespace paceline::tools
