// `ctl status`, `ctl drain`, `ctl advance`, `ctl accept-clock`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "engine/runtime/wall_clock.h"
#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/instants.h"
#include "tools/json_views.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

/// With --desk the desk's own status, its invariants among it; without, the server's.
class CtlStatus final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    server_.declare(app);
    app.add_option("--desk", desk_, "Status of this desk instead of the server's")
        ->envname("PACELINE_DESK");
    app.add_flag("--digest", digest_, "With --desk: the digest of its whole state too");
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    auto client = server_.connect();
    if (!client) return sched::Unexpected{client.error()};
    return desk_.empty() ? show_server(terminal, *client) : show_desk(terminal, *client);
  }

 private:
  Done show_server(const Terminal& terminal, wire::Client& client) const {
    const auto status = client.status();
    if (!status) return sched::Unexpected{explain(status.error())};
    return show(terminal, status_json(*status));
  }

  Done show_desk(const Terminal& terminal, wire::Client& client) const {
    const auto opened = client.open_desk(desk_);
    if (!opened) return sched::Unexpected{explain(opened.error())};
    desk::Query query;
    query.kind = desk::QueryKind::status;
    query.with_digest = digest_;
    const auto answer = client.query(opened->desk, query);
    if (!answer) return sched::Unexpected{explain(answer.error())};
    return show(terminal, status_json(answer->status));
  }

  Done show(const Terminal& terminal, const nlohmann::ordered_json& status) const {
    if (json_) {
      terminal.data(status.dump(1) + "\n");
      return {};
    }
    Table table({"", ""});
    for (const auto& [name, value] : status.items()) {
      table.row({name, value.is_string() ? value.get<std::string>() : value.dump()});
    }
    terminal.data(table.text());
    return {};
  }

  ServerOptions server_;
  std::string desk_;
  bool digest_ = false;
  bool json_ = false;
};

class CtlDrain final : public Subcommand {
 public:
  void declare(CLI::App& app) override { server_.declare(app); }

  Done run(const Terminal& terminal) override {
    auto client = server_.connect();
    if (!client) return sched::Unexpected{client.error()};
    if (const auto done = client->drain(); !done) {
      return sched::Unexpected{explain(done.error())};
    }
    terminal.message("draining: the server ends when everything taken in is done and durable");
    return {};
  }

 private:
  ServerOptions server_;
};

class CtlAdvance final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("INSTANT", at_, "To when: 2026-03-08T09:00Z; UTC without a zone")->required();
  }

  Done run(const Terminal& terminal) override {
    const auto at = parse_instant(at_);
    if (!at) {
      return sched::Unexpected{
          bad_usage(fmt::format("`{}` is no instant: write 2026-03-08T09:00Z", at_))};
    }
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    const auto now = desk->client.advance(desk->desk.desk, *at);
    if (!now) return sched::Unexpected{explain(now.error())};
    terminal.data(format_instant(*now) + "\n");
    return {};
  }

 private:
  DeskOptions options_;
  std::string at_;
};

class CtlAcceptClock final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("INSTANT", at_, "The time it is; without it: as this machine's clock says");
  }

  Done run(const Terminal& terminal) override {
    sched::Instant at = runtime::WallClock().now();
    if (!at_.empty()) {
      const auto stated = parse_instant(at_);
      if (!stated) {
        return sched::Unexpected{
            bad_usage(fmt::format("`{}` is no instant: write 2026-03-08T09:00Z", at_))};
      }
      at = *stated;
    }
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    const auto now = desk->client.advance(desk->desk.desk, at);
    if (!now) return sched::Unexpected{explain(now.error())};
    terminal.data(format_instant(*now) + "\n");
    return {};
  }

 private:
  DeskOptions options_;
  std::string at_;
};

}  // namespace

std::unique_ptr<Subcommand> make_ctl_accept_clock() { return std::make_unique<CtlAcceptClock>(); }
std::unique_ptr<Subcommand> make_ctl_status() { return std::make_unique<CtlStatus>(); }
std::unique_ptr<Subcommand> make_ctl_drain() { return std::make_unique<CtlDrain>(); }
std::unique_ptr<Subcommand> make_ctl_advance() { return std::make_unique<CtlAdvance>(); }

}  // namespace paceline::tools
