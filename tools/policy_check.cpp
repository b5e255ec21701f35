// `policy check`: what the policies of a configuration file mean, with everything they leave out.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/config_file.h"
#include "tools/policy_text.h"

namespace paceline::tools {

namespace {

using nlohmann::ordered_json;

class PolicyCheck final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--config", file_, "Configuration file (TOML)")->required();
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    const auto loaded = read_config(file_, terminal);
    if (!loaded) return sched::Unexpected{loaded.error()};
    std::string text;
    ordered_json json{{"file", file_}, {"desks", ordered_json::array()}};
    for (const auto& [name, configuration] : loaded->desks) {
      ordered_json desk{{"name", name}, {"policies", ordered_json::array()}};
      text += fmt::format("{}desk {}: {} policies\n", text.empty() ? "" : "\n", name,
                          configuration.policies.size());
      for (const desk::PolicyDefinition& policy : configuration.policies) {
        if (json_)
          desk["policies"].push_back(policy_json(policy, configuration.settings));
        else
          text += "\n" + policy_text(policy, configuration.settings);
      }
      json["desks"].push_back(std::move(desk));
    }
    terminal.data(json_ ? json.dump(1) + "\n" : text);
    return {};
  }

 private:
  std::string file_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_policy_check() { return std::make_unique<PolicyCheck>(); }

}  // namespace paceline::tools
