#include "sim/analytic/shared_agents.h"

#include <algorithm>
#include <cmath>

#include "sim/analytic/level_chain.h"

namespace paceline::sim {

namespace {

using Shares = std::vector<std::vector<double>>;
constexpr double edge_wanted = 1e-12;
constexpr double edge_allowed = 1e-9;  // where the next larger chain is too large

struct Solved {
  Shares shares;
  double edge = 0.0;
};

/// Probability of the states at the edge of the room for the first class, and for the second.
template <class Model>
std::array<double, 2> at_edge(const Model& model, const Shares& shares) {
  std::array<double, 2> edge{};
  for (size_t level = 0; level < shares.size(); ++level)
    for (size_t phase = 0; phase < shares[level].size(); ++phase)
      if (model.waiting1(level, phase) == model.room1) edge[0] += shares[level][phase];
  if (!model.bound().endless)
    for (const double share : shares.back()) edge[1] += share;
  return edge;
}

/// Makes the room for the waiting larger until nothing that matters is at its edge; `model` is then
/// the one that was solved.
template <class Model>
Answer<Solved> solve_growing(Model& model) {
  std::optional<Solved> before;
  Model larger = model;
  larger.room1 = 24;
  larger.room2 = 64;
  for (;;) {
    auto shares = steady_state(larger, larger.bound());
    if (!shares) {
      if (shares.error().kind == Impossible::too_large && before && before->edge < edge_allowed)
        return *std::move(before);
      return sched::Unexpected{shares.error()};
    }
    const auto edge = at_edge(larger, *shares);
    model = larger;
    before = Solved{*std::move(shares), edge[0] + edge[1]};
    if (edge[0] < edge_wanted && edge[1] < edge_wanted) return *std::move(before);
    if (edge[0] >= edge_wanted) larger.room1 += larger.room1 / 3;
    if (edge[1] >= edge_wanted) larger.room2 *= 2;
  }
}

std::optional<PlanError> problem_in(const std::array<double, 2>& arrival_rates,
                                    const std::array<double, 2>& abandonment_rates) {
  return negative({{"arrival rate of class 1", arrival_rates[0]},
                   {"arrival rate of class 2", arrival_rates[1]},
                   {"abandonment rate of class 1", abandonment_rates[0]},
                   {"abandonment rate of class 2", abandonment_rates[1]}});
}

PlanError too_much(double load, double servers) {
  return unstable(load, servers, "and nobody gives up");
}

void add_waits(std::array<ClassMeasures, 2>& classes, const std::array<double, 2>& arrival_rates,
               const std::array<double, 2>& abandonment_rates) {
  for (size_t i = 0; i < 2; ++i) {
    if (arrival_rates[i] == 0) continue;
    classes[i].mean_wait = classes[i].mean_queue / arrival_rates[i];
    classes[i].p_abandon = abandonment_rates[i] * classes[i].mean_wait;
  }
}

/// Level: busy of pool 2, then those of class 2 who wait. Phase: busy of pool 1, then those of
/// class 1 who wait (only while both pools are full).
struct NChain final : LevelModel {
  NModel model;
  size_t servers1 = 0, servers2 = 0;
  size_t room1 = 0, room2 = 0;

  bool full2(size_t level) const { return level >= servers2; }
  size_t waiting1(size_t level, size_t phase) const {
    return full2(level) && phase > servers1 ? phase - servers1 : 0;
  }
  size_t waiting2(size_t level) const { return full2(level) ? level - servers2 : 0; }
  LevelBound bound() const {
    if (model.abandonment_rates[1] == 0) return {servers2 + 1, true};
    return {servers2 + room2, false};
  }

