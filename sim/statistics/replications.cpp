#include "sim/statistics/replications.h"

#include <cmath>
#include <utility>

#include "sched/base/check.h"

namespace paceline::sim {

Replications::Replications(std::vector<std::string> names, int64_t first)
    : names_(std::move(names)), first_(first), moments_(names_.size()), order_(first) {}

void Replications::add(int64_t replication, std::vector<Observation> observations, double control) {
  CHECK(observations.size() == names_.size());
  std::vector<CoMoments<3>::Values> values(names_.size());
  for (size_t i = 0; i < names_.size(); ++i) {
    CHECK(std::isfinite(observations[i].numerator) && std::isfinite(observations[i].denominator));
    values[i] = {observations[i].numerator, observations[i].denominator, control};
  }
  order_.add(replication, std::move(values), [this](const auto& ready) {
    for (size_t i = 0; i < moments_.size(); ++i) moments_[i].add(ready[i]);
  });
}

void Replications::merge(const Replications& next) {
  CHECK(names_ == next.names_);
  CHECK(waiting() == 0 && next.waiting() == 0);
  CHECK(order_.next() == next.first_);
  for (size_t i = 0; i < moments_.size(); ++i) moments_[i].merge(next.moments_[i]);
  order_ = next.order_;
}

Answer<Estimate> Replications::estimate(size_t figure, double level) const {
  return ratio_estimate(moments_.at(figure), level);
}

std::vector<std::optional<Estimate>> Replications::estimates(double level) const {
  std::vector<std::optional<Estimate>> all;
  for (const auto& moments : moments_) {
    const auto found = ratio_estimate(moments, level);
    all.push_back(found ? std::optional(found.value()) : std::nullopt);
  }
  return all;
}

Answer<ControlledEstimate> Replications::controlled(size_t figure, double control_mean,
                                                    double level) const {
  return sim::controlled(moments_.at(figure), control_mean, level);
}

}  // namespace paceline::sim
