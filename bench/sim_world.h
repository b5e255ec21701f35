// Paceline on the models of sim_models.h: scenarios for the world around the production desk, with
// its router, lines and events as they are.
#pragma once

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/sim_models.h"
#include "sim/world/world.h"

namespace paceline::bench {

/// A service at rate 1 lasts five minutes.
class World {
 public:
  template <class Model>
  static Answers run(const Model& model, uint64_t customers, uint64_t seed) {
    // Replications share what does not change, as those of a user do.
    static const auto shared = build(scenario(model));
    sim::World world(shared, seed, 0);
    const auto until_us = [&](uint64_t count) {
      return static_cast<int64_t>(static_cast<double>(count) / arrival_rate(model) * unit_us);
    };
    world.run_until(until_us(warm_up(customers)));
    const sim::Ledger before = world.ledger();
    world.run_until(until_us(customers));
    const sim::Ledger& after = world.ledger();
    Answers answers;
    for (const Cells& line : lines(model, *shared, before, after)) {
      answers.mean_wait.push_back(line.share(line.wait, line.answered) / unit_us);
      answers.p_wait.push_back(line.share(line.waited, line.answered));
    }
    for (size_t team = 0; team < after.by_team.size(); ++team) {
      const Cells pool{before.by_team[team], after.by_team[team]};
      answers.occupancy.push_back(pool.share(sim::Sum::busy_us, sim::Sum::staffed_us));
    }
    return answers;
  }

 private:
  static constexpr double unit_us = 300e6;

  /// What a cell grew by, and which of its sums are those of a line.
  struct Cells {
    const sim::Cell& before;
    const sim::Cell& after;
    sim::Sum answered = sim::Sum::answered;
    sim::Sum waited = sim::Sum::waited;
    sim::Sum wait = sim::Sum::answered_wait_us;
    double share(sim::Sum part, sim::Sum whole) const {
      return static_cast<double>(after[part] - before[part]) /
             static_cast<double>(after[whole] - before[whole]);
    }
  };

  static std::shared_ptr<const sim::Model> build(sim::Scenario scenario) {
    auto built = sim::Model::build(std::move(scenario));
    if (!built) std::fprintf(stderr, "%s\n", built.error().text.c_str());
    CHECK(built);
    return *built;
  }

  static sim::Law exponential(double rate) { return *sim::Law::exponential(unit_us / rate); }

  /// The rules all three have: first come, first served within a priority; a ticket is closed when
  /// it is resolved.
  static sim::Scenario common() {
    sim::Scenario scenario;
    scenario.length_us = sched::day.us * 36'500;
    scenario.tickets_max = 8'192;
    scenario.rules.settings.strict = {};
    scenario.rules.settings.auto_close = {};
    scenario.rules.settings.reopen_window = {};
    return scenario;
  }
  static void add_queue(sim::Scenario& scenario, const std::string& name, uint8_t tier,
                        desk::Discipline discipline) {
    desk::QueueDefinition& queue = scenario.rules.queues.emplace_back();
    queue.name = queue.group = name;
    queue.tier = tier;
    queue.discipline = discipline;
  }
  static void add_team(sim::Scenario& scenario, const std::string& name, uint32_t agents,
                       const std::vector<std::string>& groups) {
    sim::Team& team = scenario.teams.emplace_back();
    team.name = name;
    for (uint32_t i = 0; i < agents; ++i) {
      desk::AgentDefinition& agent = scenario.rules.agents.emplace_back();
      agent.name = name + "-" + std::to_string(i);
      agent.groups = groups;
      agent.skills = {{name, 1}};
      team.agents.push_back(agent.name);
    }
  }
  static void add_demand(sim::Scenario& scenario, const std::string& name, double rate,
                         const std::string& queue, sched::Impact impact, sched::Urgency urgency) {
    sim::Demand& demand = scenario.demands.emplace_back();
    demand.name = name;
    demand.queue = queue;
    const double per_hour = rate * static_cast<double>(sched::hour.us) / unit_us;
    demand.rate = {{0, sched::day.us, per_hour, per_hour}};
    demand.impact_weights[0] = demand.urgency_weights[0] = 0;
    demand.impact_weights[static_cast<size_t>(impact)] = 1;
    demand.urgency_weights[static_cast<size_t>(urgency)] = 1;
  }
  static void add_work(sim::Scenario& scenario, const std::string& queue, double rate,
                       double onward, const std::string& next) {
    sim::WorkRule& work = scenario.work.emplace_back();
    work.match.queue = queue;
    work.handling = exponential(rate);
    sim::OutcomeRule& outcome = scenario.outcomes.emplace_back();
    outcome.match.queue = queue;
    outcome.closes_at_once = true;
    if (onward == 0) return;
    sim::Outcome& escalated = outcome.outcomes.emplace_back();
    escalated.share_ppm = static_cast<uint32_t>(onward * 1e6 + 0.5);
    escalated.queue = next;
  }

