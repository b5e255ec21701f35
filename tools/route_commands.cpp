// `route switch`: a routing rule off, or on again, at once and without a new configuration.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "tools/commands.h"
#include "tools/connection.h"

namespace paceline::tools {

namespace {

class RouteSwitch final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("RULE", rule_, "Name of the routing rule")->required();
    app.add_option("STATE", state_, "on or off")->required()->check(CLI::IsMember({"on", "off"}));
    app.footer("For tickets opened from now on.");
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    wire::CommandWriter writer;
    writer.switch_route(rule_, state_ == "on");
    const auto reply = desk->tell(writer, "route " + rule_);
    if (!reply) return sched::Unexpected{reply.error()};
    terminal.data(fmt::format("switched {} {}\n", state_, rule_));
    return {};
  }

 private:
  DeskOptions options_;
  std::string rule_, state_;
};

}  // namespace

std::unique_ptr<Subcommand> make_route_switch() { return std::make_unique<RouteSwitch>(); }

}  // namespace paceline::tools
