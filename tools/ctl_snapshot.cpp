// `ctl snapshot`: takes one now and says which file it is. While it waits it asks, on a second
// connection, how far the server is.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/runtime/bell.h"
#include "tools/commands.h"
#include "tools/connection.h"

namespace paceline::tools {

namespace {

constexpr auto longest_wait = std::chrono::hours(24);
constexpr int64_t look_every_us = 200'000;
constexpr std::string_view stages[] = {"waiting", "waiting for the history", "replaying the log",
                                       "writing", "verifying"};

uint64_t figure(const wire::ServerStatus& status, std::string_view name) {
  const auto found = std::find_if(status.figures.begin(), status.figures.end(),
                                  [&](const auto& known) { return known.first == name; });
  return found == status.figures.end() ? 0 : found->second;
}

class CtlSnapshot final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    server_.declare(app);
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    auto client = server_.connect();
    if (!client) return sched::Unexpected{client.error()};
    auto taken = wait_for_it(terminal, *client);
    if (!taken) return sched::Unexpected{explain(taken.error())};
    show(terminal, taken->report);
    return {};
  }

 private:
  wire::Called<wire::SnapshotTaken> wait_for_it(const Terminal& terminal,
                                                wire::Client& client) const {
    if (!terminal.shows_progress()) return client.take_snapshot(longest_wait);
    std::optional<wire::Called<wire::SnapshotTaken>> taken;
    std::atomic<bool> ended{false};
    runtime::Bell bell;
    std::thread waiting([&] {
      taken.emplace(client.take_snapshot(longest_wait));
      ended.store(true);
      bell.ring();
    });
    if (auto watcher = server_.connect()) watch(terminal, *watcher, ended, bell);
    waiting.join();
    return std::move(*taken);
  }

  static void watch(const Terminal& terminal, wire::Client& client, const std::atomic<bool>& ended,
                    runtime::Bell& bell) {
    while (!ended.load()) {
      const auto status = client.status();
      if (!status) return;
      const uint64_t stage = std::min<uint64_t>(figure(*status, "snapshot_stage"), 4);
      const uint64_t done = figure(*status, "snapshot_done"),
                     total = figure(*status, "snapshot_total");
      terminal.message(fmt::format(
          "snapshot: {}{}", stages[stage],
          done == 0    ? std::string()
          : total == 0 ? fmt::format(", {} MiB", done / 1'048'576)
                       : fmt::format(", {} of {} MiB", done / 1'048'576, total / 1'048'576)));
      bell.wait(look_every_us);
    }
  }

  void show(const Terminal& terminal, const runtime::SnapshotReport& report) const {
    const auto seconds = [](int64_t us) { return static_cast<double>(us) / 1e6; };
    if (json_) {
      const nlohmann::ordered_json json = {{"file", report.path},
                                           {"sequence", report.sequence},
                                           {"bytes", report.bytes},
                                           {"raw_bytes", report.raw_bytes},
                                           {"seconds", seconds(report.took_us())},
                                           {"replay_seconds", seconds(report.replay_us)},
                                           {"write_seconds", seconds(report.write_us)},
                                           {"verify_seconds", seconds(report.verify_us)}};
      terminal.data(json.dump(1) + "\n");
      return;
    }
    terminal.data(fmt::format("{}  {:.1f} MiB ({:.1f} MiB of state up to record {}), {:.1f} s\n",
                              report.path, static_cast<double>(report.bytes) / 1'048'576,
                              static_cast<double>(report.raw_bytes) / 1'048'576, report.sequence,
                              seconds(report.took_us())));
  }

  ServerOptions server_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_ctl_snapshot() { return std::make_unique<CtlSnapshot>(); }

}  // namespace paceline::tools
