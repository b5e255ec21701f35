// Reference cases that formulas answer: Erlang B, C and A, finite lines, one server, equal handling
// times, priorities, networks.
#include <cmath>

#include "sim/analytic/abandonment.h"
#include "sim/analytic/deterministic_service.h"
#include "sim/analytic/erlang.h"
#include "sim/analytic/finite_queue.h"
#include "sim/analytic/priority_queue.h"
#include "sim/analytic/queue_network.h"
#include "sim/analytic/single_server.h"
#include "sim/analytic/staffing.h"
#include "tools/plan_case_input.h"

namespace paceline::tools {

namespace {

double number(const Json& params, const char* key) { return params.at(key).get<double>(); }

CaseResult loss(const Json& one) {
  const Json& params = one.at("params");
  const auto found = sim::erlang_b(number(params, "servers"), number(params, "offered_load"));
  if (!found) return refused(found.error());
  return computed({{"p_block", *found}});
}

CaseResult loss_staffing(const Json& one) {
  const Json& params = one.at("params");
  const auto found =
      sim::servers_for_blocking(number(params, "offered_load"), number(params, "target_blocking"));
  if (!found) return refused(found.error());
  return computed({{"servers", found->servers}, {"p_block", found->p_block}});
}

CaseResult delay(const Json& one) {
  const Json& params = one.at("params");
  const auto queue = sim::DelayQueue::make(
      number(params, "arrival_rate"), number(params, "service_rate"), number(params, "servers"));
  if (!queue) return refused(queue.error());
  return computed({{"offered_load", queue->offered_load()},
                   {"occupancy", queue->occupancy()},
                   {"p_wait", queue->p_wait()},
                   {"asa", queue->mean_wait()},
                   {"service_level", queue->service_level(number(params, "sl_threshold"))},
                   {"mean_queue", queue->mean_queue()},
                   {"mean_wait_given_wait", queue->mean_wait_if_waiting()},
                   {"wait_p95", queue->wait_quantile(0.95)},
                   {"mean_in_system", queue->mean_in_system()}});
}

CaseResult delay_staffing(const Json& one) {
  const Json& params = one.at("params");
  sim::QueueDemand demand;
  demand.arrival_rate = number(params, "calls") / number(params, "interval_s");
  demand.mean_handling = number(params, "aht_s");
  sim::ServiceTarget target;
  target.service_level = number(params, "sl_target");
  target.threshold = number(params, "sl_threshold_s");
  target.occupancy_cap = number_or(params, "occupancy_cap", 1);
  const auto found = sim::staff(demand, target, number_or(params, "shrinkage", 0));
  if (!found) return refused(found.error());
  return computed({{"agents", static_cast<int64_t>(found->with.agents)},
                   {"service_level", found->with.service_level},
                   {"asa_s", found->with.mean_wait},
                   {"occupancy", found->with.occupancy},
                   {"service_level_with_one_less",
                    found->with_one_less ? found->with_one_less->service_level : 0.0},
                   {"scheduled_headcount_raw", found->scheduled_raw},
                   {"scheduled_headcount_ceil", static_cast<int64_t>(found->scheduled)}});
}

CaseResult abandonment(const Json& one) {
  const Json& params = one.at("params");
  const auto patience = law_of(params.at("patience"));
  if (!patience) return refused(patience.error());
  const auto found = sim::abandonment_queue(
      {number(params, "arrival_rate"), number(params, "service_rate"), number(params, "servers")},
      *patience, number(params, "sl_threshold"));
  if (!found) return refused(found.error());
  return computed({{"offered_load", found->offered_load},
                   {"p_wait", found->p_wait},
                   {"p_abandon", found->p_abandon},
                   {"mean_wait_all", found->mean_wait},
                   {"asa_served", found->mean_wait_served},
                   {"mean_wait_abandoned", found->mean_wait_abandoned},
                   {"mean_queue", found->mean_queue},
                   {"occupancy", found->occupancy},
                   {"mean_virtual_wait", found->mean_offered_wait},
                   {"p_wait_gt_T", found->p_wait_above},
                   {"p_served_within_T", found->p_served_within},
                   {"p_abandon_within_T", found->p_abandon_within},
                   {"sl_answered_within_T_over_offered", found->p_served_within},
                   {"sl_excl_short_abandons", found->service_level_without_short()},
                   {"sl_answered_within_T_over_answered", found->service_level_of_answered()}});
}

CaseResult finite(const Json& one) {
  const Json& params = one.at("params");
  const auto found = sim::finite_queue(
      {number(params, "arrival_rate"), number(params, "service_rate"), number(params, "servers"),
       number(params, "capacity_total"), number_or(params, "abandonment_rate", 0)},
      number_or(params, "sl_threshold", 0));
  if (!found) return refused(found.error());
  return computed({{"p_block", found->p_block},
                   {"p_wait_all", found->p_wait},
                   {"p_wait_admitted", found->p_wait_admitted},
                   {"mean_queue", found->mean_queue},
                   {"mean_wait_admitted", found->mean_wait_admitted},
                   {"p_abandon_of_offered", found->p_abandon},
                   {"occupancy", found->occupancy},
                   {"asa_served", found->mean_wait_served},
                   {"sl_over_offered", found->p_served_within}});
}

CaseResult one_server(const Json& one) {
  const Json& params = one.at("params");
  const auto service = law_of(params.at("service"));
  if (!service) return refused(service.error());
  const auto found = sim::single_server(number(params, "arrival_rate"), *service);
  if (!found) return refused(found.error());
  return computed({{"rho", found->occupancy},
                   {"mean_wait", found->mean_wait},
                   {"wait_variance", found->wait_variance},
                   {"mean_sojourn", found->mean_sojourn},
                   {"mean_queue", found->mean_queue}});
}

CaseResult equal_times(const Json& one) {
  const Json& params = one.at("params");
  const auto found = sim::deterministic_service(
      number(params, "arrival_rate"), number(params, "service_time"), number(params, "servers"));
  if (!found) return refused(found.error());
  return computed({{"occupancy", found->occupancy},
                   {"mean_queue", found->mean_queue},
                   {"mean_wait", found->mean_wait},
                   {"p_wait", found->p_wait}});
}

/// "non-preemptive" and "preemptive-resume" are told by the model's words.
sim::Preemption preemption_of(const Json& one) {
  const auto model = one.at("model").get<std::string>();
  const bool none = model.find("non-preemptive") != std::string::npos ||
                    model.find("preempt") == std::string::npos;
  return none ? sim::Preemption::none : sim::Preemption::resume;
}

CaseResult one_server_priorities(const Json& one) {
  std::vector<sim::PriorityClass> classes;
  for (const Json& each : one.at("params").at("classes")) {
    const auto service = law_of(each.at("service"));
    if (!service) return refused(service.error());
    classes.push_back({number(each, "arrival_rate"), *service});
  }
  const auto found = sim::single_server_priorities(classes, preemption_of(one));
  if (!found) return refused(found.error());
  Json figures{{"rho", found->occupancy}};
  for (size_t i = 0; i < classes.size(); ++i) {
    figures["mean_wait_class" + std::to_string(i + 1)] = found->mean_wait[i];
    figures["mean_sojourn_class" + std::to_string(i + 1)] = found->mean_sojourn[i];
  }
  return computed(std::move(figures));
}

CaseResult priorities(const Json& one) {
  const Json& params = one.at("params");
  const auto preemption = preemption_of(one);
  const auto desk =
      sim::PriorityDesk::make(numbers(params.at("arrival_rates")), number(params, "service_rate"),
                              number(params, "servers"), preemption);
  if (!desk) return refused(desk.error());
  Json figures{{"occupancy", desk->occupancy()},
               {"p_wait", desk->p_all_busy()},
               {"mean_wait_all", desk->mean_wait_all()}};
  for (size_t i = 0; i < desk->class_count(); ++i) {
    const std::string which = "class" + std::to_string(i + 1);
    figures["mean_wait_" + which] = desk->mean_wait(i);
    figures["mean_sojourn_" + which] = desk->mean_sojourn(i);
    if (preemption == sim::Preemption::none && params.contains("threshold"))
      figures["p_wait_" + which + "_le_T"] = desk->service_level(i, number(params, "threshold"));
  }
  return computed(std::move(figures));
}

CaseResult tiers(const Json& one) {
  const Json& params = one.at("params");
  sim::TierNetwork network;
  network.external_rates = numbers(params.at("external_rates"));
  for (const Json& row : params.at("routing")) network.routing.push_back(numbers(row));
  network.service_rates = numbers(params.at("service_rates"));
  network.servers = numbers(params.at("servers"));
  const auto found = sim::tier_network(network);
  if (!found) return refused(found.error());
  return computed({{"arrival_rates", found->arrival_rates},
                   {"occupancy", found->occupancy},
                   {"p_wait", found->p_wait},
                   {"mean_wait", found->mean_wait},
                   {"mean_sojourn", found->mean_sojourn},
                   {"mean_total_in_system", found->mean_in_system},
                   {"mean_time_to_resolve", found->mean_time_to_resolve}});
}

CaseResult reopens(const Json& one) {
  const Json& params = one.at("params");
  const auto found = sim::reopen_desk({number(params, "new_rate"), number(params, "service_rate"),
                                       number(params, "servers"), number(params, "p_reopen"),
                                       number(params, "mean_reopen_delay")});
  if (!found) return refused(found.error());
  return computed({{"effective_rate", found->effective_rate},
                   {"occupancy", found->occupancy},
                   {"mean_wait_per_visit", found->mean_wait_per_visit},
                   {"mean_work_time_per_ticket", found->mean_work_time_per_ticket},
                   {"mean_dormant", found->mean_dormant}});
}

}  // namespace

void add_formula_cases(CaseFamilies& families) {
  families.add("Erlang B", loss, 1e-12);
  families.add("Erlang B inverse", loss_staffing, 1e-10);
  families.add("Erlang C", delay, 1e-10);
  families.add("Staffing requirement (Erlang C)", delay_staffing, 1e-10);
  families.add("Erlang A / M/M/n+G", abandonment, 1e-8);
  families.add("Finite trunks", finite, 1e-10);
  families.add("Pollaczek-Khinchine", one_server, 1e-10);
  families.add("Deterministic service", equal_times, 1e-8);
  families.add("Priority M/G/1 (Cobham)", one_server_priorities, 1e-10);
  families.add("Priority M/M/c", priorities, 1e-10);
  families.add("Tiered desk L1/L2/L3", tiers, 1e-10);
  families.add("Reopens", reopens, 1e-10);
}

}  // namespace paceline::tools
