// `lint`: what a configuration says that its author can hardly have meant.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "engine/config/lint.h"
#include "tools/calendar_file.h"
#include "tools/commands.h"
#include "tools/config_file.h"

namespace paceline::tools {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const std::string& file, const config::Finding& finding) {
  std::string text = finding.line == 0 ? file : fmt::format("{}:{}", file, finding.line);
  text += fmt::format(": {} {}", finding.code, finding.what);
  if (!finding.why.empty()) text += ": " + finding.why;
  if (!finding.how.empty()) text += ": " + finding.how;
  return text + "\n";
}

class Lint final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("FILE", file_, "Configuration file (TOML)")->required();
    app.add_flag("--json", json_, "Print as JSON");
    app.footer("Exit code 0 when there is nothing to say, 7 when there is.");
  }

  Done run(const Terminal& terminal) override {
    const auto read = read_config_quietly(file_, terminal);
    if (!read) return sched::Unexpected{read.error()};
    const auto result = config::lint(read->loaded, config::Places(read->text), machine_now());
    if (json_) {
      Json list = Json::array();
      for (const config::Finding& finding : result.findings)
        list.push_back({{"code", finding.code},
                        {"file", file_},
                        {"line", finding.line},
                        {"what", finding.what},
                        {"why", finding.why},
                        {"how", finding.how}});
      terminal.data(
          Json{{"file", file_}, {"findings", std::move(list)}, {"undecided", result.undecided}}
              .dump(1) +
          "\n");
    } else {
      std::string text;
      for (const config::Finding& finding : result.findings) text += text_of(file_, finding);
      if (result.findings.empty()) text = fmt::format("{}: nothing found\n", file_);
      terminal.data(text);
    }
    for (const std::string& undecided : result.undecided) terminal.message(undecided);
    if (result.findings.empty()) return {};
    return sched::Unexpected{Failure{Exit::validation, {}, {}}};  // all has been said
  }

 private:
  std::string file_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_lint() { return std::make_unique<Lint>(); }

}  // namespace paceline::tools
