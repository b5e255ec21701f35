#include "bench/peers/peer.h"

#include <fmt/format.h>
#include <poll.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <vector>

namespace paceline::bench::peers {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int poll_timeout_ms = 60'000;
constexpr uint32_t opens_per_batch = 500;

double seconds_since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

double percentile(std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0.0;
  const auto index = static_cast<size_t>(share * static_cast<double>(sorted.size()));
  return sorted[std::min(index, sorted.size() - 1)];
}

/// Several lanes from one thread: waits until batches are answered.
class Lanes {
 public:
  Lanes(Peer& peer, const Plan& plan) {
    for (uint32_t i = 0; i < plan.connections; ++i) lanes_.push_back(peer.connect(plan));
    polls_.resize(lanes_.size());
  }
  size_t size() const { return lanes_.size(); }
  Lane& operator[](size_t index) { return *lanes_[index]; }

  /// Calls answered(lane index) once per answered batch; returns after at least one look.
  template <class Answered>
  void wait(Answered&& answered) {
    for (size_t i = 0; i < lanes_.size(); ++i) {
      const int events = lanes_[i]->sent() ? POLLIN : POLLIN | POLLOUT;
      polls_[i] = {lanes_[i]->file(), static_cast<short>(events), 0};
    }
    const int ready = ::poll(polls_.data(), polls_.size(), poll_timeout_ms);
    if (ready <= 0) fail("the server has not answered for a minute");
    for (size_t i = 0; i < lanes_.size(); ++i) {
      if ((polls_[i].revents & POLLOUT) != 0) lanes_[i]->send();
      if ((polls_[i].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
      for (uint32_t batches = lanes_[i]->receive(false); batches > 0; --batches) answered(i);
    }
  }

 private:
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<pollfd> polls_;
};

void load(Peer& peer, const Plan& plan) {
  Lanes lanes(peer, plan);
  uint64_t left = plan.count;
  uint32_t in_flight = 0;
  const auto begun = Clock::now();
  const auto open_on = [&](size_t i) {
    const auto count = static_cast<uint32_t>(std::min<uint64_t>(left, opens_per_batch));
    if (count == 0) return;
    left -= count;
    ++in_flight;
    lanes[i].open(count);
  };
  for (uint32_t crew = 0; crew < peer.crews(); ++crew) {
    for (size_t i = 0; i < lanes.size(); ++i) open_on(i);
  }
  while (in_flight > 0) {
    lanes.wait([&](size_t i) {
      --in_flight;
      open_on(i);
    });
  }
  const double seconds = seconds_since(begun);
  fmt::print("{{\"tickets\": {}, \"seconds\": {:.3f}, \"per_s\": {:.0f}}}\n", plan.count, seconds,
             static_cast<double>(plan.count) / seconds);
}

struct Flight {
  uint32_t crew;
  Clock::time_point sent;
};

void cycle(Peer& peer, const Plan& plan) {
  Lanes lanes(peer, plan);
  const uint32_t crews = peer.crews();
  const uint32_t per_crew = std::max(1U, plan.in_flight / crews);
  std::vector<std::deque<Flight>> flights(lanes.size());
  uint32_t in_flight = 0;
  const auto turn = [&](size_t i, uint32_t crew) {
    flights[i].push_back({crew, Clock::now()});
    ++in_flight;
    lanes[i].turn(crew, per_crew);
  };
  for (uint32_t crew = 0; crew < crews; ++crew) {
    for (size_t i = 0; i < lanes.size(); ++i) turn(i, crew);
  }
  // What the first turns take is completed by the second ones: from there on it counts.
  for (uint32_t first = crews * static_cast<uint32_t>(lanes.size()); first > 0;) {
    lanes.wait([&](size_t i) {
      const uint32_t crew = flights[i].front().crew;
      flights[i].pop_front();
      --in_flight;
      if (first > 0) --first;
      turn(i, crew);
    });
  }
  uint64_t cycles = 0;
  uint64_t cycles_late = 0;
  std::vector<double> latencies_us;
  latencies_us.reserve(1 << 20);
  const auto begun = Clock::now();
  const auto end = begun + std::chrono::duration_cast<Clock::duration>(
                               std::chrono::duration<double>(plan.seconds));
  Clock::time_point now = begun;
  while (in_flight > 0) {
    lanes.wait([&](size_t i) {
      const Flight flight = flights[i].front();
      flights[i].pop_front();
      --in_flight;
      now = Clock::now();
      if (now >= end) {
        cycles_late += per_crew;
        return;
      }
      latencies_us.push_back(std::chrono::duration<double, std::micro>(now - flight.sent).count());
      cycles += per_crew;
      turn(i, flight.crew);
    });
  }
  for (size_t i = 0; i < lanes.size(); ++i) lanes[i].finish();
  // Of a server so slow that no batch came back in time, all of them count, and all the time.
  double seconds = plan.seconds;
  if (cycles == 0) {
    cycles = cycles_late;
    seconds = std::chrono::duration<double>(now - begun).count();
  }
  std::sort(latencies_us.begin(), latencies_us.end());
  fmt::print(
      "{{\"cycles_per_s\": {:.0f}, \"cycles\": {}, \"batch_us\": {{\"p50\": {:.1f}, \"p99\": "
      "{:.1f}}}}}\n",
      static_cast<double>(cycles) / seconds, cycles, percentile(latencies_us, 0.50),
      percentile(latencies_us, 0.99));
}

/// One open at a time; at most plan.count, and for at most plan.seconds.
void latency(Peer& peer, const Plan& plan) {
  const auto lane = peer.connect(plan);
  std::vector<double> latencies_us;
  const auto begun = Clock::now();
  while (latencies_us.size() < plan.count && seconds_since(begun) < plan.seconds) {
    const auto sent = Clock::now();
    lane->open(1);
    while (!lane->sent()) lane->send();
    while (lane->receive(true) == 0) {
    }
    latencies_us.push_back(std::chrono::duration<double, std::micro>(Clock::now() - sent).count());
  }
  std::sort(latencies_us.begin(), latencies_us.end());
  fmt::print("{{\"opens\": {}, \"open_us\": {{\"p50\": {:.1f}, \"p99\": {:.1f}}}}}\n",
             latencies_us.size(), percentile(latencies_us, 0.50), percentile(latencies_us, 0.99));
}

}  // namespace

void fail(const std::string& sentence) {
  fmt::print(stderr, "peer: {}\n", sentence);
  std::exit(1);
}

int peer_main(int argc, char** argv, Peer& peer) {
  Plan plan;
  CLI::App app("Loads one running queue server; see tools/bench peers");
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--connect", plan.address, "unix:PATH or tcp:HOST:PORT")->required();
  app.add_option("--connections", plan.connections)->check(CLI::Range(1, 256));
  app.add_option("--in-flight", plan.in_flight)->check(CLI::Range(1, 10'000));
  app.add_option("--count", plan.count);
  app.add_option("--seconds", plan.seconds)->check(CLI::Range(0.1, 3'600.0));
  app.add_option("--delay-min", plan.delay_min_s)->check(CLI::Range(0, 3'600));
  app.add_option("--delay-max", plan.delay_max_s)->check(CLI::Range(0, 3'600));
  app.add_flag("--batched", plan.batched);
  app.add_flag("--unlogged", plan.unlogged);
  app.add_subcommand("prepare", "An empty server's tables or streams")->callback([&] {
    peer.prepare(plan);
    fmt::print("{{}}\n");
  });
  app.add_subcommand("load", "Opens --count tickets")->callback([&] { load(peer, plan); });
  app.add_subcommand("cycle", "Opens, takes and completes for --seconds")->callback([&] {
    cycle(peer, plan);
  });
  app.add_subcommand("latency", "Opens one at a time")->callback([&] { latency(peer, plan); });
  app.add_subcommand("waiting", "Tickets that wait")->callback([&] {
    fmt::print("{{\"waiting\": {}}}\n", peer.waiting(plan));
  });
  app.add_subcommand("bytes", "Bytes of tables and indexes")->callback([&] {
    fmt::print("{{\"bytes\": {}}}\n", peer.bytes(plan));
  });
  app.add_subcommand("delayed", "Tickets that are delayed")->callback([&] {
    fmt::print("{{\"delayed\": {}}}\n", peer.delayed(plan));
  });
  CLI11_PARSE(app, argc, argv);
  return 0;
}

}  // namespace paceline::bench::peers
