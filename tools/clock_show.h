// Clocks, policies and changes to clocks as text.
//
// Owner: any thread; pure.  Allocates: the text.
#pragma once

#include <span>
#include <string>

#include "engine/desk/query.h"

namespace paceline::tools {

/// "resolution", "uc (vendor A)"
std::string clock_name(desk::ClockKind kind, const std::string& label);

std::string clocks_table(std::span<const desk::ClockView> clocks);
std::string policies_table(std::span<const desk::PolicyView> policies);
std::string changes_table(std::span<const desk::ClockChange> changes);

/// One clock from its start to now: every segment, what is left, what comes next, who hears of it.
std::string why_clock_text(const desk::ClockView& clock);

}  // namespace paceline::tools
