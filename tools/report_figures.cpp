#include "tools/report_figures.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/instants.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

using nlohmann::ordered_json;
using report::Figure;
using report::FigureKind;

double rounded(double value, double scale) { return std::round(value * scale) / scale; }

ordered_json counts_json(const auto& counts) {
  ordered_json json = ordered_json::object();
  for (const auto& [name, count] : counts) json[name] = count;
  return json;
}

ordered_json target_json(const Figure& figure, const report::Target& target) {
  const double scale = figure.kind == FigureKind::share ? 100.0 : 1.0;
  const auto bound = [&](const std::optional<double>& value) {
    return value ? ordered_json(rounded(*value * scale, 1e4)) : ordered_json();
  };
  ordered_json json{{"low", bound(target.low)}, {"high", bound(target.high)}};
  if (target.warn_above) json["warn_above"] = bound(target.warn_above);
  json["from"] = report::target_origin_names[static_cast<size_t>(target.from)];
  const report::Standing standing = report::standing(figure, target);
  json["standing"] = standing == report::Standing::none
                         ? ordered_json()
                         : report::standing_names[static_cast<size_t>(standing)];
  if (standing == report::Standing::warn && !target.warning.empty())
    json["warning"] = target.warning;
  return json;
}

std::string target_text(const Figure& figure, const report::Target& target) {
  const bool percent = figure.kind == FigureKind::share;
  const auto bound = [&](const std::optional<double>& value) {
    if (!value) return std::string();
    return percent ? fmt::format("{:g}", rounded(*value * 100.0, 100.0))
                   : fmt::format("{:g}", *value);
  };
  std::string text = target.low && target.high ? bound(target.low) + "–" + bound(target.high)
                     : target.low              ? "≥ " + bound(target.low)
                                               : "≤ " + bound(target.high);
  if (percent) text += " %";
  if (figure.kind == FigureKind::duration) text += " h";
  const report::Standing standing = report::standing(figure, target);
  if (standing != report::Standing::none)
    text += std::string(": ") + report::standing_names[static_cast<size_t>(standing)];
  return text;
}

std::string left_out_text(const Figure& figure) {
  std::string text;
  for (const auto& [why, count] : figure.excluded)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, why);
  return text;
}

std::string made_of_text(const Figure& figure) {
  if (!figure.measured()) return "";
  if (figure.suppressed)
    return fmt::format("{} answer{}", figure.denominator, figure.denominator == 1 ? "" : "s");
  switch (figure.kind) {
    case FigureKind::share:
      if (!figure.counted)
        return fmt::format("{} of {}", format_duration(figure.numerator),
                           format_duration(figure.denominator));
      return fmt::format("{} of {}", figure.numerator, figure.denominator);
    case FigureKind::duration:
      return fmt::format("{}", figure.denominator);
    case FigureKind::count:
      return "";
    case FigureKind::number:
      if (figure.denominator == 0) return "";
      if (!figure.counted) return fmt::format("{}", figure.denominator);
      return figure.factor == 1
                 ? fmt::format("{} / {}", figure.numerator, figure.denominator)
                 : fmt::format("{} × {} / {}", figure.numerator, figure.factor, figure.denominator);
  }
  return "";
}

}  // namespace

ordered_json percent_json(int64_t numerator, int64_t denominator) {
  if (denominator <= 0) return nullptr;
  const auto share = static_cast<double>(numerator) / static_cast<double>(denominator);
  return rounded(share * 100.0, 100.0);
}

ordered_json spread_json(const report::Spread& spread) {
  return {{"n", spread.n},
          {"total_us", spread.total_us},
          {"mean_us", spread.n == 0 ? ordered_json() : ordered_json(spread.mean_us)},
          {"median_us", spread.n == 0 ? ordered_json() : ordered_json(spread.median_us)},
          {"p90_us", spread.n == 0 ? ordered_json() : ordered_json(spread.p90_us)},
          {"max_us", spread.n == 0 ? ordered_json() : ordered_json(spread.max_us)}};
}

