// `agent define`, `agent login`, `agent logout`, `agent list`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/instants.h"
#include "tools/json_views.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

class AgentDefine final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("NAME", name_, "Name of the agent")->required();
    app.add_option("--groups", groups_, "Teams, separated by commas");
    app.add_option("--skills", skills_, "Skills with levels: network:6,vpn:4");
    app.add_option("--capacity-milli", capacity_milli_, "How much work at once")
        ->check(CLI::Range(1, 1'000'000'000));
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    wire::CommandWriter writer;
    writer.define_agent(
        {.name = name_, .groups = groups_, .skills = skills_, .capacity_milli = capacity_milli_});
    const auto reply = desk->tell(writer, "agent " + name_);
    if (!reply) return sched::Unexpected{reply.error()};
    terminal.data(fmt::format("defined {}\n", name_));
    return {};
  }

 private:
  DeskOptions options_;
  std::string name_, groups_, skills_;
  uint32_t capacity_milli_ = 1'000;
};

/// Login and logout differ in a word.
class AgentPresence final : public Subcommand {
 public:
  explicit AgentPresence(bool in) : in_(in) {}

  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("NAME", name_, "Name of the agent")->required();
    app.add_flag("--json", json_, "Print the reply as JSON");
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    wire::CommandWriter writer;
    if (in_) {
      writer.log_in(name_);
    } else {
      writer.log_out(name_);
    }
    const auto reply = desk->tell(writer, "agent " + name_);
    if (!reply) return sched::Unexpected{reply.error()};
    if (json_) {
      terminal.data(nlohmann::ordered_json{{"next_ticket", reply->next_ticket}}.dump() + "\n");
      return {};
    }
    std::string text = fmt::format("logged {} {}\n", in_ ? "in" : "out", name_);
    if (reply->next_ticket != 0) text += fmt::format("was given {}\n", reply->next_ticket);
    terminal.data(text);
    return {};
  }

 private:
  DeskOptions options_;
  std::string name_;
  bool in_;
  bool json_ = false;
};

/// "away (lunch)", "available, lost"
std::string agent_state_text(const desk::AgentView& agent) {
  std::string text = agent.state;
  if (!agent.code.empty()) text += " (" + agent.code + ")";
  if (agent.lost) text += ", lost";
  return text;
}

class AgentList final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_flag("--json", json_, "Print one JSON object per line");
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    desk::Query query;
    query.kind = desk::QueryKind::agents;
    const auto answer = desk->ask(query);
    if (!answer) return sched::Unexpected{answer.error()};
    if (json_) {
      for (const desk::AgentView& agent : answer->agents) {
        terminal.data(agent_json(agent).dump() + "\n");
      }
      return {};
    }
    Table table({"agent", "groups", "skills", "state", "until", ">tickets", ">offers", ">used",
                 ">capacity", "idle since", "shift ends"});
    const auto instant = [](int64_t us) { return us == 0 ? "" : format_instant({us}); };
    for (const desk::AgentView& agent : answer->agents) {
      table.row({agent.name, agent.groups, agent.skills, agent_state_text(agent),
                 instant(agent.state_ends_at_us), std::to_string(agent.tickets),
                 std::to_string(agent.offers), std::to_string(agent.used_milli),
                 std::to_string(agent.capacity_milli), instant(agent.idle_since_us),
                 instant(agent.shift_ends_at_us)});
    }
    terminal.data(table.text());
    return {};
  }

 private:
  DeskOptions options_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_agent_define() { return std::make_unique<AgentDefine>(); }
std::unique_ptr<Subcommand> make_agent_login() { return std::make_unique<AgentPresence>(true); }
std::unique_ptr<Subcommand> make_agent_logout() { return std::make_unique<AgentPresence>(false); }
std::unique_ptr<Subcommand> make_agent_list() { return std::make_unique<AgentList>(); }

}  // namespace paceline::tools
