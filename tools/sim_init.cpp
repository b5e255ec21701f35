// `sim init`: writes an example scenario and its desk into a folder, to run and to change.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "sim/scenario/presets.h"
#include "tools/commands.h"
#include "tools/sim_options.h"

namespace paceline::tools {

namespace {

using Json = nlohmann::ordered_json;

std::string names() {
  std::string all;
  for (const sim::Preset& preset : sim::presets())
    all += (all.empty() ? "" : ", ") + std::string(preset.name);
  return all;
}

class SimInit final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--preset", preset_, "Which one; without it all are listed");
    app.add_option("--into", folder_, "Folder to write to; made if it is not there")
        ->capture_default_str();
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    if (preset_.empty()) {
      terminal.data(list());
      return {};
    }
    const sim::Preset* preset = sim::find_preset(preset_);
    if (preset == nullptr)
      return sched::Unexpected{
          bad_usage(fmt::format("--preset: there is no \"{}\": one of {}", preset_, names()))};
    const std::filesystem::path folder(folder_);
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
      return sched::Unexpected{
          went_wrong(fmt::format("{}: cannot be made: {}", folder_, error.message()))};
    // Both or none: whoever changed one of them is not left with half of another.
    for (const sim::PresetFile* file : {&preset->scenario, &preset->configuration}) {
      if (std::filesystem::exists(std::filesystem::symlink_status(folder / file->name)))
        return sched::Unexpected{
            conflict(fmt::format("{} is there already and nothing was written: move it away or "
                                 "name another folder with --into",
                                 (folder / file->name).lexically_normal().string()))};
    }
    Json written = Json::array();
    std::string text;
    for (const sim::PresetFile* file : {&preset->scenario, &preset->configuration}) {
      const std::string path = (folder / file->name).lexically_normal().string();
      if (Done done = write_file(path, std::string(file->text)); !done) return done;
      written.push_back(path);
      text += "wrote " + path + "\n";
    }
    text += fmt::format("next: paceline sim run {}\n", written.front().get<std::string>());
    terminal.data(json_ ? Json{{"preset", preset_}, {"written", written}}.dump(2) + "\n" : text);
    return {};
  }

 private:
  std::string list() const {
    Json all = Json::array();
    std::string text;
    for (const sim::Preset& preset : sim::presets()) {
      all.push_back({{"preset", preset.name}, {"what", preset.what}});
      text += fmt::format("{:<16}{}\n", preset.name, preset.what);
    }
    return json_ ? Json{{"presets", all}}.dump(2) + "\n" : text;
  }

  std::string preset_;
  std::string folder_ = ".";
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_sim_init() { return std::make_unique<SimInit>(); }

}  // namespace paceline::tools
