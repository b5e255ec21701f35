#include "sim/statistics/stopping.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace paceline::sim {

namespace {

std::optional<PlanError> unusable(const Precision& wanted) {
  if (wanted.relative == 0 && wanted.absolute == 0)
    return PlanError{Impossible::out_of_range,
                     "no half-width is asked for: name a relative or an absolute one"};
  if (auto wrong = negative(
          {{"relative half-width", wanted.relative}, {"absolute half-width", wanted.absolute}}))
    return wrong;
  if (wanted.least < 2 || wanted.most < wanted.least)
    return PlanError{Impossible::out_of_range,
                     "replications from " + std::to_string(wanted.least) + " to " +
                         std::to_string(wanted.most) +
                         ": at least 2, and the most not below the least"};
  return no_level(wanted.level);
}

/// The half-width asked for around this mean.
double target(const Precision& wanted, double mean) {
  return std::max(wanted.absolute, wanted.relative / (1 + wanted.relative) * std::abs(mean));
}

int64_t planned(const Precision& wanted, const Estimate& figure) {
  const double half_width = target(wanted, figure.mean);
  if (half_width <= 0) return wanted.most;
  // A relative half-width of 1 around a mean of twice the half-width asks for exactly it.
  const MeanInterval pilot{2 * half_width, figure.deviation, figure.half_width};
  const auto enough = planned_observations(pilot, wanted.level, 1.0, wanted.most);
  return enough ? enough.value() : wanted.most;
}

}  // namespace

bool sure_enough(const Precision& wanted, const Estimate& figure) {
  return figure.half_width <= target(wanted, figure.mean);
}

double longer(const Precision& wanted, const Estimate& figure) {
  if (sure_enough(wanted, figure)) return 1;
  const double half_width = target(wanted, figure.mean);
  if (half_width <= 0) return std::numeric_limits<double>::infinity();
  return figure.half_width / half_width * (figure.half_width / half_width);
}

Answer<Verdict> judge(const Precision& wanted, int64_t observations,
                      std::span<const std::optional<Estimate>> figures) {
  if (auto wrong = unusable(wanted)) return sched::Unexpected{*wrong};
  Verdict verdict;
  int64_t need = 0;
  for (size_t i = 0; i < figures.size(); ++i) {
    if (figures[i] && sure_enough(wanted, *figures[i])) continue;
    const int64_t plan = figures[i] ? planned(wanted, *figures[i]) : wanted.most;
    if (!verdict.widest || plan > need) {
      need = plan;
      verdict.widest = i;
    }
  }
  if (observations < wanted.least) {
    verdict.until = wanted.least;
  } else if (!verdict.widest) {
    verdict.course = Course::enough;
    verdict.until = observations;
  } else if (observations >= wanted.most) {
    verdict.course = Course::exhausted;
    verdict.until = observations;
  } else {
    const int64_t most = std::min(wanted.most, 2 * observations);
    verdict.until = std::clamp(need, observations + 1, most);
  }
  return verdict;
}

}  // namespace paceline::sim
