// Draws: our streams and laws beside <random>'s generator and distributions, one per ticket and
// from one long stream. Ours give the same bits under any compiler and on any processor; the
// library's do not, so only their means are compared before anything is timed.
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "bench/sched_bench.h"
#include "sim/random/law.h"

namespace paceline::bench {
namespace {

using sim::Law;
using sim::Purpose;
using sim::Stream;
using sim::StreamKey;

/// What a ticket of the simulator does: its own stream, one draw of it.
void stream_and_exponential(benchmark::State& state) {
  uint64_t ticket = 0;
  double sum = 0;
  for (auto _ : state) {
    Stream stream({7, 1, ++ticket, Purpose::handling, 0});
    sum += stream.exponential(300);
  }
  benchmark::DoNotOptimize(sum);
}
BENCHMARK(stream_and_exponential);

/// The same where each draw must be known before the next begins.
void stream_and_exponential_in_turn(benchmark::State& state) {
  uint64_t ticket = 0;
  for (auto _ : state) {
    Stream stream({7, 1, ticket, Purpose::handling, 0});
    ticket += static_cast<uint64_t>(stream.exponential(300));
  }
  benchmark::DoNotOptimize(ticket);
}
BENCHMARK(stream_and_exponential_in_turn);

/// As a scenario names them: the law is data, the stream the ticket's own.
void stream_and_law(benchmark::State& state, const Law& law) {
  uint64_t ticket = 0;
  double sum = 0;
  for (auto _ : state) {
    Stream stream({7, 1, ++ticket, Purpose::handling, 0});
    sum += law.draw(stream);
  }
  benchmark::DoNotOptimize(sum);
}

/// One long stream, as the library is made for.
void law(benchmark::State& state, const Law& law) {
  Stream stream({7, 1, 1, Purpose::handling, 0});
  double sum = 0;
  for (auto _ : state) sum += law.draw(stream);
  benchmark::DoNotOptimize(sum);
}

template <class Distribution>
void library(benchmark::State& state, Distribution distribution, double mean) {
  std::mt19937_64 generator(7);
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) sum += static_cast<double>(distribution(generator));
  must_agree(sum > 0.95e5 * mean && sum < 1.05e5 * mean, "mean of the library's distribution");
  for (auto _ : state) sum += static_cast<double>(distribution(generator));
  benchmark::DoNotOptimize(sum);
}

/// A thousand values whose shares differ.
std::vector<Law::Atom> thousand_values() {
  std::vector<Law::Atom> atoms;
  for (int i = 1; i <= 1'000; ++i) atoms.push_back({static_cast<double>(i), i / 500'500.0});
  return atoms;
}

template <class Library>
void side_by_side(const std::string& name, const Law& ours, Library theirs) {
  benchmark::RegisterBenchmark((name + "/stream_and_law").c_str(), stream_and_law, ours);
  benchmark::RegisterBenchmark((name + "/law").c_str(), law, ours);
  benchmark::RegisterBenchmark((name + "/library").c_str(), library<Library>, theirs, ours.mean());
}

const bool registered = [] {
  side_by_side("exponential", Law::exponential(300).value(),
               std::exponential_distribution<>(1.0 / 300));
  const double variance = std::log1p(0.81);
  side_by_side("lognormal", Law::lognormal(300, 0.9).value(),
               std::lognormal_distribution<>(std::log(300.0) - variance / 2, std::sqrt(variance)));
  side_by_side("gamma", Law::gamma(300, 2.5).value(), std::gamma_distribution<>(2.5, 120));
  side_by_side("weibull", Law::weibull(300, 1.7).value(), std::weibull_distribution<>(1.7, 300));
  const auto atoms = thousand_values();
  std::vector<double> shares{0};  // the library counts values from 0
  for (const Law::Atom& atom : atoms) shares.push_back(atom.share);
  side_by_side("empirical_1000", Law::empirical(atoms).value(),
               std::discrete_distribution<>(shares.begin(), shares.end()));
  return true;
}();

}  // namespace
}  // namespace paceline::bench
