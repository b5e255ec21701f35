// The maps the program brings, embedded at build from tools/maps/*.toml.
#pragma once

#include <string_view>

namespace paceline::tools {

extern const std::string_view common_map_toml;  ///< Words most desks use.
extern const std::string_view jira_map_toml;    ///< Columns and words of Jira Service Management.

}  // namespace paceline::tools
