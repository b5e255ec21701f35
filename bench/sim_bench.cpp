// Simulators on M/M/100, the N-model and three tiers with priorities: customers per second and
// core. Before a simulator is timed, 16 runs of it are held against the exact answers.
// `replication` is a day of 2,000 customers, the making of the desk included.
//
//   build/release/bench/sim_bench                              runs of 100,000 customers
//   PACELINE_BENCH_FULL=1 build/release/bench/sim_bench        of 1,000,000
//   build/release/bench/sim_bench --models                     models, exact answers, bounds: JSON
//
// A simulator is a type with run(model, customers, seed) → Answers for each of the models.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

#include "bench/sched_bench.h"
#include "bench/sim_models.h"
#include "bench/sim_rivals.h"
#include "bench/sim_world.h"
#ifdef PACELINE_BENCH_NS3
#include "bench/ns3_rivals.h"
#endif

namespace paceline::bench {
namespace {

template <class Simulator, class Model>
const Distance& compared() {
  static const Distance found = [] {
    constexpr uint64_t runs = 16;
    const uint64_t customers = full() ? 200'000 : 40'000;
    std::vector<Answers> answers;
    for (uint64_t seed = 1; seed <= runs; ++seed) {
      answers.push_back(Simulator::run(Model{}, customers, seed));
    }
    return distance(answers, exact(Model{}));
  }();
  const bool agrees = found.agrees(full() ? 1 : 2);
  if (!agrees) {
    std::fprintf(stderr, "%s: %.1f standard errors from the exact answers; these are %.1f %%\n",
                 Model::name, found.standard_errors, found.error_of_waits * 100);
  }
  must_agree(agrees, Model::name);
  return found;
}

template <class Simulator, class Model>
void simulate(benchmark::State& state) {
  const Distance& found = compared<Simulator, Model>();
  const auto customers = static_cast<uint64_t>(state.range(0));
  uint64_t seed = 100;
  for (auto _ : state) {
    benchmark::DoNotOptimize(Simulator::run(Model{}, customers, ++seed).mean_wait.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["standard_errors"] = found.standard_errors;
  state.counters["error_of_waits"] = found.error_of_waits;
}

/// A day of a desk, as a planner runs thousands of: making the desk counts.
template <class Simulator>
void replication(benchmark::State& state) {
  compared<Simulator, ManyAgents>();
  uint64_t seed = 100;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        Simulator::run(ManyAgents{}, static_cast<uint64_t>(state.range(0)), ++seed)
            .mean_wait.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

template <class Simulator>
bool add(const std::string& who) {
  const auto one = [&](const char* model, void (*run)(benchmark::State&)) {
    benchmark::RegisterBenchmark((std::string(model) + "<" + who + ">").c_str(), run)
        ->ArgName("customers")
        ->Arg(full() ? 1'000'000 : 100'000)
        ->Unit(benchmark::kMillisecond);
  };
  one(ManyAgents::name, simulate<Simulator, ManyAgents>);
  one(TwoPools::name, simulate<Simulator, TwoPools>);
  one(Tiers::name, simulate<Simulator, Tiers>);
  benchmark::RegisterBenchmark(("replication<" + who + ">").c_str(), replication<Simulator>)
      ->ArgName("customers")
      ->Arg(2'000)
      ->Unit(benchmark::kMillisecond);
  return true;
}

const bool added = add<World>("World") && add<peers::Loop>("peers::Loop");
#ifdef PACELINE_BENCH_NS3
const bool ns3_added = add<peers::Ns3>("peers::Ns3");
#endif

nlohmann::json json(const Answers& answers) {
  return {{"mean_wait", answers.mean_wait},
          {"p_wait", answers.p_wait},
          {"occupancy", answers.occupancy}};
}

void print_models() {
  const ManyAgents many;
  const TwoPools pools;
  const Tiers tiers;
  const nlohmann::json models = {{"bounds",
                                  {{"standard_errors", Distance::standard_errors_max},
                                   {"error_of_waits", Distance::error_of_waits_max},
                                   {"error_of_occupancy", Distance::error_of_occupancy_max}}},
                                 {ManyAgents::name,
                                  {{"arrival_rate", many.arrival_rate},
                                   {"service_rate", many.service_rate},
                                   {"agents", many.agents},
                                   {"exact", json(exact(many))}}},
                                 {TwoPools::name,
                                  {{"arrival_rates", pools.arrival_rates},
                                   {"service_rate", pools.service_rate},
                                   {"agents", pools.agents},
                                   {"exact", json(exact(pools))}}},
                                 {Tiers::name,
                                  {{"arrival_rate", tiers.arrival_rate},
                                   {"service_rates", tiers.service_rates},
                                   {"agents", tiers.agents},
                                   {"onward", tiers.onward},
                                   {"priority_shares", tiers.priority_shares},
                                   {"exact", json(exact(tiers))}}}};
  std::printf("%s\n", models.dump(1).c_str());
}

}  // namespace
}  // namespace paceline::bench

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--models") == 0) {
    paceline::bench::print_models();
    return 0;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
