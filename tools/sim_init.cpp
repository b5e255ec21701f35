// `sim init`: an example scenario and its configuration, written out to begin from.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/desk/suggestion.h"
#include "sim/scenario/presets.h"
#include "tools/commands.h"

namespace paceline::tools {

namespace {

using Json = nlohmann::ordered_json;

class SimInit final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--preset", preset_, "Which one; left out, they are listed");
    app.add_option("--to", folder_, "Folder to write into, made if it is not there");
    app.add_flag("--force", force_, "Write over files that are there");
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    if (preset_.empty()) return list(terminal);
    const sim::Preset* preset = sim::find_preset(preset_);
    if (preset == nullptr) {
      std::vector<std::string_view> names;
      for (const sim::Preset& each : sim::presets()) names.push_back(each.name);
      return sched::Unexpected{
          not_found(fmt::format("no preset \"{}\"{}", preset_, desk::suggestion(preset_, names)))};
    }
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error)
      return sched::Unexpected{file_failed(
          error.value(), fmt::format("{}: cannot be made: {}", folder_, error.message()))};
    const sim::PresetFile files[] = {preset->configuration, preset->scenario};
    Json written = Json::array();
    for (const sim::PresetFile& file : files)
      if (const auto path = path_of(file); !force_ && std::filesystem::exists(path, error))
        return sched::Unexpected{conflict(
            fmt::format("{} is there already: take another folder with --to, or --force", path))};
    for (const sim::PresetFile& file : files) {
      const std::string path = path_of(file);
      errno = 0;
      std::ofstream out(path, std::ios::binary);
      out << file.text;
      if (!out.flush())
        return sched::Unexpected{file_failed(
            errno, fmt::format("{}: cannot be written: is the folder writable?", path))};
      written.push_back(path);
    }
    if (json_) {
      terminal.data(Json{{"preset", preset_}, {"written", written}}.dump(1) + "\n");
    } else {
      std::string text;
      for (const Json& path : written) text += fmt::format("wrote {}\n", path.get<std::string>());
      terminal.data(text + fmt::format("next: paceline sim check {}\n", path_of(preset->scenario)));
    }
    return {};
  }

 private:
  std::string path_of(const sim::PresetFile& file) const {
    return folder_ == "." ? std::string(file.name) : fmt::format("{}/{}", folder_, file.name);
  }

  Done list(const Terminal& terminal) const {
    Json rows = Json::array();
    std::string text;
    for (const sim::Preset& preset : sim::presets()) {
      rows.push_back({{"preset", preset.name}, {"what", preset.what}});
      text += fmt::format("{:<16}{}\n", preset.name, preset.what);
    }
    terminal.data(json_ ? Json{{"presets", rows}}.dump(1) + "\n" : text);
    return {};
  }

  std::string preset_;
  std::string folder_ = ".";
  bool force_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_sim_init() { return std::make_unique<SimInit>(); }

}  // namespace paceline::tools
