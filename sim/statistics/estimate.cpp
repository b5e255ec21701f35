#include "sim/statistics/estimate.h"

namespace paceline::sim {

Answer<Estimate> student_estimate(double mean, double deviation, int64_t observations,
                                  double freedom, double level) {
  if (auto wrong = no_level(level)) return sched::Unexpected{*wrong};
  Estimate found;
  found.mean = mean;
  found.deviation = deviation;
  found.half_width =
      student_t(level, freedom) * deviation / std::sqrt(static_cast<double>(observations));
  found.observations = observations;
  return found;
}

std::optional<PlanError> not_estimable(int64_t observations, int64_t seen) {
  if (seen >= 2) return std::nullopt;
  return PlanError{Impossible::out_of_range,
                   "an interval needs at least two observations that show the figure, " +
                       std::to_string(seen) + " of " + std::to_string(observations) +
                       " does: run more replications, or longer"};
}

}  // namespace paceline::sim
