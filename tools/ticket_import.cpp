// `ticket import`: takes one ticket over from another desk with its past.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/instants.h"
#include "tools/ticket_attributes.h"
#include "tools/ticket_history.h"

namespace paceline::tools {

namespace {

class TicketImport final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("EXTERNAL_ID", external_id_, "Its id in the system it comes from")->required();
    app.add_option("--recorded-at", recorded_at_, "When it was recorded there (RFC 3339)")
        ->required();
    app.add_option("--history", history_,
                   "STATE[:REASON]@INSTANT joined by ;, oldest first, e.g. "
                   "'queued@2026-03-01T09:00Z;pending:awaiting_requester@2026-03-01T11:00Z'")
        ->required();
    app.add_option("--agent", agent_,
                   "Who has it, where the last state is assigned or in_progress");
    app.add_option("--queue", queue_, "This queue instead of the routing rules");
    app.add_option("--occurred-at", occurred_at_, "When it happened (RFC 3339)");
    attributes_.declare(app);
    app.add_flag("--json", json_, "Print the reply as JSON");
    app.footer(
        "States: queued, assigned, in_progress, pending:REASON, resolved, closed, cancelled; and\n"
        "responded@INSTANT for the first answer. Nothing that is past is announced again.");
  }

  Done run(const Terminal& terminal) override {
    wire::ImportFields fields;
    fields.ticket.external_id = external_id_;
    fields.ticket.queue = queue_;
    fields.agent = agent_;
    uint32_t bits = 0;
    if (Done ok = attributes_.fill(fields.ticket, bits); !ok) return ok;
    if (Done ok = read_instant("--recorded-at", recorded_at_, fields.recorded_at_us); !ok)
      return ok;
    if (Done ok = read_instant("--occurred-at", occurred_at_, fields.ticket.occurred_at_us); !ok)
      return ok;
    for (const auto& [option, text] :
         {std::pair("EXTERNAL_ID", &external_id_), std::pair("--queue", &queue_),
          std::pair("--agent", &agent_), std::pair("--history", &history_)})
      if (Done fit = check_text(option, *text); !fit) return fit;
    const auto history = ticket_history(history_, parse_instant);
    if (!history) return sched::Unexpected{bad_usage("--history " + history.error())};
    fields.history = *history;

    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    wire::CommandWriter writer;
    writer.import_ticket(fields);
    auto reply = desk->tell(writer, "ticket " + external_id_);
    if (!reply) {
      Failure failure = reply.error();
      if (failure.code == explain(desk::Reject::expression_invalid, "").code) {
        failure.text = fmt::format(
            "--history {}: has a state that is none, a pending one without a reason, or steps out "
            "of order: states are queued, assigned, in_progress, pending:REASON, resolved, closed "
            "and cancelled, oldest first",
            history_);
      }
      return sched::Unexpected{std::move(failure)};
    }
    if (json_) {
      terminal.data(
          nlohmann::ordered_json{{"ticket", reply->ticket}, {"version", reply->version}}.dump() +
          "\n");
    } else {
      terminal.data(fmt::format("imported {} as {}\n", external_id_, reply->ticket));
    }
    return {};
  }

 private:
  DeskOptions options_;
  std::string external_id_, queue_, agent_, recorded_at_, occurred_at_, history_;
  TicketAttributes attributes_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_ticket_import() { return std::make_unique<TicketImport>(); }

}  // namespace paceline::tools
