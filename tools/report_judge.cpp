// `report trend`, `report scorecard`, `report gaming`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/report/gaming.h"
#include "engine/report/scorecard.h"
#include "engine/report/trend.h"
#include "tools/commands.h"
#include "tools/instants.h"
#include "tools/report_figures.h"
#include "tools/report_options.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

using nlohmann::ordered_json;

double rounded(double value) { return std::round(value * 1e4) / 1e4; }
ordered_json maybe(const std::optional<double>& value) {
  return value ? ordered_json(rounded(*value)) : ordered_json();
}

class ReportTrend final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    options_.declare_period(app);
    options_.declare_by(
        app, "desk, queue, group, tier, priority, kind, category, channel, service or agent");
  }

  Done run(const Terminal& terminal) override {
    if (auto done = options_.read(); !done) return done;
    const auto question = options_.ask();
    if (!question) return sched::Unexpected{question.error()};
    ordered_json json = options_.head(*question);
    json["by"] = report::dimension_names[static_cast<size_t>(options_.by())];
    json["parts"] = ordered_json::array();
    std::string text = options_.head_text(*question);
    for (const report::Part& part : report::split(*question, options_.by())) {
      report::Question of_part = part.question;
      const report::Trend trend = report::volume_trend(of_part);
      json["parts"].push_back(trend_json(part.name, trend));
      text += trend_text(part.name, trend) + "\n";
    }
    terminal.data(options_.json() ? json.dump(1) + "\n" : text);
    return {};
  }

 private:
  static bool enough(const report::Trend& trend) {
    return trend.weeks.size() >= report::trend_weeks_min;
  }

  static ordered_json trend_json(const std::string& name, const report::Trend& trend) {
    ordered_json json{{"name", name.empty() ? ordered_json() : ordered_json(name)},
                      {"measured", enough(trend)}};
    if (enough(trend)) {
      json["slope_per_week"] = rounded(trend.slope);
      json["mann_kendall_s"] = trend.test.s;
      json["p"] = rounded(trend.test.p);
      json["direction"] = report::direction_names[static_cast<size_t>(trend.direction)];
    } else {
      json["needs"] = "at least 4 whole weeks in the period";
    }
    json["weeks"] = ordered_json::array();
    for (const report::Week& week : trend.weeks)
      json["weeks"].push_back({{"from", format_instant({week.from_us})},
                               {"recorded", week.recorded},
                               {"resolved", week.resolved}});
    return json;
  }

  static std::string trend_text(const std::string& name, const report::Trend& trend) {
    Table table({"week from", ">recorded", ">resolved"});
    for (const report::Week& week : trend.weeks)
      table.row({format_instant({week.from_us}).substr(0, 10), std::to_string(week.recorded),
                 std::to_string(week.resolved)});
    const std::string who = name.empty() ? "–" : name;
    if (!enough(trend))
      return fmt::format("{}: not measured, needs at least 4 whole weeks in the period\n{}", who,
                         table.empty() ? "" : table.text());
    return fmt::format(
        "{}: {}, {:+.2f} tickets a week each week (Theil–Sen), p {:.4f} "
        "(Mann–Kendall)\n{}",
        who, report::direction_names[static_cast<size_t>(trend.direction)], trend.slope,
        trend.test.p, table.text());
  }

  ReportOptions options_;
};

class ReportScorecard final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    options_.declare_period(app);
    options_.declare_by(app, "desk, group, agent …; without it the whole desk");
    app.add_option("--scale", scale_texts_,
                   "Worst and target of a component: 'mttr_wall=72..8' (hours), "
                   "'reopen_rate=15%..3%'");
    options_.declare_inputs(app);
  }

  Done run(const Terminal& terminal) override {
    if (auto done = options_.read(); !done) return done;
    std::vector<report::Scale> scales = report::default_scales();
    for (const std::string& text : scale_texts_) {
      if (report::set_scale(scales, text)) continue;
      std::string known;
      for (const report::Scale& scale : scales) known += (known.empty() ? "" : ", ") + scale.figure;
      return sched::Unexpected{bad_usage(
          fmt::format("--scale `{}` is no scale: write figure=worst..target, of {}", text, known))};
    }
    const auto question = options_.ask();
    if (!question) return sched::Unexpected{question.error()};
    ordered_json json = options_.head(*question);
    json["parts"] = ordered_json::array();
    std::string text = options_.head_text(*question);
    for (const report::Part& part : report::split(*question, options_.by())) {
      const report::Scorecard card = report::scorecard(report::figures(part.question), scales);
      json["parts"].push_back(card_json(part.name, card));
      text += card_text(part.name, card) + "\n";
    }
    terminal.data(options_.json() ? json.dump(1) + "\n" : text);
    return {};
  }

 private:
  static ordered_json card_json(const std::string& name, const report::Scorecard& card) {
    ordered_json json{{"name", name.empty() ? ordered_json() : ordered_json(name)},
                      {"composite", maybe(card.composite)}};
    for (const auto& [part, score] : card.parts) json["scores"][part] = maybe(score);
    json["components"] = ordered_json::array();
    for (const report::Component& component : card.components) {
      ordered_json each{{"figure", component.scale.figure},
                        {"part", component.scale.part},
                        {"worst", component.scale.worst},
                        {"target", component.scale.target},
                        {"ceiling", maybe(component.scale.ceiling)},
                        {"value", maybe(component.value)}};
      each["score"] = component.value ? ordered_json(rounded(component.score)) : ordered_json();
      if (!component.value) each["needs"] = component.needs;
      json["components"].push_back(std::move(each));
    }
    return json;
  }

  static std::string card_text(const std::string& name, const report::Scorecard& card) {
    Table table(
        {"component", "part", ">worst", ">target", ">value", ">score", "not measured: needs"});
    for (const report::Component& component : card.components) {
      table.row({component.scale.figure, component.scale.part,
                 fmt::format("{:g}", component.scale.worst),
                 fmt::format("{:g}", component.scale.target),
                 component.value ? fmt::format("{:.3f}", *component.value) : "–",
                 component.value ? fmt::format("{:.2f}", component.score) : "–", component.needs});
    }
    std::string text = fmt::format("{}: composite {}", name.empty() ? "–" : name,
                                   card.composite ? fmt::format("{:.2f}", *card.composite) : "–");
    for (const auto& [part, score] : card.parts)
      text += fmt::format(", {} {}", part, score ? fmt::format("{:.2f}", *score) : "–");
    return text + "\n" + table.text();
  }

  ReportOptions options_;
  std::vector<std::string> scale_texts_;
};

