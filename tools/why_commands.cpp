// `why ticket`, `why agent`, `why queue`: why work is where it is, and what would change that.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/json_views.h"
#include "tools/ticket_reference.h"
#include "tools/why_show.h"

namespace paceline::tools {

namespace {

/// The three differ in whom they ask about.
class WhyCommand final : public Subcommand {
 public:
  explicit WhyCommand(desk::QueryKind kind) : kind_(kind) {}

  void declare(CLI::App& app) override {
    options_.declare(app);
    const bool ticket = kind_ == desk::QueryKind::why_ticket;
    const char* name = ticket ? "TICKET" : kind_ == desk::QueryKind::why_agent ? "AGENT" : "QUEUE";
    app.add_option(name, subject_,
                   ticket                                ? std::string(ticket_reference_help)
                   : kind_ == desk::QueryKind::why_agent ? "Name of the agent"
                                                         : "Name of the queue")
        ->required();
    app.add_option("--limit", limit_, ticket ? "At most so many agents" : "At most so many lines")
        ->check(CLI::Range(1, 1'000));
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    desk::Query query;
    query.kind = kind_;
    query.limit = limit_;
    std::string about;
    if (kind_ == desk::QueryKind::why_ticket) {
      const wire::Addressed to = ticket_reference(subject_);
      query.ticket = to.ticket;
      query.text = std::string(to.external_id);
      about = "ticket " + subject_;
    } else if (kind_ == desk::QueryKind::why_agent) {
      query.agent = subject_;
      about = "agent " + subject_;
    } else {
      query.text = subject_;
      about = "queue " + subject_;
    }
    const auto answer = desk->ask(query);
    if (!answer) return sched::Unexpected{answer.error()};
    if (answer->code != 0)
      return sched::Unexpected{explain(static_cast<desk::Reject>(answer->code), about)};
    terminal.data(json_ ? why_json(answer->why).dump(1) + "\n" : why_text(answer->why));
    return {};
  }

 private:
  DeskOptions options_;
  desk::QueryKind kind_;
  std::string subject_;
  uint32_t limit_ = 20;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_why_ticket() {
  return std::make_unique<WhyCommand>(desk::QueryKind::why_ticket);
}
std::unique_ptr<Subcommand> make_why_agent() {
  return std::make_unique<WhyCommand>(desk::QueryKind::why_agent);
}
std::unique_ptr<Subcommand> make_why_queue() {
  return std::make_unique<WhyCommand>(desk::QueryKind::why_queue);
}

}  // namespace paceline::tools
