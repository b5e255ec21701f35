// `report sla`, `report queues`, `report agents`, `report intervals`, `report at-risk`.
#include "engine/report/tables.h"

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/config/units.h"
#include "tools/commands.h"
#include "tools/instants.h"
#include "tools/report_figures.h"
#include "tools/report_options.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

using nlohmann::ordered_json;

std::string number(uint64_t count) { return std::to_string(count); }

/// What these reports have in common: a list of rows, as JSON or as a table.
class TableReport : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    if (has_period_) options_.declare_period(app);
    declare_more(app);
  }

  Done run(const Terminal& terminal) override {
    if (auto done = options_.read(); !done) return done;
    if (auto done = read_more(); !done) return done;
    const auto question = ask();
    if (!question) return sched::Unexpected{question.error()};
    if (options_.json()) {
      ordered_json json = options_.head(*question);
      const auto rows = rows_json(*question);
      if (!rows) return sched::Unexpected{rows.error()};
      json[rows_name_] = *rows;
      terminal.data(json.dump(1) + "\n");
      return {};
    }
    const auto text = rows_text(*question);
    if (!text) return sched::Unexpected{text.error()};
    terminal.data(options_.head_text(*question) + *text);
    return {};
  }

 protected:
  explicit TableReport(const char* rows_name, bool has_period = true)
      : rows_name_(rows_name), has_period_(has_period) {}
  virtual void declare_more(CLI::App& app) { (void)app; }
  virtual Done read_more() { return {}; }
  virtual Got<report::Question> ask() { return options_.ask(); }
  virtual Got<ordered_json> rows_json(const report::Question& question) = 0;
  virtual Got<std::string> rows_text(const report::Question& question) = 0;

  ReportOptions options_;

 private:
  const char* rows_name_;
  bool has_period_;
};

class ReportSla final : public TableReport {
 public:
  ReportSla() : TableReport("policies") {}

 private:
  Got<ordered_json> rows_json(const report::Question& question) override {
    ordered_json list = ordered_json::array();
    for (const report::PolicyRow& row : report::policy_rows(question)) {
      const auto met = static_cast<int64_t>(row.met);
      const auto completed = static_cast<int64_t>(row.completed());
      const auto open = static_cast<int64_t>(row.open());
      const auto late = static_cast<int64_t>(row.open_late);
      ordered_json json{{"policy", row.policy}};
      json["kind"] = row.policy == "all" ? ordered_json() : ordered_json(desk::name(row.kind));
      json.update(ordered_json{
          {"met", row.met},
          {"breached", row.breached},
          {"cancelled", row.cancelled},
          {"running", row.running},
          {"paused", row.paused},
          {"open_late", row.open_late},
          {"compliance_percent", percent_json(met, completed)},
          {"live_compliance_percent", percent_json(met + open - late, completed + open)},
          {"used", spread_json(row.used)},
          {"overrun", spread_json(row.overrun)}});
      list.push_back(std::move(json));
    }
    return list;
  }

  Got<std::string> rows_text(const report::Question& question) override {
    Table table({"policy", "kind", ">met", ">breached", ">compliance", ">open", ">of them late",
                 ">live", ">cancelled", ">overrun p90"});
    for (const report::PolicyRow& row : report::policy_rows(question)) {
      const auto met = static_cast<int64_t>(row.met);
      const auto completed = static_cast<int64_t>(row.completed());
      const auto open = static_cast<int64_t>(row.open());
      const auto late = static_cast<int64_t>(row.open_late);
      table.row({row.policy, row.policy == "all" ? "" : std::string(desk::name(row.kind)),
                 number(row.met), number(row.breached), percent_text(met, completed),
                 number(row.open()), number(row.open_late),
                 percent_text(met + open - late, completed + open), number(row.cancelled),
                 span_text(row.overrun.p90_us, row.overrun.n)});
    }
    return table.text();
  }
};

class ReportQueues final : public TableReport {
 public:
  ReportQueues() : TableReport("queues") {}

 private:
  Got<report::Question> ask() override { return options_.ask_of_all_places(); }

  std::vector<report::QueueRow> rows(const report::Question& question) const {
    using report::Dimension;
    std::vector<report::QueueRow> all = report::queue_rows(question);
    std::erase_if(all, [&](const report::QueueRow& row) {
      return !options_.wants(Dimension::queue, row.queue) ||
             !options_.wants(Dimension::group, row.group) ||
             !options_.wants(Dimension::tier, std::to_string(row.tier));
    });
    return all;
  }

  Got<ordered_json> rows_json(const report::Question& question) override {
    ordered_json list = ordered_json::array();
    for (const report::QueueRow& row : rows(question)) {
      list.push_back({{"queue", row.queue},
                      {"group", row.group},
                      {"tier", row.tier},
                      {"came", row.came},
                      {"left", row.left},
                      {"resolved", row.resolved},
                      {"waiting", row.waiting},
                      {"in_hand", row.in_hand},
                      {"pending", row.pending},
                      {"oldest_wait_us", row.oldest_us},
                      {"stay", spread_json(row.stay)},
                      {"take", spread_json(row.take)}});
    }
    return list;
  }

