#include "engine/report/targets.h"

namespace paceline::report {

namespace {

std::optional<Target> target_of_band(std::string_view figure, std::string_view text) {
  const auto band = desk::read_band(text);
  if (!band) return {};
  Target target;
  target.figure = figure;
  if (band->low_ppm) target.low = static_cast<double>(*band->low_ppm) / 1e6;
  if (band->high_ppm) target.high = static_cast<double>(*band->high_ppm) / 1e6;
  return target;
}

}  // namespace

std::vector<Target> preset_targets() {
  std::vector<Target> targets;
  const auto add = [&](const char* figure, std::optional<double> low, std::optional<double> high) {
    Target& target = targets.emplace_back();
    target.figure = figure;
    target.low = low;
    target.high = high;
  };
  add("fcr_net", 0.70, 0.80);
  targets.back().warn_above = 0.85;
  targets.back().warning = "above 85 % look whether hard work is sent on or tickets are split";
  add("flr", 0.70, 0.75);
  add("sla_compliance", 0.95, {});
  add("csat", 0.85, {});
  add("escalation_rate", {}, 0.30);  // what level 1 does not solve
  add("occupancy", 0.75, 0.85);
  add("users_per_analyst", 50, 70);
  return targets;
}

std::optional<Target> read_target(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return {};
  auto target = target_of_band(text.substr(0, equals), text.substr(equals + 1));
  if (target) target->from = Target::From::given;
  return target;
}

Target configured_target(const desk::FigureTarget& target) {
  Target made = target_of_band(target.figure, target.band).value_or(Target{});
  made.figure = target.figure;
  made.from = Target::From::configuration;
  return made;
}

void set_target(std::vector<Target>& targets, Target target) {
  for (Target& each : targets) {
    if (each.figure != target.figure) continue;
    each = std::move(target);
    return;
  }
  targets.push_back(std::move(target));
}

Standing standing(const Figure& figure, const Target& target) {
  if (!figure.measured() || !figure.value) return Standing::none;
  const double value = figure.kind == FigureKind::duration
                           ? static_cast<double>(figure.spread.mean_us) / 3'600e6
                           : *figure.value;
  if (target.warn_above && value > *target.warn_above) return Standing::warn;
  if (target.low && value < *target.low) return Standing::below;
  if (target.high && value > *target.high) return Standing::above;
  return Standing::met;
}

const Target* target_of(const std::vector<Target>& targets, const std::string& figure) {
  for (const Target& target : targets) {
    if (target.figure == figure) return &target;
  }
  return nullptr;
}

}  // namespace paceline::report