ordered_json figure_json(const Figure& figure, const std::vector<report::Target>& targets) {
  ordered_json json{{"id", figure.id},
                    {"name", figure.name},
                    {"version", figure.version},
                    {"formula", figure.formula},
                    {"measured", figure.measured()}};
  if (!figure.measured()) {
    json["needs"] = figure.needs;
    return json;
  }
  switch (figure.kind) {
    case FigureKind::share:
      json["numerator"] = figure.numerator;
      json["denominator"] = figure.denominator;
      json["percent"] = percent_json(figure.numerator, figure.denominator);
      if (figure.suppressed) json["numerator"] = json["percent"] = nullptr;
      if (figure.counted && figure.denominator > 0 && !figure.suppressed) {
        const report::Interval interval = report::wilson(static_cast<uint64_t>(figure.numerator),
                                                         static_cast<uint64_t>(figure.denominator));
        json["wilson_95"] = {rounded(interval.low * 100.0, 100.0),
                             rounded(interval.high * 100.0, 100.0)};
      }
      break;
    case FigureKind::duration:
      json.update(spread_json(figure.spread));
      break;
    case FigureKind::count:
      json["count"] = figure.numerator;
      break;
    case FigureKind::number:
      json["numerator"] = figure.suppressed ? ordered_json() : ordered_json(figure.numerator);
      json["denominator"] = figure.denominator;
      json["value"] = figure.value ? ordered_json(rounded(*figure.value, 1e4)) : ordered_json();
      break;
  }
  if (figure.suppressed) json["suppressed"] = true;
  json["excluded"] = counts_json(figure.excluded);
  if (!figure.parts.empty()) json["parts"] = counts_json(figure.parts);
  if (!figure.note.empty()) json["note"] = figure.note;
  if (const report::Target* target = report::target_of(targets, figure.id))
    json["target"] = target_json(figure, *target);
  return json;
}

ordered_json figures_json(const std::vector<Figure>& figures,
                          const std::vector<report::Target>& targets) {
  ordered_json json = ordered_json::array();
  for (const Figure& figure : figures) json.push_back(figure_json(figure, targets));
  return json;
}

std::string percent_text(int64_t numerator, int64_t denominator) {
  if (denominator <= 0) return "–";
  return fmt::format("{:.2f} %",
                     static_cast<double>(numerator) * 100.0 / static_cast<double>(denominator));
}

std::string span_text(int64_t us, uint64_t n) { return n == 0 ? "–" : format_duration(us); }

std::string value_text(const Figure& figure) {
  if (!figure.measured()) return "not measured";
  if (figure.suppressed) return "suppressed";
  if (!figure.value) return "–";
  switch (figure.kind) {
    case FigureKind::share:
      return percent_text(figure.numerator, figure.denominator);
    case FigureKind::duration:
      return fmt::format("mean {}, median {}, p90 {}", format_duration(figure.spread.mean_us),
                         format_duration(figure.spread.median_us),
                         format_duration(figure.spread.p90_us));
    case FigureKind::count:
      return fmt::format("{}", figure.numerator);
    case FigureKind::number:
      return fmt::format("{:.2f}", *figure.value);
  }
  return "";
}

std::string figures_text(const std::vector<Figure>& figures,
                         const std::vector<report::Target>& targets) {
  Table table({"figure", "value", "of", "left out", "target"});
  Table missing({"not measured", "needs"});
  std::string notes;
  bool preset = false;
  std::string configured;
  for (const Figure& figure : figures) {
    if (!figure.measured()) {
      missing.row({figure.name, figure.needs});
      continue;
    }
    const report::Target* target = report::target_of(targets, figure.id);
    preset = preset || (target != nullptr && target->from == report::Target::From::preset);
    if (target != nullptr && target->from == report::Target::From::configuration)
      configured += (configured.empty() ? "" : ", ") + figure.id;
    table.row({figure.name, value_text(figure), made_of_text(figure), left_out_text(figure),
               target == nullptr ? "" : target_text(figure, *target)});
    if (target != nullptr && report::standing(figure, *target) == report::Standing::warn)
      notes += fmt::format("{}: {}\n", figure.name, target->warning);
    if (!figure.note.empty()) notes += fmt::format("{}: {}\n", figure.name, figure.note);
  }
  std::string text = table.text();
  if (!missing.empty()) text += "\n" + missing.text();
  if (!notes.empty()) text += "\n" + notes;
  if (!configured.empty())
    text += fmt::format("\nTargets of {} are of the desk's configuration.\n", configured);
  if (preset)
    text += fmt::format("\n{} a preset of common aims (--targets none, --target …).\n",
                        configured.empty() ? "Targets are" : "The other targets are");
  return text;
}

}  // namespace paceline::tools
