// Key figures computed from ticket facts: the same arithmetic for the server, the report and the
// simulator. Integers only; hours and percent are for those who print.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/desk/facts.h"
#include "engine/desk/query.h"
#include "sched/base/time.h"

namespace paceline::desk {

class KpiBuilder {
 public:
  /// `at`: the instant of the backlog. `names` must outlive the builder.
  KpiBuilder(sched::Instant at, const Names& names);

  /// `intervals` oldest first.
  void add(const TicketFacts& facts, std::span<const StateInterval> intervals);

  Kpi finish(std::vector<PolicyVerdicts> policies) &&;

 private:
  std::string label(const StateInterval& interval) const;

  const Names* names_;
  Kpi kpi_;
  std::vector<int64_t> resolution_us_[sched::priority_count];
  std::vector<int64_t> first_response_us_[sched::priority_count];
};

}  // namespace paceline::desk
