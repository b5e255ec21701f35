#include "engine/report/trend.h"

#include <algorithm>
#include <cstdio>

namespace paceline::report {

Trend volume_trend(const Question& question) {
  Trend trend;
  // A period without a beginning begins with the first ticket.
  int64_t from_us = question.period.from_us;
  int64_t first_us = question.period.to_us;
  for (const Case* ticket : question.cases) first_us = std::min(first_us, ticket->recorded_at_us);
  from_us = std::max(from_us, week_of(first_us));
  constexpr int64_t week_us = 7 * sched::day.us;
  int64_t monday_us = week_of(from_us);
  if (monday_us < from_us) monday_us += week_us;
  const int64_t begin_us = monday_us;
  for (; monday_us + week_us <= question.period.to_us; monday_us += week_us)
    trend.weeks.push_back({monday_us, 0, 0});
  Cohort left;
  const auto week_at = [&](int64_t at_us) -> Week* {
    if (at_us < begin_us) return nullptr;
    const auto at = static_cast<size_t>((at_us - begin_us) / week_us);
    return at < trend.weeks.size() ? &trend.weeks[at] : nullptr;
  };
  for (const Case* ticket : question.cases) {
    Week* const week = week_at(ticket->recorded_at_us);
    if (ticket->exclusion != Exclusion::none) {
      if (week != nullptr) left.leave_out(exclusion_names[static_cast<size_t>(ticket->exclusion)]);
      continue;
    }
    if (week != nullptr) ++week->recorded;
    if (Week* const end = ticket->resolved() ? week_at(ticket->resolved_at_us) : nullptr)
      ++end->resolved;
  }
  trend.excluded = left.excluded;
  std::vector<double> counts;
  for (const Week& week : trend.weeks) counts.push_back(static_cast<double>(week.recorded));
  trend.slope = theil_sen(counts);
  trend.test = mann_kendall(counts);
  if (counts.size() >= trend_weeks_min && trend.test.p < 0.05)
    trend.direction = trend.slope > 0 ? Direction::rising : Direction::falling;
  return trend;
}

Figure trend_figure(const Trend& trend) {
  const std::string formula =
      "Theil–Sen slope of the tickets recorded a week, whole weeks (Monday, UTC); rising or "
      "falling where Mann–Kendall's p < 0.05";
  if (trend.weeks.size() < trend_weeks_min)
    return not_measured("volume_trend", "Volume trend", formula,
                        "at least 4 whole weeks in the period");
  Figure figure = number_figure("volume_trend", "Volume trend", formula, trend.slope);
  figure.counted = false;
  figure.denominator = static_cast<int64_t>(trend.weeks.size());
  for (const Week& week : trend.weeks) figure.numerator += static_cast<int64_t>(week.recorded);
  figure.excluded = trend.excluded;
  char p[32];
  std::snprintf(p, sizeof p, "%.4f", trend.test.p);
  figure.note = std::string(direction_names[static_cast<size_t>(trend.direction)]) + ", p " + p;
  return figure;
}

}  // namespace paceline::report
