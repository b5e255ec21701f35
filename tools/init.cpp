// `init`: writes a configuration file to begin with.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/config/load.h"
#include "tools/calendar_file.h"
#include "tools/commands.h"
#include "tools/presets.h"

namespace paceline::tools {

namespace {

/// Writes a new file; an old one only where `replace` says so.
Done write_file(const std::string& path, std::string_view text, bool replace) {
  const int file =
      open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (replace ? O_TRUNC : O_EXCL), 0644);
  if (file < 0) {
    if (errno == EEXIST) {
      return sched::Unexpected{conflict(
          fmt::format("{} is there already: name another file, or replace it with --force", path))};
    }
    const int error = errno;
    return sched::Unexpected{
        file_failed(error, fmt::format("{} cannot be written: {}: name a file in a folder "
                                       "that is there and yours",
                                       path, std::strerror(error)))};
  }
  bool written = true;
  while (!text.empty() && written) {
    const ssize_t size = write(file, text.data(), text.size());
    written = size > 0;
    if (written) text.remove_prefix(static_cast<size_t>(size));
  }
  const int wrong = errno;
  close(file);
  if (written) return {};
  return sched::Unexpected{
      not_readable(fmt::format("{} cannot be written: {}", path, std::strerror(wrong)))};
}

class Init final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    std::vector<std::string> names;
    std::string about = "What kind of desk";
    for (const Preset& preset : presets) {
      names.emplace_back(preset.name);
      about += fmt::format("; {}: {}", preset.name, preset.summary);
    }
    app.add_option("FILE", file_, "Where to write it; - is standard output")->capture_default_str();
    app.add_option("--preset", preset_, about)->required()->check(CLI::IsMember(names));
    app.add_flag("--force", force_, "Replace a file that is there");
  }

  Done run(const Terminal& terminal) override {
    const Preset& preset = *std::find_if(presets.begin(), presets.end(),
                                         [&](const Preset& each) { return each.name == preset_; });
    if (file_ == "-") {
      terminal.data(preset.toml);
      return {};
    }
    if (const Done written = write_file(file_, preset.toml, force_); !written) return written;
    terminal.data(fmt::format("wrote {}: {}\n", file_, preset.summary));
    const auto loaded = config::load_text(preset.toml, file_, machine_now());
    if (!loaded) return sched::Unexpected{went_wrong(config::shown(loaded.error().front()))};
    const auto& [desk, configuration] = loaded->desks.front();
    terminal.message(
        fmt::format("next: paceline serve --config {} &\n"
                    "      export PACELINE_CONNECT={} PACELINE_DESK={}\n"
                    "      paceline agent login {}\n"
                    "      paceline ticket create INC1\n"
                    "      paceline why ticket INC1",
                    file_, loaded->server.listen.front(), desk, configuration.agents.front().name));
    return {};
  }

 private:
  std::string file_ = "paceline.toml";
  std::string preset_;
  bool force_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_init() { return std::make_unique<Init>(); }

}  // namespace paceline::tools
