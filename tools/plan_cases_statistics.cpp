// Reference cases of statistics and of limits: intervals, warm-up, budgets, patience, β.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "sim/analytic/heavy_traffic.h"
#include "sim/analytic/output_analysis.h"
#include "sim/analytic/survival.h"
#include "tools/plan_case_input.h"

namespace paceline::tools {

namespace {

double number(const Json& params, const char* key) { return params.at(key).get<double>(); }

/// Figures are named by β as the case writes it.
CaseResult without_patience(const Json& one) {
  Json figures;
  for (const auto& [key, value] : one.at("expected").items())
    figures[key] = sim::halfin_whitt(std::strtod(key.c_str(), nullptr));
  return computed(std::move(figures));
}

CaseResult with_patience(const Json& one) {
  const double ratio = number(one.at("params"), "theta_over_mu");
  Json figures;
  for (const auto& [key, value] : one.at("expected").items()) {
    const auto found = sim::garnett(std::strtod(key.c_str(), nullptr), ratio);
    if (!found) return refused(found.error());
    figures[key] = *found;
  }
  return computed(std::move(figures));
}

/// The series the case describes: a decay to 2 with noise from a linear congruential generator.
std::vector<double> warming_series(const Json& params) {
  auto x = params.at("seed").get<uint64_t>();
  const auto count = params.at("N").get<size_t>();
  std::vector<double> series;
  for (size_t i = 0; i < std::min<size_t>(count, 10'000'000); ++i) {
    x = (1'103'515'245 * x + 12'345) % (uint64_t{1} << 31);
    const double u = static_cast<double>(x) / 2'147'483'648.0;
    series.push_back(
        2 + number(params, "a") * std::exp(-static_cast<double>(i) / number(params, "tau")) +
        (u - 0.5));
  }
  return series;
}

CaseResult warming_up(const Json& one) {
  const Json& params = one.at("params");
  const auto series = params.contains("data") ? numbers(params.at("data")) : warming_series(params);
  const auto found = sim::warm_up(series);
  if (!found) return refused(found.error());
  return computed({{"truncate_batches", found->batches},
                   {"truncate_observations", found->observations},
                   {"mser", found->mser},
                   {"truncated_mean", found->mean}});
}

CaseResult budget(const Json& one) {
  const Json& params = one.at("params");
  const auto found =
      sim::allocate_budget(numbers(params.at("means")), numbers(params.at("stdevs")));
  if (!found) return refused(found.error());
  std::vector<double> replications;
  for (const double share : *found) replications.push_back(share * number(params, "total"));
  return computed({{"fractions", *found}, {"replications", replications}});
}

CaseResult interval(const Json& one) {
  const Json& params = one.at("params");
  const auto data = numbers(params.at("data"));
  const double level = number(params, "level");
  const auto found = sim::mean_interval(data, level);
  if (!found) return refused(found.error());
  const auto planned = sim::planned_observations(*found, level, number(params, "rel"));
  if (!planned) return refused(planned.error());
  return computed(
      {{"mean", found->mean}, {"half_width", found->half_width}, {"planned_n", *planned}});
}

CaseResult patience(const Json& one) {
  const Json& params = one.at("params");
  const auto waits = numbers(params.at("wait"));
  std::vector<sim::ObservedWait> observed;
  for (size_t i = 0; i < waits.size(); ++i)
    observed.push_back({waits[i], params.at("abandoned").at(i).get<double>() != 0});
  const auto found = sim::estimate_patience(std::move(observed));
  if (!found) return refused(found.error());
  Json figures;
  for (const auto& step : found->steps) {
    figures["time"].push_back(step.time);
    figures["survival"].push_back(step.survival);
    figures["n_risk"].push_back(step.at_risk);
  }
  figures["mean_patience_exp_mle"] = found->mean_if_exponential;
  return computed(std::move(figures));
}

}  // namespace

void add_statistics_cases(CaseFamilies& families) {
  families.add("Halfin-Whitt", without_patience, 1e-12);
  families.add("Garnett function", with_patience, 1e-12);
  families.add("Warm-up truncation MSER-5", warming_up, 1e-10);
  families.add("Ranking & selection", budget, 1e-10);
  families.add("Replication CI and sequential stop", interval, 1e-10);
  families.add("Patience estimation", patience, 1e-9);
}

}  // namespace paceline::tools
