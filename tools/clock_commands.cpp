// `clock list` and `why clock`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/clock_show.h"
#include "tools/commands.h"
#include "tools/json_views.h"
#include "tools/paging.h"
#include "tools/ticket_reference.h"

namespace paceline::tools {

namespace {

class ClockList final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("--policy", policy_, "Only clocks under the policy of this name");
    app.add_option("--state", state_, "Only clocks that are so")
        ->check(CLI::IsMember({"running", "paused", "completed", "cancelled"}));
    app.add_option("--limit", limit_, "At most so many")->check(CLI::PositiveNumber);
    app.add_flag("--json", json_, "Print one JSON object per line");
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    desk::Query query;
    query.kind = desk::QueryKind::clocks;
    query.text = policy_;
    query.agent = state_;
    query.limit = static_cast<uint32_t>(std::min<uint64_t>(limit_, 1'000));
    std::vector<desk::ClockView> clocks;
    const auto more = for_each_page(*desk, query, "policy " + policy_, [&](desk::Answer& answer) {
      for (desk::ClockView& clock : answer.clocks) clocks.push_back(std::move(clock));
      return clocks.size() < limit_;
    });
    if (!more) return sched::Unexpected{more.error()};
    const bool cut = *more || clocks.size() > limit_;
    clocks.resize(std::min<size_t>(clocks.size(), limit_));
    if (json_) {
      for (const desk::ClockView& clock : clocks) terminal.data(clock_json(clock).dump() + "\n");
    } else {
      terminal.data(clocks_table(clocks));
    }
    if (cut)
      terminal.message(fmt::format("there are more: --limit {} shows further ones", limit_ * 10));
    return {};
  }

 private:
  DeskOptions options_;
  std::string policy_, state_;
  uint64_t limit_ = 100;
  bool json_ = false;
};

class WhyClock final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("TICKET", ticket_, std::string(ticket_reference_help))->required();
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    const wire::Addressed to = ticket_reference(ticket_);
    desk::Query query;
    query.kind = desk::QueryKind::why_clock;
    query.ticket = to.ticket;
    query.text = std::string(to.external_id);
    const auto answer = desk->ask(query);
    if (!answer) return sched::Unexpected{answer.error()};
    if (answer->code != 0)
      return sched::Unexpected{
          explain(static_cast<desk::Reject>(answer->code), "ticket " + ticket_)};
    if (json_) {
      auto json = nlohmann::ordered_json::array();
      for (const desk::ClockView& clock : answer->clocks) json.push_back(clock_json(clock));
      terminal.data(json.dump(1) + "\n");
      return {};
    }
    if (answer->clocks.empty()) terminal.message("no policy gave it a clock");
    std::string text;
    for (const desk::ClockView& clock : answer->clocks)
      text += (text.empty() ? "" : "\n") + why_clock_text(clock);
    terminal.data(text);
    return {};
  }

 private:
  DeskOptions options_;
  std::string ticket_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_clock_list() { return std::make_unique<ClockList>(); }
std::unique_ptr<Subcommand> make_why_clock() { return std::make_unique<WhyClock>(); }

}  // namespace paceline::tools
