// Paceline, for what `paceline bench cycle` does not measure on a server somebody else starts and
// kills: load, latency of one open at a time, tickets waiting after a restart, timers firing.
//
// Every ticket is routed by rule and has a response and a resolution clock on a business calendar.
#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>
#include <vector>

#include "engine/config/load.h"
#include "tools/bench_desk.h"
#include "tools/bench_driver.h"
#include "tools/failure.h"
#include "wire/client.h"

namespace paceline::bench::peers {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* desk_name = "bench";
constexpr const char* queue_toml = R"([[queue]]
name = "queue"
group = "group"
head_start = { P1 = "8h", P2 = "4h", P3 = "1h", vip = "30m" }

[[route]]
queue = "queue"
)";
/// A Monday, 09:00 UTC, for servers whose time is moved by hand.
constexpr sched::Instant monday{1'767'603'600'000'000};

[[noreturn]] void fail(const std::string& sentence) {
  fmt::print(stderr, "peer: {}\n", sentence);
  std::exit(1);
}
void must(const tools::Done& done) {
  if (!done) fail(done.error().text);
}
template <class T>
T must(wire::Called<T> called) {
  if (!called) fail(called.error().text);
  if constexpr (!std::is_void_v<T>) return std::move(*called);
}

struct Peer {
  tools::BenchPlan plan;
  uint64_t count = 0;

  wire::Client connect() const {
    wire::ClientOptions options;
    options.address = plan.address;
    options.wait_for_server = true;
    options.connect_timeout = std::chrono::seconds(60);
    return must(wire::Client::connect(options));
  }

  /// A desk with room for as many tickets as are to come.
  void prepare() const {
    const auto loaded =
        config::load_text(std::string(tools::bench_clocks_toml) + queue_toml, "bench", monday);
    if (!loaded) fail(config::shown(loaded.error().front()));
    wire::Client client = connect();
    desk::Limits limits;
    limits.tickets_max = std::max<uint32_t>(limits.tickets_max, static_cast<uint32_t>(count) * 2);
    const auto opened = must(client.open_desk(desk_name, true, limits));
    must(client.put_configuration(opened.desk, loaded->desks.front().second));
  }

  double load_tickets(uint64_t tickets) {
    plan.desk = desk_name;
    plan.backlog = static_cast<uint32_t>(tickets);
    std::vector<tools::BenchDriver> drivers;
    for (uint32_t c = 0; c < plan.connections; ++c) drivers.emplace_back(plan, c);
    std::vector<tools::Done> results(drivers.size());
    const auto begun = Clock::now();
    std::vector<std::thread> threads;
    for (size_t i = 0; i < drivers.size(); ++i) {
      threads.emplace_back([&, i] { results[i] = drivers[i].load(); });
    }
    for (std::thread& thread : threads) thread.join();
    for (const tools::Done& result : results) must(result);
    return std::chrono::duration<double>(Clock::now() - begun).count();
  }
  void load() {
    const double seconds = load_tickets(count);
    fmt::print("{{\"tickets\": {}, \"seconds\": {:.3f}, \"per_s\": {:.0f}}}\n", count, seconds,
               static_cast<double>(count) / seconds);
  }

  void latency() const {
    wire::Client client = connect();
    const auto desk = must(client.open_desk(desk_name)).desk;
    const std::string body(tools::bench_body_size, 'b');
    wire::CommandWriter writer;
    std::vector<double> latencies_us;
    const auto begun = Clock::now();
    const auto end = begun + std::chrono::duration<double>(plan.seconds);
    while (latencies_us.size() < count && Clock::now() < end) {
      const auto sent = Clock::now();
      wire::OpenFields fields;
      fields.category = "category";
      fields.body = body;
      writer.open(fields);
      if (must(client.call(desk, writer)).front().code != 0) fail("an open was refused");
      latencies_us.push_back(
          std::chrono::duration<double, std::micro>(Clock::now() - sent).count());
    }
    std::sort(latencies_us.begin(), latencies_us.end());
    const auto percentile = [&](double share) {
      return latencies_us[static_cast<size_t>(share * static_cast<double>(latencies_us.size()))];
    };
    fmt::print("{{\"opens\": {}, \"open_us\": {{\"p50\": {:.1f}, \"p99\": {:.1f}}}}}\n",
               latencies_us.size(), percentile(0.50), percentile(0.99));
  }

  void waiting() const {
    wire::Client client = connect();
    const auto desk = must(client.open_desk(desk_name)).desk;
    desk::Query query;
    query.kind = desk::QueryKind::status;
    fmt::print("{{\"waiting\": {}}}\n", must(client.query(desk, query)).status.waiting);
  }

  /// Tickets opened over an hour, so that their timers do not fall on one instant.
  void load_spread() {
    constexpr uint64_t slices = 60;
    wire::Client client = connect();
    const auto desk = must(client.open_desk(desk_name)).desk;
    for (uint64_t slice = 0; slice < slices; ++slice) {
      must(client.advance(desk, monday + sched::minute * static_cast<int64_t>(slice)));
      load_tickets(count / slices);
    }
    fmt::print("{{\"tickets\": {}, \"events\": {}}}\n", count / slices * slices,
               must(client.open_desk(desk_name)).last_event);
  }
  /// Goes on a week, an hour at a time: every threshold and breach of every ticket fires.
  void fire() const {
    constexpr int64_t hours = 7 * 24;
    wire::Client client = connect();
    const auto opened = must(client.open_desk(desk_name));
    const auto begun = Clock::now();
    for (int64_t hour = 1; hour <= hours; ++hour) {
      must(client.advance(opened.desk, monday + sched::hour * (hour + 1)));
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    fmt::print("{{\"fired\": {}, \"seconds\": {:.3f}}}\n",
               must(client.open_desk(desk_name)).last_event - opened.last_event, seconds);
  }
};

int run(int argc, char** argv) {
  Peer peer;
  CLI::App app("Loads one running Paceline; see tools/bench peers");
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--connect", peer.plan.address, "unix:PATH or tcp:HOST:PORT")->required();
  app.add_option("--connections", peer.plan.connections)->check(CLI::Range(1, 256));
  app.add_option("--count", peer.count);
  app.add_option("--seconds", peer.plan.seconds)->check(CLI::Range(0.1, 3'600.0));
  app.add_subcommand("prepare", "A desk and its rules")->callback([&] {
    peer.prepare();
    fmt::print("{{}}\n");
  });
  app.add_subcommand("load", "Opens --count tickets")->callback([&] { peer.load(); });
  app.add_subcommand("latency", "Opens one at a time")->callback([&] { peer.latency(); });
  app.add_subcommand("waiting", "Tickets that wait")->callback([&] { peer.waiting(); });
  app.add_subcommand("load-spread", "Opens --count tickets over an hour")->callback([&] {
    peer.load_spread();
  });
  app.add_subcommand("fire", "Lets a week pass")->callback([&] { peer.fire(); });
  CLI11_PARSE(app, argc, argv);
  return 0;
}

}  // namespace
}  // namespace paceline::bench::peers

int main(int argc, char** argv) { return paceline::bench::peers::run(argc, argv); }
