#include "tools/ticket_verb.h"

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/ticket_reference.h"

namespace paceline::tools {

void TicketVerb::declare(CLI::App& app) {
  options_.declare(app);
  app.add_option("TICKET", ticket_, std::string(ticket_reference_help))->required();
  declare_more(app);
  app.add_option("--expected-version", expected_version_,
                 "Refuse if the ticket has another version");
  app.add_flag("--json", json_, "Print the reply as JSON");
}

Done TicketVerb::run(const Terminal& terminal) {
  wire::CommandWriter writer;
  wire::Addressed to = ticket_reference(ticket_);
  to.expected_version = expected_version_;
  if (Done ready = append(writer, to); !ready) return ready;
  auto desk = OpenedDesk::open(options_);
  if (!desk) return sched::Unexpected{desk.error()};
  const auto reply = desk->tell(writer, "ticket " + ticket_);
  if (!reply) return sched::Unexpected{reply.error()};
  if (json_) {
    nlohmann::ordered_json json{{"ticket", reply->ticket},
                                {"version", reply->version},
                                {"next_ticket", reply->next_ticket}};
    terminal.data(json.dump() + "\n");
    return {};
  }
  std::string text = fmt::format("{} {}\n", done_, ticket_);
  if (reply->next_ticket != 0) text += fmt::format("next for the agent: {}\n", reply->next_ticket);
  terminal.data(text);
  return {};
}

}  // namespace paceline::tools
