// Stationary queues and the morning ramp, which formulas answer, simulated as well: the production
// dispatcher under the order and choice each of them is about.
#include <cmath>

#include "tools/plan_case_input.h"
#include "tools/plan_simulated.h"

namespace paceline::tools {

namespace {

using sim::Cell;
using sim::Ledger;
using sim::Observation;
using sim::QueueingScenario;
using sim::Sum;

double ended(const Cell& c) { return of(c, Sum::answered) + of(c, Sum::abandoned); }
uint32_t whole(const Json& params, const char* key) {
  return static_cast<uint32_t>(std::llround(number(params, key)));
}

/// One figure of one cell.
using Measure = Observation (*)(const Cell& cell);
constexpr Measure occupancy = [](const Cell& c) {
  return Observation{of(c, Sum::busy_us), of(c, Sum::staffed_us)};
};
constexpr Measure waits = [](const Cell& c) { return Observation{of(c, Sum::waited), ended(c)}; };
constexpr Measure waits_of_tries = [](const Cell& c) {
  return Observation{of(c, Sum::waited), of(c, Sum::tries)};
};
constexpr Measure wait_answered = [](const Cell& c) {
  return Observation{units(c, Sum::answered_wait_us), of(c, Sum::answered)};
};
constexpr Measure wait_of_all = [](const Cell& c) {
  return Observation{units(c, Sum::answered_wait_us) + units(c, Sum::abandoned_wait_us), ended(c)};
};
constexpr Measure wait_abandoned = [](const Cell& c) {
  return Observation{units(c, Sum::abandoned_wait_us), of(c, Sum::abandoned)};
};
constexpr Measure wait_of_waiting = [](const Cell& c) {
  return Observation{units(c, Sum::answered_wait_us), of(c, Sum::waited)};
};
constexpr Measure sojourn = [](const Cell& c) {
  return Observation{units(c, Sum::resolve_us), of(c, Sum::resolved)};
};
constexpr Measure queue_length = [](const Cell& c) {
  return Observation{of(c, Sum::waiting_us), of(c, Sum::elapsed_us)};
};
constexpr Measure in_system = [](const Cell& c) {
  return Observation{of(c, Sum::open_us), of(c, Sum::elapsed_us)};
};
constexpr Measure abandonment = [](const Cell& c) {
  return Observation{of(c, Sum::abandoned), ended(c)};
};
constexpr Measure abandonment_of_tries = [](const Cell& c) {
  return Observation{of(c, Sum::abandoned), of(c, Sum::tries)};
};
constexpr Measure blocking = [](const Cell& c) {
  return Observation{of(c, Sum::blocked), of(c, Sum::tries)};
};
constexpr Measure served_in_time = [](const Cell& c) {
  return Observation{of(c, Sum::answered_in_time), ended(c)};
};
constexpr Measure abandoned_in_time = [](const Cell& c) {
  return Observation{of(c, Sum::abandoned_in_time), ended(c)};
};
constexpr Measure beyond_in_time = [](const Cell& c) {
  return Observation{ended(c) - of(c, Sum::answered_in_time) - of(c, Sum::abandoned_in_time),
                     ended(c)};
};
constexpr Measure level_without_short = [](const Cell& c) {
  return Observation{of(c, Sum::answered_in_time), ended(c) - of(c, Sum::abandoned_in_time)};
};
constexpr Measure level_of_answered = [](const Cell& c) {
  return Observation{of(c, Sum::answered_in_time), of(c, Sum::answered)};
};

class Queues {
 public:
  Queues(const Json& one, const Effort& effort)
      : params(one.at("params")), figures(one.at("expected")), one_(one), effort_(effort) {}

