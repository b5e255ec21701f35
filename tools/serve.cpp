// `serve`: the server as a process. Settings come from the command line, then from --config.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <utility>

#include "engine/config/load.h"
#include "engine/config/units.h"
#include "tools/commands.h"
#include "tools/config_facts.h"
#include "tools/config_file.h"
#include "tools/connection.h"
#include "tools/reloader.h"
#include "tools/version.h"
#include "wire/server.h"

namespace paceline::tools {

namespace {

std::atomic<wire::Server*> running_server{nullptr};
std::atomic<Reloader*> running_reloader{nullptr};
std::atomic<bool> told_to_end{false};

extern "C" void drain_on_signal(int) {
  told_to_end.store(true);
  if (wire::Server* server = running_server.load()) server->request_drain();
}

extern "C" void reload_on_signal(int) {
  if (Reloader* reloader = running_reloader.load()) reloader->on_signal();
}

/// SIGHUP has the configuration file read again for as long as this lives.
class ReloadOnSignal {
 public:
  explicit ReloadOnSignal(Reloader& reloader) {
    running_reloader.store(&reloader);
    struct sigaction action {};
    action.sa_handler = reload_on_signal;
    sigaction(SIGHUP, &action, nullptr);
  }
  ~ReloadOnSignal() {
    std::signal(SIGHUP, SIG_IGN);
    running_reloader.store(nullptr);
  }
  ReloadOnSignal(const ReloadOnSignal&) = delete;
  ReloadOnSignal& operator=(const ReloadOnSignal&) = delete;
};

/// SIGTERM and SIGINT drain the server for as long as this lives.
class DrainOnSignals {
 public:
  explicit DrainOnSignals(wire::Server& server) {
    running_server.store(&server);
    struct sigaction action {};
    action.sa_handler = drain_on_signal;
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
  }
  ~DrainOnSignals() {
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGINT, SIG_DFL);
    running_server.store(nullptr);
  }
  DrainOnSignals(const DrainOnSignals&) = delete;
  DrainOnSignals& operator=(const DrainOnSignals&) = delete;
};

class Serve final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    data_given_ = app.add_option("--data", options_.data, "Folder of the log; created if absent");
    listen_given_ = app.add_option("--listen", options_.listen,
                                   "unix:PATH or tcp:HOST:PORT; may be given several times");
    app.add_option("--config", config_, "Configuration file: server settings, and desks to create");
    durability_given_ = app.add_option("--durability", durability_,
                                       "sync: answer when it is on the disk; interval: at once, "
                                       "synced soon after; none: at once")
                            ->check(CLI::IsMember({"sync", "interval", "none"}));
    interval_given_ = app.add_option("--sync-interval", sync_interval_,
                                     "With interval: the longest an answer is not on the disk");
    clock_given_ =
        app.add_option("--clock", clock_,
                       "wall; commands: an administrator moves it, for replays and tests")
            ->check(CLI::IsMember({"wall", "commands"}));
    shards_given_ = app.add_option("--shards", options_.shards,
                                   "Threads that desks are spread over; may change at every start")
                        ->check(CLI::Range(1, 64));
    pin_given_ = app.add_flag("--pin", options_.pin_threads,
                              "Keep the threads of socket, shards and log each on a processor of "
                              "their own");
    segment_given_ =
        app.add_option("--log-segment-mib", log_segment_mib_,
                       "Size of the log's files; what lies behind two snapshots goes a file at a "
                       "time")
            ->check(CLI::Range(1, 1'024));
    snapshot_log_given_ =
        app.add_option("--snapshot-log-mib", snapshot_log_mib_,
                       "Take a snapshot when the log has grown by so many MiB; 0: not for that")
            ->check(CLI::Range(0, 1'048'576));
    snapshot_every_given_ =
        app.add_option("--snapshot-every", snapshot_every_,
                       "Take a snapshot so often, if anything happened: 15m, 1h, at least 10ms; "
                       "0s: not for that");
    app.add_flag("--snapshot-on-exit", options_.snapshot_on_exit,
                 "Take a snapshot when the server ends: before an upgrade, or for a quick start");
    app.add_option("--token-file", options_.token_file,
                   "Who knows its content is an administrator");
    app.add_option("--tickets-max", options_.desk_limits.tickets_max, "Room of a new desk")
        ->check(CLI::PositiveNumber);
    app.add_option("--in-flight-mib", in_flight_mib_,
                   "Memory for commands taken in and not answered yet; above it clients are told "
                   "busy")
        ->check(CLI::Range(1, 65'536))
        ->capture_default_str();
    app.add_option("--events-kept", options_.events_kept,
                   "Events of a desk that subscriptions can resume from, 80 B each")
        ->check(CLI::Range(1'024, 16'777'216))
        ->capture_default_str();
  }

  Done run(const Terminal& terminal) override {
    config::Loaded loaded;
    if (!config_.empty()) {
      auto read = read_config(config_, terminal);
      if (!read) return sched::Unexpected{read.error()};
      loaded = std::move(*read);
    }
    apply(loaded.server);
    if (options_.data.empty()) {
      return sched::Unexpected{bad_usage("no data folder: give --data DIR, or data in [server]")};
    }
    const auto every = config::parse_duration(snapshot_every_);
    if (!every || !config::serves_as_snapshot_every(*every)) {
      return sched::Unexpected{bad_usage(fmt::format(
          "--snapshot-every {}: {}", snapshot_every_,
          every ? "at least 10ms, or 0s for none by the clock: write 1h" : every.error()))};
    }
    options_.snapshot_every = *every;
    options_.segment_size = log_segment_mib_ * 1'048'576ULL;
    options_.snapshot_log_bytes = snapshot_log_mib_ * 1'048'576ULL;
    options_.bytes_in_flight_max = in_flight_mib_ * 1'048'576ULL;
    if (options_.listen.empty()) {
      return sched::Unexpected{
          bad_usage("nowhere to listen: give --listen unix:PATH, or listen in [server]")};
    }
    options_.durability = durability_ == "none"       ? wire::Durability::none
                          : durability_ == "interval" ? wire::Durability::interval
                                                      : wire::Durability::sync;
    const auto interval = config::parse_duration(sync_interval_);
    if (!interval || *interval < sched::microsecond * 1'000 || *interval > sched::minute) {
      return sched::Unexpected{bad_usage(fmt::format(
          "--sync-interval {} does not lie between 1ms and 1m: write 100ms", sync_interval_))};
    }
    options_.sync_interval = *interval;
    options_.clock_mode = clock_ == "commands" ? wire::ClockMode::commands : wire::ClockMode::wall;
    options_.server_version = program_version;
    options_.note = [&terminal](std::string_view line) { terminal.message(line); };

    if (!config_.empty())
      options_.reload = [this](const wire::ReloadRequest& request) { reloader_->ask(request); };
    auto server = wire::Server::start(options_);
    if (!server) return sched::Unexpected{failure(server.error().exit_code, server.error().text)};
    const DrainOnSignals drain(**server);
    std::signal(SIGXFSZ, SIG_IGN);  // a file at its limit is a failed write, answered as any other
    std::string where;
    for (const std::string& address : (*server)->addresses()) where += " " + address;
    terminal.message(fmt::format("ready:{} (clock {}, durability {})", where, clock_, durability_));
    return config_.empty() ? serve(**server, terminal)
                           : serve(**server, std::move(loaded), terminal);
  }

 private:
  void apply(const config::ServerSettings& settings) {
    if (data_given_->count() == 0 && !settings.data.empty()) options_.data = settings.data;
    if (listen_given_->count() == 0 && !settings.listen.empty()) options_.listen = settings.listen;
    if (shards_given_->count() == 0) options_.shards = settings.shards;
    if (segment_given_->count() == 0) log_segment_mib_ = settings.log_segment_mib;
    if (snapshot_log_given_->count() == 0) snapshot_log_mib_ = settings.snapshot_log_mib;
    if (snapshot_every_given_->count() == 0)
      snapshot_every_ = config::print(settings.snapshot_every);
    if (pin_given_->count() == 0) options_.pin_threads = settings.pin_threads;
    options_.max_jump = settings.max_jump;
    options_.waits_on_clock_jump = settings.waits_on_clock_jump;
    if (config_.empty()) return;
    if (durability_given_->count() == 0) {
      durability_ = durability_name(settings.durability);
    }
    if (interval_given_->count() == 0) sync_interval_ = config::print(settings.sync_interval);
    if (clock_given_->count() == 0) {
      clock_ = settings.clock == config::ServerClock::commands ? "commands" : "wall";
    }
  }

  Done serve(wire::Server& server, const Terminal& terminal) const {
    const wire::ServerEnd end = server.run();
    if (end.exit_code != wire::ServerExit::clean)
      return sched::Unexpected{failure(end.exit_code, end.text)};
    terminal.message("ended: everything taken in is done");
    return {};
  }

  /// Likewise, with a configuration file that can be read again.
  Done serve(wire::Server& server, config::Loaded loaded, const Terminal& terminal) {
    // A connection to itself that is lost will not come again.
    const ServerOptions to_self{server.addresses().front(), options_.token_file, false};
    Reloader reloader(server, config_, std::move(loaded), to_self, terminal);
    reloader_ = &reloader;
    Done served;
    {
      const ReloadOnSignal on_signal(reloader);
      served = serve(server, terminal);
    }
    const Done begun = reloader.end();
    if (served && !begun && told_to_end.load() && begun.error().exit == Exit::unavailable) {
      terminal.message(fmt::format(
          "stopped before every desk of {} was there: they are made at the next start", config_));
      return {};
    }
    return served ? begun : served;
  }

  static Failure failure(wire::ServerExit exit, const std::string& text) {
    return {static_cast<Exit>(exit), fmt::format("E600{}", static_cast<int>(exit)), text};
  }

  wire::ServerOptions options_;
  Reloader* reloader_ = nullptr;  // while the server runs with a configuration file
  std::string config_;
  std::string durability_ = "sync";
  std::string sync_interval_ = "100ms";
  std::string clock_ = "wall";
  uint64_t log_segment_mib_ = 64;
  uint64_t snapshot_log_mib_ = 1'024;
  std::string snapshot_every_ = "1h";
  uint64_t in_flight_mib_ = 256;
  CLI::Option* data_given_ = nullptr;
  CLI::Option* listen_given_ = nullptr;
  CLI::Option* shards_given_ = nullptr;
  CLI::Option* segment_given_ = nullptr;
  CLI::Option* snapshot_log_given_ = nullptr;
  CLI::Option* snapshot_every_given_ = nullptr;
  CLI::Option* pin_given_ = nullptr;
  CLI::Option* durability_given_ = nullptr;
  CLI::Option* interval_given_ = nullptr;
  CLI::Option* clock_given_ = nullptr;
};

}  // namespace

std::unique_ptr<Subcommand> make_serve() { return std::make_unique<Serve>(); }

}  // namespace paceline::tools
