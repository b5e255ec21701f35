// Routing through the rules of a whole desk: what comes in storms, and how long a command waits
// meanwhile; offers beside automatic acceptance; what a window of arrivals gains and costs; memory.
//
//   build/release/bench/routing_bench                            small sizes
//   PACELINE_BENCH_FULL=1 build/release/bench/routing_bench      100 k tickets step, 1 M wait
#include "bench/routing_desk.h"

#include <malloc.h>

#include <map>
#include <string>
#include <vector>

#include "bench/sched_bench.h"

namespace paceline::bench {
namespace {

using desk::EventKind;

constexpr int skill_count = 40;
constexpr uint32_t rank_max = 31;

std::string skill_name(uint64_t number) { return "s" + std::to_string(number); }
std::string queue_name(uint64_t number) { return "queue " + std::to_string(number); }
std::string agent_name(uint64_t number) { return "agent " + std::to_string(number); }

/// Response and resolution clocks for every ticket, due long after the bench.
void add_clocks(desk::Configuration& configuration) {
  for (const desk::ClockKind clock : {desk::ClockKind::response, desk::ClockKind::resolution}) {
    desk::PolicyDefinition policy;
    policy.name = std::string(name(clock));
    policy.clock = clock;
    policy.target.us = sched::hour.us * (clock == desk::ClockKind::response ? 8 : 80);
    policy.rungs.emplace_back().share_bp = 7'500;
    configuration.policies.push_back(policy);
  }
}

desk::QueueDefinition work_queue(uint64_t number) {
  desk::QueueDefinition queue;
  queue.name = queue_name(number);
  queue.group = "work";
  queue.weight_milli = 500;
  return queue;
}

/// Hardly two alike: a dozen skills of forty, levels 1 … `level_max`.
desk::AgentDefinition some_agent(uint64_t number, uint64_t level_max) {
  std::mt19937_64 random(number + 1);
  desk::AgentDefinition agent;
  agent.name = agent_name(number);
  agent.groups = {"work"};
  for (const uint32_t skill : shuffled(skill_count, number + 1)) {
    if (agent.skills.size() == 12) break;
    agent.skills.emplace_back(skill_name(skill), static_cast<uint8_t>(1 + random() % level_max));
  }
  return agent;
}

/// Queues that ask for 6 in a skill at first, which only somebody has who never logs in, and after
/// ten minutes for 1.
desk::Configuration relaxing_desk(uint32_t queues, uint32_t agents) {
  desk::Configuration configuration;
  add_clocks(configuration);
  for (uint32_t number = 0; number < queues; ++number) {
    desk::QueueDefinition queue = work_queue(number);
    const std::string skill = skill_name(number % skill_count);
    queue.steps = {{skill + " >= 6", (sched::minute * 10).us, 0}, {skill + " >= 1", 0, 0}};
    configuration.queues.push_back(queue);
  }
  for (uint32_t number = 0; number < agents; ++number) {
    configuration.agents.push_back(some_agent(number, 5));
  }
  desk::AgentDefinition expert;
  expert.name = "expert";
  expert.groups = {"work"};
  for (uint64_t skill = 0; skill < skill_count; ++skill) {
    expert.skills.emplace_back(skill_name(skill), uint8_t{9});
  }
  configuration.agents.push_back(expert);
  return configuration;
}

void log_in_all(RoutingDesk& desk, uint32_t agents) {
  for (uint32_t agent = 0; agent < agents; ++agent) desk.writer().log_in(agent_name(agent));
  desk.send();
}

/// Opens them 500 in a batch, all at the same instant.
void fill(RoutingDesk& desk, uint32_t tickets, uint32_t queues) {
  for (uint32_t opened = 0; opened < tickets;) {
    for (uint32_t n = 0; n < 500 && opened < tickets; ++n) desk.open(queue_name(opened++ % queues));
    desk.send();
  }
}

/// All waiting tickets come to their next step at once: the agents who are idle until then can do
/// it from that on. A command comes with every batch.
void relaxation_storm(benchmark::State& state) {
  const auto tickets = static_cast<uint32_t>(state.range(0));
  const auto agents = static_cast<uint32_t>(state.range(1));
  const auto queues = static_cast<uint32_t>(state.range(2));
  for (auto _ : state) {
    RoutingDesk desk(relaxing_desk(queues, agents), tickets * 2);
    log_in_all(desk, agents);
    fill(desk, tickets, queues);
    desk.wait((sched::minute * 10).us);
    Batches batches;
    size_t relaxed = 0;
    size_t assigned = 0;
    do {
      desk.wait(1'000);
      desk.open(queue_name(0));
      batches.add(desk.send());
      relaxed += desk.count(EventKind::ticket_relaxed);
      assigned += desk.count(EventKind::ticket_assigned);
    } while (desk.outcome().more_timers_due);
    state.SetIterationTime(batches.total_us() / 1e6);
    state.counters["batch_max_us"] = batches.longest_us();
    state.counters["wait_p99_us"] = batches.wait_us(0.99);
    state.counters["wait_max_us"] = batches.wait_us(1.0);
    state.counters["us_per_step"] = batches.total_us() / static_cast<double>(relaxed);
    state.counters["relaxed"] = static_cast<double>(relaxed);
    state.counters["assigned"] = static_cast<double>(assigned);
  }
}

/// Agents log in, each by a command of its own, while tickets wait; each is given two.
void shift_start(benchmark::State& state) {
  const auto waiting = static_cast<uint32_t>(state.range(0));
  const auto agents = static_cast<uint32_t>(state.range(1));
  const auto queues = static_cast<uint32_t>(state.range(2));
  const auto in_batch = static_cast<uint32_t>(state.range(3));
  for (auto _ : state) {
    RoutingDesk desk(relaxing_desk(queues, agents), waiting + 1'000);
    fill(desk, waiting, queues);
    desk.wait((sched::minute * 10).us);
    do {
      desk.wait(1'000);
      desk.send();
    } while (desk.outcome().more_timers_due);
    Batches batches;
    size_t assigned = 0;
    for (uint32_t agent = 0; agent < agents;) {
      for (uint32_t n = 0; n < in_batch && agent < agents; ++n) {
        desk.writer().log_in(agent_name(agent++));
      }
      desk.wait(1'000);
      batches.add(desk.send());
      assigned += desk.count(EventKind::ticket_assigned);
    }
    state.SetIterationTime(batches.total_us() / 1e6);
    state.counters["us_per_log_in"] = batches.total_us() / agents;
    state.counters["awards_per_log_in"] = static_cast<double>(assigned) / agents;
    state.counters["batch_max_us"] = batches.longest_us();
    state.counters["wait_max_us"] = batches.wait_us(1.0);
  }
}

/// Open, offer and acceptance (by the agent or in one step), resolve, close.
void offer_cycle(benchmark::State& state) {
  const auto waiting = static_cast<uint32_t>(state.range(0));
  const bool auto_accept = state.range(1) != 0;
  constexpr uint32_t agents = 100;
  desk::Configuration configuration;
  add_clocks(configuration);
  desk::QueueDefinition queue = work_queue(0);
  queue.weight_milli = 1'000;
  queue.auto_accept = auto_accept;
  configuration.queues = {queue};
  for (uint32_t number = 0; number < agents; ++number) {
    configuration.agents.push_back(some_agent(number, 9));
  }
  RoutingDesk desk(configuration, waiting + 10'000);
  fill(desk, waiting + agents, 1);
  log_in_all(desk, agents);
  std::vector<uint64_t> offers;
  std::vector<uint64_t> in_hand;
  const auto look = [&] {
    for (const desk::Event& event : desk.outcome().events) {
      if (event.kind == EventKind::ticket_offered) {
        offers.push_back(static_cast<uint64_t>(event.value_us));
      } else if (event.kind == EventKind::ticket_assigned) {
        in_hand.push_back(event.ticket);
      }
    }
  };
  look();
  size_t cycles = 0;
  double total_us = 0;
  for (auto _ : state) {
    double us = 0;
    for (const uint64_t offer : std::exchange(offers, {})) desk.writer().accept(offer);
    if (!desk.writer().empty()) {
      desk.wait(200);
      us += desk.send();
      look();
    }
    for (const uint64_t ticket : in_hand) {
      desk.open(queue.name);
      desk.writer().resolve({.ticket = ticket}, "fixed");
      desk.writer().close({.ticket = ticket});
    }
    cycles += std::exchange(in_hand, {}).size();
    desk.wait(200);
    us += desk.send();
    look();
    state.SetIterationTime(us / 1e6);
    total_us += us;
  }
  state.SetItemsProcessed(static_cast<int64_t>(cycles));
  state.counters["us_per_cycle"] = total_us / static_cast<double>(cycles);
}

/// A surge of tickets in several languages for as many agents, matched one by one or in a window:
/// the total rank (surplus, and 5 points where the language is not spoken), and what it costs.
void window(benchmark::State& state) {
  const auto surge = static_cast<uint32_t>(state.range(0));
  const auto agents = static_cast<uint32_t>(state.range(1));
  const bool collected = state.range(2) != 0;
  constexpr int64_t window_us = 50'000;
  constexpr std::string_view languages[] = {"de", "en", "es", "fr", "it", "pl"};
  desk::Configuration configuration;
  add_clocks(configuration);
  desk::QueueDefinition queue = work_queue(0);
  queue.weight_milli = 1'000;
  queue.need = skill_name(0) + " >= 1";
  queue.window_us = collected ? window_us : 0;
  configuration.queues = {queue};
  std::mt19937_64 random(surge);
  std::vector<std::pair<uint32_t, std::vector<std::string>>> abilities;
  for (uint32_t number = 0; number < agents; ++number) {
    desk::AgentDefinition agent = some_agent(number, 9);
    agent.skills = {{skill_name(0), static_cast<uint8_t>(1 + random() % 9)}};
    for (const uint32_t language : shuffled(std::size(languages), random())) {
      if (agent.languages.size() == 2) break;
      agent.languages.emplace_back(languages[language]);
    }
    abilities.emplace_back(agent.skills[0].second - 1U, agent.languages);
    configuration.agents.push_back(agent);
  }
  RoutingDesk desk(configuration, 100'000);
  log_in_all(desk, agents);
  std::map<uint64_t, std::string_view> language_of;
  uint64_t rank = 0;
  size_t matched = 0;
  double total_us = 0;
  for (auto _ : state) {
    // Everyone is free; a surge comes.
    std::vector<std::string_view> asked;
    for (uint32_t ticket = 0; ticket < surge; ++ticket) {
      asked.push_back(languages[random() % std::size(languages)]);
      desk.open(queue.name, asked.back());
    }
    double us = desk.send();
    language_of.clear();
    for (uint32_t ticket = 0; ticket < surge; ++ticket) {
      language_of[desk.outcome().replies[ticket].ticket] = asked[ticket];
    }
    std::vector<uint64_t> in_hand;
    const auto look = [&] {
      for (const desk::Event& event : desk.outcome().events) {
        if (event.kind != EventKind::ticket_assigned) continue;
        in_hand.push_back(event.ticket);
        const auto& [surplus, spoken] = abilities[event.agent];
        const bool speaks =
            std::find(spoken.begin(), spoken.end(), language_of[event.ticket]) != spoken.end();
        rank += std::min(surplus + (speaks ? 0U : 5U), rank_max);
      }
    };
    look();
    desk.wait(window_us);
    if (collected) {
      us += desk.send();
      look();
    }
    matched += in_hand.size();
    total_us += us;
    state.SetIterationTime(us / 1e6);
    // All is done and forgotten before the next.
    for (const auto& [ticket, language] : language_of) desk.writer().cancel({.ticket = ticket});
    desk.wait(1'000);
    desk.send();
    desk.wait(window_us * 2);
    desk.send();
  }
  const auto surges = static_cast<double>(state.iterations());
  state.counters["rank_per_surge"] = static_cast<double>(rank) / surges;
  state.counters["matched"] = static_cast<double>(matched) / surges;
  state.counters["us_per_ticket"] = total_us / surges / surge;
}

double allocated_bytes() {
  const auto info = ::mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

/// What defining an agent and logging it in adds to a desk.
void memory(benchmark::State& state) {
  const auto agents = static_cast<uint32_t>(state.range(0));
  const auto queues = static_cast<uint32_t>(state.range(1));
  for (auto _ : state) {
    const auto bytes_with = [&](uint32_t number) {
      const desk::Configuration configuration = relaxing_desk(queues, number);
      const double before = allocated_bytes();
      RoutingDesk desk(configuration, 10'000);
      fill(desk, queues, queues);
      if (number != 0) log_in_all(desk, number);
      return allocated_bytes() - before;
    };
    state.counters["bytes_per_agent"] = (bytes_with(agents) - bytes_with(0)) / agents;
  }
}

void storms(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"tickets", "agents", "queues"})->UseManualTime()->Iterations(1);
  bench->Unit(benchmark::kMillisecond)->Args({3'000, 50, 20});
  if (full())
    bench->Args({100'000, 0, 100})->Args({100'000, 5'000, 100})->Args({100'000, 5'000, 1'000});
}
void shifts(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"waiting", "agents", "queues", "in_batch"})->UseManualTime()->Iterations(1);
  bench->Unit(benchmark::kMillisecond)->Args({3'000, 100, 20, 50});
  if (full()) bench->Args({1'000'000, 5'000, 100, 500})->Args({1'000'000, 5'000, 1'000, 500});
}
void cycles(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"waiting", "auto_accept"})->UseManualTime();
  bench->Unit(benchmark::kMicrosecond)->Args({1'000, 1})->Args({1'000, 0});
  if (full()) bench->Args({100'000, 1})->Args({100'000, 0});
}
void windows(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"surge", "agents", "window"})->UseManualTime()->Unit(benchmark::kMicrosecond);
  std::vector<std::pair<int64_t, int64_t>> sizes{{8, 8}};
  if (full()) sizes = {{8, 8}, {16, 16}, {32, 32}, {64, 64}, {64, 32}, {32, 64}, {256, 256}};
  for (const auto& [surge, agents] : sizes) {
    for (const int64_t collected : {0, 1}) bench->Args({surge, agents, collected});
  }
}

BENCHMARK(relaxation_storm)->Apply(storms);
BENCHMARK(shift_start)->Apply(shifts);
BENCHMARK(offer_cycle)->Apply(cycles);
BENCHMARK(window)->Apply(windows);
BENCHMARK(memory)
    ->ArgNames({"agents", "queues"})
    ->Iterations(1)
    ->Args({full() ? 10'000 : 500, full() ? 1'000 : 50});

}  // namespace
}  // namespace paceline::bench
