// `repair`: rebuilds clocks from their segments, one ticket or all that differ.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "tools/changes.h"
#include "tools/commands.h"
#include "tools/confirm.h"
#include "tools/ticket_reference.h"

namespace paceline::tools {

namespace {

class Repair final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("TICKET", ticket_, std::string(ticket_reference_help) + "; without one, all");
    app.add_flag("--newest", newest_,
                 "Under the newest version of each calendar, not the one recorded");
    app.add_flag("--dry-run", dry_run_, "Show what would change, change nothing");
    app.add_flag("--yes", yes_, "Do not ask");
    app.add_flag("--json", json_, "Print one JSON object per changed clock");
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    desk::Query query;
    query.kind = desk::QueryKind::repair;
    query.mode = newest_ ? 1 : 0;
    if (!ticket_.empty()) {
      const wire::Addressed to = ticket_reference(ticket_);
      query.ticket = to.ticket;
      query.text = std::string(to.external_id);
    }
    const std::string about = ticket_.empty() ? "the repair" : "ticket " + ticket_;
    const auto changes = gather_changes(*desk, query, about, terminal);
    if (!changes) return sched::Unexpected{changes.error()};
    if (changes->empty() || dry_run_) {
      show_changes(*changes, json_, terminal);
      terminal.message(changes->empty() ? std::string("every clock agrees with its segments")
                                        : count_text(*changes) + " would change");
      return {};
    }
    if (!yes_) {
      if (Done ok = confirm(terminal, "repair " + count_text(*changes)); !ok) return ok;
    }
    return apply(*desk, *changes, terminal);
  }

 private:
  Done apply(OpenedDesk& desk, const std::vector<desk::ClockChange>& changes,
             const Terminal& terminal) const {
    const std::vector<uint64_t> tickets = tickets_of(changes);
    Progress progress(terminal, "repairing", "tickets", tickets.size());
    size_t done = 0;
    for (const uint64_t ticket : tickets) {
      wire::CommandWriter writer;
      writer.repair({.ticket = ticket}, newest_);
      const auto reply = desk.tell(writer, fmt::format("ticket {}", ticket));
      if (!reply) {
        if (done == 0) return sched::Unexpected{reply.error()};
        return sched::Unexpected{incomplete(fmt::format("{} of {} tickets are repaired, then {}",
                                                        done, tickets.size(), reply.error().text))};
      }
      progress.update(++done);
    }
    progress.finish();
    show_changes(changes, json_, terminal);
    terminal.message("repaired " + count_text(changes));
    return {};
  }

  DeskOptions options_;
  std::string ticket_;
  bool newest_ = false, dry_run_ = false, yes_ = false, json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_repair() { return std::make_unique<Repair>(); }

}  // namespace paceline::tools