  /// The figure of everything, where the case has it.
  void all(const std::string& name, Measure measure) {
    figures.add_if("/" + name, [measure](const Ledger& ledger) { return measure(ledger.all); });
  }
  void of_demand(const std::string& name, uint32_t demand, Measure measure) {
    figures.add_if("/" + name, [measure, demand](const Ledger& ledger) {
      return measure(ledger.by_demand[demand]);
    });
  }
  void of_queue(const std::string& name, uint32_t queue, Measure measure) {
    figures.add_if("/" + name, [measure, queue](const Ledger& ledger) {
      return measure(ledger.by_queue[queue_number(queue)]);
    });
  }
  /// Of several queues together.
  void of_queues(const std::string& name, const std::vector<uint32_t>& queues, Measure measure) {
    figures.add_if("/" + name, [measure, queues](const Ledger& ledger) {
      Observation all{0.0, 0.0};
      for (const uint32_t queue : queues) {
        const Observation one = measure(ledger.by_queue[queue_number(queue)]);
        all.numerator += one.numerator;
        all.denominator += one.denominator;
      }
      return all;
    });
  }
  void of_team(const std::string& name, uint32_t team, Measure measure) {
    figures.add_if("/" + name,
                   [measure, team](const Ledger& ledger) { return measure(ledger.by_team[team]); });
  }
  CaseResult steady() {
    return simulate_steady(std::move(queueing), figures, 1'000'000 * effort_.of_usual,
                           seed_of(one_, effort_));
  }

  const Json& params;
  SimulatedFigures figures;
  QueueingScenario queueing;

