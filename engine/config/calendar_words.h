// Hours, dates and yearly days as people write them in a calendar.
//
// Owner: anyone.  Allocates: for texts.  Errors: what is wrong and how to mend it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sched/base/expected.h"
#include "sched/calendar_days.h"
#include "sched/calendar_spec.h"

namespace paceline::config {

inline constexpr std::array<std::string_view, 7> weekday_words = {"mon", "tue", "wed", "thu",
                                                                  "fri", "sat", "sun"};
inline constexpr std::array<std::string_view, 12> month_words = {
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};

/// "mon", "mon-fri", "sat-sun", "fri-mon"; 0 is Monday.
std::optional<std::vector<uint8_t>> parse_weekdays(std::string_view text);

/// "09:00-17:30"; a close before its open is on the next day.
sched::Expected<sched::DayHours, std::string> parse_hours(std::string_view text);

/// "2026-12-25", if there is such a date.
std::optional<sched::LocalDate> parse_date(std::string_view text);

/// "12-25", "1st mon may", "last mon may", "easter", "easter-2".
sched::Expected<sched::YearlyDay, std::string> parse_yearly_day(std::string_view text);

std::string print(sched::LocalDate date);
std::string print(const sched::YearlyDay& day);
/// "09:00-17:30", also where it ends on the next day.
std::string print(sched::DayHours hours);

}  // namespace paceline::config
