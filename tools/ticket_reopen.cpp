// `ticket reopen`: within the reopen window the ticket itself; later, a new one that follows it.
//
// A ticket in the history file is no longer the desk's to change. Its record is read there and
// opened anew, linked to the old one, so that the old one's figures stay what they were.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/ticket_reference.h"

namespace paceline::tools {

namespace {

/// What is opened anew: everything the requester told us. The queue is the old one's.
wire::OpenFields follow_up(const desk::TicketView& ticket) {
  wire::OpenFields fields;
  fields.external_id = ticket.external_id;
  fields.category = ticket.category;
  fields.subcategory = ticket.subcategory;
  fields.service = ticket.service;
  fields.config_item = ticket.config_item;
  fields.channel = ticket.channel;
  fields.requester_type = ticket.requester_type;
  fields.organisation = ticket.organisation;
  fields.contract = ticket.contract;
  fields.stage = ticket.stage;
  fields.language = ticket.language;
  fields.confidentiality = ticket.confidentiality;
  fields.requester = ticket.requester;
  fields.body = ticket.body;
  fields.queue = ticket.queue;
  fields.follows = ticket.id;
  fields.kind = static_cast<desk::TicketKind>(ticket.kind);
  // A task's `follows` names what it is part of; what goes on from one is no part of anything.
  if (fields.kind == desk::TicketKind::task) fields.kind = desk::TicketKind::incident;
  fields.impact = static_cast<sched::Impact>(ticket.impact);
  fields.urgency = static_cast<sched::Urgency>(ticket.urgency);
  fields.sentiment = static_cast<desk::Sentiment>(ticket.sentiment);
  fields.vip = ticket.vip != 0;
  fields.workaround = ticket.workaround != 0;
  fields.major = ticket.major != 0;
  return fields;
}

class TicketReopen final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("TICKET", ticket_, std::string(ticket_reference_help))->required();
    app.add_option("--reason", reason_, "Why");
    app.add_option("--expected-version", expected_version_,
                   "Refuse if the ticket has another version");
    app.add_flag("--json", json_, "Print the reply as JSON");
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    wire::Addressed to = ticket_reference(ticket_);
    to.expected_version = expected_version_;
    desk::Query query;
    query.kind = desk::QueryKind::ticket;
    query.ticket = to.ticket;
    query.text = std::string(to.external_id);
    const auto answer = desk->ask(query);
    if (!answer) return sched::Unexpected{answer.error()};
    const bool late = !answer->tickets.empty() && answer->tickets.front().archived;

    wire::CommandWriter writer;
    if (late) {
      writer.open(follow_up(answer->tickets.front()));
    } else {
      writer.reopen(to, reason_);
    }
    const auto reply = desk->tell(writer, "ticket " + ticket_);
    if (!reply) return sched::Unexpected{reply.error()};
    if (json_) {
      nlohmann::ordered_json json{{"ticket", reply->ticket}, {"version", reply->version}};
      json["follows"] = late ? nlohmann::ordered_json(answer->tickets.front().id) : nullptr;
      terminal.data(json.dump() + "\n");
    } else if (late) {
      terminal.data(
          fmt::format("{} is in the history: opened {} to follow it\n", ticket_, reply->ticket));
    } else {
      terminal.data(fmt::format("reopened {}\n", ticket_));
    }
    return {};
  }

 private:
  DeskOptions options_;
  std::string ticket_, reason_;
  uint32_t expected_version_ = 0;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_ticket_reopen() { return std::make_unique<TicketReopen>(); }

}  // namespace paceline::tools