  static double arrival_rate(const ManyAgents& model) { return model.arrival_rate; }
  static double arrival_rate(const TwoPools& model) {
    return model.arrival_rates[0] + model.arrival_rates[1];
  }
  static double arrival_rate(const Tiers& model) { return model.arrival_rate; }

  static sim::Scenario scenario(const ManyAgents& model) {
    sim::Scenario scenario = common();
    add_queue(scenario, "desk", 1, desk::Discipline::fifo);
    add_team(scenario, "desk", model.agents, {"desk"});
    add_demand(scenario, "all", model.arrival_rate, "desk", sched::Impact::medium,
               sched::Urgency::medium);
    add_work(scenario, "desk", model.service_rate, 0, "");
    return scenario;
  }
  static std::vector<Cells> lines(const ManyAgents&, const sim::Model&, const sim::Ledger& before,
                                  const sim::Ledger& after) {
    return {{before.all, after.all}};
  }

  /// Pool 2 is in the groups of both queues; its agents lack the skill class 1 likes.
  static sim::Scenario scenario(const TwoPools& model) {
    sim::Scenario scenario = common();
    add_queue(scenario, "class-1", 1, desk::Discipline::strict_priority);
    scenario.rules.queues.back().preferred = {{"pool_1 >= 1", 1}};
    add_queue(scenario, "class-2", 1, desk::Discipline::strict_priority);
    add_team(scenario, "pool_1", model.agents[0], {"class-1"});
    add_team(scenario, "pool_2", model.agents[1], {"class-1", "class-2"});
    add_demand(scenario, "class-1", model.arrival_rates[0], "class-1", sched::Impact::high,
               sched::Urgency::medium);
    add_demand(scenario, "class-2", model.arrival_rates[1], "class-2", sched::Impact::medium,
               sched::Urgency::medium);
    for (const char* queue : {"class-1", "class-2"}) {
      add_work(scenario, queue, model.service_rate, 0, "");
    }
    return scenario;
  }
  static std::vector<Cells> lines(const TwoPools&, const sim::Model&, const sim::Ledger& before,
                                  const sim::Ledger& after) {
    return {{before.by_demand[0], after.by_demand[0]}, {before.by_demand[1], after.by_demand[1]}};
  }

  static sim::Scenario scenario(const Tiers& model) {
    using sched::Impact;
    using sched::Urgency;
    constexpr std::pair<Impact, Urgency> states[] = {{Impact::high, Urgency::high},
                                                     {Impact::high, Urgency::medium},
                                                     {Impact::medium, Urgency::medium},
                                                     {Impact::medium, Urgency::low},
                                                     {Impact::low, Urgency::low}};
    sim::Scenario scenario = common();
    for (size_t tier = 0; tier < Tiers::tier_count; ++tier) {
      const std::string name = "tier_" + std::to_string(tier + 1);
      add_queue(scenario, name, static_cast<uint8_t>(tier + 1), desk::Discipline::strict_priority);
      add_team(scenario, name, model.agents[tier], {name});
      add_work(scenario, name, model.service_rates[tier], model.onward[tier],
               "tier_" + std::to_string(tier + 2));
    }
    for (size_t priority = 0; priority < Tiers::priority_count; ++priority) {
      add_demand(scenario, "P" + std::to_string(priority + 1),
                 model.arrival_rate * model.priority_shares[priority], "tier_1",
                 states[priority].first, states[priority].second);
    }
    return scenario;
  }
  static std::vector<Cells> lines(const Tiers&, const sim::Model& shared, const sim::Ledger& before,
                                  const sim::Ledger& after) {
    std::vector<Cells> lines;
    for (size_t demand = 0; demand < Tiers::priority_count; ++demand) {
      lines.push_back({before.by_demand[demand], after.by_demand[demand]});
    }
    for (const char* name : {"tier_2", "tier_3"}) {
      const auto& names = shared.queues();
      const auto queue =
          static_cast<size_t>(std::find(names.begin(), names.end(), name) - names.begin());
      CHECK(queue < names.size());
      lines.push_back({before.by_queue[queue], after.by_queue[queue], sim::Sum::visits_answered,
                       sim::Sum::visits_waited, sim::Sum::visit_wait_us});
    }
    return lines;
  }
};

}  // namespace paceline::bench