  Got<std::string> rows_text(const report::Question& question) override {
    Table table({"queue", "group", ">tier", ">came", ">left", ">resolved", ">waiting", ">in hand",
                 ">pending", ">oldest", ">stay p50", ">taken p50", ">taken p90"});
    for (const report::QueueRow& row : rows(question)) {
      table.row({row.queue, row.group, number(row.tier), number(row.came), number(row.left),
                 number(row.resolved), number(row.waiting), number(row.in_hand),
                 number(row.pending), row.waiting == 0 ? "–" : format_duration(row.oldest_us),
                 span_text(row.stay.median_us, row.stay.n),
                 span_text(row.take.median_us, row.take.n),
                 span_text(row.take.p90_us, row.take.n)});
    }
    return table.text();
  }
};

class ReportAgents final : public TableReport {
 public:
  ReportAgents() : TableReport("agents") {}

 private:
  Done read_more() override { return options_.allow_agents(); }

  Got<ordered_json> rows_json(const report::Question& question) override {
    ordered_json list = ordered_json::array();
    for (const report::AgentRow& row : report::agent_rows(question)) {
      list.push_back(
          {{"agent", row.agent},
           {"groups", row.groups},
           {"state", row.state},
           {"resolved", row.resolved},
           {"reopened", row.reopened},
           {"open", row.open},
           {"handling", spread_json(row.handling)},
           {"logged_in_us", row.logged_in_us},
           {"available_us", row.available_us},
           {"handling_us", row.handling_us},
           {"wrap_up_us", row.wrap_up_us},
           {"away_us", row.away_us},
           {"occupancy_percent", percent_json(row.handling_us, row.handling_us + row.available_us)},
           {"utilisation_percent", percent_json(row.handling_us, row.logged_in_us)},
           {"scheduled_us", row.scheduled_us},
           {"adherent_us", row.adherent_us},
           {"adherence_percent", percent_json(row.adherent_us, row.scheduled_us)}});
    }
    return list;
  }

  Got<std::string> rows_text(const report::Question& question) override {
    Table table({"agent", "state", ">resolved", ">reopened", ">open", ">handling mean",
                 ">occupancy", ">utilisation", ">adherence", ">logged in", ">away"});
    for (const report::AgentRow& row : report::agent_rows(question)) {
      table.row({row.agent, row.state, number(row.resolved), number(row.reopened), number(row.open),
                 span_text(row.handling.mean_us, row.handling.n),
                 percent_text(row.handling_us, row.handling_us + row.available_us),
                 percent_text(row.handling_us, row.logged_in_us),
                 percent_text(row.adherent_us, row.scheduled_us), format_duration(row.logged_in_us),
                 format_duration(row.away_us)});
    }
    return table.text();
  }
};

class ReportIntervals final : public TableReport {
 public:
  ReportIntervals() : TableReport("intervals") {}

 private:
  void declare_more(CLI::App& app) override {
    app.add_option("--interval", step_, "Length of a row: 30m");
    app.add_flag("--csv", csv_, "Print as CSV");
  }
  Done read_more() override {
    const auto duration = config::parse_duration(step_);
    if (!duration || duration->us <= 0)
      return sched::Unexpected{
          bad_usage(fmt::format("--interval `{}` is no duration: write 30m or 1d", step_))};
    step_us_ = duration->us;
    if (csv_ && options_.json()) return sched::Unexpected{bad_usage("--csv or --json, not both")};
    return {};
  }

  /// Without --from it begins with the first ticket's interval.
  Got<std::vector<report::IntervalRow>> rows(report::Question question) const {
    if (question.period.from_us == 0) {
      int64_t first_us = question.period.to_us - 1;
      for (const report::Case* ticket : question.cases)
        first_us = std::min(first_us, ticket->recorded_at_us);
      question.period.from_us = first_us - first_us % step_us_;
    }
    const int64_t length_us = question.period.to_us - question.period.from_us;
    if (length_us / step_us_ >= static_cast<int64_t>(report::interval_rows_max))
      return sched::Unexpected{bad_usage(
          fmt::format("{} rows of {} are too many, {} at most: shorten the period with --from and "
                      "--to, or take a longer --interval",
                      length_us / step_us_ + 1, step_, report::interval_rows_max))};
    return report::interval_rows(question, step_us_);
  }

  Got<ordered_json> rows_json(const report::Question& question) override {
    const auto found = rows(question);
    if (!found) return sched::Unexpected{found.error()};
    ordered_json list = ordered_json::array();
    for (const report::IntervalRow& row : *found) {
      list.push_back({{"from", format_instant({row.from_us})},
                      {"recorded", row.recorded},
                      {"taken", row.taken},
                      {"resolved", row.resolved},
                      {"reopened", row.reopened},
                      {"abandoned", row.abandoned},
                      {"met", row.met},
                      {"breached", row.breached},
                      {"backlog", row.backlog},
                      {"wait", spread_json(row.wait)}});
    }
    return list;
  }

