// tools/demo.toml, embedded at build so that the program needs no file beside it.
#pragma once

#include <string_view>

namespace paceline::tools {

extern const std::string_view demo_toml;
extern const std::string_view build_commit;  ///< Short hash of the source built, or "unknown".

}  // namespace paceline::tools
