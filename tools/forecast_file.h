// A forecast as a file: what `plan requirement` reads, and `report kpi` holds against what came.
//
// Owner: any thread.  Allocates: the intervals.  Errors: Failure, with file and line.
#pragma once

#include <string>
#include <vector>

#include "engine/report/question.h"
#include "tools/failure.h"

namespace paceline::tools {

inline constexpr size_t forecast_intervals_max = 1'000'000;

/// CSV with a header that names `start` (an instant) and `volume`; other columns are passed over.
/// An interval ends where the next begins; the last is as long as the one before it.
Got<std::vector<report::ForecastInterval>> read_forecast(const std::string& path);

}  // namespace paceline::tools
