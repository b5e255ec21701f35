// The events of an iCalendar file (RFC 5545), as far as a list of holidays needs them.
//
// Whole: dates, times, SUMMARY, RRULE with FREQ=YEARLY, RDATE, EXDATE. Anything that would change
// which days an event covers and is not understood is refused; the rest (alarms, time zone
// definitions, attendees) is passed over.
//
// Owner: anyone.  Allocates: for the events.  Errors: the first, with its line and how to mend it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sched/base/expected.h"
#include "sched/calendar_spec.h"

namespace paceline::config {

inline constexpr size_t ical_events_max = 10'000;
inline constexpr int ical_days_max = 366;  ///< Of one event.

struct IcalTime {
  int64_t date = 0;  ///< Days since 1970-01-01.
  int64_t second = 0;
  bool whole_day = false;
  bool utc = false;
  std::string zone;  ///< TZID; empty and not utc: of wherever it is read.
};

/// RRULE with FREQ=YEARLY. Neither count nor until: for ever.
struct IcalYearly {
  sched::YearlyDay on;
  uint32_t interval = 1;
  uint32_t count = 0;
  std::optional<IcalTime> until;
};

struct IcalEvent {
  std::string summary;
  uint32_t line = 0;  ///< Of BEGIN:VEVENT.
  IcalTime start;
  IcalTime end;  ///< Not within the event.
  std::optional<IcalYearly> yearly;
  std::vector<IcalTime> also;    ///< RDATE
  std::vector<IcalTime> except;  ///< EXDATE
  bool cancelled = false;
};

struct IcalFile {
  std::string zone;  ///< X-WR-TIMEZONE, if any.
  std::vector<IcalEvent> events;
};

struct IcalError {
  uint32_t line = 0;
  std::string message;
};

sched::Expected<IcalFile, IcalError> parse_ical(std::string_view text);

}  // namespace paceline::config
