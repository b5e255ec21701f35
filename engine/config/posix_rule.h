// The footer of a TZif file: a POSIX TZ text such as `GMT0BST,M3.5.0/1,M10.5.0`, which says what
// happens after the file's last transition. Private to the zone resolver.
//
// Owner: anyone.  Allocates: for the transitions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sched/calendar.h"

namespace paceline::config {

struct PosixRule {
  /// A day of the year and the local time of day, which may be negative or beyond 24 h.
  struct Change {
    enum class Form : uint8_t { month_week_day, day_without_leap, day_from_zero };
    Form form = Form::month_week_day;
    int month = 1, week = 1, weekday = 0;  // week 5: the last; weekday 0: Sunday
    int day = 0;
    int32_t time_s = 7'200;
  };
  int32_t standard_s = 0;
  int32_t daylight_s = 0;
  bool has_daylight = false;
  Change begins, ends;

  /// Both changes of a year, ascending.
  std::vector<sched::ZoneTransition> transitions(int64_t year) const;
};

std::optional<PosixRule> parse_posix_rule(std::string_view text);

}  // namespace paceline::config
