#include "tools/plan_simulated.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "sched/base/digest.h"
#include "tools/plan_case_input.h"

namespace paceline::tools {

namespace {

constexpr double case_level = 0.99;
constexpr double z_of_95 = 1.959963984540054;
constexpr double least_number = 1e-4;
constexpr double most_number = 1e5;
constexpr uint32_t agents_max = 10'000;
/// A queue forgets how it was within about 4 / (1 − load)² customers: a run is to see it forget so
/// many times.
constexpr double times_forgotten_min = 10;

double normal_quantile(double level) {
  return boost::math::quantile(boost::math::normal(), 0.5 + level / 2);
}

struct Expected {
  double value = 0.0;
  double error = 0.0;  ///< Standard error.
};
Expected expected_at(const Json& expected, const std::string& pointer, double within) {
  const Json& one = expected.at(Json::json_pointer(pointer));
  if (one.is_object())
    return {one.at("value").get<double>(), one.at("hw95").get<double>() / z_of_95};
  const auto value = one.get<double>();
  return {value, std::abs(value) * within / z_of_95};
}

}  // namespace

void SimulatedFigures::add(const std::string& pointer,
                           std::function<sim::Observation(const sim::Ledger& ledger)> of) {
  rows_.push_back({pointer, std::move(of)});
}

void SimulatedFigures::add_if(const std::string& pointer,
                              std::function<sim::Observation(const sim::Ledger& ledger)> of) {
  if (expected_.contains(Json::json_pointer(pointer))) add(pointer, std::move(of));
}

void SimulatedFigures::expected_within(const std::string& pointer, double relative) {
  for (Row& row : rows_) {
    if (row.pointer == pointer) row.within = relative;
  }
}

std::vector<sim::Observation> SimulatedFigures::observe(const sim::Ledger& ledger) const {
  std::vector<sim::Observation> observations;
  for (const Row& row : rows_) observations.push_back(row.of(ledger));
  return observations;
}

std::string SimulatedFigures::not_simulated() const {
  std::string names;
  for (const auto& [name, value] : expected_.items()) {
    const std::string pointer = "/" + name;
    const bool is_simulated = std::any_of(rows_.begin(), rows_.end(), [&](const Row& row) {
      return row.pointer == pointer || row.pointer.starts_with(pointer + "/");
    });
    if (!is_simulated) names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

CaseResult SimulatedFigures::judge(const EstimateOf& estimate) const {
  CaseAnswer answer;
  if (rows_.empty()) {
    answer.reason = "`expected` has no figure that is simulated: " + not_simulated();
    answer.verdict = Verdict::fail;
    return answer;
  }
  answer.computed = Json::object();
  answer.interval = Json::object();
  answer.verdict = Verdict::pass;
  const double level = 1 - (1 - case_level) / static_cast<double>(rows_.size());
  for (size_t i = 0; i < rows_.size(); ++i) {
    const Json::json_pointer at(rows_[i].pointer);
    const Expected expected = expected_at(expected_, rows_[i].pointer, rows_[i].within);
    const auto found = estimate(i, level);
    if (!found) {
      // A figure that never shows, blocking without a bound say, is nothing, exactly.
      answer.computed[at] = 0.0;
      answer.interval[at] = Json::array({0.0, 0.0});
      if (std::abs(expected.value) <= 1e-9) continue;
      answer.verdict = Verdict::fail;
      answer.reason += rows_[i].pointer.substr(1) + ": " + found.error().text + "; ";
      continue;
    }
    answer.computed[at] = found->mean;
    answer.interval[at] = Json::array({found->low(), found->high()});
    const double off = found->mean - expected.value;
    const double quantile = normal_quantile(level);
    const double own_error = found->deviation / std::sqrt(static_cast<double>(found->observations));
    const double error = std::hypot(own_error, expected.error);
    // Whole microseconds, and the digits of the file: what varies less has no z to speak of.
    const double rounding = 1e-7 * std::max(1.0, std::abs(expected.value));
    if (std::abs(off) <= rounding && own_error < rounding) continue;
    if (error > 0) {
      const double z = off / error;
      answer.z_scores.push_back(z);
      if (!answer.z || std::abs(z) > std::abs(*answer.z)) answer.z = z;
    }
    if (std::abs(off) <= found->half_width + quantile * expected.error + rounding) continue;
    answer.verdict = Verdict::fail;
    answer.reason +=
        fmt::format("{}: {:.6g} ± {:.2g}, expected {:.6g}; ", rows_[i].pointer.substr(1),
                    found->mean, found->half_width, expected.value);
  }
  if (const std::string names = not_simulated(); !names.empty())
    answer.reason += "not simulated: " + names + "; ";
  if (!answer.reason.empty()) answer.reason.resize(answer.reason.size() - 2);
  return answer;
}

std::optional<Unanswered> beyond_simulation(const Json& params) {
  if (params.is_structured()) {
    for (const Json& each : params) {
      if (auto beyond = beyond_simulation(each)) return beyond;
    }
    return std::nullopt;
  }
  if (!params.is_number()) return std::nullopt;
  const double size = std::abs(params.get<double>());
  if (size == 0 || (size >= least_number && size <= most_number)) return std::nullopt;
  return Unanswered{
      fmt::format("{} is not simulated: numbers from {} to {} are, in the case's unit of time",
                  params.dump(), least_number, most_number)};
}

uint64_t seed_of(const Json& one, const Effort& effort) {
  return sched::hash_text(one.value("id", ""), effort.seed);
}

CaseResult simulate_days(sim::Scenario scenario, const SimulatedFigures& figures, int64_t days,
                         uint64_t seed) {
  const auto model = sim::Model::build(std::move(scenario));
  if (!model) return refused(model.error());
  sim::RunPlan plan;
  plan.seed = seed;
  plan.replications = days;
  const int64_t length_us = (*model)->scenario().length_us;
  const auto run = sim::replicate(*model, std::vector<std::string>(figures.size()), plan,
                                  [&](sim::World& world) {
                                    world.run_until(length_us);
                                    world.drain();
                                    return figures.observe(world.ledger());
                                  });
  if (!run) return refused(run.error());
  return figures.judge(
      [&](size_t figure, double level) { return run->observed.estimate(figure, level); });
}

CaseResult simulate_steady(sim::QueueingScenario scenario, const SimulatedFigures& figures,
                           double customers, uint64_t seed) {
  // A large desk changes slowly: it takes as many customers more to see as much of it.
  customers *= std::max(1.0, static_cast<double>(scenario.servers()) / 100);
  double per_unit = 0.0;
  for (const sim::Demand& demand : scenario.scenario.demands)
    per_unit += demand.rate.front().from_per_hour / 3'600e6 * sim::QueueingScenario::unit_us;
  if (!(per_unit > 0))
    return refused(
        {sim::Impossible::not_positive, "nobody comes: an arrival rate must be above 0"});
  if (scenario.servers() > agents_max)
    return sched::Unexpected{Unanswered{
        fmt::format("{} agents: up to {} are simulated", scenario.servers(), agents_max)}};
  const double idle = 1 - scenario.load();
  if (customers * idle * idle / 4 < times_forgotten_min)
    return sched::Unexpected{Unanswered{
        fmt::format("a load of {:.6g} takes about {:.2g} customers to be steady, {:.2g} would come",
                    1 - idle, times_forgotten_min * 4 / (idle * idle), customers)}};
  const auto model = sim::Model::build(scenario.take(customers / per_unit));
  if (!model) return refused(model.error());
  sim::SteadyPlan plan;
  plan.seed = seed;
  const auto run = sim::run_steady(*model, figures.size(), plan, [&](const sim::Ledger& ledger) {
    return figures.observe(ledger);
  });
  if (!run) return refused(run.error());
  return figures.judge([&](size_t figure, double level) -> sim::Answer<sim::Estimate> {
    const auto state = run->figures[figure].result(level);
    if (!state) return sched::Unexpected{state.error()};
    return state->estimate;
  });
}

}  // namespace paceline::tools
