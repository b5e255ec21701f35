// Example scenarios that come with the program: each a scenario file and the configuration it
// names.
//
// They are places to begin: copied into a folder, then made one's own.
//
// Owner: anyone; the texts live as long as the program.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace paceline::sim {

struct PresetFile {
  std::string_view name;  ///< "mid.toml"
  std::string_view text;
};
struct Preset {
  std::string_view name;  ///< "mid"
  std::string_view what;  ///< One line.
  PresetFile scenario;
  PresetFile configuration;  ///< As the scenario's `config` names it.
};

/// From small to large.
std::span<const Preset> presets();
/// Null if there is none of this name.
const Preset* find_preset(std::string_view name);

}  // namespace paceline::sim
