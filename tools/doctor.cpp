// `doctor`: what is wrong with a data folder, and how to mend it. Changes nothing.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/runtime/folder_check.h"
#include "tools/commands.h"

namespace paceline::tools {

namespace {

using runtime::Finding;
using runtime::Severity;

std::string_view word(Severity severity) {
  switch (severity) {
    case Severity::good:
      return "ok";
    case Severity::note:
      return "note";
    case Severity::problem:
      break;
  }
  return "problem";
}

class Doctor final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--data", data_, "Data folder; a server may be running there")->required();
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    Progress progress(terminal, "reading", "MiB", 0);
    runtime::FolderCheck check(
        data_, [&progress](uint64_t done, uint64_t) { progress.update(done / 1'048'576); });
    const std::vector<Finding> findings = check.run();
    progress.finish();
    json_ ? show_json(terminal, findings) : show(terminal, findings);
    const auto problems =
        std::count_if(findings.begin(), findings.end(),
                      [](const Finding& finding) { return finding.severity == Severity::problem; });
    if (problems == 0) return {};
    return sched::Unexpected{verdict(findings, static_cast<size_t>(problems))};
  }

 private:
  Failure verdict(const std::vector<Finding>& findings, size_t problems) const {
    const std::string text =
        fmt::format("{}: {} problem{}", data_, problems, problems == 1 ? "" : "s");
    if (auto may = may_read(data_); !may) return may.error();  // the rest may follow from that
    if (findings.size() > 1) return not_valid(text);
    return not_found(text);  // nothing could be looked at
  }

  static void show(const Terminal& terminal, const std::vector<Finding>& findings) {
    std::string out;
    for (const Finding& finding : findings) {
      out += fmt::format("{:<8} {:<10} {}\n", word(finding.severity), finding.area, finding.text);
      if (!finding.mend.empty()) out += fmt::format("{:<19} → {}\n", "", finding.mend);
    }
    terminal.data(out);
  }

  void show_json(const Terminal& terminal, const std::vector<Finding>& findings) const {
    nlohmann::ordered_json out = {{"data", data_}, {"findings", nlohmann::ordered_json::array()}};
    for (const Finding& finding : findings)
      out["findings"].push_back({{"severity", word(finding.severity)},
                                 {"area", finding.area},
                                 {"text", finding.text},
                                 {"mend", finding.mend}});
    terminal.data(out.dump(1) + "\n");
  }

  std::string data_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_doctor() { return std::make_unique<Doctor>(); }

}  // namespace paceline::tools
