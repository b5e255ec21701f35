#include "engine/report/scorecard.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace paceline::report {

namespace {

constexpr const char* part_names[] = {"efficiency", "quality", "satisfaction"};

double clipped(double score) { return std::clamp(score, 0.01, 1.0); }

double scaled(const Scale& scale, double value) {
  if (scale.ceiling && value > *scale.ceiling)
    return clipped((1.0 - value) / std::max(1e-9, 1.0 - *scale.ceiling));
  if (scale.target == scale.worst) return value >= scale.target ? 1.0 : 0.01;
  return clipped((value - scale.worst) / (scale.target - scale.worst));
}

double value_of(const Figure& figure) {
  if (figure.kind == FigureKind::duration)
    return static_cast<double>(figure.spread.mean_us) / static_cast<double>(sched::hour.us);
  return *figure.value;
}

std::optional<double> geometric_mean(const std::vector<double>& scores) {
  if (scores.empty()) return {};
  double sum = 0.0;
  for (const double score : scores) sum += std::log(score);
  return std::exp(sum / static_cast<double>(scores.size()));
}

}  // namespace

std::vector<Scale> default_scales() {
  return {{"mttr_wall", "efficiency", 72.0, 8.0, {}},
          {"backlog_days", "efficiency", 10.0, 2.0, {}},
          {"cost_per_ticket", "efficiency", 50.0, 15.0, {}},
          {"sla_compliance", "quality", 0.70, 0.95, {}},
          {"fcr_net", "quality", 0.40, 0.70, 0.85},
          {"reopen_rate", "quality", 0.15, 0.03, {}},
          {"bounce_rate", "quality", 0.30, 0.05, {}},
          {"csat", "satisfaction", 0.60, 0.85, {}},
          {"update_on_time", "satisfaction", 0.70, 0.95, {}}};
}

bool set_scale(std::vector<Scale>& scales, std::string_view text) {
  const size_t equals = text.find('=');
  const size_t dots = text.find("..");
  if (equals == std::string_view::npos || dots == std::string_view::npos || dots < equals)
    return false;
  const auto read = [](std::string part, double& to) {
    const bool percent = !part.empty() && part.back() == '%';
    if (percent) part.pop_back();
    if (part.empty() || part.find_first_not_of("0123456789.") != std::string::npos) return false;
    to = std::strtod(part.c_str(), nullptr) / (percent ? 100.0 : 1.0);
    return true;
  };
  double worst = 0.0;
  double target = 0.0;
  if (!read(std::string(text.substr(equals + 1, dots - equals - 1)), worst) ||
      !read(std::string(text.substr(dots + 2)), target))
    return false;
  for (Scale& scale : scales) {
    if (scale.figure != text.substr(0, equals)) continue;
    scale.worst = worst;
    scale.target = target;
    return true;
  }
  return false;
}

Scorecard scorecard(const std::vector<Figure>& figures, const std::vector<Scale>& scales) {
  Scorecard card;
  std::vector<double> part_scores;
  for (const char* part : part_names) {
    std::vector<double> scores;
    for (const Scale& scale : scales) {
      if (scale.part != part) continue;
      Component& component = card.components.emplace_back();
      component.scale = scale;
      const Figure* figure = find(figures, scale.figure);
      if (figure == nullptr || !figure->measured()) {
        component.needs = figure == nullptr ? "" : figure->needs;
      } else if (figure->suppressed) {
        component.needs = "10 answers in the period";
      } else if (!figure->value) {
        component.needs = "something to divide by in the period";
      } else {
        component.value = value_of(*figure);
        component.score = scaled(scale, *component.value);
        scores.push_back(component.score);
      }
    }
    const auto mean = geometric_mean(scores);
    card.parts.emplace_back(part, mean);
    if (mean) part_scores.push_back(*mean);
  }
  card.composite = geometric_mean(part_scores);
  return card;
}

}  // namespace paceline::report
