// `config check` and `config put`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/config_file.h"
#include "tools/connection.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

size_t steps_of(const desk::Configuration& configuration) {
  size_t steps = 0;
  for (const desk::QueueDefinition& queue : configuration.queues) steps += queue.steps.size();
  return steps;
}

class ConfigCheck final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("FILE", file_, "Configuration file (TOML)")->required();
    app.add_flag("--json", json_, "Print what it describes as JSON");
  }

  Done run(const Terminal& terminal) override {
    const auto loaded = read_config(file_, terminal);
    if (!loaded) return sched::Unexpected{loaded.error()};
    if (json_) {
      nlohmann::ordered_json json{{"file", file_},
                                  {"warnings", loaded->warnings},
                                  {"desks", nlohmann::ordered_json::array()}};
      for (const auto& [name, configuration] : loaded->desks) {
        json["desks"].push_back({{"name", name},
                                 {"calendars", configuration.calendars.size()},
                                 {"policies", configuration.policies.size()},
                                 {"queues", configuration.queues.size()},
                                 {"routes", configuration.routes.size()},
                                 {"agents", configuration.agents.size()},
                                 {"steps", steps_of(configuration)},
                                 {"work", configuration.settings.work.size()},
                                 {"away_codes", configuration.settings.away_codes.size()}});
      }
      terminal.data(json.dump(1) + "\n");
      return {};
    }
    std::string text = fmt::format("{} is right\n", file_);
    for (const auto& [name, configuration] : loaded->desks) {
      text += fmt::format("desk {}: {}, {}, {}, {}, {}", name,
                          counted(configuration.calendars.size(), "calendar", "calendars"),
                          counted(configuration.policies.size(), "policy", "policies"),
                          counted(configuration.queues.size(), "queue", "queues"),
                          counted(configuration.routes.size(), "route", "routes"),
                          counted(configuration.agents.size(), "agent", "agents"));
      const desk::DeskSettings& settings = configuration.settings;
      if (const size_t steps = steps_of(configuration); steps != 0)
        text += ", " + counted(steps, "routing step", "routing steps");
      if (!settings.work.empty())
        text += ", " + counted(settings.work.size(), "kind of work", "kinds of work");
      if (!settings.away_codes.empty())
        text += ", " + counted(settings.away_codes.size(), "away code", "away codes");
      text += '\n';
    }
    terminal.data(text);
    return {};
  }

 private:
  std::string file_;
  bool json_ = false;
};

class ConfigPut final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("FILE", file_, "Configuration file (TOML)")->required();
    server_.declare(app);
    app.add_option("--desk", desk_,
                   "Only this desk of the file; or where the file's only desk goes")
        ->envname("PACELINE_DESK");
    app.add_flag("--create", create_, "Create desks that are not there yet");
  }

  Done run(const Terminal& terminal) override {
    const auto loaded = read_config(file_, terminal);
    if (!loaded) return sched::Unexpected{loaded.error()};
    if (loaded->desks.empty()) {
      return sched::Unexpected{not_valid(file_ + " describes no desk: add queues, or [desk.NAME]")};
    }
    auto client = server_.connect();
    if (!client) return sched::Unexpected{client.error()};
    bool found = false;
    for (const auto& [name, configuration] : loaded->desks) {
      const bool only = loaded->desks.size() == 1;
      if (!desk_.empty() && name != desk_ && !only) continue;
      found = true;
      const std::string& to = only && !desk_.empty() ? desk_ : name;
      const auto opened = client->open_desk(to, create_);
      if (!opened) return sched::Unexpected{explain(opened.error())};
      if (const auto put = client->put_configuration(opened->desk, configuration); !put) {
        return sched::Unexpected{explain(put.error())};
      }
      terminal.data(fmt::format("configured {}\n", to));
    }
    if (!found) {
      return sched::Unexpected{not_found(fmt::format("{} has no desk `{}`", file_, desk_))};
    }
    return {};
  }

 private:
  std::string file_, desk_;
  ServerOptions server_;
  bool create_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_config_check() { return std::make_unique<ConfigCheck>(); }
std::unique_ptr<Subcommand> make_config_put() { return std::make_unique<ConfigPut>(); }

}  // namespace paceline::tools
