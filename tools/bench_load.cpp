// `bench load`: latency under load that does not wait for the answers, from half of what the server
// can do to more than that; and what a deaf subscriber and a flood of connections do to the rest.
//
// The server is a process of its own on the wall clock. What it can do is measured first, with the
// same frames sent as fast as they are answered.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "engine/config/load.h"
#include "tools/bench_desk.h"
#include "tools/child_server.h"
#include "tools/commands.h"
#include "tools/demo_toml.h"
#include "tools/load_driver.h"
#include "tools/nuisance.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

constexpr const char* desk_name = "bench";
constexpr size_t deaf_subscribers = 4;

constexpr const char* queue_toml = R"([[queue]]
name = "desk"
group = "desk"

[[route]]
when = "category == 'bench'"
queue = "desk"
)";

/// One stretch of load, and what stood in its way.
struct Stretch {
  std::string beside = "nothing";
  double share = 0.0;  // of capacity
  double tickets_per_s = 0.0;
  LoadSeen seen;
  double seconds = 0.0;
  uint64_t busy = 0;
  uint64_t resident_bytes = 0;
  uint64_t connections = 0;  // of the flood
};

double percentile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0.0;
  const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::max<size_t>(rank, 1) - 1];
}

class BenchLoad final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--durability", durability_,
                   "sync: reply when it is on the disk; interval; none")
        ->check(CLI::IsMember({"sync", "interval", "none"}));
    app.add_option("--connections", plan_.connections, "Connections, each with a thread")
        ->check(CLI::Range(1, 256));
    app.add_option("--tickets-per-frame", plan_.tickets_per_frame,
                   "Tickets opened, resolved and closed in one frame")
        ->check(CLI::Range(1, 1'000));
    app.add_option("--arrivals", arrivals_, "poisson or constant")
        ->check(CLI::IsMember({"poisson", "constant"}));
    app.add_option("--seconds", plan_.seconds, "How long each load lasts")
        ->check(CLI::Range(0.1, 3'600.0));
    app.add_option("--give-up", plan_.give_up_after_s,
                   "Seconds after which a frame that found no room is turned away")
        ->check(CLI::Range(0.01, 3'600.0));
    app.add_option("--seed", plan_.seed, "Of the arrivals");
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    plan_.arrivals = arrivals_ == "constant" ? Arrivals::constant : Arrivals::poisson;
    auto server = ChildServer::start({"--durability", durability_});
    if (!server) return sched::Unexpected{server.error()};
    server_ = server->get();
    plan_.address = server_->address();
    plan_.desk = desk_name;
    if (Done ready = prepare(); !ready) return ready;
    if (Done measured = measure(terminal); !measured) return measured;
    if (Done kept = compare_counts(); !kept) return kept;
    show(terminal);
    return {};
  }

 private:
  using Clock = std::chrono::steady_clock;

  Got<wire::Client> client() const {
    wire::ClientOptions options;
    options.address = plan_.address;
    auto client = wire::Client::connect(options);
    if (!client) return sched::Unexpected{explain(client.error())};
    return std::move(*client);
  }

  Done prepare() {
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    const auto loaded = config::load_text(std::string(bench_clocks_toml) + queue_toml, "bench",
                                          sched::Instant{now.count()});
    if (!loaded) return sched::Unexpected{went_wrong(config::shown(loaded.error().front()))};
    auto administrator = client();
    if (!administrator) return sched::Unexpected{administrator.error()};
    observer_.emplace(std::move(*administrator));
    desk::Limits limits;
    limits.closed_max = 50'000;  // reached soon, so that memory can be seen to stay
    const auto desk = observer_->open_desk(desk_name, true, limits);
    if (!desk) return sched::Unexpected{explain(desk.error())};
    desk_ = desk->desk;
    if (const auto put = observer_->put_configuration(desk_, loaded->desks.front().second); !put)
      return sched::Unexpected{explain(put.error())};
    for (uint32_t c = 0; c < plan_.connections; ++c) {
      if (Done connected = drivers_.emplace_back(plan_, c).connect(); !connected) return connected;
    }
    return {};
  }

  Done measure(const Terminal& terminal) {
    terminal.message("measuring what the server can do");
    auto full = stretch([](LoadDriver& driver) { return driver.saturate(); });
    if (!full) return sched::Unexpected{full.error()};
    capacity_ = static_cast<double>(full->seen.done * plan_.tickets_per_frame) / full->seconds;
    for (const double share : {0.5, 0.8, 0.95, 1.2}) {
      if (Done done = load(terminal, share, "nothing"); !done) return done;
    }
    // Once more, now that the desk is as old as it is for those who follow.
    if (Done done = load(terminal, 0.5, "nothing"); !done) return done;
    if (Done done = load(terminal, 0.5, "deaf subscribers"); !done) return done;
    return load(terminal, 0.5, "flood of connections");
  }

  Done load(const Terminal& terminal, double share, const std::string& beside) {
    terminal.message(
        fmt::format("{:.0f} % of {:.0f} tickets/s beside {}", share * 100, capacity_, beside));
    std::vector<DeafSubscriber> deaf;
    std::optional<ConnectionFlood> flood;
    while (beside == "deaf subscribers" && deaf.size() < deaf_subscribers) {
      auto subscriber = DeafSubscriber::subscribe(plan_.address, plan_.desk);
      if (!subscriber) return sched::Unexpected{subscriber.error()};
      deaf.push_back(std::move(*subscriber));
    }
    if (beside == "flood of connections") flood.emplace(plan_.address);
    const double frames_per_s =
        capacity_ * share / plan_.tickets_per_frame / static_cast<double>(plan_.connections);
    auto done = stretch([&](LoadDriver& driver) { return driver.run(frames_per_s); });
    if (!done) return sched::Unexpected{done.error()};
    if (flood) done->connections = flood->end();
    done->share = share;
    done->beside = beside;
    done->tickets_per_s = capacity_ * share;
    stretches_.push_back(std::move(*done));
    return {};
  }

  /// All connections at once.
  template <class Work>
  Got<Stretch> stretch(Work work) {
    Stretch stretch;
    const auto busy_before = busy_answers();
    if (!busy_before) return sched::Unexpected{busy_before.error()};
    const auto begun = Clock::now();
    std::vector<Got<LoadSeen>> seen(drivers_.size(), Got<LoadSeen>(LoadSeen{}));
    std::vector<std::thread> threads;
    for (size_t i = 0; i < drivers_.size(); ++i)
      threads.emplace_back([&, i] { seen[i] = work(drivers_[i]); });
    for (std::thread& thread : threads) thread.join();
    stretch.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    for (const Got<LoadSeen>& one : seen) {
      if (!one) return sched::Unexpected{one.error()};
      stretch.seen.add(*one);
    }
    std::sort(stretch.seen.latencies_us.begin(), stretch.seen.latencies_us.end());
    const auto busy = busy_answers();
    if (!busy) return sched::Unexpected{busy.error()};
    stretch.busy = *busy - *busy_before;
    stretch.resident_bytes = server_->resident_bytes();
    return stretch;
  }

  Got<uint64_t> busy_answers() {
    const auto status = observer_->status();
    if (!status) return sched::Unexpected{explain(status.error())};
    for (const auto& [name, value] : status->figures)
      if (name == "busy_answers") return value;
    return uint64_t{0};
  }

  /// What was answered is there: as many tickets as were opened.
  Done compare_counts() {
    uint64_t opened = 0;
    for (const LoadDriver& driver : drivers_) opened += driver.tickets_opened();
    const auto answer = observer_->query(desk_, {});
    if (!answer) return sched::Unexpected{explain(answer.error())};
    tickets_ = answer->status.tickets + answer->status.archived;
    if (tickets_ == opened) return {};
    return sched::Unexpected{
        went_wrong(fmt::format("{} tickets were opened, the desk knows {}", opened, tickets_))};
  }

  void show(const Terminal& terminal) const {
    if (json_) {
      terminal.data(json().dump(1) + "\n");
      return;
    }
    Table table({">load", ">tickets/s", "beside", ">done/s", ">p50 ms", ">p99 ms", ">p99.9 ms",
                 ">max ms", ">turned away", ">busy", ">server MiB"});
    for (const Stretch& stretch : stretches_) {
      const auto ms = [&](double share) {
        return fmt::format("{:.2f}", percentile(stretch.seen.latencies_us, share) / 1'000);
      };
      std::string beside = stretch.beside;
      if (stretch.connections > 0) beside += fmt::format(" ({})", stretch.connections);
      table.row({fmt::format("{:.0f} %", stretch.share * 100),
                 fmt::format("{:.0f}", stretch.tickets_per_s), beside,
                 fmt::format("{:.0f}", done_per_s(stretch)), ms(0.5), ms(0.99), ms(0.999), ms(1.0),
                 fmt::format("{:.1f} %", turned_away(stretch) * 100), std::to_string(stretch.busy),
                 std::to_string(stretch.resident_bytes >> 20)});
    }
    terminal.data(table.text());
    terminal.data(
        fmt::format("capacity {:.0f} tickets/s; {} tickets opened, resolved, closed, all there\n",
                    capacity_, tickets_));
  }

  nlohmann::ordered_json json() const {
    nlohmann::ordered_json loads = nlohmann::ordered_json::array();
    for (const Stretch& stretch : stretches_) {
      const auto us = [&](double share) {
        return std::round(percentile(stretch.seen.latencies_us, share));
      };
      loads.push_back(
          {{"share_of_capacity", stretch.share},
           {"beside", stretch.beside},
           {"tickets_per_s", std::round(stretch.tickets_per_s)},
           {"done_per_s", std::round(done_per_s(stretch))},
           {"latency_us",
            {{"p50", us(0.5)}, {"p99", us(0.99)}, {"p999", us(0.999)}, {"max", us(1.0)}}},
           {"turned_away", turned_away(stretch)},
           {"busy_answers", stretch.busy},
           {"server_resident_bytes", stretch.resident_bytes},
           {"flood_connections", stretch.connections}});
    }
    return {{"capacity_tickets_per_s", std::round(capacity_)},
            {"loads", loads},
            {"tickets", tickets_},
            {"durability", durability_},
            {"arrivals", arrivals_},
            {"connections", plan_.connections},
            {"tickets_per_frame", plan_.tickets_per_frame},
            {"seconds", plan_.seconds},
            {"commit", build_commit},
            {"cores", std::thread::hardware_concurrency()}};
  }

  double done_per_s(const Stretch& stretch) const {
    return static_cast<double>(stretch.seen.done * plan_.tickets_per_frame) / stretch.seconds;
  }
  static double turned_away(const Stretch& stretch) {
    return static_cast<double>(stretch.seen.turned_away) /
           static_cast<double>(std::max<uint64_t>(stretch.seen.intended, 1));
  }

  LoadPlan plan_;
  std::string durability_ = "sync";
  std::string arrivals_ = "poisson";
  bool json_ = false;

  ChildServer* server_ = nullptr;         // of run()
  std::optional<wire::Client> observer_;  // connected before anybody is in the way
  sched::DeskNumber desk_;
  std::vector<LoadDriver> drivers_;
  double capacity_ = 0.0;  // tickets/s
  std::vector<Stretch> stretches_;
  uint64_t tickets_ = 0;
};

}  // namespace

std::unique_ptr<Subcommand> make_bench_load() { return std::make_unique<BenchLoad>(); }

}  // namespace paceline::tools
