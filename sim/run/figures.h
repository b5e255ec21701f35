// The figures of a run by name: what a planner reads, made of the ledger's sums.
//
// Each is a ratio of two sums, or a quantile; so replications and batches of a long run give them
// with intervals (sim/statistics). The list follows from the model: figures of everything, then of
// each queue, demand, channel, priority, policy, team, interval, and queue in an interval.
//
//   service_level.of_offered   answered in time / (answered + abandoned + blocked + balked)
//   service_level.of_answered  answered in time / answered
//   service_level.without_short_abandons   answered in time / (answered + abandoned, not in time)
//
// Owner: any thread once made (immutable).  Allocates: names, results.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/statistics/estimate.h"
#include "sim/world/world.h"

namespace paceline::sim {

/// Part of a run that has figures of its own.
enum class Part : uint8_t {
  all,
  queue,
  demand,
  channel,
  priority,
  policy,
  team,
  interval,
  queue_interval
};
inline constexpr std::string_view part_names[] = {"all",     "queue",    "demand",
                                                  "channel", "priority", "policy",
                                                  "team",    "interval", "queue_interval"};

enum class Unit : uint8_t { count, share, seconds, agents, tickets, money };
inline constexpr std::string_view unit_names[] = {"count",  "share",   "seconds",
                                                  "agents", "tickets", "money"};

struct Figure {
  Part part = Part::all;
  uint32_t index = 0;     ///< Of the part: the queue, the interval.
  std::string part_name;  ///< "network-l1", "P1", "2026-03-02T08:00:00Z"
  std::string_view name;  ///< "wait_mean"
  Unit unit = Unit::count;
};

class Figures {
 public:
  explicit Figures(const Model& model);

  size_t size() const { return figures_.size(); }
  const Figure& operator[](size_t at) const { return figures_[at]; }
  /// The figure's position, or size().
  size_t find(Part part, std::string_view part_name, std::string_view name) const;
  std::vector<std::string> names() const;  ///< "queue/network-l1/wait_mean"

  /// Sums so far, one observation a figure; a quantile is its value and 1, or 0 and 0.
  std::vector<Observation> observe(const Ledger& ledger) const;
  /// Whether differences of two observations mean anything.
  bool cumulative(size_t at) const { return sources_[at].quantile == 0.0; }

 private:
  struct Source {
    uint32_t row = 0;       // of the table of figures
    double quantile = 0.0;  // 0: a ratio
    uint8_t sketch = 0;
  };
  void add_rows(Part part, uint32_t index, const std::string& part_name);
  void add_quantiles(Part part, uint32_t index, const std::string& part_name);
  const Cell& cell(const Ledger& ledger, const Figure& figure) const;
  const QuantileSketch& sketch(const Ledger& ledger, const Figure& figure, uint8_t kind) const;

  std::vector<Figure> figures_;
  std::vector<Source> sources_;
};

}  // namespace paceline::sim
