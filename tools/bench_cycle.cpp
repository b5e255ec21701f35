// `bench cycle`: open one, resolve the agent's ticket (the reply tells what came next), close it.
//
// The server is a process of its own on the wall clock. A backlog is loaded first; then every
// connection keeps its agents busy: each cycle opens a ticket and finishes one, so the backlog
// stays. Every ticket has a response and a resolution clock on a business calendar, is routed by
// rule, and is given out by pressing time.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/config/load.h"
#include "tools/bench_desk.h"
#include "tools/bench_driver.h"
#include "tools/bench_snapshots.h"
#include "tools/child_server.h"
#include "tools/commands.h"
#include "tools/demo_toml.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

constexpr const char* desk_name = "bench";

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    const size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

/// One queue with its agents per connection, two clocks per ticket.
std::string bench_toml(const BenchPlan& plan) {
  std::string text(bench_clocks_toml);
  for (uint32_t c = 0; c < plan.connections; ++c) {
    text += fmt::format(
        "[[queue]]\nname = \"queue-{0}\"\ngroup = \"group-{0}\"\n"
        "head_start = {{ P1 = \"8h\", P2 = \"4h\", P3 = \"1h\", vip = \"30m\" }}\n"
        "[[route]]\nwhen = \"category == '{1}'\"\nqueue = \"queue-{0}\"\n",
        c, category_of(c));
    for (uint32_t a = 0; a < plan.in_flight; ++a) {
      text += fmt::format("[[agent]]\nname = \"{}\"\ngroups = [\"group-{}\"]\n", agent_of(c, a), c);
    }
  }
  return text;
}

