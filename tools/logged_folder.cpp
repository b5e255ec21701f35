#include "tools/logged_folder.h"

#include <fmt/format.h>

#include <filesystem>

namespace paceline::tools {

Done has_log(const std::string& folder) {
  if (auto may = may_read(folder); !may) return may;
  if (std::filesystem::exists(folder + "/log")) return {};
  return sched::Unexpected{not_found(
      fmt::format("{} is no data folder: it has no log in it; give the folder a server was "
                  "started with (--data), or a backup",
                  folder))};
}

}  // namespace paceline::tools