  size_t phases(size_t level) const override { return servers1 + 1 + (full2(level) ? room1 : 0); }
  void moves(size_t level, size_t phase, std::vector<Move>& out) const override {
    const size_t queue1 = waiting1(level, phase);
    const size_t queue2 = waiting2(level);
    if (phase < servers1 || (full2(level) && queue1 < room1))
      out.push_back({level, phase + 1, model.arrival_rates[0]});
    else if (!full2(level))
      out.push_back({level + 1, phase, model.arrival_rates[0]});
    out.push_back({level + 1, phase, model.arrival_rates[1]});
    // Pool 1: an agent takes the next of class 1 or falls idle; either way a phase less.
    const double busy1 = static_cast<double>(std::min(phase, servers1));
    if (phase > 0)
      out.push_back(
          {level, phase - 1,
           busy1 * model.service_rate + static_cast<double>(queue1) * model.abandonment_rates[0]});
    const double done2 = static_cast<double>(std::min(level, servers2)) * model.service_rate;
    const bool takes1 = queue1 > 0 && (model.first_at_pool2 == 1 || queue2 == 0);
    if (takes1)
      out.push_back({level, phase - 1, done2});
    else if (level > 0)
      out.push_back({level - 1, phase, done2});
    if (queue2 > 0)
      out.push_back({level - 1, phase, static_cast<double>(queue2) * model.abandonment_rates[1]});
  }
};

}  // namespace

Answer<NModelMeasures> n_model(const NModel& model) {
  if (auto wrong = problem_in(model.arrival_rates, model.abandonment_rates))
    return sched::Unexpected{*wrong};
  if (auto wrong = not_positive({{"service rate", model.service_rate}}))
    return sched::Unexpected{*wrong};
  if (auto wrong =
          not_a_count({{"servers of pool 1", model.servers[0]}, {"of pool 2", model.servers[1]}}))
    return sched::Unexpected{*wrong};
  if (model.first_at_pool2 != 1 && model.first_at_pool2 != 2)
    return impossible(Impossible::out_of_range, "the class that pool 2 takes first is 1 or 2");
  const double load1 = model.arrival_rates[0] / model.service_rate;
  const double load2 = model.arrival_rates[1] / model.service_rate;
  if (model.abandonment_rates[1] == 0 && overloaded(load2, model.servers[1]))
    return sched::Unexpected{too_much(load2, model.servers[1])};
  if (model.abandonment_rates[0] == 0 && model.abandonment_rates[1] == 0 &&
      overloaded(load1 + load2, model.servers[0] + model.servers[1]))
    return sched::Unexpected{too_much(load1 + load2, model.servers[0] + model.servers[1])};
  NChain chain;
  chain.model = model;
  chain.servers1 = static_cast<size_t>(model.servers[0]);
  chain.servers2 = static_cast<size_t>(model.servers[1]);
  const auto solved = solve_growing(chain);
  if (!solved) return sched::Unexpected{solved.error()};

  NModelMeasures found;
  found.truncated = solved->edge;
  for (size_t level = 0; level < solved->shares.size(); ++level) {
    for (size_t phase = 0; phase < solved->shares[level].size(); ++phase) {
      const double share = solved->shares[level][phase];
      found.occupancy[0] += share * static_cast<double>(std::min(phase, chain.servers1));
      found.occupancy[1] += share * static_cast<double>(std::min(level, chain.servers2));
      found.classes[0].mean_queue += share * static_cast<double>(chain.waiting1(level, phase));
      found.classes[1].mean_queue += share * static_cast<double>(chain.waiting2(level));
      if (!chain.full2(level)) continue;
      found.classes[1].p_wait += share;
      if (phase >= chain.servers1) found.classes[0].p_wait += share;
    }
  }
  for (size_t i = 0; i < 2; ++i) found.occupancy[i] /= model.servers[i];
  add_waits(found.classes, model.arrival_rates, model.abandonment_rates);
  return found;
}

namespace {

/// Level: busy agents up to where class 2 must wait, then those of class 2 who wait. Phase, from
/// there on: agents busy beyond that, then those of class 1 who wait.
struct ReservedChain final : LevelModel {
  ReservedAgents model;
  size_t open = 0;  // agents class 2 may take
  size_t reserved = 0;
  size_t room1 = 0, room2 = 0;

