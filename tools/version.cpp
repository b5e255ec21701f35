// `version`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "engine/desk/desk.h"
#include "tools/commands.h"
#include "tools/version.h"
#include "wire/frame.h"

namespace paceline::tools {

namespace {

class Version final : public Subcommand {
 public:
  void declare(CLI::App& app) override { app.add_flag("--json", json_, "Print as JSON"); }

  Done run(const Terminal& terminal) override {
    if (json_) {
      terminal.data(nlohmann::ordered_json{{"version", program_version},
                                           {"protocol", wire::protocol_version},
                                           {"rules", desk::rules_version}}
                        .dump() +
                    "\n");
    } else {
      terminal.data(fmt::format("paceline {} (protocol {}, rules {})\n", program_version,
                                wire::protocol_version, desk::rules_version));
    }
    return {};
  }

 private:
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_version() { return std::make_unique<Version>(); }

}  // namespace paceline::tools
