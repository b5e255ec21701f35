// `desk create` and `desk list`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>
#include <optional>

#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/instants.h"
#include "tools/json_views.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

class DeskCreate final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    server_.declare(app);
    app.add_option("NAME", name_, "Name of the desk")->required();
    tickets_max_ = app.add_option("--tickets-max", limits_.tickets_max, "Room for so many tickets")
                       ->check(CLI::PositiveNumber);
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    auto client = server_.connect();
    if (!client) return sched::Unexpected{client.error()};
    const auto opened = client->open_desk(
        name_, true, tickets_max_->count() > 0 ? std::optional(limits_) : std::nullopt);
    if (!opened) return sched::Unexpected{explain(opened.error())};
    if (json_) {
      terminal.data(nlohmann::ordered_json{{"desk", opened->desk.value},
                                           {"name", opened->name},
                                           {"created", opened->created}}
                        .dump() +
                    "\n");
    } else {
      terminal.data(fmt::format("{} {}\n", opened->created ? "created" : "there already:", name_));
    }
    return {};
  }

 private:
  ServerOptions server_;
  std::string name_;
  desk::Limits limits_;
  CLI::Option* tickets_max_ = nullptr;
  bool json_ = false;
};

class DeskList final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    server_.declare(app);
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    auto client = server_.connect();
    if (!client) return sched::Unexpected{client.error()};
    const auto status = client->status();
    if (!status) return sched::Unexpected{explain(status.error())};
    if (json_) {
      terminal.data(status_json(*status)["desks"].dump(1) + "\n");
      return {};
    }
    Table table({"desk", ">number", "now", ">events"});
    for (const wire::DeskSummary& one : status->desks) {
      table.row({one.name, std::to_string(one.desk.value), format_instant({one.now_us}),
                 std::to_string(one.last_event)});
    }
    terminal.data(table.text());
    return {};
  }

 private:
  ServerOptions server_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_desk_create() { return std::make_unique<DeskCreate>(); }
std::unique_ptr<Subcommand> make_desk_list() { return std::make_unique<DeskList>(); }

}  // namespace paceline::tools
