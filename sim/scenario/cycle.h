// Points of a day, a week or a run as planners write them, and curves over them, turned so that
// the cycle begins with the scenario. Private to the reader.
//
// Owner: one reading.  Allocates: lists.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/table_reader.h"
#include "sched/base/expected.h"
#include "sim/scenario/reading.h"

namespace paceline::sim {

/// `08:00` of every day, `mon 08:00` of every week, `90m` after the start (of each cycle).
struct Point {
  enum class Of : uint8_t { day, week, run };
  Of of = Of::day;
  int64_t us = 0;
};
sched::Expected<Point, std::string> parse_point(std::string_view text);

/// A stretch in which a value goes from one to another.
struct Stretch {
  int64_t from_us = 0;
  int64_t until_us = 0;
  double from = 0.0;
  double until = 0.0;
};
using Curve = std::vector<Stretch>;  ///< Ascending, not overlapping.

enum class Between : uint8_t {
  linear,  ///< The value goes evenly from point to point.
  steps    ///< It stays until the next point, the last one until the end.
};

/// What a curve may be.
struct CurveTerms {
  std::string_view example;  ///< `[["08:00", 40], ["18:00", 0]]`
  std::string_view code;
  Between between = Between::linear;
  bool whole = false;
  double max = 1e9;
  std::string_view unit;  ///< "per hour", for messages
};

/// `cycle`: `"1d"`, `"7d"`, another duration or `"none"` (0). Nothing if it is not stated.
std::optional<int64_t> read_cycle(config::TableReader& table);

/// The curve under a key: a number, points, or a table of days. `stated_cycle`: what read_cycle()
/// said; `cycle_us` gets the one that counts. Empty if the key is absent or wrong.
Curve read_curve(config::TableReader& table, Reading& reading, std::string_view key,
                 const CurveTerms& terms, std::optional<int64_t> stated_cycle, int64_t& cycle_us);

/// A curve over one kind of point, with its beginning at 0 of that, as one over the cycle. Reports
/// what does not go together.
Curve placed(Curve curve, Point::Of of, config::TableReader& table, uint32_t line,
             const Reading& reading, std::optional<int64_t> stated_cycle, int64_t& cycle_us);

/// By weekday, 0 is Monday: `{ mon-fri = 1, sat-sun = 0.2 }`. Every day must be stated.
struct DayValue {
  unsigned weekday;
  const config::Node* value;
};
std::vector<DayValue> read_days(const config::Node& value, std::string_view key,
                                config::TableReader& table);

/// Of a point's own cycle, a day or a week; 0 for those from the start.
int64_t cycle_of(Point::Of of);
/// From the start, or from the start's place in that cycle, to the next time the point comes.
int64_t offset_of(Point point, const Reading& reading);

}  // namespace paceline::sim
