// Answers that come in pages of tickets.
//
// Owner: one thread.  Errors: Failure.
#pragma once

#include <algorithm>
#include <cstdint>

#include "tools/connection.h"

namespace paceline::tools {

/// Asks until there is nothing more or `take(answer)` says false; `about` is who a refusal speaks
/// of. What it answers: whether there is more.
template <class Take>
Got<bool> for_each_page(OpenedDesk& desk, desk::Query query, std::string_view about, Take take) {
  for (;;) {
    auto answer = desk.ask(query);
    if (!answer) return sched::Unexpected{answer.error()};
    if (answer->code != 0)
      return sched::Unexpected{explain(static_cast<desk::Reject>(answer->code), about)};
    // A page that leads nowhere would be asked for again and again.
    const bool more = answer->more && answer->next_after > query.after;
    query.after = answer->next_after;
    if (!take(*answer) || !more) return more;
  }
}

}  // namespace paceline::tools
