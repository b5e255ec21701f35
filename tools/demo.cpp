// `demo`: a server of its own, an enterprise desk of sixty agents, a generated day driven through
// the socket, and what its supervisor saw.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <chrono>

#include "engine/config/load.h"
#include "tools/board_table.h"
#include "tools/child_server.h"
#include "tools/clock_show.h"
#include "tools/commands.h"
#include "tools/demo_day.h"
#include "tools/demo_toml.h"
#include "tools/demo_watch.h"
#include "tools/instants.h"
#include "tools/interrupt.h"
#include "tools/kpi_report.h"
#include "tools/report_figures.h"
#include "tools/report_options.h"
#include "tools/table.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

class Demo final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--tickets", tickets_, "Tickets to expect in the day")
        ->check(CLI::Range(10, 100'000));
    app.add_option("--seed", seed_, "Another seed is another day");
    app.add_option("--durability", durability_, "sync or none")
        ->check(CLI::IsMember({"sync", "none"}));
    app.add_flag("--keep", keep_, "Keep the server's folder");
  }

  Done run(const Terminal& terminal) override {
    auto loaded = config::load_text(demo_toml, "tools/demo.toml", demo_midnight());
    if (!loaded) return sched::Unexpected{not_valid(config::shown(loaded.error().front()))};
    const auto& [name, configuration] = loaded->desks.front();

    auto server = ChildServer::start({"--clock", "commands", "--durability", durability_});
    if (!server) return sched::Unexpected{server.error()};
    if (keep_) (*server)->keep_folder();
    terminal.message(fmt::format("a server of our own listens at {}", (*server)->address()));
    wire::ClientOptions options;
    options.address = (*server)->address();
    options.client_name = "paceline demo";
    options.session = {seed_ + 1};  // part of the state: the same for the same seed
    auto client = wire::Client::connect(options);
    if (!client) return sched::Unexpected{explain(client.error())};
    const auto desk = client->open_desk(name, true);
    if (!desk) return sched::Unexpected{explain(desk.error())};
    if (const auto moved = client->advance(desk->desk, demo_midnight()); !moved) {
      return sched::Unexpected{explain(moved.error())};
    }
    if (const auto put = client->put_configuration(desk->desk, configuration); !put) {
      return sched::Unexpected{explain(put.error())};
    }
    terminal.message(fmt::format("desk {}: {} queues, {} agents, {} policies; Monday {}", name,
                                 configuration.queues.size(), configuration.agents.size(),
                                 configuration.policies.size(),
                                 format_instant(demo_midnight()).substr(0, 10)));
    return play(terminal, *client, *desk, configuration, **server);
  }

 private:
  Done play(const Terminal& terminal, wire::Client& client, const wire::DeskOpened& desk,
            const desk::Configuration& configuration, ChildServer& server) const {
    DemoDay day(client, desk, configuration, seed_, static_cast<double>(tickets_));
    DemoWatch watch(client, desk.desk);
    const Interrupt interrupt;
    const auto begun = std::chrono::steady_clock::now();
    {
      Progress progress(terminal, "a day at the desk", "minutes", 24 * 60);
      const Done played = day.play([&](sched::Instant now) -> Got<bool> {
        progress.update(static_cast<uint64_t>((now - demo_midnight()).us / sched::minute.us));
        if (const Done looked = watch.look(now); !looked) {
          return sched::Unexpected{looked.error()};
        }
        if (watch.sees_trouble()) {
          const size_t called = day.call_for_help(now);
          watch.note(fmt::format(
              "the supervisor sees it: the service desk takes over e-mail, {} agents are called in",
              called));
        }
        return !interrupt.raised();
      });
      if (!played) return played;
    }
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    if (interrupt.raised())
      return sched::Unexpected{incomplete("interrupted: the day is not over")};

    desk::Query query;
    query.kind = desk::QueryKind::kpi;
    const auto kpi = client.query(desk.desk, query);
    if (!kpi) return sched::Unexpected{explain(kpi.error())};
    query.kind = desk::QueryKind::status;
    query.with_digest = true;
    const auto status = client.query(desk.desk, query);
    if (!status) return sched::Unexpected{explain(status.error())};
    std::string clocks;
    if (watch.worst() && !watch.worst()->ticket.empty()) {
      query = {};
      query.kind = desk::QueryKind::why_clock;
      query.text = watch.worst()->ticket;
      const auto why = client.query(desk.desk, query);
      if (!why) return sched::Unexpected{explain(why.error())};
      if (!why->clocks.empty()) clocks = why_clock_text(why->clocks.front());
    }
    const auto figures = key_figures(server, desk.name);
    if (!figures) return sched::Unexpected{figures.error()};
    terminal.data(story(watch, clocks));
    show(terminal, day.counts(), kpi_table(kpi->kpi) + "\n" + *figures, status->status, seconds);
    uint64_t violations = 0;
    for (const auto& [name, count] : status->status.invariant_violations) violations += count;
    if (violations > 0) {
      return sched::Unexpected{went_wrong("an invariant was violated: please report this run")};
    }
    if (!server.stop()) {
      return sched::Unexpected{went_wrong("the server did not end clean: " + server.last_words())};
    }
    if (keep_)
      terminal.message(fmt::format(
          "the day is kept; to walk about in it:\n"
          "  paceline serve --data {0}/data --listen unix:{0}/socket --clock commands &\n"
          "  export PACELINE_CONNECT=unix:{0}/socket PACELINE_DESK={1}\n"
          "  paceline report kpi --by queue",
          server.folder(), desk.name));
    return {};
  }

  /// What the supervisor saw, and what became of it.
  static std::string story(const DemoWatch& watch, const std::string& clocks) {
    std::string text = "\nThe day as `paceline top` shows it\n" + watch.course();
    if (!watch.worst()) return text;
    const DemoWatch::Worst& worst = *watch.worst();
    const std::string at = format_instant({worst.view.at_us});
    text += fmt::format("\nThe worst moment: {}, {} tickets breach within half an hour\n", at,
                        worst.view.total.at_risk);
    Table table({"  ticket", "priority", ">breaches in", "clock", "state", "queue", "agent"});
    for (const BoardTicket& ticket : worst.view.at_risk) {
      table.row({"  " + ticket.name, priority_word(ticket.priority),
                 ticket.slack_us ? brief_duration(*ticket.slack_us) : "", ticket.policy,
                 ticket.state, ticket.queue, ticket.agent});
    }
    text += table.text();
    if (worst.ticket.empty()) return text;
    text += fmt::format("\nwhy ticket {}, then\n\n{}", worst.ticket, worst.why);
    text += fmt::format("\nwhy clock {}, at the end of the day\n\n{}", worst.ticket, clocks);
    return text;
  }

  /// Some of what `report kpi` says of the day.
  static Got<std::string> key_figures(const ChildServer& server, const std::string& name) {
    DeskOptions options;
    options.server.address = server.address();
    options.desk = name;
    auto desk = OpenedDesk::open(options);
    if (!desk) return sched::Unexpected{desk.error()};
    const auto book = read_book(*desk);
    if (!book) return sched::Unexpected{book.error()};
    const std::vector<report::Figure> all =
        report::figures(report::ask(**book, {0, (*book)->now_us() + 1}, {}));
    std::vector<report::Figure> chosen;
    for (const char* id : {"fcr_net", "flr", "escalation_rate", "bounce_rate", "reopen_rate",
                           "transfer_accuracy", "mttr_business", "mttr_wall", "mtta",
                           "first_response", "sla_compliance", "breach_severity", "service_level",
                           "occupancy", "adherence", "csat", "survey_response"}) {
      if (const report::Figure* figure = report::find(all, id)) chosen.push_back(*figure);
    }
    return "`paceline report kpi` of the day\n\n" + figures_text(chosen, report::preset_targets());
  }

  void show(const Terminal& terminal, const DemoCounts& counts, const std::string& figures,
            const desk::Status& status, double seconds) const {
    uint64_t violations = 0;
    for (const auto& [name, count] : status.invariant_violations) violations += count;
    std::string text = "\n" + figures + "\n";
    text += fmt::format("{} escalations, {} sent back; {} offers, {} declined or run out\n",
                        counts.escalated, counts.bounced, counts.offered, counts.declined);
    text += fmt::format("{} commands, {} of them refused; {} events; {} invariant violations\n",
                        counts.commands, counts.refused, status.events, violations);
    text += fmt::format(
        "{:.1f} s for the day: {:.0f} ticket cycles and {:.0f} commands a second, each agent "
        "waiting "
        "for its answers (`paceline bench cycle` measures throughput)\n",
        seconds, static_cast<double>(counts.resolved) / seconds,
        static_cast<double>(counts.commands) / seconds);
    text += fmt::format("state digest {:016x}, event hash {:016x}: the same for seed {} anywhere\n",
                        status.digest, status.event_hash, seed_);
    text +=
        "\nWhere to look next\n"
        "  the desk's rules          tools/demo.toml   (paceline config check tools/demo.toml)\n"
        "  the rules by example      tests/scripts     (paceline script tests/scripts/*.desk)\n"
        "  the board, live           paceline top --connect unix:DIR/socket --desk enterprise\n"
        "  a server that stays       paceline serve --data DIR --listen unix:DIR/socket --config "
        "tools/demo.toml\n"
        "  the same for your log     paceline import servicenow --help\n"
        "  how fast it can be        paceline bench cycle\n";
    terminal.data(text);
  }

  uint32_t tickets_ = 20'000;
  uint64_t seed_ = 1;
  std::string durability_ = "sync";
  bool keep_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_demo() { return std::make_unique<Demo>(); }

}  // namespace paceline::tools
