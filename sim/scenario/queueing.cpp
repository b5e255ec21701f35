#include "sim/scenario/queueing.h"

#include <algorithm>
#include <numeric>

#include "sched/base/check.h"

namespace paceline::sim {

namespace {

std::string queue_name(uint32_t queue) { return "queue-" + std::to_string(queue); }
std::string skill_name(uint32_t queue) { return "serves-" + std::to_string(queue); }
std::string pool_name(uint32_t pool) { return "pool-" + std::to_string(pool); }
constexpr uint32_t positions_max = 15;  // preferred points

/// Impact and urgency that the usual matrix makes this priority of.
constexpr std::pair<uint8_t, uint8_t> levels_of[] = {{0, 0}, {1, 1}, {1, 2},
                                                     {2, 2}, {2, 3}, {3, 3}};

}  // namespace

QueueingScenario::QueueingScenario() {
  scenario.name = "queueing";
  desk::DeskSettings& settings = scenario.rules.settings;
  settings.auto_close = settings.reopen_window = {0, 0};
  settings.strict.clear();
  settings.aged_share_milli = 0;
  scenario.tickets_max = 50'000;
}

Law QueueingScenario::exponential(double mean_units) {
  return Law::exponential(mean_units * unit_us).value();
}
int64_t QueueingScenario::us(double units) { return static_cast<int64_t>(units * unit_us + 0.5); }

uint32_t QueueingScenario::add_pool(uint32_t servers) {
  pools_.push_back(servers);
  return static_cast<uint32_t>(pools_.size() - 1);
}

uint32_t QueueingScenario::servers() const {
  return std::accumulate(pools_.begin(), pools_.end(), 0U);
}

double QueueingScenario::load() const {
  double work = 0.0;
  for (const Demand& demand : scenario.demands) {
    if (!demand.patience.none() || !demand.lines.empty()) return 0.0;
    for (uint32_t queue = 0; queue < services_.size(); ++queue) {
      if (demand.queue == queue_name(queue))
        work += demand.rate.front().from_per_hour / 3'600e6 * services_[queue].service.mean();
    }
  }
  return work / servers();
}

uint32_t QueueingScenario::add_queue(const Service& service) {
  CHECK(service.priority <= 5);
  services_.push_back(service);
  std::vector<Level>& levels = services_.back().levels;
  for (const uint32_t pool : service.pools)
    levels.push_back({pool, static_cast<uint32_t>(levels.size())});
  for (const Level& level : levels) CHECK(level.position <= positions_max);
  return static_cast<uint32_t>(services_.size() - 1);
}

Demand& QueueingScenario::add_demand(uint32_t queue, double rate) {
  Demand& demand = scenario.demands.emplace_back();
  demand.name = "class-" + std::to_string(scenario.demands.size());
  demand.queue = queue_name(queue);
  const double per_hour = rate / unit_us * 3'600e6;
  demand.rate = {{0, sched::day.us, per_hour, per_hour}};
  const auto [impact, urgency] = levels_of[services_[queue].priority];
  std::fill_n(demand.impact_weights, 4, 0U);
  std::fill_n(demand.urgency_weights, 4, 0U);
  demand.impact_weights[impact] = demand.urgency_weights[urgency] = 1;
  return demand;
}

void QueueingScenario::route(uint32_t from, uint32_t to, double share) {
  const std::string name = queue_name(from);
  auto rule = std::find_if(scenario.outcomes.begin(), scenario.outcomes.end(),
                           [&](const OutcomeRule& known) { return known.match.queue == name; });
  if (rule == scenario.outcomes.end()) {
    rule = scenario.outcomes.emplace(rule);
    rule->match.queue = name;
    rule->closes_at_once = true;
  }
  Outcome& outcome = rule->outcomes.emplace_back();
  outcome.kind = via;
  outcome.queue = queue_name(to);
  outcome.share_ppm = static_cast<uint32_t>(share * 1e6 + 0.5);
  outcome.times_max = 60'000;
}

void QueueingScenario::bound(uint32_t lines) {
  scenario.lines = {{"all", lines}};
  for (Demand& demand : scenario.demands) demand.lines = "all";
}

Scenario QueueingScenario::take(double length_units) {
  std::vector<uint32_t> last_position;
  for (uint32_t queue = 0; queue < services_.size(); ++queue) {
    const Service& service = services_[queue];
    desk::QueueDefinition definition;
    definition.name = queue_name(queue);
    definition.group = "desk";
    definition.need = skill_name(queue) + " >= 1";
    definition.discipline =
        service.priority == 0 ? desk::Discipline::fifo : desk::Discipline::strict_priority;
    definition.best_fit = false;
    definition.keep_free = service.keep_free;
    // A pool at position p has the skill at level last + 1 − p, and earns all points but p of them.
    uint32_t last = 0;
    for (const Level& level : service.levels) last = std::max(last, level.position);
    for (uint32_t level = 2; level <= last + 1; ++level)
      definition.preferred.push_back({skill_name(queue) + " >= " + std::to_string(level), 1});
    last_position.push_back(last);
    scenario.rules.queues.push_back(definition);
    WorkRule work;
    work.match.queue = definition.name;
    work.handling = LawByTime(service.service);
    scenario.work.push_back(work);
  }
  for (uint32_t pool = 0; pool < pools_.size(); ++pool) {
    Team& team = scenario.teams.emplace_back();
    team.name = pool_name(pool);
    for (uint32_t i = 0; i < pools_[pool]; ++i) {
      desk::AgentDefinition agent;
      agent.name = pool_name(pool) + "-" + std::to_string(i + 1);
      agent.groups = {"desk"};
      for (uint32_t queue = 0; queue < services_.size(); ++queue) {
        for (const Level& level : services_[queue].levels) {
          if (level.pool != pool) continue;
          const uint32_t has = last_position[queue] + 1 - level.position;
          agent.skills.emplace_back(skill_name(queue), static_cast<uint8_t>(has));
        }
      }
      team.agents.push_back(agent.name);
      scenario.rules.agents.push_back(std::move(agent));
    }
  }
  OutcomeRule& rest = scenario.outcomes.emplace_back();
  rest.closes_at_once = true;
  scenario.length_us = us(length_units);
  return std::move(scenario);
}

}  // namespace paceline::sim
