// `script`: runs conversations in process, no server needed.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <vector>

#include "tools/commands.h"
#include "tools/script.h"

namespace paceline::tools {

namespace {

class Script final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("FILE", files_, "Conversations (.desk)")->required();
    app.add_flag("--update", update_, "Rewrite the right-hand sides; review the difference");
  }

  Done run(const Terminal& terminal) override {
    size_t wrong = 0;
    for (const std::string& path : files_) {
      const Got<size_t> mismatches = run_file(path, terminal);
      if (!mismatches) return sched::Unexpected{mismatches.error()};
      wrong += *mismatches;
    }
    if (wrong == 0 || update_) return {};
    return sched::Unexpected{
        went_wrong(fmt::format("{} lines went otherwise than written: correct the desk, or review "
                               "the script and run with --update",
                               wrong))};
  }

 private:
  Got<size_t> run_file(const std::string& path, const Terminal& terminal) const {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) return sched::Unexpected{file_failed(errno, path + ": cannot be read")};
    const ScriptResult result = run_script(text, path);
    if (!result.error.empty()) return sched::Unexpected{not_valid(result.error)};
    if (update_ && result.updated != text) {
      errno = 0;
      std::ofstream out(path, std::ios::binary | std::ios::trunc);
      out << result.updated;
      if (!out.flush()) return sched::Unexpected{file_failed(errno, path + ": cannot be written")};
    }
    for (const ScriptMismatch& mismatch : result.mismatches) {
      terminal.data(fmt::format("{}:{}:\n  wanted: {}\n  got:    {}\n", path, mismatch.line,
                                mismatch.wanted, mismatch.got));
    }
    terminal.data(fmt::format("{}: {} steps, {} {}, digest {:016x}, events {:016x}\n", path,
                              result.steps, result.mismatches.size(),
                              update_ ? "rewritten" : "wrong", result.digest, result.event_hash));
    return result.mismatches.size();
  }

  std::vector<std::string> files_;
  bool update_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_script() { return std::make_unique<Script>(); }

}  // namespace paceline::tools
