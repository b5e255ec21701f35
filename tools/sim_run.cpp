// `sim run`: a scenario through the production desk, many times, every figure with an interval.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/config/units.h"
#include "sim/run/steady.h"
#include "tools/commands.h"
#include "tools/interrupt.h"
#include "tools/sim_options.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

using Json = nlohmann::ordered_json;

/// One figure as it came out; no estimate where it never showed.
struct Row {
  sim::Figure figure;
  std::optional<sim::Estimate> estimate;
  double fewer_runs = 1.0;  ///< By the control: so many times.
};

struct Outcome {
  std::vector<Row> rows;
  sim::RunTotals totals;
  int64_t replications = 0;
  int64_t length_us = 0;  ///< Of a steady run.
  double seconds = 0.0;
};

/// How far a steady run was when it was looked at.
struct Sample {
  int64_t offered = 0;
  int64_t open = 0;
};

/// Whether more is open after the second half than chance explains: the difference of what came and
/// what went is of the order of the square root of either where there is a steady state.
bool grows(const std::vector<Sample>& samples) {
  if (samples.size() < 2) return false;
  const Sample& middle = samples[samples.size() / 2];
  const Sample& last = samples.back();
  const auto came = static_cast<double>(last.offered - middle.offered);
  return static_cast<double>(last.open - middle.open) > 4 * std::sqrt(came);
}

