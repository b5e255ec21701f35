// Times as exports write them: 13/Jan/16 9:00 AM, 2016-01-13T09:00:00Z, 13.1.2016 09:00 …
//
// One reader for all of them: numbers, names of months and separators, as they come. What a text
// cannot say, whether 3/4/2016 has its day or its month first, is the caller's to find out, by
// trying both over a whole file. A file that writes otherwise brings a pattern.
//
// Owner: any thread; pure.  Allocates: never.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace paceline::tools {

/// Which comes first in 3/4/2016. `automatic`: not said.
enum class DateOrder : uint8_t { automatic, day_first, month_first };

struct WrittenTime {
  int64_t us = 0;      ///< Of the wall clock in the file's zone; of UTC where `zoned`.
  bool zoned = false;  ///< The text says how far it is from UTC.

  bool operator==(const WrittenTime&) const = default;
};

struct TimeStyle {
  enum class Form : uint8_t { any, pattern, epoch_seconds, epoch_milliseconds };

  Form form = Form::any;
  DateOrder order = DateOrder::automatic;  ///< Of Form::any; automatic: the day.
  std::string pattern;                     ///< Of Form::pattern, see pattern_problem().
  std::vector<std::string> months;         ///< Twelve names; empty: the English ones.
};

/// The time; nothing if the text is no such time. A date alone is its midnight. Two digits of a
/// year are those from 1990 to 2089.
std::optional<WrittenTime> parse_written_time(std::string_view text, const TimeStyle& style);

/// What is wrong with a pattern; empty if nothing. Known are, as in strptime, %Y %y %m %d %b (name
/// of the month, long or short) %H %I %M %S %f (fraction) %p (AM, PM) %z and %%; a blank is any
/// number of blanks, anything else is itself.
std::string pattern_problem(std::string_view pattern);

}  // namespace paceline::tools