  size_t waiting1(size_t level, size_t phase) const {
    return level >= open && phase > reserved ? phase - reserved : 0;
  }
  size_t waiting2(size_t level) const { return level > open ? level - open : 0; }
  LevelBound bound() const {
    if (model.abandonment_rates[1] == 0) return {open + 1, true};
    return {open + room2, false};
  }

  size_t phases(size_t level) const override { return level < open ? 1 : reserved + room1 + 1; }
  void moves(size_t level, size_t phase, std::vector<Move>& out) const override {
    if (level < open) {
      out.push_back({level + 1, 0, model.arrival_rates[0] + model.arrival_rates[1]});
      if (level > 0) out.push_back({level - 1, 0, static_cast<double>(level) * model.service_rate});
      return;
    }
    const size_t queue1 = waiting1(level, phase);
    const size_t queue2 = waiting2(level);
    if (queue1 < room1) out.push_back({level, phase + 1, model.arrival_rates[0]});
    out.push_back({level + 1, phase, model.arrival_rates[1]});
    const double done = static_cast<double>(open + std::min(phase, reserved)) * model.service_rate;
    if (phase > 0)
      out.push_back(
          {level, phase - 1, done + static_cast<double>(queue1) * model.abandonment_rates[0]});
    else if (level > 0)  // a freed open agent takes the next of class 2, or falls idle
      out.push_back({level - 1, 0, done});
    if (queue2 > 0)
      out.push_back({level - 1, phase, static_cast<double>(queue2) * model.abandonment_rates[1]});
  }
};

}  // namespace

Answer<SharedPoolMeasures> reserved_agents(const ReservedAgents& model) {
  if (auto wrong = problem_in(model.arrival_rates, model.abandonment_rates))
    return sched::Unexpected{*wrong};
  if (auto wrong = not_positive({{"service rate", model.service_rate}}))
    return sched::Unexpected{*wrong};
  if (auto wrong = not_a_count({{"servers", model.servers}})) return sched::Unexpected{*wrong};
  if (!(model.reserved >= 0 && model.reserved < model.servers) ||
      std::floor(model.reserved) != model.reserved)
    return impossible(Impossible::out_of_range, "reserved agents are " + figure(model.reserved) +
                                                    " of " + figure(model.servers) +
                                                    ": a whole number below the servers");
  const double load = (model.arrival_rates[0] + model.arrival_rates[1]) / model.service_rate;
  if (model.abandonment_rates[0] == 0 && model.abandonment_rates[1] == 0 &&
      overloaded(load, model.servers))
    return sched::Unexpected{too_much(load, model.servers)};
  ReservedChain chain;
  chain.model = model;
  chain.reserved = static_cast<size_t>(model.reserved);
  chain.open = static_cast<size_t>(model.servers) - chain.reserved;
  const auto solved = solve_growing(chain);
  if (!solved) return sched::Unexpected{solved.error()};

  SharedPoolMeasures found;
  found.truncated = solved->edge;
  for (size_t level = 0; level < solved->shares.size(); ++level) {
    for (size_t phase = 0; phase < solved->shares[level].size(); ++phase) {
      const double share = solved->shares[level][phase];
      found.occupancy +=
          share * static_cast<double>(std::min(level, chain.open) +
                                      (level < chain.open ? 0 : std::min(phase, chain.reserved)));
      found.classes[0].mean_queue += share * static_cast<double>(chain.waiting1(level, phase));
      found.classes[1].mean_queue += share * static_cast<double>(chain.waiting2(level));
      if (level < chain.open) continue;
      found.classes[1].p_wait += share;
      if (phase >= chain.reserved) found.classes[0].p_wait += share;
    }
  }
  found.p_all_busy = found.classes[0].p_wait;
  found.occupancy /= model.servers;
  add_waits(found.classes, model.arrival_rates, model.abandonment_rates);
  return found;
}

namespace {

/// Level: busy agents, then those of class 2 who wait. Phase: agents busy with class 1, and times
/// the room, those of class 1 who wait.
struct TwoSpeedsChain final : LevelModel {
  TwoSpeeds model;
  size_t servers = 0;
  size_t room1 = 0, room2 = 0;

