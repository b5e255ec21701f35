// `hand-off report`: what a queue or an agent hands over at the end of a day or shift.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/instants.h"
#include "tools/json_views.h"
#include "tools/table.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

/// What whoever takes over asks first: how many, and how many of them hurt.
class Counts {
 public:
  Counts(const std::vector<desk::TicketView>& tickets, int64_t now_us) : total_(tickets.size()) {
    for (const desk::TicketView& ticket : tickets) {
      ++by_state_[static_cast<size_t>(ticket.state)];
      const int64_t due_us = due_of(ticket);
      breached_ += breached(ticket) ? 1 : 0;
      due_soon_ += !breached(ticket) && due_us != 0 && due_us <= now_us + soon_us ? 1 : 0;
    }
  }
  std::string text() const {
    std::string text = fmt::format("{} open", total_);
    for (size_t i = 0; i < by_state_.size(); ++i)
      if (by_state_[i] != 0)
        text += fmt::format(", {} {}", by_state_[i], desk::name(static_cast<desk::State>(i)));
    if (breached_ != 0) text += fmt::format("; {} breached", breached_);
    if (due_soon_ != 0) text += fmt::format("; {} due within 4h", due_soon_);
    return text;
  }

  static int64_t due_of(const desk::TicketView& ticket) {
    int64_t earliest = 0;
    for (const desk::ClockView& clock : ticket.clocks)
      if (clock.due_at_us != 0 && (earliest == 0 || clock.due_at_us < earliest))
        earliest = clock.due_at_us;
    return earliest;
  }
  static bool breached(const desk::TicketView& ticket) {
    for (const desk::ClockView& clock : ticket.clocks)
      if (clock.breached_at_us != 0 && (clock.state == "running" || clock.state == "paused"))
        return true;
    return false;
  }

 private:
  static constexpr int64_t soon_us = 4 * sched::hour.us;
  size_t total_;
  std::array<size_t, desk::state_count> by_state_{};
  size_t breached_ = 0, due_soon_ = 0;
};

class HandOffReport final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    auto* queue = app.add_option("--queue", queue_, "What this queue hands over");
    app.add_option("--agent", agent_, "What this agent hands over")->excludes(queue);
    app.add_option("--limit", limit_, "At most so many")->check(CLI::Range(1, 1'000));
    app.add_flag("--json", json_, "Print one JSON object per ticket");
  }

  Done run(const Terminal& terminal) override {
    if (queue_.empty() && agent_.empty())
      return sched::Unexpected{bad_usage("say whose work is handed over: --queue or --agent")};
    const std::string about = queue_.empty() ? "agent " + agent_ : "queue " + queue_;
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    desk::Query query;
    query.kind = desk::QueryKind::hand_off;
    query.text = queue_;
    query.agent = agent_;
    query.limit = limit_;
    const auto answer = desk->ask(query);
    if (!answer) return sched::Unexpected{answer.error()};
    if (answer->code != 0)
      return sched::Unexpected{explain(static_cast<desk::Reject>(answer->code), about)};
    if (json_) {
      for (const desk::TicketView& ticket : answer->tickets)
        terminal.data(ticket_json(ticket).dump() + "\n");
    } else {
      terminal.data(text(about, answer->tickets, desk->desk.now_us));
    }
    if (answer->more)
      terminal.message(
          fmt::format("there are more: these are the {} most pressing; --limit shows "
                      "up to 1,000",
                      answer->tickets.size()));
    return {};
  }

 private:
  static std::string text(const std::string& about, const std::vector<desk::TicketView>& tickets,
                          int64_t now_us) {
    Table table({"ticket", "external id", "priority", "state", "queue", "agent", "due", "breached",
                 "touched", "open tasks"});
    for (const desk::TicketView& ticket : tickets) {
      const int64_t due_us = Counts::due_of(ticket);
      std::string state(desk::name(ticket.state));
      if (!ticket.reason.empty()) state += " (" + ticket.reason + ")";
      table.row({std::to_string(ticket.id), ticket.external_id, priority_word(ticket.priority),
                 state, ticket.queue, ticket.agent, due_us == 0 ? "" : format_instant({due_us}),
                 Counts::breached(ticket) ? "yes" : "",
                 ticket.touched_at_us == 0 ? "" : format_instant({ticket.touched_at_us}),
                 ticket.tasks_open == 0 ? "" : std::to_string(ticket.tasks_open)});
    }
    return fmt::format("{}: {}\n{}", about, Counts(tickets, now_us).text(),
                       tickets.empty() ? "" : "\n" + table.text());
  }

  DeskOptions options_;
  std::string queue_, agent_;
  uint32_t limit_ = 100;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_hand_off_report() { return std::make_unique<HandOffReport>(); }

}  // namespace paceline::tools