class SimRun final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("SCENARIO", file_, "The scenario (TOML; see tools/docs/SCENARIOS.md)")
        ->required();
    options_.declare(app);
    app.add_option(
           "--control", control_,
           "arrivals: take out of every figure what comes of more or fewer contacts than the "
           "rates say")
        ->check(CLI::IsMember({"none", "arrivals"}))
        ->capture_default_str();
  }

  Done run(const Terminal& terminal) override {
    if (Done read = options_.read(); !read) return read;
    const auto model = read_model(file_, terminal);
    if (!model) return sched::Unexpected{model.error()};
    const sim::Figures figures(**model);
    auto plan = options_.plan(figures);
    if (!plan) return sched::Unexpected{plan.error()};
    if (control_ == "arrivals") {
      if ((*model)->scenario().steady)
        return sched::Unexpected{bad_usage(
            "--control arrivals is about many runs, and this scenario is one long one (steady = "
            "true): leave it out")};
      plan->contacts_expected = (*model)->expected_contacts();
    }
    const Interrupt interrupt;
    const auto begun = std::chrono::steady_clock::now();
    auto outcome = (*model)->scenario().steady
                       ? steady(*model, figures, *plan, terminal, interrupt)
                       : replicated(*model, figures, *plan, terminal, interrupt);
    if (!outcome) return sched::Unexpected{outcome.error()};
    outcome->seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    tell_troubles(outcome->totals, terminal);
    if (!options_.csv.empty())
      if (Done written = write_file(options_.csv, csv_of(outcome->rows)); !written) return written;
    terminal.data(options_.json ? json_of(**model, *plan, *outcome) : text_of(**model, *outcome));
    if (!outcome->totals.interrupted) return {};
    return sched::Unexpected{incomplete("interrupted: these are the figures of what had run")};
  }

 private:
  Got<Outcome> replicated(const std::shared_ptr<const sim::Model>& model,
                          const sim::Figures& figures, const sim::RunPlan& plan,
                          const Terminal& terminal, const Interrupt& interrupt) {
    const int64_t length_us = model->scenario().length_us;
    const auto play = [&](sim::World& world) {
      world.run_until(length_us);
      world.drain();
      return figures.observe(world.ledger());
    };
    std::optional<Progress> progress;
    int64_t planned_before = 0;
    const auto told = [&](int64_t done, int64_t planned) {
      if (planned != planned_before) {
        progress.emplace(terminal, "simulate", "runs", static_cast<uint64_t>(planned));
        planned_before = planned;
      }
      progress->update(static_cast<uint64_t>(done));
      return !interrupt.raised();
    };
    const auto run = sim::replicate(model, figures.names(), plan, play, told);
    if (progress) progress->finish();
    if (!run) return sched::Unexpected{not_valid(run.error().text)};
    tell_exhausted(run->totals, terminal);
    Outcome outcome;
    outcome.totals = run->totals;
    outcome.replications = run->observed.count();
    if (outcome.replications < 2)
      return sched::Unexpected{
          incomplete("interrupted before two runs were over: nothing is known")};
    const auto estimates = run->observed.estimates(options_.level);
    for (size_t i = 0; i < figures.size(); ++i) {
      Row row{figures[i], estimates[i]};
      if (plan.contacts_expected) {
        const auto found = run->observed.controlled(i, *plan.contacts_expected, options_.level);
        if (found) {
          row.estimate = found->adjusted;
          row.fewer_runs = found->variance_reduction;
        }
      }
      outcome.rows.push_back(std::move(row));
    }
    return outcome;
  }

  Got<Outcome> steady(const std::shared_ptr<const sim::Model>& model, const sim::Figures& figures,
                      const sim::RunPlan& plan, const Terminal& terminal,
                      const Interrupt& interrupt) {
    sim::SteadyPlan steady;
    steady.seed = plan.seed;
    steady.precision = plan.precision;
    steady.watched = plan.watched;
    for (size_t i = 0; i < figures.size(); ++i) steady.cumulative.push_back(figures.cumulative(i));
    std::optional<Progress> progress;
    const auto told = [&](int64_t done, int64_t planned) {
      if (!progress)
        progress.emplace(terminal, "simulate", "samples", static_cast<uint64_t>(planned));
      progress->update(static_cast<uint64_t>(done));
      return !interrupt.raised();
    };
    std::vector<Sample> samples;
    const auto run = sim::run_steady(
        model, figures.size(), steady,
        [&](const sim::Ledger& ledger) {
          samples.push_back({ledger.all[sim::Sum::offered], ledger.open.value()});
          return figures.observe(ledger);
        },
        told);
    if (progress) progress->finish();
    if (!run) return sched::Unexpected{not_valid(run.error().text)};
    if (grows(samples))
      return sched::Unexpected{not_valid(fmt::format(
          "no steady state: more tickets come than are resolved, {} were open when {} were over. "
          "Look at it without steady = true, or add agents",
          samples.back().open, config::print(sched::Duration{run->length_us})))};
    if (run->totals.counts.turned_away > 0)
      return sched::Unexpected{
          not_valid(fmt::format("no steady state: the desk was full, {} tickets found no room on "
                                "it. Add agents, or raise "
                                "tickets_max if so many may be open",
                                run->totals.counts.turned_away))};
    if (run->totals.course == sim::Course::exhausted) terminal.message(too_short(*run, plan));
    Outcome outcome;
    outcome.totals = run->totals;
    outcome.replications = 1;
    outcome.length_us = run->length_us;
    for (size_t i = 0; i < figures.size(); ++i) {
      const auto state = run->figures[i].result(options_.level);
      outcome.rows.push_back(
          {figures[i], state ? std::optional<sim::Estimate>(state->estimate) : std::nullopt});
    }
    return outcome;
  }

  /// How much longer the scenario would have to be, by the figure that wants most.
  static std::string too_short(const sim::SteadyRun& run, const sim::RunPlan& plan) {
    double times = 1;
    for (const size_t figure : plan.watched) {
      const auto state = run.figures[figure].result(plan.precision->level);
      if (state) times = std::max(times, sim::longer(*plan.precision, state->estimate));
    }
    const std::string_view over = "note: the length is over before the half-width was reached";
    if (times == 1 || !std::isfinite(times)) return std::string(over);
    return fmt::format("{}: make it about {:.2g} times as long", over, times);
  }

  std::string text_of(const sim::Model& model, const Outcome& outcome) const {
    std::string text =
        outcome.length_us > 0
            ? fmt::format("{}: steady state of {}", model.scenario().name,
                          config::print(sched::Duration{outcome.length_us}))
            : fmt::format("{}: {} runs", model.scenario().name, outcome.replications);
    text += fmt::format(", {} contacts, {} events, {:.1f} s, hash {}\n", outcome.totals.contacts,
                        outcome.totals.counts.events, outcome.seconds,
                        hash_text(outcome.totals.event_hash));
    std::vector<std::string> columns = {"part", "figure", ">mean",
                                        fmt::format(">± ({:g} %)", options_.level * 100)};
    const bool adjusted = control_ == "arrivals";
    if (adjusted) columns.push_back(">fewer runs");
    Table table(columns);
    for (const Row& row : outcome.rows) {
      if (!options_.shows(row.figure) || !row.estimate) continue;
      // What nobody asked for and did not happen is no news.
      if (row.estimate->mean == 0 && row.estimate->half_width == 0) continue;
      const bool all = row.figure.part == sim::Part::all;
      std::vector<std::string> cells = {
          all ? ""
              : std::string(sim::part_names[static_cast<size_t>(row.figure.part)]) + " " +
                    row.figure.part_name,
          std::string(row.figure.name), shown_value(row.figure.unit, row.estimate->mean),
          shown_value(row.figure.unit, row.estimate->half_width)};
      if (adjusted)
        cells.push_back(row.estimate->half_width == 0 ? "known"
                                                      : fmt::format("{:.1f} ×", row.fewer_runs));
      table.row(cells);
    }
    return text + table.text();
  }

  static std::string csv_of(const std::vector<Row>& rows) {
    std::string csv = "part,of,figure,unit,mean,low,high,deviation,observations\n";
    for (const Row& row : rows) {
      std::string of = row.figure.part_name;
      if (of.find_first_of(",\"\n") != std::string::npos) {
        std::string quoted = "\"";
        for (const char c : of) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        of = quoted + "\"";
      }
      csv += fmt::format("{},{},{},{}", sim::part_names[static_cast<size_t>(row.figure.part)], of,
                         row.figure.name, sim::unit_names[static_cast<size_t>(row.figure.unit)]);
      if (row.estimate) {
        csv += fmt::format(",{:.9g},{:.9g},{:.9g},{:.9g},{}\n", row.estimate->mean,
                           row.estimate->low(), row.estimate->high(), row.estimate->deviation,
                           row.estimate->observations);
      } else {
        csv += ",,,,,0\n";
      }
    }
    return csv;
  }

  std::string json_of(const sim::Model& model, const sim::RunPlan& plan,
                      const Outcome& outcome) const {
    Json json;
    json["scenario"] = model.scenario().name;
    json["seed"] = plan.seed;
    json["steady"] = outcome.length_us > 0;
    json["runs"] = outcome.replications;
    if (outcome.length_us > 0) json["length_us"] = outcome.length_us;
    json["interrupted"] = outcome.totals.interrupted;
    if (outcome.totals.course)
      json["half_width_reached"] = *outcome.totals.course == sim::Course::enough;
    json["level"] = options_.level;
    json["contacts"] = outcome.totals.contacts;
    if (plan.contacts_expected) json["contacts_expected_a_run"] = *plan.contacts_expected;
    json["commands"] = outcome.totals.counts.commands;
    json["refused"] = outcome.totals.counts.refused;
    json["events"] = outcome.totals.counts.events;
    json["event_hash"] = hash_text(outcome.totals.event_hash);
    json["seconds"] = outcome.seconds;
    Json figures = Json::array();
    for (const Row& row : outcome.rows) {
      Json figure = figure_json(row.figure);
      figure["mean"] = row.estimate ? Json(row.estimate->mean) : Json();
      figure["low"] = row.estimate ? Json(row.estimate->low()) : Json();
      figure["high"] = row.estimate ? Json(row.estimate->high()) : Json();
      figure["deviation"] = row.estimate ? Json(row.estimate->deviation) : Json();
      if (plan.contacts_expected) figure["variance_reduction"] = row.fewer_runs;
      figures.push_back(std::move(figure));
    }
    json["figures"] = std::move(figures);
    return json.dump(1) + "\n";
  }

  std::string file_;
  SimOptions options_;
  std::string control_ = "none";
};

}  // namespace

std::unique_ptr<Subcommand> make_sim_run() { return std::make_unique<SimRun>(); }

}  // namespace paceline::tools
