// Configuration files to begin with, embedded at build from tools/presets/*.toml.
#pragma once

#include <array>
#include <string_view>

namespace paceline::tools {

struct Preset {
  std::string_view name;     ///< "small"
  std::string_view summary;  ///< One line.
  std::string_view toml;
};

/// From small to large, then those for a purpose.
extern const std::array<Preset, 5> presets;

}  // namespace paceline::tools
