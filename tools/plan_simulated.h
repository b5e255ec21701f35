// Reference cases that are simulated: run through the production dispatcher, judged by intervals.
//
// A figure agrees where the expected value lies within its interval, or where that has one too,
// where the two overlap. The intervals of a case hold together at 99 % (Bonferroni over its
// figures), so of a hundred right cases about one fails. z is the distance in standard errors.
//
// Owner: one thread.  Allocates: JSON, worlds.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/run/replicate.h"
#include "sim/run/steady.h"
#include "sim/scenario/queueing.h"
#include "tools/plan_cases.h"

namespace paceline::tools {

inline double number(const Json& params, const char* key) { return params.at(key).get<double>(); }
/// A sum, and one of microseconds in a book's units.
inline double of(const sim::Cell& cell, sim::Sum sum) { return static_cast<double>(cell[sum]); }
inline double units(const sim::Cell& cell, sim::Sum sum) {
  return of(cell, sum) / sim::QueueingScenario::unit_us;
}

/// Figures of one case, each with where `expected` has it ("/mean_queue", "/by_type/0/2").
class SimulatedFigures {
 public:
  explicit SimulatedFigures(const Json& expected) : expected_(expected) {}

  /// `of(ledger)` is its sum or ratio of sums so far.
  void add(const std::string& pointer,
           std::function<sim::Observation(const sim::Ledger& ledger)> of);
  /// As add(), where `expected` has the figure.
  void add_if(const std::string& pointer,
              std::function<sim::Observation(const sim::Ledger& ledger)> of);
  /// A figure that `expected` gives without a half-width of its own, known to this share.
  void expected_within(const std::string& pointer, double relative);

  size_t size() const { return rows_.size(); }
  std::vector<sim::Observation> observe(const sim::Ledger& ledger) const;

  /// `estimate(position, level)` of each figure, by one of the runs below.
  using EstimateOf = std::function<sim::Answer<sim::Estimate>(size_t figure, double level)>;
  CaseResult judge(const EstimateOf& estimate) const;

 private:
  /// Figures of `expected` that no row is about, by name.
  std::string not_simulated() const;

  struct Row {
    std::string pointer;
    std::function<sim::Observation(const sim::Ledger&)> of;
    double within = 0.0;
  };
  const Json& expected_;
  std::vector<Row> rows_;
};

/// Why numbers like these are not simulated: they are beyond whole microseconds, or beyond a desk.
std::optional<Unanswered> beyond_simulation(const Json& params);

/// A seed for each case, so that the cases of a file are independent of each other.
uint64_t seed_of(const Json& one, const Effort& effort);

/// Independent days, each looked at when it and its drain are over.
CaseResult simulate_days(sim::Scenario scenario, const SimulatedFigures& figures, int64_t days,
                         uint64_t seed);
void add_simulated_days(CaseFamilies& families, const Effort& effort);
void add_simulated_pooling(CaseFamilies& families, const Effort& effort);

/// One long run in its steady state. `customers` are about how many come.
CaseResult simulate_steady(sim::QueueingScenario scenario, const SimulatedFigures& figures,
                           double customers, uint64_t seed);

}  // namespace paceline::tools
