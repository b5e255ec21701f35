// `ticket get` and `ticket list`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/json_views.h"
#include "tools/ticket_reference.h"
#include "tools/ticket_show.h"

namespace paceline::tools {

namespace {

class TicketGet final : public Subcommand {
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
    query.kind = desk::QueryKind::ticket;
    query.ticket = to.ticket;
    query.text = std::string(to.external_id);
    auto answer = desk->ask(query);
    if (!answer) return sched::Unexpected{answer.error()};
    if (query.ticket == 0 && answer->code == 0 && !answer->tickets.empty() &&
        answer->tickets.front().archived) {
      // The desk knows surveys of tickets in the history file by the ticket alone.
      query.ticket = answer->tickets.front().id;
      answer = desk->ask(query);
      if (!answer) return sched::Unexpected{answer.error()};
    }
    if (answer->code != 0 || answer->tickets.empty()) {
      return sched::Unexpected{explain(answer->code == 0 ? desk::Reject::ticket_unknown
                                                         : static_cast<desk::Reject>(answer->code),
                                       "ticket " + ticket_)};
    }
    const desk::TicketView& ticket = answer->tickets.front();
    if (!json_) {
      terminal.data(ticket_text(ticket, answer->surveys));
      return {};
    }
    nlohmann::ordered_json json = ticket_json(ticket);
    json["survey"] = survey_json(answer->surveys);
    terminal.data(json.dump(1) + "\n");
    return {};
  }

 private:
  DeskOptions options_;
  std::string ticket_;
  bool json_ = false;
};

class TicketList final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("--state", state_, "queued, assigned, in_progress, pending, resolved …");
    app.add_option("--queue", queue_, "Name of a queue");
    app.add_option("--agent", agent_, "Name of an agent");
    app.add_option("--limit", limit_, "At most so many")->check(CLI::PositiveNumber);
    app.add_flag("--json", json_, "Print one JSON object per line");
  }

  Done run(const Terminal& terminal) override {
    desk::Query query;
    query.kind = desk::QueryKind::tickets;
    query.text = queue_;
    query.agent = agent_;
    if (Done known = read_state(query.state); !known) return known;
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};

    std::vector<desk::TicketView> tickets;
    bool more = true;
    while (more && tickets.size() < limit_) {
      query.limit = static_cast<uint32_t>(std::min<uint64_t>(limit_ - tickets.size(), 1'000));
      auto answer = desk->ask(query);
      if (!answer) return sched::Unexpected{answer.error()};
      if (answer->code != 0) {
        const auto reject = static_cast<desk::Reject>(answer->code);
        return sched::Unexpected{explain(
            reject, reject == desk::Reject::agent_unknown ? "agent " + agent_ : "queue " + queue_)};
      }
      more = answer->more && !answer->tickets.empty();
      if (more) query.after = answer->tickets.back().id;
      for (desk::TicketView& ticket : answer->tickets) tickets.push_back(std::move(ticket));
    }
    if (json_) {
      for (const desk::TicketView& ticket : tickets) {
        terminal.data(ticket_json(ticket).dump() + "\n");
      }
    } else {
      terminal.data(tickets_table(tickets));
    }
    if (more)
      terminal.message(fmt::format("there are more: --limit {} shows further ones", limit_ * 10));
    return {};
  }

 private:
  Done read_state(uint8_t& state) const {
    if (state_.empty()) return {};
    for (int i = 1; i < desk::state_count; ++i) {
      if (desk::name(static_cast<desk::State>(i)) != state_) continue;
      state = static_cast<uint8_t>(i);
      return {};
    }
    return sched::Unexpected{bad_usage(fmt::format(
        "--state `{}` is not known: queued, assigned, in_progress, pending, resolved, closed or "
        "cancelled",
        state_))};
  }

  DeskOptions options_;
  std::string state_, queue_, agent_;
  uint64_t limit_ = 100;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_ticket_get() { return std::make_unique<TicketGet>(); }
std::unique_ptr<Subcommand> make_ticket_list() { return std::make_unique<TicketList>(); }

}  // namespace paceline::tools