  Got<std::string> rows_text(const report::Question& question) override {
    const auto found = rows(question);
    if (!found) return sched::Unexpected{found.error()};
    Table table({"from", ">recorded", ">taken", ">resolved", ">reopened", ">abandoned", ">met",
                 ">breached", ">backlog", ">wait p50", ">wait p90"});
    std::string csv =
        "from,recorded,taken,resolved,reopened,abandoned,met,breached,backlog,wait_median_us,"
        "wait_p90_us\n";
    for (const report::IntervalRow& row : *found) {
      if (csv_) {
        csv += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", format_instant({row.from_us}),
                           row.recorded, row.taken, row.resolved, row.reopened, row.abandoned,
                           row.met, row.breached, row.backlog, row.wait.median_us, row.wait.p90_us);
        continue;
      }
      table.row({format_instant({row.from_us}), number(row.recorded), number(row.taken),
                 number(row.resolved), number(row.reopened), number(row.abandoned), number(row.met),
                 number(row.breached), number(row.backlog),
                 span_text(row.wait.median_us, row.wait.n),
                 span_text(row.wait.p90_us, row.wait.n)});
    }
    return csv_ ? csv : table.text();
  }

  std::string step_ = "30m";
  int64_t step_us_ = 0;
  bool csv_ = false;
};

class ReportAtRisk final : public TableReport {
 public:
  ReportAtRisk() : TableReport("clocks", false) {}

 private:
  void declare_more(CLI::App& app) override {
    app.add_option("--within", within_, "Only those late or due within this time: 2h");
    app.add_option("--limit", limit_, "Rows at most; 50")->check(CLI::Range(1, 1'000'000));
  }
  Done read_more() override {
    if (within_.empty()) return {};
    const auto duration = config::parse_duration(within_);
    if (!duration || duration->us <= 0)
      return sched::Unexpected{
          bad_usage(fmt::format("--within `{}` is no duration: write 30m or 2h", within_))};
    within_us_ = duration->us;
    return {};
  }

  std::vector<report::RiskRow> rows(const report::Question& question) const {
    std::vector<report::RiskRow> all = report::risk_rows(question);
    if (within_us_ != 0)
      std::erase_if(all, [&](const report::RiskRow& row) {
        return row.clock->state == report::ClockState::paused || row.left_us > within_us_;
      });
    return all;
  }

  Got<ordered_json> rows_json(const report::Question& question) override {
    const report::Book& book = options_.book();
    ordered_json list = ordered_json::array();
    for (const report::RiskRow& row : rows(question)) {
      if (list.size() == limit_) break;
      const report::Case& ticket = *row.ticket;
      const bool paused = row.clock->state == report::ClockState::paused;
      list.push_back(
          {{"ticket", ticket.id},
           {"external_id", ticket.external_id},
           {"priority", ticket.priority},
           {"state", desk::name(ticket.state)},
           {"queue", book.text(ticket.queue)},
           {"agent", book.text(ticket.agent)},
           {"clock", desk::name(row.clock->kind)},
           {"policy", book.text(row.clock->policy)},
           {"paused", paused},
           {"due", paused ? ordered_json() : ordered_json(format_instant({row.clock->due_at_us}))},
           {"left_us", row.left_us},
           {"used_percent", static_cast<double>(row.used_bp) / 100.0},
           {"breached", row.clock->breached_at_us != 0}});
    }
    return list;
  }

  Got<std::string> rows_text(const report::Question& question) override {
    const report::Book& book = options_.book();
    const auto all = rows(question);
    if (all.empty())
      return within_.empty() ? std::string("No clock is open.\n")
                             : fmt::format("No clock is late or due within {}.\n", within_);
    Table table({"ticket", "priority", "queue", "agent", "clock", ">used", ">left", "due"});
    for (size_t i = 0; i < all.size() && i < limit_; ++i) {
      const report::RiskRow& row = all[i];
      const report::Case& ticket = *row.ticket;
      const bool paused = row.clock->state == report::ClockState::paused;
      table.row({ticket.external_id.empty() ? std::to_string(ticket.id) : ticket.external_id,
                 report::name_in(book, ticket, report::Dimension::priority),
                 book.text(ticket.queue), book.text(ticket.agent),
                 std::string(desk::name(row.clock->kind)),
                 fmt::format("{:.0f} %", static_cast<double>(row.used_bp) / 100.0),
                 format_duration(row.left_us),
                 paused ? "paused" : format_instant({row.clock->due_at_us})});
    }
    std::string text = table.text();
    if (all.size() > limit_) text += fmt::format("… and {} more (--limit)\n", all.size() - limit_);
    return text;
  }

  std::string within_;
  int64_t within_us_ = 0;
  size_t limit_ = 50;
};

}  // namespace

std::unique_ptr<Subcommand> make_report_sla() { return std::make_unique<ReportSla>(); }
std::unique_ptr<Subcommand> make_report_queues() { return std::make_unique<ReportQueues>(); }
std::unique_ptr<Subcommand> make_report_agents() { return std::make_unique<ReportAgents>(); }
std::unique_ptr<Subcommand> make_report_intervals() { return std::make_unique<ReportIntervals>(); }
std::unique_ptr<Subcommand> make_report_at_risk() { return std::make_unique<ReportAtRisk>(); }

}  // namespace paceline::tools
