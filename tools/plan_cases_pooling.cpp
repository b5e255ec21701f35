// Reference cases of pooled skills: six types of calls, agents who know some of them.
#include "tools/plan_case_input.h"
#include "tools/plan_simulated.h"

namespace paceline::tools {

namespace {

using sim::Cell;
using sim::Ledger;
using sim::Observation;
using sim::QueueingScenario;
using sim::Sum;

/// "skills=1: 6 groups of 15. else 30 groups (p=0..5, j=1..5) of 3 agents with ordered skills [p,
/// (p+((j-1+t)%5)+1)%6 for t=0..skills-2]".
CaseResult resource_pooling(const Json& one, const Effort& effort) {
  constexpr uint32_t types = 6;
  const Json& params = one.at("params");
  const auto skills = params.at("skills_per_agent").get<uint32_t>();
  const auto agents = params.at("agents").get<uint32_t>();
  const auto service = params.at("mean_service").get<double>();
  if (const auto wrong = sim::not_positive(
          {{"arrival rate", number(params, "arrival_rate_per_type")}, {"mean service", service}}))
    return refused(*wrong);
  if (const auto wrong = sim::not_a_count({{"skills per agent", number(params, "skills_per_agent")},
                                           {"agents", number(params, "agents")},
                                           {"trunks", number(params, "trunks")}}))
    return refused(*wrong);
  if (const auto wrong = sim::negative({{"sl_threshold", number(params, "sl_threshold")}}))
    return refused(*wrong);
  if (auto beyond = beyond_simulation(params)) return sched::Unexpected{*std::move(beyond)};
  if (skills > types || agents % (skills == 1 ? types : types * 5) != 0)
    return sched::Unexpected{
        Unanswered{"agents with up to six skills in groups of one size: 6 of one skill, else 30"}};
  QueueingScenario queueing;
  // A pool for each list of skills; a queue likes best who has its skill first.
  std::vector<std::vector<uint32_t>> lists;
  for (uint32_t p = 0; p < types; ++p) {
    for (uint32_t j = 1; j <= (skills == 1 ? 1U : 5U); ++j) {
      std::vector<uint32_t> list{p};
      for (uint32_t t = 0; t + 1 < skills; ++t) list.push_back((p + ((j - 1 + t) % 5) + 1) % types);
      lists.push_back(list);
    }
  }
  for (size_t pool = 0; pool < lists.size(); ++pool)
    queueing.add_pool(agents / static_cast<uint32_t>(lists.size()));
  for (uint32_t type = 0; type < types; ++type) {
    std::vector<QueueingScenario::Level> levels;
    for (uint32_t pool = 0; pool < lists.size(); ++pool) {
      for (uint32_t position = 0; position < lists[pool].size(); ++position) {
        if (lists[pool][position] == type) levels.push_back({pool, position});
      }
    }
    const uint32_t queue =
        queueing.add_queue({QueueingScenario::exponential(service), 0, {}, levels});
    queueing.add_demand(queue, params.at("arrival_rate_per_type").get<double>());
  }
  queueing.bound(params.at("trunks").get<uint32_t>());
  queueing.best_suited_first();
  queueing.scenario.answer_within_us =
      QueueingScenario::us(params.at("sl_threshold").get<double>());

  SimulatedFigures figures(one.at("expected"));
  const auto ratio = [&](const char* name, Observation (*figure)(const Cell&)) {
    figures.add_if(name, [figure](const Ledger& ledger) { return figure(ledger.all); });
  };
  ratio("/mean_wait_admitted", [](const Cell& c) {
    return Observation{units(c, Sum::answered_wait_us), of(c, Sum::answered)};
  });
  ratio("/p_wait", [](const Cell& c) {
    return Observation{of(c, Sum::waited), of(c, Sum::answered)};
  });
  ratio("/p_block", [](const Cell& c) {
    return Observation{of(c, Sum::blocked), of(c, Sum::tries)};
  });
  ratio("/sl_over_offered", [](const Cell& c) {
    return Observation{of(c, Sum::answered_in_time), of(c, Sum::answered) + of(c, Sum::blocked)};
  });
  ratio("/occupancy", [](const Cell& c) {
    return Observation{of(c, Sum::busy_us), of(c, Sum::staffed_us)};
  });
  return simulate_steady(std::move(queueing), figures, 1'000'000 * effort.of_usual,
                         seed_of(one, effort));
}

}  // namespace

void add_simulated_pooling(CaseFamilies& families, const Effort& effort) {
  families.add("Resource pooling (Wallace-Whitt type)",
               [effort](const Json& one) { return resource_pooling(one, effort); });
}

}  // namespace paceline::tools
