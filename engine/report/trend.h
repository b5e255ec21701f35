// Whether more comes in from week to week.
//
// Owner: any thread; pure.  Allocates: the weeks.
#pragma once

#include <string>
#include <vector>

#include "engine/report/question.h"

namespace paceline::report {

struct Week {
  int64_t from_us = 0;  ///< Monday 00:00 UTC.
  uint64_t recorded = 0, resolved = 0;
};

enum class Direction : uint8_t { stable, rising, falling };
inline constexpr const char* direction_names[] = {"stable", "rising", "falling"};
inline constexpr size_t trend_weeks_min = 4;

struct Trend {
  std::vector<Week> weeks;  ///< Whole weeks of the period.
  double slope = 0.0;       ///< Tickets a week more, each week.
  MannKendall test;
  /// Rising or falling where p < 0.05.
  Direction direction = Direction::stable;
  std::vector<std::pair<std::string, uint64_t>> excluded;
};
/// Counts what was recorded.
Trend volume_trend(const Question& question);
Figure trend_figure(const Trend& trend);

}  // namespace paceline::report
