// One row with a ticket's dates, told as what happened one after another.
//
//   recorded ──► work began ──► resolved ──► closed          each at its date
//       └────────────┴─────────────┴────────► state of today at the newest date there is
//
// Of an open ticket the file says how it stands, not since when: it stands so from its last update
// on, or, where no column has that, from the file's newest date. An agent is only known to have it
// from the first step after it was recorded.
//
// Owner: one thread.  Allocates: steps.  Errors: a sentence.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sched/base/expected.h"
#include "tools/ticket_log.h"

namespace paceline::tools {

/// Instants in microseconds; 0: not stated.
struct TicketDates {
  int64_t recorded_at_us = 0;
  int64_t started_at_us = 0;
  int64_t resolved_at_us = 0;
  int64_t closed_at_us = 0;
  int64_t updated_at_us = 0;
};

struct StoryStep {
  RowState state = RowState::fresh;
  int64_t at_us = 0;             ///< 0: the file's newest instant.
  bool in_words_of_row = false;  ///< The state is the row's own word.
};

struct TicketStory {
  std::vector<StoryStep> steps;             ///< In order of time; the first is the recording.
  std::vector<std::string_view> irregular;  ///< What does not fit together, to be counted.
};

/// `state` is what the row says, nothing if no column does. `has_agent`: somebody has or had it.
sched::Expected<TicketStory, std::string> tell_story(const TicketDates& dates,
                                                     std::optional<RowState> state, bool has_agent);

}  // namespace paceline::tools
