// The past of an imported ticket as people write it: `queued@2026-03-01T09:00Z;resolved@…`.
//
// Only the instants are ours to understand; states and their order are the desk's to judge.
//
// Owner: any thread; pure.  Allocates: the text.  Errors: a sentence.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sched/base/expected.h"
#include "sched/base/time.h"

namespace paceline::tools {

/// With every instant as microseconds, as desk::ImportTicket wants it. `read_instant` may be given
/// the text behind an `@` up to the next `;`.
sched::Expected<std::string, std::string> ticket_history(
    std::string_view text,
    const std::function<std::optional<sched::Instant>(std::string_view)>& read_instant);

}  // namespace paceline::tools
