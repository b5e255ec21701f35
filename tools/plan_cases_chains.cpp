// Reference cases that a Markov chain answers: shared agents, retrials, the cheapest staffing of an
// N-model.
#include <algorithm>
#include <cmath>

#include "sim/analytic/retrial_queue.h"
#include "sim/analytic/shared_agents.h"
#include "tools/plan_case_input.h"

namespace paceline::tools {

namespace {

double number(const Json& params, const char* key) { return params.at(key).get<double>(); }

void add_classes(Json& figures, const std::array<sim::ClassMeasures, 2>& classes) {
  for (size_t i = 0; i < 2; ++i) {
    const std::string which = "class" + std::to_string(i + 1);
    figures["p_wait_" + which] = classes[i].p_wait;
    figures["mean_queue_" + which] = classes[i].mean_queue;
    figures["mean_wait_all_" + which] = classes[i].mean_wait;
    figures["p_abandon_" + which] = classes[i].p_abandon;
  }
}

CaseResult overflow_pools(const Json& one) {
  const Json& params = one.at("params");
  sim::NModel model;
  model.arrival_rates = {number(params, "l1"), number(params, "l2")};
  model.service_rate = number(params, "mu");
  model.servers = {number(params, "S1"), number(params, "S2")};
  model.abandonment_rates = {number_or(params, "th1", 0), number_or(params, "th2", 0)};
  model.first_at_pool2 = params.at("priority_class_at_pool2").get<int>();
  const auto found = sim::n_model(model);
  if (!found) return refused(found.error());
  Json figures;
  add_classes(figures, found->classes);
  figures["occupancy_pool1"] = found->occupancy[0];
  figures["occupancy_pool2"] = found->occupancy[1];
  return computed(std::move(figures));
}

CaseResult reserved(const Json& one) {
  const Json& params = one.at("params");
  sim::ReservedAgents model;
  model.arrival_rates = {number(params, "l1"), number(params, "l2")};
  model.service_rate = number(params, "mu");
  model.servers = number(params, "S");
  model.reserved = number(params, "r");
  model.abandonment_rates = {number_or(params, "th1", 0), number_or(params, "th2", 0)};
  const auto found = sim::reserved_agents(model);
  if (!found) return refused(found.error());
  Json figures;
  add_classes(figures, found->classes);
  figures["occupancy"] = found->occupancy;
  return computed(std::move(figures));
}

CaseResult speeds(const Json& one) {
  const Json& params = one.at("params");
  const auto found =
      sim::two_speeds({{number(params, "arrival_rate_1"), number(params, "arrival_rate_2")},
                       {number(params, "service_rate_1"), number(params, "service_rate_2")},
                       number(params, "servers")});
  if (!found) return refused(found.error());
  return computed({{"p_wait", found->p_all_busy},
                   {"mean_wait_class1", found->classes[0].mean_wait},
                   {"mean_wait_class2", found->classes[1].mean_wait},
                   {"occupancy", found->occupancy}});
}

CaseResult retrials(const Json& one) {
  const Json& params = one.at("params");
  const auto found =
      sim::retrial_queue({number(params, "lam"), number(params, "mu"), number(params, "c"),
                          number(params, "gam"), number_or(params, "p_retry", 1)});
  if (!found) return refused(found.error());
  return computed({{"p_all_busy", found->p_all_busy},
                   {"mean_orbit", found->mean_orbit},
                   {"mean_busy", found->mean_busy},
                   {"mean_time_in_orbit_per_arrival", found->mean_time_in_orbit},
                   {"p_lost", found->p_lost}});
}

struct Plan {
  double cost = 0.0;
  double servers1 = 0.0, servers2 = 0.0;
  double p_abandon1 = 0.0, p_abandon2 = 0.0;
  bool feasible = false;
};

Json plan_json(const Plan& plan) {
  return {{"cost", plan.cost},
          {"S1", static_cast<int64_t>(plan.servers1)},
          {"S2", static_cast<int64_t>(plan.servers2)},
          {"p_abandon", {plan.p_abandon1, plan.p_abandon2}}};
}

/// Every plan of the box, solved exactly: what an optimiser is held against.
CaseResult cheapest_plan(const Json& one) {
  const Json& params = one.at("params");
  const auto limit = number(params, "limit");
  std::vector<Plan> plans;
  for (const double servers1 : numbers(params.at("search_box").at(0))) {
    for (const double servers2 : numbers(params.at("search_box").at(1))) {
      sim::NModel model;
      model.arrival_rates = {number(params, "arrival_rate_1"), number(params, "arrival_rate_2")};
      model.service_rate = number(params, "service_rate");
      model.servers = {servers1, servers2};
      const double patience_rate = number(params, "patience_rate");
      model.abandonment_rates = {patience_rate, patience_rate};
      const auto found = sim::n_model(model);
      if (!found) return refused(found.error());
      const double cost =
          number(params, "cost_pool1") * servers1 + number(params, "cost_pool2") * servers2;
      const double first = found->classes[0].p_abandon;
      const double second = found->classes[1].p_abandon;
      plans.push_back({cost, servers1, servers2, first, second, first <= limit && second <= limit});
    }
  }
  std::stable_sort(plans.begin(), plans.end(),
                   [](const Plan& a, const Plan& b) { return a.cost < b.cost; });
  const auto best =
      std::find_if(plans.begin(), plans.end(), [](const Plan& plan) { return plan.feasible; });
  if (best == plans.end())
    return refused({sim::Impossible::out_of_reach, "no plan of the box keeps the limit"});
  const auto listed = [&](const char* key) {
    return one.at("expected").value(key, Json::array()).size();
  };
  Json next = Json::array();
  for (auto plan = best + 1; plan != plans.end() && next.size() < listed("next_best"); ++plan)
    if (plan->feasible) next.push_back(plan_json(*plan));
  Json cheaper = Json::array();
  for (auto plan = plans.rbegin();
       plan != plans.rend() && cheaper.size() < listed("cheaper_but_infeasible"); ++plan)
    if (!plan->feasible && plan->cost <= best->cost) cheaper.push_back(plan_json(*plan));
  return computed({{"optimum", plan_json(*best)},
                   {"next_best", std::move(next)},
                   {"cheaper_but_infeasible", std::move(cheaper)}});
}

}  // namespace

void add_chain_cases(CaseFamilies& families) {
  families.add("Skill-based routing N-model", overflow_pools, 1e-6);
  families.add("Reserved capacity", reserved, 1e-6);
  families.add("Priority M/M/c, class-dependent service", speeds, 1e-6);
  families.add("Retrials", retrials, 1e-6);
  families.add("Staffing optimisation with known optimum", cheapest_plan, 1e-6);
}

}  // namespace paceline::tools
