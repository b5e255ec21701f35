// `plan erlang`: what so many agents give, or how many a target needs.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/plan_target.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

using Json = nlohmann::ordered_json;

constexpr double neighbours = 3;  // rows above and below the answer

class PlanErlang final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--calls", calls_, "Calls an hour")->required();
    app.add_option("--aht", aht_text_, "Mean handling time with wrap-up: 5m")->required();
    app.add_option("--agents", agents_, "Agents at work; left out, the least for the target");
    options_.declare(app);
    app.add_option("--users", users_, "Users served, for a sanity figure: users per analyst");
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    if (auto done = options_.read(); !done) return done;
    const auto aht = seconds_option("--aht", aht_text_);
    if (!aht) return sched::Unexpected{aht.error()};
    if (agents_ == 0 && !options_.asks())
      return sched::Unexpected{bad_usage(
          "nothing is asked: give --agents, or a target like --service-level 80% --within 20s")};
    if (!(agents_ >= 0 && agents_ <= sim::servers_max) || std::floor(agents_) != agents_)
      return sched::Unexpected{
          bad_usage(fmt::format("--agents {:g}: take a whole number, 1 to 10,000,000", agents_))};
    const auto demand = options_.demand(calls_ / 3'600, *aht);
    double agents = agents_;
    if (agents == 0) {
      const auto found =
          sim::staff(demand, options_.target(), options_.shrinkage(), options_.agents_max());
      if (!found) return sched::Unexpected{explain(found.error())};
      agents = found->with.agents;
    }
    auto rows = around(demand, agents);
    if (!rows) return sched::Unexpected{rows.error()};
    const double scheduled = std::ceil(agents / (1 - options_.shrinkage()) * (1 - 1e-12));
    if (json_)
      show_json(terminal, demand, agents, scheduled, *rows);
    else
      show_text(terminal, demand, agents, scheduled, *rows);
    return {};
  }

 private:
  /// The answer and its neighbours, so far as they have a steady state.
  Got<std::vector<sim::Performance>> around(const sim::QueueDemand& demand, double agents) const {
    std::vector<sim::Performance> rows;
    for (double n = std::max(1.0, agents - neighbours); n <= agents + neighbours; ++n) {
      const auto row =
          sim::performance(demand, n, options_.target().threshold, options_.target().of);
      if (row)
        rows.push_back(*row);
      else if (n == agents)
        return sched::Unexpected{explain(row.error())};
    }
    return rows;
  }

  void show_text(const Terminal& terminal, const sim::QueueDemand& demand, double agents,
                 double scheduled, const std::vector<sim::Performance>& rows) const {
    Table table({"", ">agents", ">occupancy", ">waits", ">mean wait", ">service level", ">gives up",
                 ">turned away"});
    for (const sim::Performance& row : rows)
      table.row({row.agents == agents ? "→" : "", fmt::format("{:g}", row.agents),
                 fmt::format("{:.1f} %", 100 * row.occupancy),
                 fmt::format("{:.1f} %", 100 * row.p_wait), fmt::format("{:.1f} s", row.mean_wait),
                 fmt::format("{:.2f} %", 100 * row.service_level),
                 fmt::format("{:.2f} %", 100 * row.p_abandon),
                 fmt::format("{:.2f} %", 100 * row.p_block)});
    std::string text = fmt::format(
        "{}: {:g} calls an hour of {:g} s, {:.2f} erlangs\n{}service level: within {:g} s, of {}\n",
        options_.model(), calls_, demand.mean_handling, demand.arrival_rate * demand.mean_handling,
        table.text(), options_.target().threshold, sim::name(options_.target().of));
    text += fmt::format("{:g} agents at work, {:g} scheduled with a shrinkage of {:g} %\n", agents,
                        scheduled, 100 * options_.shrinkage());
    if (users_ > 0 && scheduled > 0)
      text += fmt::format("{:.1f} users per analyst (a sanity figure; it staffs nothing)\n",
                          users_ / scheduled);
    terminal.data(text);
  }

  static Json json_of(const sim::Performance& row) {
    return {{"agents", row.agents},
            {"occupancy", row.occupancy},
            {"p_wait", row.p_wait},
            {"mean_wait_s", row.mean_wait},
            {"service_level", row.service_level},
            {"p_abandon", row.p_abandon},
            {"p_block", row.p_block}};
  }

  void show_json(const Terminal& terminal, const sim::QueueDemand& demand, double agents,
                 double scheduled, const std::vector<sim::Performance>& rows) const {
    Json list = Json::array();
    for (const sim::Performance& row : rows) list.push_back(json_of(row));
    Json json{{"model", options_.model()},
              {"calls_per_hour", calls_},
              {"aht_s", demand.mean_handling},
              {"offered_load", demand.arrival_rate * demand.mean_handling},
              {"within_s", options_.target().threshold},
              {"service_level_of", sim::name(options_.target().of)},
              {"agents", agents},
              {"shrinkage", options_.shrinkage()},
              {"scheduled", scheduled},
              {"rows", std::move(list)}};
    if (users_ > 0 && scheduled > 0) json["users_per_analyst_sanity"] = users_ / scheduled;
    terminal.data(json.dump(1) + "\n");
  }

  double calls_ = 0.0;
  double agents_ = 0.0;
  double users_ = 0.0;
  std::string aht_text_;
  PlanOptions options_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_plan_erlang() { return std::make_unique<PlanErlang>(); }

}  // namespace paceline::tools
