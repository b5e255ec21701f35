// `clock list` and `why clock`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>

#include "engine/config/units.h"
#include "tools/clock_show.h"
#include "tools/commands.h"
#include "tools/json_views.h"
#include "tools/paging.h"
#include "tools/ticket_reference.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

/// The most urgent of many clocks: those with a deadline first, the earliest ahead.
class MostUrgent {
 public:
  explicit MostUrgent(size_t max) : max_(max) {}

  void add(desk::ClockView clock) {
    ++seen_;
    clocks_.push_back(std::move(clock));
    if (clocks_.size() >= 2 * max_ + 1'000) trim();
  }
  bool more() const { return seen_ > max_; }
  std::vector<desk::ClockView> take() {
    trim();
    return std::move(clocks_);
  }

 private:
  void trim() {
    std::sort(clocks_.begin(), clocks_.end(), [](const auto& a, const auto& b) {
      const auto key = [](const desk::ClockView& each) {
        return std::tuple(each.due_at_us == 0, each.due_at_us, each.ticket, each.kind,
                          std::string_view(each.label));
      };
      return key(a) < key(b);
    });
    clocks_.resize(std::min(clocks_.size(), max_));
  }

  size_t max_;
  size_t seen_ = 0;
  std::vector<desk::ClockView> clocks_;
};

class ClockList final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("--policy", policy_, "Only clocks under the policy of this name");
    app.add_option("--state", state_, "Only clocks that are so")
        ->check(CLI::IsMember({"running", "paused", "completed", "cancelled"}));
    app.add_option("--kind", kind_, "Only clocks of this kind: response, resolution, …")
        ->check(CLI::IsMember(std::vector<std::string>(clock_words.begin(), clock_words.end())));
    app.add_option("--at-risk", window_,
                   "Only running clocks that are due within this time (2h) and not breached");
    app.add_option("--limit", limit_, "At most so many")->check(CLI::PositiveNumber);
    app.add_flag("--json", json_, "Print one JSON object per line");
  }

  Done run(const Terminal& terminal) override {
    std::optional<sched::Duration> window;
    if (!window_.empty()) {
      const auto parsed = config::parse_duration(window_);
      if (!parsed) return sched::Unexpected{bad_usage("--at-risk: " + parsed.error())};
      if (!state_.empty() && state_ != "running")
        return sched::Unexpected{bad_usage(
            fmt::format("--at-risk is for running clocks: leave --state {} out", state_))};
      window = *parsed;
    }
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    desk::Query query;
    if (window) {
      const auto status = desk->ask(query);
      if (!status) return sched::Unexpected{status.error()};
      due_by_us_ = (sched::Instant{status->status.now_us} + *window).us;
    }
    query.kind = desk::QueryKind::clocks;
    query.text = policy_;
    query.agent = window ? "running" : state_;
    query.limit = 1'000;
    MostUrgent urgent(limit_);
    const auto more = for_each_page(*desk, query, "policy " + policy_, [&](desk::Answer& answer) {
      for (desk::ClockView& clock : answer.clocks)
        if (wanted(clock)) urgent.add(std::move(clock));
      return true;
    });
    if (!more) return sched::Unexpected{more.error()};
    const bool cut = urgent.more();
    const std::vector<desk::ClockView> clocks = urgent.take();
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
  bool wanted(const desk::ClockView& clock) const {
    if (!kind_.empty() && word(clock_words, static_cast<uint8_t>(clock.kind)) != kind_)
      return false;
    if (!due_by_us_) return true;
    return clock.due_at_us != 0 && clock.due_at_us <= *due_by_us_ && clock.breached_at_us == 0;
  }

  DeskOptions options_;
  std::string policy_, state_, kind_, window_;
  std::optional<int64_t> due_by_us_;
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