class ReportGaming final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    options_.declare_period(app);
    options_.declare_by(app, "group (without it) or agent");
  }

  Done run(const Terminal& terminal) override {
    if (auto done = options_.read(); !done) return done;
    const report::Dimension by = options_.chose_part() ? options_.by() : report::Dimension::group;
    if (by != report::Dimension::group && by != report::Dimension::agent)
      return sched::Unexpected{
          bad_usage("signals are compared among peers: --by group or --by agent")};
    const auto question = options_.ask();
    if (!question) return sched::Unexpected{question.error()};
    const std::vector<report::SignalRow> rows = report::gaming_rows(*question, by);
    if (options_.json())
      show_json(terminal, *question, by, rows);
    else
      show_text(terminal, *question, by, rows);
    return {};
  }

 private:
  void show_json(const Terminal& terminal, const report::Question& question, report::Dimension by,
                 const std::vector<report::SignalRow>& rows) const {
    ordered_json json = options_.head(question);
    json["by"] = report::dimension_names[static_cast<size_t>(by)];
    json["signals"] = ordered_json::array();
    for (const report::SignalRow& row : rows)
      json["signals"].push_back({{"signal", row.signal->id},
                                 {"who", row.who},
                                 {"count", row.count},
                                 {"of", row.of},
                                 {"rate", maybe(row.rate)},
                                 {"baseline", maybe(row.baseline)},
                                 {"stands_out", row.stands_out},
                                 {"examples", row.examples}});
    json["definitions"] = ordered_json::array();
    for (const report::Signal& signal : report::signals()) {
      ordered_json each{
          {"signal", signal.id}, {"text", signal.text}, {"measured", signal.needs.empty()}};
      if (!signal.needs.empty()) each["needs"] = signal.needs;
      json["definitions"].push_back(std::move(each));
    }
    terminal.data(json.dump(1) + "\n");
  }

  void show_text(const Terminal& terminal, const report::Question& question, report::Dimension by,
                 const std::vector<report::SignalRow>& rows) const {
    std::string text = options_.head_text(question);
    Table table({"signal", report::dimension_names[static_cast<size_t>(by)], ">count", ">of",
                 ">rate", ">peers", "", "examples"});
    for (const report::SignalRow& row : rows) {
      std::string examples;
      for (const std::string& each : row.examples) examples += (examples.empty() ? "" : " ") + each;
      table.row({row.signal->id, row.who, std::to_string(row.count), std::to_string(row.of),
                 fmt::format("{:.1f} %", *row.rate * 100.0),
                 row.baseline ? fmt::format("{:.1f} %", *row.baseline * 100.0) : "–",
                 row.stands_out ? "stands out" : "", examples});
    }
    text += table.empty() ? "No signal was raised.\n" : table.text();
    Table missing({"not measured", "needs"});
    for (const report::Signal& signal : report::signals()) {
      if (!signal.needs.empty()) missing.row({signal.id, signal.needs});
    }
    terminal.data(text + "\n" + missing.text() +
                  "\nA signal is a question to ask, not a verdict.\n");
  }

  ReportOptions options_;
};

}  // namespace

std::unique_ptr<Subcommand> make_report_trend() { return std::make_unique<ReportTrend>(); }
std::unique_ptr<Subcommand> make_report_scorecard() { return std::make_unique<ReportScorecard>(); }
std::unique_ptr<Subcommand> make_report_gaming() { return std::make_unique<ReportGaming>(); }

}  // namespace paceline::tools
