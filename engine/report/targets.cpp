#include "engine/report/targets.h"

#include <cstdlib>

namespace paceline::report {

namespace {

/// "72%", "0.72", "" (open).
bool read_bound(std::string text, std::optional<double>& bound) {
  if (text.empty()) return true;
  const bool percent = text.back() == '%';
  if (percent) text.pop_back();
  if (text.empty() || text.find_first_not_of("0123456789.") != std::string::npos) return false;
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (*end != '\0') return false;
  bound = percent ? value / 100.0 : value;
  return true;
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
  const size_t dots = text.find("..");
  if (equals == std::string_view::npos || dots == std::string_view::npos || dots < equals ||
      equals == 0)
    return {};
  Target target;
  target.preset = false;
  target.figure = text.substr(0, equals);
  if (!read_bound(std::string(text.substr(equals + 1, dots - equals - 1)), target.low) ||
      !read_bound(std::string(text.substr(dots + 2)), target.high))
    return {};
  if (!target.low && !target.high) return {};
  if (target.low && target.high && *target.low > *target.high) return {};
  return target;
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
