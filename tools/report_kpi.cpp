// `report kpi`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/instants.h"
#include "tools/kpi_report.h"
#include "tools/report_figures.h"
#include "tools/report_options.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

using nlohmann::ordered_json;

/// Columns of the text by parts, where none are named.
const std::vector<std::string> main_figures{"fcr_net",        "flr",     "mttr_wall",   "mtta",
                                            "sla_compliance", "backlog", "reopen_rate", "hops"};

class ReportKpi final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    options_.declare_period(app);
    options_.declare_by(
        app, "desk, queue, group, tier, priority, kind, category, channel, service or agent");
    app.add_option("--figure", wanted_, "Only these, by their ids")->delimiter(',');
    app.add_option("--at", at_, "Backlog at this instant: 2026-03-08T09:00Z; UTC without a zone");
    options_.declare_inputs(app);
    options_.declare_targets(app);
  }

  Done run(const Terminal& terminal) override {
    desk::Query query;
    query.kind = desk::QueryKind::kpi;
    if (!at_.empty()) {
      const auto at = parse_instant(at_);
      if (!at) {
        return sched::Unexpected{bad_usage(
            fmt::format("--at `{}` is no instant: write 2026-03-08T09:00Z or 2026-03-08", at_))};
      }
      query.at_us = at->us;
    }
    if (auto done = options_.read(); !done) return done;
    for (const std::string& id : wanted_) {
      if (auto done = known_figure("--figure", id); !done) return done;
    }
    // The counters are of the whole desk.
    const bool with_counters =
        !options_.chose_period() && !options_.chose_part() && !options_.filtered();
    if (!at_.empty() && !with_counters)
      return sched::Unexpected{bad_usage(
          "--at is for the whole desk, without --from, --to, --by, --kind and --only: the figure "
          "backlog is that at --to")};
    auto desk = OpenedDesk::open(options_.desk());
    if (!desk) return sched::Unexpected{desk.error()};
    const auto question = options_.ask(*desk);
    if (!question) return sched::Unexpected{question.error()};
    if (!with_counters) {
      ordered_json json = options_.json() ? options_.head(*question) : ordered_json();
      return options_.chose_part() ? by_parts(terminal, *question, std::move(json))
                                   : in_period(terminal, *question, std::move(json));
    }
    const auto answer = desk->ask(query);
    if (!answer) return sched::Unexpected{answer.error()};
    if (answer->code != 0) {
      return sched::Unexpected{explain(static_cast<desk::Reject>(answer->code), "report")};
    }
    if (options_.json()) return in_period(terminal, *question, kpi_json(answer->kpi));
    if (wanted_.empty()) terminal.data(kpi_table(answer->kpi) + "\n");
    return in_period(terminal, *question, {});
  }

 private:
  std::vector<report::Figure> figures(const report::Question& question) const {
    std::vector<report::Figure> all = report::figures(question);
    if (wanted_.empty()) return all;
    std::vector<report::Figure> chosen;
    for (const std::string& id : wanted_) {
      if (const report::Figure* figure = report::find(all, id)) chosen.push_back(*figure);
    }
    return chosen;
  }

  Done in_period(const Terminal& terminal, const report::Question& question, ordered_json json) {
    const std::vector<report::Figure> found = figures(question);
    if (options_.json()) {
      json["working_days"] = options_.working_days_text();
      json["figures"] = figures_json(found, options_.targets());
      terminal.data(json.dump(1) + "\n");
    } else {
      terminal.data(options_.head_text(question) + figures_text(found, options_.targets()) +
                    fmt::format("\nWorking days: {}.\n", options_.working_days_text()));
    }
    return {};
  }

  Done by_parts(const Terminal& terminal, const report::Question& question, ordered_json json) {
    json["by"] = report::dimension_names[static_cast<size_t>(options_.by())];
    json["parts"] = ordered_json::array();
    std::vector<std::string> headings{report::dimension_names[static_cast<size_t>(options_.by())],
                                      ">tickets"};
    if (wanted_.empty() && !options_.json()) wanted_ = main_figures;
    for (const std::string& id : wanted_) headings.push_back(id);
    Table table(headings);
    for (const report::Part& part : report::split(question, options_.by())) {
      const std::vector<report::Figure> found = figures(part.question);
      if (options_.json()) {
        json["parts"].push_back(
            {{"name", part.name.empty() ? ordered_json() : ordered_json(part.name)},
             {"tickets", part.question.cases.size()},
             {"figures", figures_json(found, options_.targets())}});
        continue;
      }
      std::vector<std::string> row{part.name.empty() ? "–" : part.name,
                                   std::to_string(part.question.cases.size())};
      for (const report::Figure& figure : found) row.push_back(cell(figure));
      table.row(std::move(row));
    }
    terminal.data(options_.json() ? json.dump(1) + "\n"
                                  : options_.head_text(question) + table.text());
    return {};
  }

  static std::string cell(const report::Figure& figure) {
    if (!figure.measured() || !figure.value) return "–";
    if (figure.kind == report::FigureKind::duration)
      return format_duration(figure.spread.mean_us) + " mean";
    if (figure.kind == report::FigureKind::share && figure.counted)
      return fmt::format("{} ({}/{})", value_text(figure), figure.numerator, figure.denominator);
    return value_text(figure);
  }

  ReportOptions options_;
  std::vector<std::string> wanted_;
  std::string at_;
};

}  // namespace

std::unique_ptr<Subcommand> make_report_kpi() { return std::make_unique<ReportKpi>(); }

}  // namespace paceline::tools
