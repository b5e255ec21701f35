#include "sim/analytic/survival.h"

#include <algorithm>
#include <limits>

namespace paceline::sim {

Answer<PatienceEstimate> estimate_patience(std::vector<ObservedWait> waits) {
  if (waits.empty())
    return impossible(Impossible::out_of_range, "no waits: at least one is needed");
  double total = 0;
  int64_t gave_up = 0;
  for (const ObservedWait& one : waits) {
    if (auto wrong = negative({{"wait", one.wait}})) return sched::Unexpected{*wrong};
    total += one.wait;
    gave_up += one.abandoned;
  }
  std::sort(waits.begin(), waits.end(),
            [](const ObservedWait& a, const ObservedWait& b) { return a.wait < b.wait; });
  PatienceEstimate estimate;
  double survival = 1;
  for (size_t i = 0; i < waits.size();) {
    SurvivalStep step;
    step.time = waits[i].wait;
    step.at_risk = static_cast<int64_t>(waits.size() - i);
    for (; i < waits.size() && waits[i].wait == step.time; ++i)
      step.abandoned += waits[i].abandoned;
    survival *= 1 - static_cast<double>(step.abandoned) / static_cast<double>(step.at_risk);
    step.survival = survival;
    estimate.steps.push_back(step);
  }
  estimate.mean_if_exponential =
      gave_up > 0 ? total / static_cast<double>(gave_up) : std::numeric_limits<double>::infinity();
  return estimate;
}

Answer<Distribution> patience_law(const PatienceEstimate& estimate) {
  std::vector<Distribution::Atom> atoms;
  double before = 1;
  for (const SurvivalStep& step : estimate.steps) {
    if (step.abandoned > 0) atoms.push_back({step.time, before - step.survival});
    before = step.survival;
  }
  if (atoms.empty())
    return impossible(Impossible::out_of_range,
                      "nobody gave up: patience cannot be estimated, use Erlang C");
  return Distribution::empirical(std::move(atoms));
}

}  // namespace paceline::sim
