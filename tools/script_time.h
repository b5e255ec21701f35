// Instants as conversations write them: `mon 09:00`, `tue+1 13:00:00.000001`, `2026-03-27 16:00`.
//
// Owner: any thread; pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sched/base/time.h"

namespace paceline::tools {

/// Takes an instant and the blanks behind it from the front of `text`; nothing if there is none.
std::optional<sched::Instant> take_script_time(std::string_view& text);

/// The shortest form: days of the first four weeks by name, others by date.
std::string script_time(sched::Instant at);

}  // namespace paceline::tools