 private:
  /// The desk's first queue is its triage.
  static uint32_t queue_number(uint32_t queue) { return queue + 1; }
  const Json& one_;
  const Effort& effort_;
};

sim::Law exponential(double mean) { return QueueingScenario::exponential(mean); }

/// M/M/n, with patience, with a bound.
CaseResult many_servers(const Json& one, const Effort& effort) {
  Queues queues(one, effort);
  const Json& params = queues.params;
  queues.queueing.add_pool(whole(params, "servers"));
  const uint32_t queue =
      queues.queueing.add_queue({exponential(1 / number(params, "service_rate")), 0, {0}});
  sim::Demand& demand = queues.queueing.add_demand(queue, number(params, "arrival_rate"));
  if (params.contains("patience")) {
    auto law = simulated_law(params.at("patience"));
    if (!law) return refused(law.error());
    demand.patience = sim::LawByTime(*std::move(law));
  }
  if (const double rate = number_or(params, "abandonment_rate", 0); rate > 0)
    demand.patience = sim::LawByTime(exponential(1 / rate));
  if (params.contains("capacity_total")) queues.queueing.bound(whole(params, "capacity_total"));
  if (params.contains("sl_threshold"))
    queues.queueing.scenario.answer_within_us =
        QueueingScenario::us(number(params, "sl_threshold"));
  queues.all("occupancy", occupancy);
  queues.all("p_wait", waits);
  queues.all("p_wait_all", waits_of_tries);
  queues.all("p_wait_admitted", waits);
  queues.all("asa", wait_answered);
  queues.all("mean_wait_admitted", wait_of_all);
  queues.all("service_level", served_in_time);
  queues.all("mean_queue", queue_length);
  queues.all("mean_wait_given_wait", wait_of_waiting);
  queues.all("mean_in_system", in_system);
  queues.all("p_block", blocking);
  queues.all("p_abandon_of_offered", abandonment_of_tries);
  queues.all("p_abandon", abandonment);
  queues.all("mean_wait_all", wait_of_all);
  queues.all("asa_served", wait_answered);
  queues.all("mean_wait_abandoned", wait_abandoned);
  queues.all("p_wait_gt_T", beyond_in_time);
  queues.all("p_served_within_T", served_in_time);
  queues.all("p_abandon_within_T", abandoned_in_time);
  queues.all("sl_answered_within_T_over_offered", served_in_time);
  queues.all("sl_excl_short_abandons", level_without_short);
  queues.all("sl_answered_within_T_over_answered", level_of_answered);
  return queues.steady();
}

CaseResult one_kind_of_service(const Json& one, const Effort& effort) {
  Queues queues(one, effort);
  const Json& params = queues.params;
  const bool single = params.contains("service");
  queues.queueing.add_pool(single ? 1 : whole(params, "servers"));
  auto law =
      single ? simulated_law(params.at("service"))
             : sim::Law::deterministic(number(params, "service_time") * QueueingScenario::unit_us);
  if (!law) return refused(law.error());
  const uint32_t queue = queues.queueing.add_queue({*std::move(law), 0, {0}});
  queues.queueing.add_demand(queue, number(params, "arrival_rate"));
  queues.all("rho", occupancy);
  queues.all("occupancy", occupancy);
  queues.all("mean_wait", wait_answered);
  queues.all("mean_sojourn", sojourn);
  queues.all("mean_queue", queue_length);
  queues.all("p_wait", waits);
  return queues.steady();
}

CaseResult priorities(const Json& one, const Effort& effort) {
  if (one.at("model").get<std::string>().find("non-preemptive") == std::string::npos)
    return sched::Unexpected{Unanswered{"the desk does not take work out of an agent's hands"}};
  Queues queues(one, effort);
  const Json& params = queues.params;
  std::vector<std::pair<double, sim::Law>> classes;
  if (params.contains("classes")) {
    for (const Json& each : params.at("classes")) {
      auto law = simulated_law(each.at("service"));
      if (!law) return refused(law.error());
      classes.emplace_back(number(each, "arrival_rate"), *std::move(law));
    }
  } else if (params.contains("arrival_rates")) {
    for (const double rate : numbers(params.at("arrival_rates")))
      classes.emplace_back(rate, exponential(1 / number(params, "service_rate")));
  } else {
    for (const char* which : {"1", "2"}) {
      const double mean = 1 / number(params, (std::string("service_rate_") + which).c_str());
      classes.emplace_back(number(params, (std::string("arrival_rate_") + which).c_str()),
                           exponential(mean));
    }
  }
  if (classes.size() > 5) return sched::Unexpected{Unanswered{"a desk has five priorities"}};
  queues.queueing.add_pool(params.contains("servers") ? whole(params, "servers") : 1);
  if (params.contains("threshold"))
    queues.queueing.scenario.answer_within_us = QueueingScenario::us(number(params, "threshold"));
  for (uint32_t i = 0; i < classes.size(); ++i) {
    const uint32_t queue = queues.queueing.add_queue({classes[i].second, i + 1, {0}});
    queues.queueing.add_demand(queue, classes[i].first);
    const std::string which = "class" + std::to_string(i + 1);
    queues.of_demand("mean_wait_" + which, i, wait_answered);
    queues.of_demand("mean_sojourn_" + which, i, sojourn);
    queues.of_demand("p_wait_" + which + "_le_T", i, served_in_time);
  }
  queues.all("p_wait", waits);
  queues.all("mean_wait_all", wait_of_all);
  queues.all("occupancy", occupancy);
  queues.all("rho", occupancy);
  return queues.steady();
}

CaseResult overflow_pools(const Json& one, const Effort& effort) {
  Queues queues(one, effort);
  const Json& params = queues.params;
  queues.queueing.add_pool(whole(params, "S1"));
  queues.queueing.add_pool(whole(params, "S2"));
  const auto first = params.at("priority_class_at_pool2").get<uint32_t>();
  const sim::Law service = exponential(1 / number(params, "mu"));
  for (uint32_t i = 0; i < 2; ++i) {
    const std::vector<uint32_t> pools =
        i == 0 ? std::vector<uint32_t>{0, 1} : std::vector<uint32_t>{1};
    const uint32_t queue = queues.queueing.add_queue({service, first == i + 1 ? 1U : 2U, pools});
    sim::Demand& demand = queues.queueing.add_demand(queue, number(params, i == 0 ? "l1" : "l2"));
    const double rate = number_or(params, i == 0 ? "th1" : "th2", 0);
    if (rate > 0) demand.patience = sim::LawByTime(exponential(1 / rate));
    const std::string which = "class" + std::to_string(i + 1);
    queues.of_demand("p_wait_" + which, i, waits);
    queues.of_queue("mean_queue_" + which, i, queue_length);
    queues.of_demand("mean_wait_all_" + which, i, wait_of_all);
    queues.of_demand("p_abandon_" + which, i, abandonment);
    queues.of_team("occupancy_pool" + std::to_string(i + 1), i, occupancy);
  }
  return queues.steady();
}

/// Two classes in one pool; the second is begun only while more than r agents are free.
CaseResult reserved(const Json& one, const Effort& effort) {
  Queues queues(one, effort);
  const Json& params = queues.params;
  queues.queueing.add_pool(whole(params, "S"));
  const sim::Law service = exponential(1 / number(params, "mu"));
  for (uint32_t i = 0; i < 2; ++i) {
    const uint32_t keep_free = i == 0 ? 0 : whole(params, "r");
    const uint32_t queue = queues.queueing.add_queue({service, i + 1, {0}, {}, keep_free});
    const std::string which = std::to_string(i + 1);
    sim::Demand& demand = queues.queueing.add_demand(queue, number(params, ("l" + which).c_str()));
    if (const double rate = number_or(params, ("th" + which).c_str(), 0); rate > 0)
      demand.patience = sim::LawByTime(exponential(1 / rate));
    queues.of_demand("p_wait_class" + which, i, waits);
    queues.of_demand("mean_wait_all_class" + which, i, wait_of_all);
    queues.of_demand("p_abandon_class" + which, i, abandonment);
  }
  queues.all("occupancy", occupancy);
  return queues.steady();
}

CaseResult retrials(const Json& one, const Effort& effort) {
  Queues queues(one, effort);
  const Json& params = queues.params;
  queues.queueing.add_pool(whole(params, "c"));
  const uint32_t queue = queues.queueing.add_queue({exponential(1 / number(params, "mu")), 0, {0}});
  sim::Demand& demand = queues.queueing.add_demand(queue, number(params, "lam"));
  demand.retry.share_ppm =
      static_cast<uint32_t>(std::llround(number_or(params, "p_retry", 1) * 1e6));
  demand.retry.delay = exponential(1 / number(params, "gam"));
  demand.retry.times_max = 60'000;
  queues.queueing.bound(whole(params, "c"));
  queues.all("p_all_busy", [](const Cell& c) {  // Poisson arrivals see time averages
    return Observation{of(c, Sum::blocked_first), of(c, Sum::offered)};
  });
  queues.all("mean_orbit", [](const Cell& c) {
    return Observation{of(c, Sum::orbiting_us), of(c, Sum::elapsed_us)};
  });
  queues.all("mean_busy", [](const Cell& c) {
    return Observation{of(c, Sum::busy_us), of(c, Sum::elapsed_us)};
  });
  queues.all("mean_time_in_orbit_per_arrival", [](const Cell& c) {
    return Observation{units(c, Sum::orbiting_us), of(c, Sum::offered)};
  });
  return queues.steady();
}

CaseResult tiers(const Json& one, const Effort& effort) {
  Queues queues(one, effort);
  const Json& params = queues.params;
  const auto rates = numbers(params.at("external_rates"));
  const auto service = numbers(params.at("service_rates"));
  const auto servers = numbers(params.at("servers"));
  for (uint32_t tier = 0; tier < service.size(); ++tier) {
    queues.queueing.add_pool(static_cast<uint32_t>(servers[tier]));
    queues.queueing.add_queue({exponential(1 / service[tier]), 0, {tier}});
  }
  // On a desk a ticket that is sent to its own queue keeps its place there and is next; in a
  // network it goes to the end. So it goes to a second queue of the tier, and from there back.
  const auto tiers = static_cast<uint32_t>(service.size());
  std::vector<std::vector<uint32_t>> queues_of(tiers);
  for (uint32_t tier = 0; tier < tiers; ++tier) {
    queues_of[tier].push_back(tier);
    if (numbers(params.at("routing").at(tier)).at(tier) > 0)
      queues_of[tier].push_back(
          queues.queueing.add_queue({exponential(1 / service[tier]), 0, {tier}}));
  }
  for (uint32_t tier = 0; tier < tiers; ++tier) {
    if (rates[tier] > 0) queues.queueing.add_demand(tier, rates[tier]);
    const auto shares = numbers(params.at("routing").at(tier));
    for (const uint32_t from : queues_of[tier]) {
      for (uint32_t to = 0; to < tiers; ++to) {
        const bool again = to == tier && from == tier;
        if (shares[to] > 0)
          queues.queueing.route(from, again ? queues_of[tier].back() : to, shares[to]);
      }
    }
    const std::string at = "/" + std::to_string(tier);
    queues.of_team("occupancy" + at, tier, occupancy);
    queues.of_queues("p_wait" + at, queues_of[tier], [](const Cell& c) {
      return Observation{of(c, Sum::visits_waited), of(c, Sum::visits_answered)};
    });
    queues.of_queues("mean_wait" + at, queues_of[tier], [](const Cell& c) {
      return Observation{units(c, Sum::visit_wait_us), of(c, Sum::visits_answered)};
    });
  }
  queues.all("mean_total_in_system", in_system);
  queues.all("mean_time_to_resolve", sojourn);
  return queues.steady();
}

CaseResult reopens(const Json& one, const Effort& effort) {
  Queues queues(one, effort);
  const Json& params = queues.params;
  queues.queueing.add_pool(whole(params, "servers"));
  const uint32_t queue =
      queues.queueing.add_queue({exponential(1 / number(params, "service_rate")), 0, {0}});
  queues.queueing.add_demand(queue, number(params, "new_rate"));
  if (number(params, "mean_reopen_delay") == 0)
    return sched::Unexpected{Unanswered{"a ticket is not reopened the instant it is resolved"}};
  sim::OutcomeRule& rule = queues.queueing.scenario.outcomes.emplace_back();
  rule.reopen_ppm = static_cast<uint32_t>(std::llround(number(params, "p_reopen") * 1e6));
  rule.reopen_delay = exponential(number(params, "mean_reopen_delay"));
  rule.closes_at_once = true;
  queues.all("occupancy", occupancy);
  queues.all("mean_wait_per_visit", [](const Cell& c) {
    return Observation{units(c, Sum::visit_wait_us), of(c, Sum::visits_answered)};
  });
  return queues.steady();
}

/// A morning whose rate and staffing change every interval, from empty; units are hours.
CaseResult morning_ramp(const Json& one, const Effort& effort) {
  Queues queues(one, effort);
  const Json& params = queues.params;
  const double interval = number(params, "interval_h");
  const auto rates = numbers(params.at("rates_per_hour"));
  const auto staffing = numbers(params.at("staffing"));
  const double horizon = number(params, "horizon_h");
  if (rates.empty() || std::abs(horizon - interval * static_cast<double>(rates.size())) > 1e-9)
    return sched::Unexpected{Unanswered{"`horizon_h` is not where the intervals end"}};
  queues.queueing.add_pool(
      static_cast<uint32_t>(*std::max_element(staffing.begin(), staffing.end())));
  const uint32_t queue =
      queues.queueing.add_queue({exponential(1 / number(params, "service_rate_per_h")), 0, {0}});
  sim::Demand& demand = queues.queueing.add_demand(queue, 1);
  demand.rate.clear();
  demand.cycle_us = 0;
  if (const double rate = number(params, "abandonment_rate_per_h"); rate > 0)
    demand.patience = sim::LawByTime(exponential(1 / rate));
  const double per_hour = 3'600e6 / QueueingScenario::unit_us;
  for (size_t i = 0; i < rates.size(); ++i)
    demand.rate.push_back({QueueingScenario::us(interval * static_cast<double>(i)),
                           QueueingScenario::us(interval * static_cast<double>(i + 1)),
                           rates[i] * per_hour, rates[i] * per_hour});
  sim::Scenario scenario = queues.queueing.take(horizon);
  scenario.interval_us = QueueingScenario::us(interval);
  scenario.teams.front().cycle_us = 0;
  for (size_t i = 0; i < staffing.size(); ++i)
    scenario.teams.front().headcounts.push_back(
        {QueueingScenario::us(interval * static_cast<double>(i)),
         static_cast<uint32_t>(staffing[i])});

  for (size_t i = 0; i < rates.size(); ++i) {
    const std::string at = "/" + std::to_string(i);
    queues.figures.add_if("/mean_in_system" + at, [i](const Ledger& ledger) {
      return Observation{static_cast<double>(ledger.backlog[i].open), 1.0};
    });
    queues.figures.add_if("/mean_queue" + at, [i](const Ledger& ledger) {
      return Observation{static_cast<double>(ledger.backlog[i].waiting), 1.0};
    });
  }
  queues.all("expected_arrivals", [](const Cell& c) {
    return Observation{of(c, Sum::offered), 1.0};
  });
  queues.all("expected_abandons", [](const Cell& c) {
    return Observation{of(c, Sum::abandoned), 1.0};
  });
  queues.all("abandon_fraction", [](const Cell& c) {
    return Observation{of(c, Sum::abandoned), of(c, Sum::offered)};
  });
  queues.all("busy_agent_time", [](const Cell& c) {
    return Observation{units(c, Sum::busy_us), 1.0};
  });
  queues.all("mean_queue_time_per_arrival_horizon", [](const Cell& c) {
    return Observation{units(c, Sum::waiting_us), of(c, Sum::offered)};
  });
  return simulate_days(std::move(scenario), queues.figures, std::llround(2'000 * effort.of_usual),
                       seed_of(one, effort));
}

}  // namespace

void add_simulated_cases(CaseFamilies& families, const Effort& effort) {
  add_simulated_days(families, effort);
  add_simulated_pooling(families, effort);
}

void add_simulated_twins(CaseFamilies& families, const Effort& effort) {
  const auto add = [&](const char* family, CaseResult (*answer)(const Json&, const Effort&)) {
    // The formula comes first: it says what is wrong with a case, and has the answer where the
    // case cannot be simulated.
    families.add(family, [answer, effort, formula = families.find(family)](const Json& one) {
      CaseResult computed = formula(one);
      if (!computed || computed->computed.is_null()) return computed;
      if (const auto beyond = beyond_simulation(one.at("params"))) {
        computed->reason = "computed only: " + beyond->reason;
        return computed;
      }
      CaseResult simulated = answer(one, effort);
      if (simulated) return simulated;
      computed->reason = "computed only: " + simulated.error().reason;
      return computed;
    });
  };
  for (const char* family : {"Erlang C", "Erlang A / M/M/n+G", "Finite trunks"})
    add(family, many_servers);
  for (const char* family : {"Pollaczek-Khinchine", "Deterministic service"})
    add(family, one_kind_of_service);
  for (const char* family :
       {"Priority M/G/1 (Cobham)", "Priority M/M/c", "Priority M/M/c, class-dependent service"})
    add(family, priorities);
  add("Skill-based routing N-model", overflow_pools);
  add("Reserved capacity", reserved);
  add("Retrials", retrials);
  add("Tiered desk L1/L2/L3", tiers);
  add("Reopens", reopens);
  add("Exact transient morning ramp", morning_ramp);
}

}  // namespace paceline::tools