class BenchCycle final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--durability", durability_,
                   "sync: reply when it is on the disk; interval; none")
        ->check(CLI::IsMember({"sync", "interval", "none"}));
    app.add_option("--connections", plan_.connections, "Connections, each with a thread")
        ->check(CLI::Range(1, 256));
    app.add_option("--in-flight", plan_.in_flight, "Cycles in flight on each connection")
        ->check(CLI::Range(1, 2'000));
    app.add_option("--backlog", plan_.backlog, "Tickets that wait all the while")
        ->check(CLI::Range(0, 50'000'000));
    app.add_option("--seconds", plan_.seconds, "How long to measure")
        ->check(CLI::Range(0.1, 3'600.0));
    app.add_option("--shards", shards_, "Threads that own desks, and desks: one on each")
        ->check(CLI::Range(1, 64));
    app.add_flag("--snapshots", with_snapshots_,
                 "Ask for one snapshot after another while measuring");
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    const auto loaded = config::load_text(bench_toml(plan_), "bench", sched::Instant{now.count()});
    if (!loaded) return sched::Unexpected{went_wrong(config::shown(loaded.error().front()))};
    auto server =
        ChildServer::start({"--durability", durability_, "--shards", std::to_string(shards_)});
    if (!server) return sched::Unexpected{server.error()};
    plan_.address = (*server)->address();
    // The connections share the desks, and the backlog is shared by the connections.
    plans_.resize(std::min(shards_, plan_.connections), plan_);
    for (size_t desk = 0; desk < plans_.size(); ++desk) {
      plans_[desk].desk = fmt::format("{}-{}", desk_name, desk + 1);
      if (Done ready = prepare(plans_[desk], loaded->desks.front().second); !ready) return ready;
    }

    std::vector<BenchDriver> drivers;
    for (uint32_t c = 0; c < plan_.connections; ++c) {
      drivers.emplace_back(plans_[c % plans_.size()], c);
    }
    terminal.message(fmt::format("loading {} tickets", plan_.backlog));
    const uint64_t resident_before = (*server)->resident_bytes();
    const auto load_begun = Clock::now();
    if (Done done = on_all(drivers, [](BenchDriver& driver) { return driver.load(); }); !done) {
      return done;
    }
    load_seconds_ = seconds_since(load_begun);
    resident_ =
        static_cast<double>((*server)->resident_bytes()) - static_cast<double>(resident_before);
    if (Done done = on_all(drivers, [](BenchDriver& driver) { return driver.log_in(); }); !done) {
      return done;
    }
    if (with_snapshots_) snapshots_.start(plan_.address);
    terminal.message(fmt::format("measuring for {} s", plan_.seconds));
    const double server_cpu_before = (*server)->cpu_seconds();
    const double client_cpu_before = cpu_of_this_process();
    const auto begun = Clock::now();
    if (Done done = on_all(drivers, [](BenchDriver& driver) { return driver.cycle(); }); !done) {
      return done;
    }
    measured_seconds_ = seconds_since(begun);
    server_cpu_ = (*server)->cpu_seconds() - server_cpu_before;
    client_cpu_ = cpu_of_this_process() - client_cpu_before;
    if (with_snapshots_) {
      terminal.message("waiting for the last snapshot");
      if (Done taken = snapshots_.finish(); !taken) return taken;
    }
    for (const BenchDriver& driver : drivers) {
      cycles_ += driver.cycles();
      latencies_us_.insert(latencies_us_.end(), driver.latencies_us().begin(),
                           driver.latencies_us().end());
    }
    std::sort(latencies_us_.begin(), latencies_us_.end());
    show(terminal);
    return {};
  }

 private:
  using Clock = std::chrono::steady_clock;
  static double seconds_since(Clock::time_point begun) {
    return std::chrono::duration<double>(Clock::now() - begun).count();
  }
  static double cpu_of_this_process() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

  static Done prepare(const BenchPlan& plan, const desk::Configuration& configuration) {
    wire::ClientOptions options;
    options.address = plan.address;
    auto client = wire::Client::connect(options);
    if (!client) return sched::Unexpected{explain(client.error())};
    desk::Limits limits;  // room for the backlog and for what was closed in the meantime
    limits.tickets_max =
        std::max<uint32_t>(limits.tickets_max, plan.backlog + limits.closed_max * 2);
    const auto desk = client->open_desk(plan.desk, true, limits);
    if (!desk) return sched::Unexpected{explain(desk.error())};
    if (const auto put = client->put_configuration(desk->desk, configuration); !put) {
      return sched::Unexpected{explain(put.error())};
    }
    return {};
  }

  template <class Work>
  static Done on_all(std::vector<BenchDriver>& drivers, Work work) {
    std::vector<Done> results(drivers.size());
    std::vector<std::thread> threads;
    for (size_t i = 0; i < drivers.size(); ++i) {
      threads.emplace_back([&, i] { results[i] = work(drivers[i]); });
    }
    for (std::thread& thread : threads) thread.join();
    for (const Done& result : results) {
      if (!result) return result;
    }
    return {};
  }

  double percentile(double share) const {
    if (latencies_us_.empty()) return 0.0;
    const auto rank =
        static_cast<size_t>(std::ceil(share * static_cast<double>(latencies_us_.size())));
    return latencies_us_[std::max<size_t>(rank, 1) - 1];
  }

  void show(const Terminal& terminal) const {
    const auto rounded = [](double x) { return std::round(x * 10) / 10; };
    const double backlog = std::max(1.0, static_cast<double>(plan_.backlog));
    const double bytes = plan_.backlog == 0 ? 0.0 : resident_ / backlog - bench_body_size;
    const double cycles = std::max(1.0, static_cast<double>(cycles_));
    nlohmann::ordered_json json{
        {"cycles_per_s", std::round(static_cast<double>(cycles_) / measured_seconds_)},
        {"cycles", cycles_},
        {"seconds", rounded(measured_seconds_)},
        {"frame_latency_us",
         {{"p50", rounded(percentile(0.50))},
          {"p90", rounded(percentile(0.90))},
          {"p99", rounded(percentile(0.99))},
          {"p99_9", rounded(percentile(0.999))},
          {"max", rounded(percentile(1.0))}}},
        {"load_per_s", std::round(static_cast<double>(plan_.backlog) / load_seconds_)},
        {"resident_bytes_per_ticket", std::round(bytes)},
        {"server_cpu_us_per_cycle", rounded(server_cpu_ * 1e6 / cycles)},
        {"client_cpu_us_per_cycle", rounded(client_cpu_ * 1e6 / cycles)},
        {"durability", durability_},
        {"connections", plan_.connections},
        {"in_flight", plan_.in_flight},
        {"backlog", plan_.backlog},
        {"shards", shards_},
        {"snapshot_seconds", snapshots_.seconds()},
        {"commit", build_commit},
        {"cpu", processor()},
        {"cores", std::thread::hardware_concurrency()}};
    if (json_) {
      terminal.data(json.dump(1) + "\n");
      return;
    }
    Table table({"", ""});
    for (const auto& [name, value] : json.items()) {
      table.row({name, value.is_string() ? value.get<std::string>() : value.dump()});
    }
    terminal.data(table.text());
  }

  BenchPlan plan_;
  std::vector<BenchPlan> plans_;  // one for each desk
  uint32_t shards_ = 1;
  std::string durability_ = "sync";
  bool json_ = false;
  bool with_snapshots_ = false;
  BenchSnapshots snapshots_;
  double load_seconds_ = 0.0;
  double measured_seconds_ = 0.0;
  double resident_ = 0.0;
  double server_cpu_ = 0.0;
  double client_cpu_ = 0.0;
  uint64_t cycles_ = 0;
  std::vector<double> latencies_us_;
};

}  // namespace

std::unique_ptr<Subcommand> make_bench_cycle() { return std::make_unique<BenchCycle>(); }

}  // namespace paceline::tools
