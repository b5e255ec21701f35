// The release this source becomes.
#pragma once

#include <string_view>

namespace paceline::tools {

inline constexpr std::string_view program_version = "0.5.0";

}  // namespace paceline::tools
