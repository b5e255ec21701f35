// `sim compare`: scenarios side by side under the same random numbers, differences with intervals.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/interrupt.h"
#include "tools/sim_options.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

using Json = nlohmann::ordered_json;

struct Row {
  sim::Figure figure;
  std::optional<sim::Difference> difference;
};

/// One scenario beside the first.
struct Comparison {
  std::string name;
  std::vector<Row> rows;
  sim::RunTotals totals;
  int64_t replications = 0;
};

class SimCompare final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("SCENARIOS", files_, "The scenario to compare with, and the others")
        ->required()
        ->expected(2, 100);
    options_.declare(app);
  }

  Done run(const Terminal& terminal) override {
    if (Done read = options_.read(); !read) return read;
    std::vector<std::shared_ptr<const sim::Model>> models;
    for (const std::string& file : files_) {
      auto model = read_model(file, terminal);
      if (!model) return sched::Unexpected{model.error()};
      if ((*model)->scenario().steady)
        return sched::Unexpected{not_valid(
            file + ": steady = true is for one long run (sim run); days are compared run by run")};
      models.push_back(*std::move(model));
    }
    const Interrupt interrupt;
    std::vector<Comparison> comparisons;
    for (size_t i = 1; i < models.size() && !interrupt.raised(); ++i) {
      auto compared = compare(models[0], models[i], terminal, interrupt);
      if (!compared) return sched::Unexpected{compared.error()};
      tell_troubles(compared->totals, terminal);
      tell_exhausted(compared->totals, terminal);
      comparisons.push_back(*std::move(compared));
    }
    const std::string& first = models[0]->scenario().name;
    if (!options_.csv.empty())
      if (Done written = write_file(options_.csv, csv_of(comparisons)); !written) return written;
    if (options_.json) {
      terminal.data(json_of(first, comparisons));
    } else {
      for (const Comparison& comparison : comparisons) terminal.data(text_of(first, comparison));
    }
    if (!interrupt.raised()) return {};
    return sched::Unexpected{incomplete("interrupted: these are the figures of what had run")};
  }

 private:
  Got<Comparison> compare(const std::shared_ptr<const sim::Model>& first,
                          const std::shared_ptr<const sim::Model>& second, const Terminal& terminal,
                          const Interrupt& interrupt) const {
    const sim::Figures figures_a(*first);
    const sim::Figures figures_b(*second);
    // What both have: a queue that only one has is compared with nothing.
    std::vector<std::pair<size_t, size_t>> common;
    std::vector<std::string> names;
    const std::vector<std::string> names_a = figures_a.names();
    const std::vector<std::string> names_b = figures_b.names();
    for (size_t i = 0; i < names_a.size(); ++i) {
      const auto found = std::find(names_b.begin(), names_b.end(), names_a[i]);
      if (found == names_b.end()) continue;
      common.emplace_back(i, static_cast<size_t>(found - names_b.begin()));
      names.push_back(names_a[i]);
    }
    auto plan = options_.plan(figures_a);
    if (!plan) return sched::Unexpected{plan.error()};
    for (size_t& watched : plan->watched) {
      const auto found = std::find_if(common.begin(), common.end(),
                                      [&](const auto& pair) { return pair.first == watched; });
      if (found == common.end())
        return sched::Unexpected{
            bad_usage("--of: only one of the scenarios has the figure " + names_a[watched])};
      watched = static_cast<size_t>(found - common.begin());
    }
    const auto player = [&](const sim::Figures& figures, bool is_first) {
      return [&, is_first](sim::World& world) {
        world.run_until((is_first ? first : second)->scenario().length_us);
        world.drain();
        const std::vector<sim::Observation> all = figures.observe(world.ledger());
        std::vector<sim::Observation> shared;
        for (const auto& [a, b] : common) shared.push_back(all[is_first ? a : b]);
        return shared;
      };
    };
    std::optional<Progress> progress;
    int64_t planned_before = 0;
    const auto told = [&](int64_t done, int64_t planned) {
      if (planned != planned_before) {
        progress.emplace(terminal, "compare", "runs", static_cast<uint64_t>(planned));
        planned_before = planned;
      }
      progress->update(static_cast<uint64_t>(done));
      return !interrupt.raised();
    };
    const auto run = sim::compare(first, second, names, *plan, player(figures_a, true),
                                  player(figures_b, false), told);
    if (progress) progress->finish();
    if (!run) return sched::Unexpected{not_valid(run.error().text)};
    Comparison comparison;
    comparison.name = second->scenario().name;
    comparison.totals = run->totals;
    comparison.replications = run->observed.count();
    for (size_t i = 0; i < common.size(); ++i) {
      const auto difference = run->observed.difference(i, options_.level);
      comparison.rows.push_back(
          {figures_a[common[i].first], difference ? std::optional(*difference) : std::nullopt});
    }
    return comparison;
  }

  std::string text_of(const std::string& first, const Comparison& comparison) const {
    std::string text = fmt::format("{} | {}: {} runs of each, the same random numbers\n", first,
                                   comparison.name, comparison.replications);
    Table table({"part", "figure", ">" + first, ">" + comparison.name, ">change",
                 fmt::format(">± ({:g} %)", options_.level * 100), ""});
    for (const Row& row : comparison.rows) {
      if (!options_.shows(row.figure) || !row.difference) continue;
      const sim::Difference& found = *row.difference;
      if (found.first.mean == 0 && found.second.mean == 0) continue;
      const bool all = row.figure.part == sim::Part::all;
      const bool sure = std::abs(found.change.mean) > found.change.half_width;
      table.row({all ? ""
                     : std::string(sim::part_names[static_cast<size_t>(row.figure.part)]) + " " +
                           row.figure.part_name,
                 std::string(row.figure.name), shown_value(row.figure.unit, found.first.mean),
                 shown_value(row.figure.unit, found.second.mean),
                 shown_value(row.figure.unit, found.change.mean),
                 shown_value(row.figure.unit, found.change.half_width), sure ? "*" : ""});
    }
    return text + table.text() + "* the interval of the change does not hold 0\n";
  }

  static std::string csv_of(const std::vector<Comparison>& comparisons) {
    std::string csv = "scenario,figure,unit,first,second,change,change_low,change_high\n";
    for (const Comparison& comparison : comparisons) {
      for (const Row& row : comparison.rows) {
        if (!row.difference) continue;
        const sim::Difference& found = *row.difference;
        csv += fmt::format("\"{}\",\"{}\",{},{:.9g},{:.9g},{:.9g},{:.9g},{:.9g}\n", comparison.name,
                           figure_path(row.figure),
                           sim::unit_names[static_cast<size_t>(row.figure.unit)], found.first.mean,
                           found.second.mean, found.change.mean, found.change.low(),
                           found.change.high());
      }
    }
    return csv;
  }

  std::string json_of(const std::string& first, const std::vector<Comparison>& comparisons) const {
    Json json;
    json["scenario"] = first;
    json["level"] = options_.level;
    json["compared"] = Json::array();
    for (const Comparison& comparison : comparisons) {
      Json one;
      one["scenario"] = comparison.name;
      one["runs"] = comparison.replications;
      one["interrupted"] = comparison.totals.interrupted;
      one["event_hash"] = hash_text(comparison.totals.event_hash);
      one["figures"] = Json::array();
      for (const Row& row : comparison.rows) {
        if (!row.difference) continue;
        const sim::Difference& found = *row.difference;
        Json figure = figure_json(row.figure);
        figure["first"] = found.first.mean;
        figure["second"] = found.second.mean;
        figure["change"] = found.change.mean;
        figure["change_low"] = found.change.low();
        figure["change_high"] = found.change.high();
        figure["variance_reduction"] = found.variance_reduction;
        one["figures"].push_back(std::move(figure));
      }
      json["compared"].push_back(std::move(one));
    }
    return json.dump(1) + "\n";
  }

  std::vector<std::string> files_;
  SimOptions options_;
};

}  // namespace

std::unique_ptr<Subcommand> make_sim_compare() { return std::make_unique<SimCompare>(); }

}  // namespace paceline::tools
