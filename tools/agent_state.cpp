// `agent state`, `agent drain`, `agent next`, `agent reconcile`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <array>
#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/confirm.h"
#include "tools/connection.h"
#include "tools/instants.h"
#include "tools/paging.h"
#include "tools/ticket_number.h"
#include "tools/ticket_show.h"

namespace paceline::tools {

namespace {

struct Step {
  std::string_view word;
  desk::AgentStep step;
  std::string_view done;
};
constexpr std::array steps = {
    Step{"available", desk::AgentStep::available, "available"},
    Step{"away", desk::AgentStep::away, "away"},
    Step{"wrap-up-end", desk::AgentStep::available, "available once the least wrap-up is over"},
    Step{"wrap-up-extend", desk::AgentStep::extend_wrap_up, "in wrap-up for longer"},
    Step{"drain", desk::AgentStep::drain, "draining"},
    Step{"lost", desk::AgentStep::lost, "lost"},
};

std::string next_text(uint64_t ticket) {
  return ticket == 0 ? std::string() : fmt::format("was given {}\n", ticket);
}

void show_reply(const desk::Reply& reply, bool json, const std::string& text,
                const Terminal& terminal) {
  if (json)
    terminal.data(nlohmann::ordered_json{{"next_ticket", reply.next_ticket}}.dump() + "\n");
  else
    terminal.data(text + next_text(reply.next_ticket));
}

class AgentState final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("AGENT", agent_, "Name of the agent")->required();
    app.add_option("STATE", state_,
                   "available, away, wrap-up-end, wrap-up-extend, drain, or lost (its session "
                   "broke)")
        ->required();
    app.add_option("CODE", code_, "Of away: lunch, training …");
    app.add_flag("--json", json_, "Print the reply as JSON");
  }

  Done run(const Terminal& terminal) override {
    const Step* found = nullptr;
    for (const Step& each : steps)
      if (each.word == state_) found = &each;
    if (found == nullptr)
      return sched::Unexpected{
          bad_usage(fmt::format("`{}` is no state to be put into: available, away CODE, "
                                "wrap-up-end, wrap-up-extend, drain or lost",
                                state_))};
    const bool away = found->step == desk::AgentStep::away;
    if (away && code_.empty())
      return sched::Unexpected{bad_usage("away needs a code: agent state ada away lunch")};
    if (!away && !code_.empty())
      return sched::Unexpected{bad_usage(fmt::format("a code is of away: leave `{}` out", code_))};
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    wire::CommandWriter writer;
    writer.set_agent_state({.agent = agent_, .step = found->step, .code = code_});
    const auto reply = desk->tell(writer, "agent " + agent_);
    if (!reply) return sched::Unexpected{reply.error()};
    show_reply(*reply, json_,
               fmt::format("{} is {}{}{}\n", agent_, found->done, away ? " for " : "", code_),
               terminal);
    return {};
  }

 private:
  DeskOptions options_;
  std::string agent_, state_, code_;
  bool json_ = false;
};

/// The tickets an agent has, those that wait for someone else among them.
Got<std::vector<desk::TicketView>> in_hand(OpenedDesk& desk, const std::string& agent) {
  std::vector<desk::TicketView> tickets;
  desk::Query query;
  query.kind = desk::QueryKind::tickets;
  query.agent = agent;
  query.limit = 1'000;
  for (;;) {
    auto answer = desk.ask(query);
    if (!answer) return sched::Unexpected{answer.error()};
    if (answer->code != 0)
      return sched::Unexpected{explain(static_cast<desk::Reject>(answer->code), "agent " + agent)};
    const bool more = answer->more && !answer->tickets.empty();
    if (more) query.after = answer->tickets.back().id;
    for (desk::TicketView& ticket : answer->tickets) {
      const bool open = ticket.state == desk::State::assigned ||
                        ticket.state == desk::State::in_progress ||
                        ticket.state == desk::State::pending;
      if (open) tickets.push_back(std::move(ticket));
    }
    if (!more) return tickets;
  }
}

