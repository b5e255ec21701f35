// `ticket message`: someone wrote; the text itself stays with the front system.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/ticket_reference.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

class TicketMessage final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("TICKET", ticket_, std::string(ticket_reference_help))->required();
    app.add_option("--author", author_, "requester, agent, bot or system");
    app.add_flag("--internal", internal_, "The requester cannot see it");
    app.add_flag("--automatic", automatic_, "An acknowledgement no human wrote");
    app.add_flag("--json", json_, "Print the reply as JSON");
  }

  Done run(const Terminal& terminal) override {
    const auto author = value_of(author_words, author_);
    if (!author) {
      return sched::Unexpected{bad_usage(
          fmt::format("--author `{}` is not known: requester, agent, bot or system", author_))};
    }
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    wire::CommandWriter writer;
    writer.message({.to = ticket_reference(ticket_),
                    .author_kind = static_cast<desk::AuthorKind>(*author),
                    .is_public = !internal_,
                    .automatic = automatic_});
    const auto reply = desk->tell(writer, "ticket " + ticket_);
    if (!reply) return sched::Unexpected{reply.error()};
    if (json_) {
      terminal.data(
          nlohmann::ordered_json{{"ticket", reply->ticket}, {"version", reply->version}}.dump() +
          "\n");
    } else {
      terminal.data(fmt::format("messaged {}\n", ticket_));
    }
    return {};
  }

 private:
  DeskOptions options_;
  std::string ticket_;
  std::string author_ = "agent";
  bool internal_ = false;
  bool automatic_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_ticket_message() { return std::make_unique<TicketMessage>(); }

}  // namespace paceline::tools
