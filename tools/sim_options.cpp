#include "tools/sim_options.h"

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "engine/config/units.h"
#include "tools/scenario_file.h"

namespace paceline::tools {

namespace {

const std::vector<std::string> watched_by_default = {"service_level.of_offered", "wait_mean"};

std::optional<double> number_in(std::string_view text) {
  try {
    size_t used = 0;
    const double value = std::stod(std::string(text), &used);
    if (used == text.size() && std::isfinite(value) && value > 0) return value;
  } catch (const std::exception&) {
  }
  return std::nullopt;
}

}  // namespace

void SimOptions::declare(CLI::App& app) {
  CLI::Option* replications = app.add_option("--replications", replications_, "Independent runs");
  replications->check(CLI::Range(int64_t{1}, int64_t{10'000'000}))->capture_default_str();
  app.add_option("--seed", seed_, "Of all random numbers; the same seed is the same run")
      ->capture_default_str();
  app.add_option("--until-half-width", half_width_text_,
                 "Instead of a number of runs: until figures are as sure as this, 1% or 2s or 0.5")
      ->excludes(replications);
  app.add_option("--of", of_,
                 "Figures that --until-half-width is about (service_level.of_offered, wait_mean); "
                 "queue/NAME/FIGURE for a part's");
  app.add_option("--at-least", least_, "Runs before --until-half-width is looked at")
      ->check(CLI::Range(int64_t{2}, int64_t{10'000'000}))
      ->capture_default_str();
  app.add_option("--at-most", most_, "Runs, with --until-half-width")
      ->check(CLI::Range(int64_t{2}, int64_t{10'000'000}))
      ->capture_default_str();
  app.add_option("--level", level, "Of intervals")
      ->check(CLI::Range(0.5, 0.99999))
      ->capture_default_str();
  app.add_option("--threads", threads_, "0: as many as there are cores")
      ->check(CLI::Range(0U, 1'024U))
      ->capture_default_str();
  std::vector<std::string> parts(std::begin(sim::part_names) + 1, std::end(sim::part_names));
  app.add_option("--parts", parts_, "Parts to show beside everything")
      ->delimiter(',')
      ->check(CLI::IsMember(parts));
  app.add_option("--csv", csv, "Write every figure to this file as well");
  app.add_flag("--json", json, "Print as JSON, every figure of every part");
}

Done SimOptions::read() {
  if (half_width_text_.empty()) {
    if (!of_.empty())
      return sched::Unexpected{bad_usage("--of is about --until-half-width: say how sure, 1% say")};
    return {};
  }
  if (least_ > most_) return sched::Unexpected{bad_usage("--at-least is more than --at-most")};
  std::string_view text = half_width_text_;
  if (text.ends_with('%')) {
    const auto value = number_in(text.substr(0, text.size() - 1));
    if (value && *value < 100) relative_ = *value / 100;
  } else if (const auto value = number_in(text)) {
    absolute_ = *value;
  } else if (const auto duration = config::parse_duration(text)) {
    absolute_ = static_cast<double>(duration->us) / 1e6;
  }
  if (relative_ == 0 && absolute_ == 0)
    return sched::Unexpected{bad_usage(
        fmt::format("--until-half-width {}: write a share of the figure (1%), or a number in its "
                    "unit (2s, 0.5)",
                    half_width_text_))};
  return {};
}

Got<sim::RunPlan> SimOptions::plan(const sim::Figures& figures) const {
  sim::RunPlan plan;
  plan.seed = seed_;
  plan.replications = replications_;
  plan.threads = threads_;
  if (relative_ == 0 && absolute_ == 0) return plan;
  plan.precision = sim::Precision{level, relative_, absolute_, least_, most_};
  const std::vector<std::string> names = figures.names();
  for (const std::string& wanted : of_.empty() ? watched_by_default : of_) {
    const std::string path = wanted.find('/') == std::string::npos ? "all/" + wanted : wanted;
    const auto found = std::find(names.begin(), names.end(), path);
    if (found == names.end())
      return sched::Unexpected{bad_usage(
          fmt::format("--of {}: there is no such figure; --json lists them all", wanted))};
    plan.watched.push_back(static_cast<size_t>(found - names.begin()));
  }
  return plan;
}

bool SimOptions::shows(const sim::Figure& figure) const {
  if (figure.part == sim::Part::all) return true;
  const std::string_view part = sim::part_names[static_cast<size_t>(figure.part)];
  return std::find(parts_.begin(), parts_.end(), part) != parts_.end();
}

Got<std::shared_ptr<const sim::Model>> read_model(const std::string& path,
                                                  const Terminal& terminal) {
  auto scenario = read_scenario(path, terminal);
  if (!scenario) return sched::Unexpected{scenario.error()};
  if (scenario->name.empty()) scenario->name = std::filesystem::path(path).stem().string();
  auto model = sim::Model::build(*std::move(scenario));
  if (!model) return sched::Unexpected{not_valid(path + ": " + model.error().text)};
  return *model;
}

void tell_troubles(const sim::RunTotals& totals, const Terminal& terminal) {
  if (totals.counts.without_rule > 0)
    terminal.message(
        fmt::format("warning: {} tickets match no [[work]] rule and took no time: add a "
                    "rule without conditions at the end",
                    totals.counts.without_rule));
  if (totals.counts.turned_away > 0)
    terminal.message(
        fmt::format("warning: the desk had no room for {} tickets, counted as blocked: "
                    "raise tickets_max, or there are too few agents",
                    totals.counts.turned_away));
}

void tell_exhausted(const sim::RunTotals& totals, const Terminal& terminal) {
  if (totals.course == sim::Course::exhausted)
    terminal.message("note: --at-most runs are over before the half-width was reached");
}

std::string shown_value(sim::Unit unit, double value) {
  switch (unit) {
    case sim::Unit::share:
      return fmt::format("{:.2f} %", value * 100);
    case sim::Unit::seconds:
      if (std::abs(value) < 120) return fmt::format("{:.2f} s", value);
      if (std::abs(value) < 7'200) return fmt::format("{:.2f} min", value / 60);
      if (std::abs(value) < 172'800) return fmt::format("{:.2f} h", value / 3'600);
      return fmt::format("{:.2f} d", value / 86'400);
    case sim::Unit::count:
    case sim::Unit::agents:
    case sim::Unit::tickets:
    case sim::Unit::money:
      break;
  }
  return fmt::format("{:.2f}", value);
}

std::string figure_path(const sim::Figure& figure) {
  std::string path(sim::part_names[static_cast<size_t>(figure.part)]);
  if (figure.part != sim::Part::all) path += "/" + figure.part_name;
  return path + "/" + std::string(figure.name);
}

nlohmann::ordered_json figure_json(const sim::Figure& figure) {
  return {{"part", sim::part_names[static_cast<size_t>(figure.part)]},
          {"of", figure.part_name},
          {"figure", figure.name},
          {"unit", sim::unit_names[static_cast<size_t>(figure.unit)]}};
}

Done write_file(const std::string& path, const std::string& text) {
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file)
    return sched::Unexpected{file_failed(
        errno, path + ": cannot be written: name a file in a folder that is there and yours")};
  return {};
}

std::string hash_text(uint64_t hash) { return fmt::format("0x{:016x}", hash); }

}  // namespace paceline::tools
