#include "tools/config_file.h"

#include <fmt/format.h>

#include <chrono>

namespace paceline::tools {

Failure config_failure(const std::vector<config::ConfigError>& errors, const Terminal& terminal) {
  for (size_t i = 0; i + 1 < errors.size(); ++i) terminal.message(config::shown(errors[i]));
  const config::ConfigError& last = errors.back();
  Failure failure =
      not_valid(last.line == 0 ? fmt::format("{}: {}", last.file, last.message)
                               : fmt::format("{}:{}: {}", last.file, last.line, last.message));
  failure.code = last.code;
  return failure;
}

Got<config::Loaded> read_config(const std::string& path, const Terminal& terminal) {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  auto loaded = config::load_file(path, sched::Instant{now.count()});
  if (!loaded) return sched::Unexpected{config_failure(loaded.error(), terminal)};
  for (const std::string& warning : loaded->warnings) terminal.message(warning);
  return std::move(*loaded);
}

}  // namespace paceline::tools
