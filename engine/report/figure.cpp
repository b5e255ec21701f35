#include "engine/report/figure.h"

namespace paceline::report {

namespace {

Figure named(std::string id, std::string name, std::string formula, FigureKind kind) {
  Figure figure;
  figure.id = std::move(id);
  figure.name = std::move(name);
  figure.formula = std::move(formula);
  figure.kind = kind;
  return figure;
}

}  // namespace

Figure share_figure(std::string id, std::string name, std::string formula, uint64_t numerator,
                    uint64_t denominator) {
  Figure figure = named(std::move(id), std::move(name), std::move(formula), FigureKind::share);
  figure.numerator = static_cast<int64_t>(numerator);
  figure.denominator = static_cast<int64_t>(denominator);
  if (denominator != 0)
    figure.value = static_cast<double>(numerator) / static_cast<double>(denominator);
  return figure;
}

Figure duration_figure(std::string id, std::string name, std::string formula,
                       std::vector<int64_t> durations_us) {
  Figure figure = named(std::move(id), std::move(name), std::move(formula), FigureKind::duration);
  figure.spread = spread_of(std::move(durations_us));
  figure.numerator = figure.spread.total_us;
  figure.denominator = static_cast<int64_t>(figure.spread.n);
  if (figure.spread.n != 0) figure.value = static_cast<double>(figure.spread.mean_us);
  return figure;
}

Figure count_figure(std::string id, std::string name, std::string formula, int64_t count) {
  Figure figure = named(std::move(id), std::move(name), std::move(formula), FigureKind::count);
  figure.numerator = count;
  figure.value = static_cast<double>(count);
  return figure;
}

Figure number_figure(std::string id, std::string name, std::string formula,
                     std::optional<double> value) {
  Figure figure = named(std::move(id), std::move(name), std::move(formula), FigureKind::number);
  figure.value = value;
  return figure;
}

Figure not_measured(std::string id, std::string name, std::string formula, std::string needs) {
  Figure figure = named(std::move(id), std::move(name), std::move(formula), FigureKind::share);
  figure.needs = std::move(needs);
  return figure;
}

}  // namespace paceline::report
