// One calendar of a configuration file, named on the command line.
//
// Owner: one thread.
#pragma once

#include <string>
#include <string_view>

#include "sched/calendar.h"
#include "tools/failure.h"
#include "tools/terminal.h"

namespace CLI {
class App;
}

namespace paceline::tools {

struct NamedCalendar {
  sched::CalendarSpec spec;
  sched::Calendar calendar;
};

/// Requires nothing of the file but that its calendars are right; they may be past. `24x7` needs no
/// file.
Got<NamedCalendar> calendar_in(const std::string& file, const std::string& name,
                               const std::string& tzdata, const Terminal& terminal);

/// --config and --calendar.
class CalendarOptions {
 public:
  void declare(CLI::App& app);
  Got<NamedCalendar> load(const Terminal& terminal) const;

 private:
  std::string config_, calendar_;
};

/// The machine's time, for questions that leave the instant out.
sched::Instant machine_now();

/// "2026-12-25", as days since 1970-01-01.
Got<int64_t> date_option(std::string_view option, std::string_view text);

/// "Fri 2026-03-27 09:00 +01:00", or only a part of it.
std::string local_clock(const sched::Zone& zone, sched::Instant at);  ///< "09:00", "09:00:30"
std::string local_day(int64_t date);                                  ///< "Fri 2026-03-27"
std::string local_time(const sched::Zone& zone, sched::Instant at);   ///< All of it.

}  // namespace paceline::tools
