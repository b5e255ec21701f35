// The release this source becomes, as CMakeLists.txt says.
#pragma once

#include <string_view>

namespace paceline::tools {

extern const std::string_view program_version;

}  // namespace paceline::tools
