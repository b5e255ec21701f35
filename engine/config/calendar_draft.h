// A calendar as its table says, before the calendars it is made of are put in. Private to the
// loader.
//
// Owner: one load.  Allocates: freely.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/diagnostics.h"
#include "engine/config/table_reader.h"
#include "sched/calendar_spec.h"

namespace paceline::config {

struct CalendarDraft {
  struct Operand {
    std::string name;
    uint32_t line = 0;
  };
  sched::CalendarSpec spec;
  uint32_t line = 0;
  std::vector<Operand> operands;
  bool has_zone = false;
  bool ok = true;  ///< Nothing about it has been reported.
};

/// Which calendars must still open: those a desk is given, not those of historical questions.
enum class OpenAhead : uint8_t { required, not_asked };

/// Every [calendar.NAME] of the file, complete. Those with errors are there too, for their names.
std::vector<CalendarDraft> read_calendar_table(TableReader& file, Diagnostics& diagnostics,
                                               sched::Instant now, OpenAhead open_ahead,
                                               std::string_view tzdata);

/// Puts the operands in, finds what only shows in the whole: names that lead nowhere, cycles,
/// calendars that never open, too much to compile.
void complete(std::vector<CalendarDraft>& drafts, sched::Instant now, OpenAhead open_ahead,
              Diagnostics& diagnostics);

}  // namespace paceline::config
