// `sim check`: whether a scenario file and the configuration it names are right.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "engine/config/units.h"
#include "tools/commands.h"
#include "tools/scenario_file.h"

namespace paceline::tools {

namespace {

using Json = nlohmann::ordered_json;

/// Contacts expected in the whole length, or recorded.
double contacts_of(const sim::Demand& demand, int64_t length_us) {
  if (!demand.recorded.empty()) return static_cast<double>(demand.recorded.size());
  double sum = 0;
  const int64_t cycle_us = demand.cycle_us > 0 ? demand.cycle_us : length_us;
  for (const sim::RatePiece& piece : demand.rate) {
    const double slope = (piece.until_per_hour - piece.from_per_hour) /
                         static_cast<double>(piece.until_us - piece.from_us);
    for (int64_t begin_us = 0; begin_us < length_us; begin_us += cycle_us) {
      const int64_t until_us = std::min(piece.until_us, length_us - begin_us);
      if (until_us <= piece.from_us) break;
      const auto span_us = static_cast<double>(until_us - piece.from_us);
      sum += (piece.from_per_hour + slope * span_us / 2) * span_us /
             static_cast<double>(sched::hour.us);
    }
  }
  return sum;
}

class SimCheck final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("SCENARIO", file_, "Scenario file (TOML)")->required();
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    const auto scenario = read_scenario(file_, terminal);
    if (!scenario) return sched::Unexpected{scenario.error()};
    Json demands = Json::array();
    std::string rows;
    double sum = 0;
    for (const sim::Demand& demand : scenario->demands) {
      const double contacts = contacts_of(demand, scenario->length_us);
      sum += contacts;
      demands.push_back({{"demand", demand.name}, {"contacts", contacts}});
      rows += fmt::format("  {:<24}{:>12.1f} contacts\n", demand.name, contacts);
    }
    if (json_) {
      terminal.data(Json{{"file", file_},
                         {"name", scenario->name},
                         {"start", config::print(scenario->start)},
                         {"length_s", static_cast<double>(scenario->length_us) / 1e6},
                         {"contacts", sum},
                         {"demands", std::move(demands)},
                         {"work_rules", scenario->work.size()},
                         {"outcome_rules", scenario->outcomes.size()},
                         {"teams", scenario->teams.size()},
                         {"queues", scenario->rules.queues.size()},
                         {"agents", scenario->rules.agents.size()}}
                        .dump(1) +
                    "\n");
      return {};
    }
    terminal.data(fmt::format(
        "{} is right\n{} from {}: {:.1f} contacts expected\n{}{} work rules, {} outcome rules, {} "
        "teams; {} queues and {} agents in the configuration\n",
        file_, config::print(sched::Duration{scenario->length_us}), config::print(scenario->start),
        sum, rows, scenario->work.size(), scenario->outcomes.size(), scenario->teams.size(),
        scenario->rules.queues.size(), scenario->rules.agents.size()));
    return {};
  }

 private:
  std::string file_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_sim_check() { return std::make_unique<SimCheck>(); }

}  // namespace paceline::tools
