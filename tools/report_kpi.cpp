// `report kpi`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/instants.h"
#include "tools/kpi_report.h"

namespace paceline::tools {

namespace {

class ReportKpi final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("--at", at_, "Backlog at this instant: 2026-03-08T09:00Z; UTC without a zone");
    app.add_flag("--json", json_, "Print as JSON");
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
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    const auto answer = desk->ask(query);
    if (!answer) return sched::Unexpected{answer.error()};
    if (answer->code != 0) {
      return sched::Unexpected{explain(static_cast<desk::Reject>(answer->code), "report")};
    }
    terminal.data(json_ ? kpi_json(answer->kpi).dump(1) + "\n" : kpi_table(answer->kpi));
    return {};
  }

 private:
  DeskOptions options_;
  std::string at_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_report_kpi() { return std::make_unique<ReportKpi>(); }

}  // namespace paceline::tools
