#include "sim/statistics/paired.h"

#include <cmath>
#include <utility>

#include "sched/base/check.h"

namespace paceline::sim {

PairedReplications::PairedReplications(std::vector<std::string> names)
    : names_(std::move(names)), moments_(names_.size()) {}

void PairedReplications::add(int64_t replication, std::vector<Observation> first,
                             std::vector<Observation> second) {
  CHECK(first.size() == names_.size() && second.size() == names_.size());
  std::vector<CoMoments<4>::Values> values(names_.size());
  for (size_t i = 0; i < names_.size(); ++i)
    values[i] = {first[i].numerator, first[i].denominator, second[i].numerator,
                 second[i].denominator};
  order_.add(replication, std::move(values), [this](const auto& ready) {
    for (size_t i = 0; i < moments_.size(); ++i) moments_[i].add(ready[i]);
  });
}

Answer<Difference> PairedReplications::difference(size_t figure, double level) const {
  const CoMoments<4>& moments = moments_.at(figure);
  const int64_t seen = std::min(moments.seen(1), moments.seen(3));
  if (auto wrong = not_estimable(moments.count(), seen)) return sched::Unexpected{*wrong};
  const auto first = ratio(moments, 0, 1);
  const auto second = ratio(moments, 2, 3);
  CoMoments<4>::Values weights{};
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = second.weights[i] - first.weights[i];
  const double apart = moments.variance(first.weights) + moments.variance(second.weights);
  const double together = moments.variance(weights);

  Difference found;
  const auto estimate = [&](double mean, double variance) {
    return student_estimate(mean, std::sqrt(variance), moments.count(),
                            static_cast<double>(seen - 1), level);
  };
  auto change = estimate(second.value - first.value, together);
  if (!change) return sched::Unexpected{change.error()};
  found.change = change.value();
  found.first = estimate(first.value, moments.variance(first.weights)).value();
  found.second = estimate(second.value, moments.variance(second.weights)).value();
  found.variance_reduction = together > 0 ? apart / together : 1;
  return found;
}

}  // namespace paceline::sim
