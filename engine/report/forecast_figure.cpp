// How far a forecast was from what came.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/report/question.h"

namespace paceline::report {

namespace {

/// Of the intervals that lie in the period and are over.
std::vector<ForecastInterval> in_period(const Question& question) {
  const int64_t over_us = std::min(question.period.to_us, question.book->now_us() + 1);
  std::vector<ForecastInterval> intervals;
  for (const ForecastInterval& each : question.inputs.forecast) {
    if (each.from_us >= question.period.from_us && each.to_us <= over_us) intervals.push_back(each);
  }
  return intervals;
}

std::string in_percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%+.2f %%", share * 100.0);
  return text;
}

}  // namespace

Figure forecast_error(const Question& question) {
  const std::string formula =
      "WAPE in percent: Σ|F − A| / ΣA over intervals; F expected, A recorded; bias Σ(F − A) / ΣA";
  if (question.inputs.forecast.empty() || !question.whole_desk)
    return not_measured("forecast_error", "Forecast error (%)", formula,
                        question.whole_desk ? "--forecast" : "the whole desk and --forecast");
  const std::vector<ForecastInterval> intervals = in_period(question);
  if (intervals.empty())
    return not_measured("forecast_error", "Forecast error (%)", formula,
                        "a forecast with intervals of the period that are over");
  const Cohort recorded = question.recorded();
  std::vector<uint64_t> came(intervals.size(), 0);
  for (const Case* ticket : recorded.in) {
    const auto after = std::upper_bound(
        intervals.begin(), intervals.end(), ticket->recorded_at_us,
        [](int64_t at_us, const ForecastInterval& each) { return at_us < each.from_us; });
    if (after == intervals.begin()) continue;
    const auto interval = after - 1;
    if (ticket->recorded_at_us < interval->to_us)
      ++came[static_cast<size_t>(interval - intervals.begin())];
  }
  double off = 0.0, over = 0.0, expected = 0.0;
  uint64_t all = 0;
  for (size_t i = 0; i < intervals.size(); ++i) {
    const double error = intervals[i].volume - static_cast<double>(came[i]);
    off += std::abs(error);
    over += error;
    expected += intervals[i].volume;
    all += came[i];
  }
  std::optional<double> value;
  if (all != 0) value = off / static_cast<double>(all) * 100.0;
  Figure figure = number_figure("forecast_error", "Forecast error (%)", formula, value);
  figure.numerator = std::llround(off);
  figure.denominator = static_cast<int64_t>(all);
  figure.excluded = recorded.excluded;
  figure.parts = {{"intervals", static_cast<int64_t>(intervals.size())},
                  {"expected", std::llround(expected)}};
  if (all != 0) figure.note = "bias " + in_percent(over / static_cast<double>(all));
  return figure;
}

}  // namespace paceline::report
