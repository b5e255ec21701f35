// `ticket reassign`: moves every open ticket for which a condition holds.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/confirm.h"
#include "tools/interrupt.h"
#include "tools/json_views.h"
#include "tools/paging.h"
#include "tools/ticket_show.h"

namespace paceline::tools {

namespace {

using desk::EventKind;

constexpr uint64_t bit_of(EventKind kind) { return uint64_t{1} << static_cast<unsigned>(kind); }

class TicketReassign final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("--where", where_,
                   "Which ones: 'agent == ada && priority >= P2', as in a routing rule")
        ->required();
    auto* queue = app.add_option("--queue", queue_, "To this queue");
    app.add_option("--agent", agent_, "Or to this agent")->excludes(queue);
    app.add_option("--reason", reason_, "Why")->required();
    app.add_flag("--dry-run", dry_run_, "Show what would move, move nothing");
    app.add_flag("--yes", yes_, "Do not ask");
    app.add_flag("--no-wait", no_wait_, "Do not wait until all have moved");
    app.add_flag("--json", json_,
                 "Print one JSON object per ticket (with --dry-run), or a summary");
  }

  Done run(const Terminal& terminal) override {
    if (queue_.empty() && agent_.empty() && !dry_run_)
      return sched::Unexpected{bad_usage("say where to: --queue or --agent")};
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    const auto count = look(*desk, terminal);
    if (!count) return sched::Unexpected{count.error()};
    if (dry_run_) {
      terminal.message(fmt::format("{} tickets would move", *count));
      return {};
    }
    if (*count == 0) {
      terminal.message("no open ticket is meant: nothing to do");
      return {};
    }
    const std::string what = fmt::format("move {} tickets to {}", *count, target());
    if (!yes_) {
      if (Done ok = confirm(terminal, what); !ok) return ok;
    }
    return move(*desk, *count, terminal);
  }

 private:
  const std::string& target() const { return queue_.empty() ? agent_ : queue_; }

  /// How many are meant; shows them if nothing is to be moved.
  Got<uint64_t> look(OpenedDesk& desk, const Terminal& terminal) const {
    desk::Query query;
    query.kind = desk::QueryKind::reassign;
    query.text = where_;
    query.limit = 1'000;
    uint64_t count = 0;
    std::vector<desk::TicketView> shown;
    const auto more = for_each_page(desk, query, "--where", [&](desk::Answer& answer) {
      count += answer.tickets.size();
      if (!dry_run_) return true;
      for (desk::TicketView& ticket : answer.tickets) {
        if (json_)
          terminal.data(ticket_json(ticket).dump() + "\n");
        else
          shown.push_back(std::move(ticket));
      }
      return true;
    });
    if (!more) return sched::Unexpected{more.error()};
    if (dry_run_ && !json_) terminal.data(tickets_table(shown));
    return count;
  }

  Done move(OpenedDesk& desk, uint64_t count, const Terminal& terminal) const {
    const EventKind step = queue_.empty() ? EventKind::ticket_assigned : EventKind::ticket_requeued;
    if (!no_wait_) {
      const auto heard = desk.client.subscribe(
          desk.desk.desk, 0, bit_of(step) | bit_of(EventKind::tickets_reassigned));
      if (!heard) return sched::Unexpected{explain(heard.error())};
    }
    wire::CommandWriter writer;
    writer.reassign({.where = where_, .queue = queue_, .agent = agent_, .reason = reason_});
    const auto reply = desk.tell(writer, "reassignment to " + target());
    if (!reply) return sched::Unexpected{reply.error()};
    if (no_wait_) {
      terminal.message(fmt::format(
          "moving {} tickets: some at a time, tickets.reassigned says when all is done", count));
      return {};
    }
    const auto moved = wait(desk, step, count, terminal);
    if (!moved) return sched::Unexpected{moved.error()};
    if (json_)
      terminal.data(nlohmann::ordered_json{{"moved", *moved}}.dump() + "\n");
    else
      terminal.data(fmt::format("moved {} tickets to {}\n", *moved, target()));
    return {};
  }

  /// Until the desk says that all have moved; how many.
  Got<int64_t> wait(OpenedDesk& desk, EventKind step, uint64_t count,
                    const Terminal& terminal) const {
    const Interrupt interrupt;
    Progress progress(terminal, "reassigning", "tickets", count);
    uint64_t moved = 0;
    while (!interrupt.raised()) {
      const auto events = desk.client.next_events(desk.desk.desk, std::chrono::milliseconds(200));
      if (!events) {
        if (events.error().kind == wire::ClientErrorKind::deadline) continue;
        return sched::Unexpected{explain(events.error())};
      }
      for (const desk::Event& event : *events) {
        if (event.kind == EventKind::tickets_reassigned) {
          progress.update(count);
          progress.finish();
          return event.value_us;
        }
        if (event.kind == step) progress.update(std::min(++moved, count));
      }
    }
    return sched::Unexpected{incomplete(
        fmt::format("interrupted after some {} of {} tickets: the desk goes on with the others",
                    moved, count))};
  }

  DeskOptions options_;
  std::string where_, queue_, agent_, reason_;
  bool dry_run_ = false, yes_ = false, no_wait_ = false, json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_ticket_reassign() { return std::make_unique<TicketReassign>(); }

}  // namespace paceline::tools
