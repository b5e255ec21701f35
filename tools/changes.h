// What a migration or a repair would do: gathered and shown. Shared by the two.
//
// Owner: one thread.  Errors: Failure.
#pragma once

#include <string_view>
#include <vector>

#include "tools/connection.h"

namespace paceline::tools {

/// Every change the query of kind migrate or repair describes.
Got<std::vector<desk::ClockChange>> gather_changes(OpenedDesk& desk, desk::Query query,
                                                   std::string_view about,
                                                   const Terminal& terminal);

/// A table, or a JSON object per line.
void show_changes(const std::vector<desk::ClockChange>& changes, bool json,
                  const Terminal& terminal);

/// "3 clocks of 2 tickets"
std::string count_text(const std::vector<desk::ClockChange>& changes);

/// Each ticket once, in the order of the changes.
std::vector<uint64_t> tickets_of(const std::vector<desk::ClockChange>& changes);

}  // namespace paceline::tools
