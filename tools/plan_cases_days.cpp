// Reference cases of days: from empty to the last customer, replicated.
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "tools/plan_case_input.h"
#include "tools/plan_simulated.h"

namespace paceline::tools {

namespace {

using sim::Cell;
using sim::Ledger;
using sim::Observation;
using sim::QueueingScenario;
using sim::Sum;

constexpr auto counted = [](Sum sum) {
  return [sum](const Ledger& ledger) { return Observation{of(ledger.all, sum), 1.0}; };
};

/// Beyond, a day's desk would have to be larger than any: whoever comes is open at once at worst.
constexpr double customers_max = 500'000;

std::optional<sim::PlanError> wrong_day(const Json& params) {
  if (auto wrong = sim::not_positive({{"day", number(params, "day")},
                                      {"arrival rate", number(params, "arrival_rate")},
                                      {"service rate", number(params, "service_rate")}}))
    return wrong;
  if (auto wrong = sim::negative({{"sl_threshold", number(params, "sl_threshold")},
                                  {"patience rate", number_or(params, "patience_rate", 0)},
                                  {"queue_capacity", number_or(params, "queue_capacity", 0)}}))
    return wrong;
  return sim::not_a_count({{"servers", number(params, "servers")}});
}

CaseResult finite_day(const Json& one, const Effort& effort) {
  const Json& params = one.at("params");
  if (const auto wrong = wrong_day(params)) return refused(*wrong);
  if (auto beyond = beyond_simulation(params)) return sched::Unexpected{*std::move(beyond)};
  const double day = number(params, "day");
  const double servers = number(params, "servers");
  const double customers = day * number(params, "arrival_rate");
  if (servers > 10'000 || customers > customers_max)
    return sched::Unexpected{
        Unanswered{fmt::format("a day of {:.0f} customers and {:.0f} agents: up to {:.0f} and "
                               "10000 are simulated",
                               customers, servers, customers_max)}};
  QueueingScenario queueing;
  queueing.add_pool(static_cast<uint32_t>(servers));
  const uint32_t queue = queueing.add_queue(
      {QueueingScenario::exponential(1 / number(params, "service_rate")), 0, {0}});
  sim::Demand& demand = queueing.add_demand(queue, number(params, "arrival_rate"));
  const double patience_rate = number_or(params, "patience_rate", 0);
  if (patience_rate > 0)
    demand.patience = sim::LawByTime(QueueingScenario::exponential(1 / patience_rate));
  const double room = number_or(params, "queue_capacity", -1);
  if (room >= 0) queueing.bound(static_cast<uint32_t>(servers + room));
  queueing.scenario.answer_within_us = QueueingScenario::us(number(params, "sl_threshold"));
  sim::Scenario scenario = queueing.take(day);
  // Everybody who waits is still served: that takes as long as their work does.
  const double work_us =
      customers / number(params, "service_rate") / servers * QueueingScenario::unit_us;
  scenario.drain_us = scenario.length_us * 10 + static_cast<int64_t>(2 * work_us);
  scenario.tickets_max =
      std::max(scenario.tickets_max, static_cast<uint32_t>(1.2 * customers + servers));

  SimulatedFigures figures(one.at("expected"));
  const auto ratio = [&](const char* name, auto&& numerator, auto&& denominator) {
    figures.add_if(name, [=](const Ledger& ledger) {
      return Observation{numerator(ledger.all), denominator(ledger.all)};
    });
  };
  const auto good = [](const Cell& c) { return of(c, Sum::answered_in_time); };
  const auto served = [](const Cell& c) { return of(c, Sum::answered); };
  figures.add_if("/answered_within_T", counted(Sum::answered_in_time));
  figures.add_if("/served", counted(Sum::answered));
  figures.add_if("/abandoned", counted(Sum::abandoned));
  figures.add_if("/blocked", counted(Sum::blocked));
  ratio("/sl_over_served", good, served);
  ratio("/sl_with_late_abandons", good, [](const Cell& c) {
    return of(c, Sum::answered) + of(c, Sum::abandoned) - of(c, Sum::abandoned_in_time);
  });
  ratio("/sl_with_blocked", good,
        [](const Cell& c) { return of(c, Sum::answered) + of(c, Sum::blocked); });
  ratio(
      "/asa", [](const Cell& c) { return units(c, Sum::answered_wait_us); }, served);
  figures.add_if("/occupancy", [servers, day](const Ledger& ledger) {
    return Observation{units(ledger.all, Sum::busy_us) / (servers * day), 1.0};
  });
  return simulate_days(std::move(scenario), figures, std::llround(3'000 * effort.of_usual),
                       seed_of(one, effort));
}

/// 12, or "9 after"; what is neither is not within any bounds.
double headcount(const Json& agents) {
  if (agents.is_number()) return agents.get<double>();
  const auto text = agents.get<std::string>();
  char* end = nullptr;
  const double count = std::strtod(text.c_str(), &end);
  return end == text.c_str() ? -1 : count;
}

std::optional<sim::PlanError> wrong_skill_day(const Json& params) {
  const auto wrong = [](std::string text) {
    return sim::PlanError{sim::Impossible::out_of_range, std::move(text)};
  };
  const size_t periods = params.at("periods_min").size();
  const size_t groups = params.at("agents_by_period").size();
  const size_t types = params.at("type_to_group").size();
  if (periods == 0 || groups == 0 || types == 0)
    return wrong("a day wants a period, a group and a type at least");
  const auto rates_ok = [&](const char* what, const Json& rates) -> std::optional<sim::PlanError> {
    if (rates.size() != periods)
      return wrong(fmt::format("{}: {} rates for {} periods", what, rates.size(), periods));
    for (const double rate : numbers(rates)) {
      if (auto problem = sim::not_positive({{what, rate}})) return problem;
    }
    return std::nullopt;
  };
  for (const double length : numbers(params.at("periods_min"))) {
    if (auto problem = sim::not_positive({{"a period", length}})) return problem;
  }
  for (const char* key : {"service_rate_by_arrival_period", "patience_rate_by_arrival_period"}) {
    if (auto problem = rates_ok(key, params.at(key))) return problem;
  }
  for (size_t type = 0; type < types; ++type) {
    const std::string number = std::to_string(type);
    if (auto problem = rates_ok(("rates of type " + number).c_str(), params.at("rates").at(number)))
      return problem;
    for (const double group : numbers(params.at("type_to_group").at(type))) {
      if (!(group >= 0 && group < static_cast<double>(groups)) || std::floor(group) != group)
        return wrong(fmt::format("type {} goes to group {}: there are {}", type, group, groups));
    }
  }
  for (const Json& group : params.at("agents_by_period")) {
    if (group.size() < periods || group.size() > periods + 1)
      return wrong(fmt::format("a group has {} headcounts for {} periods", group.size(), periods));
    for (const Json& agents : group) {
      const double count = headcount(agents);
      if (!(count >= 0 && count <= 10'000) || std::floor(count) != count)
        return wrong("agents are " + agents.dump() + ": take a whole number up to 10,000");
    }
  }
  return sim::negative({{"sl_threshold", number(params, "sl_threshold")}});
}

/// Three types of calls, two groups, figures by type and period of arrival: each type and period is
/// a class of its own, with its rates of service and patience.
CaseResult multi_skill_day(const Json& one, const Effort& effort) {
  const Json& params = one.at("params");
  if (const auto wrong = wrong_skill_day(params)) return refused(*wrong);
  if (auto beyond = beyond_simulation(params)) return sched::Unexpected{*std::move(beyond)};
  const auto periods = numbers(params.at("periods_min"));
  const auto service_rates = numbers(params.at("service_rate_by_arrival_period"));
  const auto patience_rates = numbers(params.at("patience_rate_by_arrival_period"));
  const Json& groups = params.at("agents_by_period");
  QueueingScenario queueing;
  for (const Json& group : groups) {
    uint32_t most = 0;
    for (const Json& agents : group)
      most = std::max(most, static_cast<uint32_t>(headcount(agents)));
    queueing.add_pool(most);
  }
  const Json& routes = params.at("type_to_group");
  std::vector<uint32_t> queues;
  for (const Json& route : routes)
    queues.push_back(queueing.add_queue({sim::Law(), 0, route.get<std::vector<uint32_t>>()}));

  double from = 0;
  std::vector<double> begins;
  for (const double length : periods) {
    begins.push_back(from);
    from += length;
  }
  const double day = from;
  const std::string busyness = params.at("busyness").get<std::string>();
  const auto shape_at = busyness.find("Gamma(");
  if (shape_at != std::string::npos) {
    const double shape = std::strtod(busyness.c_str() + shape_at + 6, nullptr);
    if (const auto wrong = sim::not_positive({{"the shape of `busyness`", shape}}))
      return refused(*wrong);
    queueing.scenario.busyness = {{"day", shape}};
  }
  for (size_t type = 0; type < routes.size(); ++type) {
    const auto rates = numbers(params.at("rates").at(std::to_string(type)));
    for (size_t period = 0; period < periods.size(); ++period) {
      sim::Demand& demand = queueing.add_demand(queues[type], rates[period]);
      sim::RatePiece& piece = demand.rate.front();
      piece.from_us = QueueingScenario::us(begins[period]);
      piece.until_us = QueueingScenario::us(begins[period] + periods[period]);
      demand.patience = sim::LawByTime(QueueingScenario::exponential(1 / patience_rates[period]));
      if (!queueing.scenario.busyness.empty()) demand.busyness = "day";
    }
  }
  queueing.scenario.answer_within_us = QueueingScenario::us(number(params, "sl_threshold"));
  sim::Scenario scenario = queueing.take(day);
  scenario.work.clear();
  sim::WorkRule work;
  for (size_t period = 0; period < periods.size(); ++period)
    work.handling.parts.push_back({QueueingScenario::us(begins[period]),
                                   QueueingScenario::exponential(1 / service_rates[period])});
  scenario.work.push_back(work);
  for (size_t group = 0; group < groups.size(); ++group) {
    scenario.teams[group].cycle_us = 0;
    for (size_t period = 0; period < groups[group].size(); ++period) {
      const auto count = static_cast<uint32_t>(headcount(groups[group][period]));
      const double begin = period < begins.size() ? begins[period] : day;
      scenario.teams[group].headcounts.push_back({QueueingScenario::us(begin), count});
    }
  }
  scenario.drain_us = scenario.length_us * 10;

  SimulatedFigures figures(one.at("expected"));
  figures.add("/served", counted(Sum::answered));
  figures.add("/abandoned", counted(Sum::abandoned));
  figures.add_if("/sl_good_over_served_plus_late_abandons", [](const Ledger& ledger) {
    const Cell& c = ledger.all;
    return Observation{of(c, Sum::answered_in_time), of(c, Sum::answered) + of(c, Sum::abandoned) -
                                                         of(c, Sum::abandoned_in_time)};
  });
  // Given without its error: about that of the counts it is made of.
  const Json& abandoned = one.at("expected").at("abandoned");
  figures.expected_within("/sl_good_over_served_plus_late_abandons",
                          abandoned.at("hw95").get<double>() / abandoned.at("value").get<double>());
  for (size_t type = 0; type < routes.size(); ++type) {
    for (size_t period = 0; period < periods.size(); ++period) {
      const size_t demand = type * periods.size() + period;
      figures.add(
          "/answered_within_T_type_period/" + std::to_string(type) + "/" + std::to_string(period),
          [demand](const Ledger& ledger) {
            return Observation{of(ledger.by_demand[demand], Sum::answered_in_time), 1.0};
          });
    }
  }
  return simulate_days(std::move(scenario), figures, std::llround(1'000 * effort.of_usual),
                       seed_of(one, effort));
}

std::shared_ptr<const sim::Model> hour_of_abandonment(uint32_t servers) {
  QueueingScenario queueing;
  queueing.add_pool(servers);
  const uint32_t queue = queueing.add_queue({QueueingScenario::exponential(1), 0, {0}});
  queueing.add_demand(queue, 48).patience = sim::LawByTime(QueueingScenario::exponential(2));
  sim::Scenario scenario = queueing.take(60);
  scenario.drain_us = scenario.length_us * 10;
  return sim::Model::build(std::move(scenario)).value();
}

/// An hour of M/M/50+M and of one server more, by the same random numbers, and with the count of
/// arrivals as a control.
CaseResult variance_reduction(const Json& one, const Effort& effort) {
  const Json& expected = one.at("expected");
  const auto play = [](sim::World& world) {
    world.run_until(sim::QueueingScenario::us(60));
    const double inside = of(world.ledger().all, Sum::abandoned);
    world.drain();
    return std::vector<Observation>{{inside, 1.0}, {of(world.ledger().all, Sum::abandoned), 1.0}};
  };
  const auto fewer = hour_of_abandonment(50);
  const auto more = hour_of_abandonment(51);
  const double days = number(one.at("params"), "days");
  if (const auto wrong = sim::not_a_count({{"days", days}})) return refused(*wrong);
  sim::RunPlan plan;
  plan.seed = seed_of(one, effort);
  plan.replications = std::max<int64_t>(2, std::llround(days * effort.of_usual));
  const std::vector<std::string> names{"inside_the_hour", "all_arrivals"};
  const auto paired = sim::compare(fewer, more, names, plan, play, play);
  if (!paired) return refused(paired.error());
  const auto controlled = sim::replicate(fewer, names, plan, play);
  if (!controlled) return refused(controlled.error());

  CaseAnswer answer;
  answer.verdict = Verdict::pass;
  const auto holds = [&](const Json::json_pointer& at, const sim::Estimate& estimate) {
    answer.computed[at] = estimate.mean;
    answer.interval[at] = Json::array({estimate.low(), estimate.high()});
    const double value = expected.at(at).get<double>();
    const double z = (estimate.mean - value) /
                     (estimate.deviation / std::sqrt(static_cast<double>(estimate.observations)));
    answer.z_scores.push_back(z);
    if (!answer.z || std::abs(z) > std::abs(*answer.z)) answer.z = z;
    if (estimate.holds(value)) return;
    answer.verdict = Verdict::fail;
    answer.reason += at.to_string() + " is outside its interval; ";
  };
  const auto within = [&](const char* name, double value) {
    answer.computed[name] = value;
    const auto wanted = expected.at(name).get<double>();
    if (std::abs(value / wanted - 1) <= 0.25) return;
    answer.verdict = Verdict::fail;
    answer.reason += std::string(name) + " is not within 25 %; ";
  };
  constexpr double level = 1 - 0.01 / 4;  // four means
  for (size_t figure = 0; figure < names.size(); ++figure) {
    const auto difference = paired->observed.difference(figure, level);
    if (!difference) return refused(difference.error());
    holds(Json::json_pointer("/mean_n/" + names[figure]), difference->first);
    holds(Json::json_pointer("/mean_n_plus_1/" + names[figure]), difference->second);
    if (figure == 0) within("vrf_common_random_numbers", difference->variance_reduction);
  }
  const auto adjusted = controlled->observed.controlled(0, 48 * 60, level);
  if (!adjusted) return refused(adjusted.error());
  within("rho_squared", adjusted->correlation2);
  within("vrf_arrival_count_control", adjusted->variance_reduction);
  return answer;
}

}  // namespace

void add_simulated_days(CaseFamilies& families, const Effort& effort) {
  const auto with = [&](CaseResult (*answer)(const Json&, const Effort&)) {
    return [answer, effort](const Json& one) { return answer(one, effort); };
  };
  families.add("Finite day from empty", with(finite_day));
  families.add("Multi-skill day, 3 types, 2 groups", with(multi_skill_day));
  families.add("Variance reduction", with(variance_reduction));
}

}  // namespace paceline::tools