class AgentDrain final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("AGENT", agent_, "Name of the agent")->required();
    app.add_flag("--requeue", requeue_, "Put what is in hand back into its queues as well");
    app.add_flag("--dry-run", dry_run_, "Show what would be put back, change nothing");
    app.add_flag("--yes", yes_, "Do not ask");
    app.add_flag("--json", json_, "Print the reply as JSON");
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    if (requeue_ || dry_run_) {
      const auto tickets = in_hand(*desk, agent_);
      if (!tickets) return sched::Unexpected{tickets.error()};
      if (dry_run_) {
        terminal.data(tickets_table(*tickets));
        terminal.message(
            requeue_ ? fmt::format("{} tickets would go back to their queues", tickets->size())
                     : fmt::format("{} tickets would stay with {}: --requeue puts them back",
                                   tickets->size(), agent_));
        return {};
      }
      if (!yes_ && !tickets->empty()) {
        if (Done ok = confirm(terminal, fmt::format("put {} tickets of {} back into their queues",
                                                    tickets->size(), agent_));
            !ok)
          return ok;
      }
    }
    wire::CommandWriter writer;
    writer.set_agent_state({.agent = agent_, .step = desk::AgentStep::drain, .requeue = requeue_});
    const auto reply = desk->tell(writer, "agent " + agent_);
    if (!reply) return sched::Unexpected{reply.error()};
    show_reply(*reply, json_, fmt::format("{} is draining\n", agent_), terminal);
    return {};
  }

 private:
  DeskOptions options_;
  std::string agent_;
  bool requeue_ = false, dry_run_ = false, yes_ = false, json_ = false;
};

class AgentNext final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("AGENT", agent_, "Name of the agent")->required();
    app.add_flag("--json", json_, "Print the reply as JSON");
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    wire::CommandWriter writer;
    writer.next(agent_);
    const auto reply = desk->tell(writer, "agent " + agent_);
    if (!reply) return sched::Unexpected{reply.error()};
    if (json_)
      terminal.data(
          nlohmann::ordered_json{{"ticket", reply->ticket}, {"version", reply->version}}.dump() +
          "\n");
    else
      terminal.data(next_text(reply->ticket));
    return {};
  }

 private:
  DeskOptions options_;
  std::string agent_;
  bool json_ = false;
};

class AgentReconcile final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("AGENT", agent_, "Name of the agent")->required();
    app.add_option("--tickets", tickets_,
                   "What the agent really has: numbers or external ids, by comma; '' for nothing")
        ->required();
    app.add_flag("--json", json_, "Print the reply as JSON");
    app.footer(
        "What the desk has in the agent's hand beside these goes back to its queue; what waits of\n"
        "these becomes the agent's.");
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    std::string numbers;
    for (size_t from = 0; from < tickets_.size();) {
      const size_t end = std::min(tickets_.find(',', from), tickets_.size());
      const auto number = ticket_number(*desk, tickets_.substr(from, end - from));
      if (!number) return sched::Unexpected{number.error()};
      numbers += (numbers.empty() ? "" : ",") + std::to_string(*number);
      from = end + 1;
    }
    wire::CommandWriter writer;
    writer.reconcile(agent_, numbers);
    const auto reply = desk->tell(writer, "agent " + agent_);
    if (!reply) return sched::Unexpected{reply.error()};
    if (json_) {
      terminal.data(nlohmann::ordered_json{{"elsewhere", reply->ticket}}.dump() + "\n");
      return {};
    }
    terminal.data(fmt::format("reconciled {}\n", agent_));
    if (reply->ticket != 0)
      terminal.message(
          fmt::format("{} is another agent's here, and perhaps others are: assign them, or take "
                      "them away there; agent.reconciled says how many",
                      reply->ticket));
    return {};
  }

 private:
  DeskOptions options_;
  std::string agent_, tickets_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_agent_state() { return std::make_unique<AgentState>(); }
std::unique_ptr<Subcommand> make_agent_drain() { return std::make_unique<AgentDrain>(); }
std::unique_ptr<Subcommand> make_agent_next() { return std::make_unique<AgentNext>(); }
std::unique_ptr<Subcommand> make_agent_reconcile() { return std::make_unique<AgentReconcile>(); }

}  // namespace paceline::tools
