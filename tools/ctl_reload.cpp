// `ctl reload`: the server reads its configuration file again, all of it or nothing.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <chrono>
#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/connection.h"

namespace paceline::tools {

namespace {

constexpr auto longest_wait = std::chrono::minutes(10);

class CtlReload final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    server_.declare(app);
    app.add_flag("--dry-run", dry_run_, "Say what would change, and change nothing");
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    auto client = server_.connect();
    if (!client) return sched::Unexpected{client.error()};
    const auto reloaded = client->reload(dry_run_, longest_wait);
    if (!reloaded) {
      Failure failure = explain(reloaded.error());
      if (reloaded.error().code == wire::ErrorCode::reload_failed) failure.exit = Exit::validation;
      return sched::Unexpected{std::move(failure)};
    }
    if (json_) {
      terminal.data(nlohmann::ordered_json{{"dry_run", dry_run_},
                                           {"changes", reloaded->changes},
                                           {"warnings", reloaded->warnings}}
                        .dump(1) +
                    "\n");
      return {};
    }
    for (const std::string& warning : reloaded->warnings) terminal.message(warning);
    std::string text;
    for (const std::string& line : reloaded->changes) text += line + "\n";
    if (text.empty()) text = "nothing has changed\n";
    terminal.data(text);
    if (!dry_run_) terminal.message("the configuration file is in force");
    return {};
  }

 private:
  ServerOptions server_;
  bool dry_run_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_ctl_reload() { return std::make_unique<CtlReload>(); }

}  // namespace paceline::tools
