// `ticket create` and `ticket update`: the same attributes, all of them optional.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/instants.h"
#include "tools/ticket_attributes.h"
#include "tools/ticket_number.h"
#include "tools/ticket_reference.h"

namespace paceline::tools {

namespace {

class TicketCreate final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("EXTERNAL_ID", external_id_, "Its id in the system it comes from");
    app.add_option("--queue", queue_, "This queue instead of the routing rules");
    app.add_option("--occurred-at", occurred_at_, "When it happened, if not now (RFC 3339)");
    app.add_option("--parent", parent_,
                   "The open ticket this is a task of: its number or external id");
    attributes_.declare(app);
    attributes_.declare_confidence(app);
    app.add_flag("--json", json_, "Print the reply as JSON");
  }

  Done run(const Terminal& terminal) override {
    wire::OpenFields fields;
    fields.external_id = external_id_;
    fields.queue = queue_;
    if (Done ok = read_instant("--occurred-at", occurred_at_, fields.occurred_at_us); !ok)
      return ok;
    uint32_t bits = 0;
    if (Done filled = attributes_.fill(fields, bits); !filled) return filled;
    if (!parent_.empty()) {
      if ((bits & desk::bit(desk::FieldBit::kind)) != 0 && fields.kind != desk::TicketKind::task)
        return sched::Unexpected{bad_usage("--parent is of a task: leave --kind out")};
      fields.kind = desk::TicketKind::task;
    }
    if (Done fit = check_text("EXTERNAL_ID", external_id_); !fit) return fit;
    if (Done fit = check_text("--queue", queue_); !fit) return fit;

    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    if (!parent_.empty()) {
      const auto parent = ticket_number(*desk, parent_);
      if (!parent) return sched::Unexpected{parent.error()};
      fields.follows = *parent;
    }
    wire::CommandWriter writer;
    writer.open(fields);
    const auto reply = desk->tell(
        writer, external_id_.empty() ? std::string("new ticket") : "ticket " + external_id_);
    if (!reply) return sched::Unexpected{reply.error()};
    if (json_) {
      terminal.data(
          nlohmann::ordered_json{{"ticket", reply->ticket}, {"version", reply->version}}.dump() +
          "\n");
    } else {
      terminal.data(fmt::format("opened {}\n", reply->ticket));
    }
    return {};
  }

 private:
  DeskOptions options_;
  std::string external_id_, queue_, occurred_at_, parent_;
  TicketAttributes attributes_;
  bool json_ = false;
};

class TicketUpdate final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("TICKET", ticket_, std::string(ticket_reference_help))->required();
    attributes_.declare(app);
    attributes_.declare_confidence(app);
    app.add_option("--expected-version", expected_version_,
                   "Refuse if the ticket has another version");
    app.add_flag("--json", json_, "Print the reply as JSON");
    app.footer("An attribute given as '' is cleared. Without any, the ticket is only touched.");
  }

  Done run(const Terminal& terminal) override {
    wire::UpdateFields fields;
    fields.to = ticket_reference(ticket_);
    fields.to.expected_version = expected_version_;
    if (Done filled = attributes_.fill(fields, fields.fields); !filled) return filled;
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    wire::CommandWriter writer;
    writer.update(fields);
    const auto reply = desk->tell(writer, "ticket " + ticket_);
    if (!reply) return sched::Unexpected{reply.error()};
    if (json_) {
      terminal.data(
          nlohmann::ordered_json{{"ticket", reply->ticket}, {"version", reply->version}}.dump() +
          "\n");
    } else {
      terminal.data(fmt::format("updated {}\n", ticket_));
    }
    return {};
  }

 private:
  DeskOptions options_;
  std::string ticket_;
  TicketAttributes attributes_;
  uint32_t expected_version_ = 0;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_ticket_create() { return std::make_unique<TicketCreate>(); }
std::unique_ptr<Subcommand> make_ticket_update() { return std::make_unique<TicketUpdate>(); }

}  // namespace paceline::tools