  size_t busy1(size_t level, size_t phase) const {
    return level < servers ? phase : phase / (room1 + 1);
  }
  size_t waiting1(size_t level, size_t phase) const {
    return level < servers ? 0 : phase % (room1 + 1);
  }
  size_t waiting2(size_t level) const { return level > servers ? level - servers : 0; }
  LevelBound bound() const { return {servers + 1, true}; }

  size_t phases(size_t level) const override {
    return level < servers ? level + 1 : (servers + 1) * (room1 + 1);
  }
  void moves(size_t level, size_t phase, std::vector<Move>& out) const override {
    const size_t first = busy1(level, phase);
    const size_t second = std::min(level, servers) - first;
    const size_t queue1 = waiting1(level, phase);
    const double done1 = static_cast<double>(first) * model.service_rates[0];
    const double done2 = static_cast<double>(second) * model.service_rates[1];
    if (level < servers) {
      const size_t stride = level + 1 == servers ? room1 + 1 : 1;  // of the level above
      out.push_back({level + 1, (first + 1) * stride, model.arrival_rates[0]});
      out.push_back({level + 1, first * stride, model.arrival_rates[1]});
      if (first > 0) out.push_back({level - 1, first - 1, done1});
      if (second > 0) out.push_back({level - 1, first, done2});
      return;
    }
    const size_t stride = room1 + 1;
    if (queue1 < room1) out.push_back({level, phase + 1, model.arrival_rates[0]});
    out.push_back({level + 1, phase, model.arrival_rates[1]});
    if (queue1 > 0) {  // the next is of class 1, on the agent of either
      if (first > 0) out.push_back({level, phase - 1, done1});
      if (second > 0) out.push_back({level, phase - 1 + stride, done2});
      return;
    }
    // The next is of class 2, or the agent falls idle: the agents busy with class 1 are the same.
    const size_t below = level == servers ? 1 : stride;
    if (first > 0) out.push_back({level - 1, (first - 1) * below, done1});
    if (second > 0) out.push_back({level - 1, first * below, done2});
  }
};

}  // namespace

Answer<SharedPoolMeasures> two_speeds(const TwoSpeeds& model) {
  if (auto wrong = problem_in(model.arrival_rates, {0, 0})) return sched::Unexpected{*wrong};
  if (auto wrong = not_positive({{"service rate of class 1", model.service_rates[0]},
                                 {"service rate of class 2", model.service_rates[1]}}))
    return sched::Unexpected{*wrong};
  if (auto wrong = not_a_count({{"servers", model.servers}})) return sched::Unexpected{*wrong};
  const double load = model.arrival_rates[0] / model.service_rates[0] +
                      model.arrival_rates[1] / model.service_rates[1];
  if (overloaded(load, model.servers)) return sched::Unexpected{too_much(load, model.servers)};
  TwoSpeedsChain chain;
  chain.model = model;
  chain.servers = static_cast<size_t>(model.servers);
  const auto solved = solve_growing(chain);
  if (!solved) return sched::Unexpected{solved.error()};

  SharedPoolMeasures found;
  found.truncated = solved->edge;
  for (size_t level = 0; level < solved->shares.size(); ++level) {
    for (size_t phase = 0; phase < solved->shares[level].size(); ++phase) {
      const double share = solved->shares[level][phase];
      found.occupancy += share * static_cast<double>(std::min(level, chain.servers));
      found.classes[0].mean_queue += share * static_cast<double>(chain.waiting1(level, phase));
      found.classes[1].mean_queue += share * static_cast<double>(chain.waiting2(level));
      if (level >= chain.servers) found.p_all_busy += share;
    }
  }
  found.occupancy /= model.servers;
  found.classes[0].p_wait = found.classes[1].p_wait = found.p_all_busy;
  add_waits(found.classes, model.arrival_rates, {0, 0});
  return found;
}

}  // namespace paceline::sim
