#include "tools/config_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "engine/config/diagnostics.h"
#include "engine/runtime/data_folder.h"

namespace paceline::tools {

Failure config_failure(const std::vector<config::ConfigError>& errors, const Terminal& terminal) {
  for (size_t i = 0; i + 1 < errors.size(); ++i) terminal.message(config::shown(errors[i]));
  const config::ConfigError& last = errors.back();
  Failure failure =
      not_valid(last.line == 0 ? fmt::format("{}: {}", last.file, last.message)
                               : fmt::format("{}:{}: {}", last.file, last.line, last.message));
  failure.code = last.code;
  if (last.code == config::code::unreadable && ::access(last.file.c_str(), R_OK) != 0 &&
      runtime::is_forbidden(errno))
    failure.exit = Exit::permission;
  return failure;
}

Got<ReadConfig> read_config_quietly(const std::string& path, const Terminal& terminal) {
  auto text = config::read_text(path);
  if (!text) return sched::Unexpected{config_failure(text.error(), terminal)};
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  auto loaded = config::load_text(*text, path, sched::Instant{now.count()});
  if (!loaded) return sched::Unexpected{config_failure(loaded.error(), terminal)};
  return ReadConfig{*std::move(text), *std::move(loaded)};
}

Got<config::Loaded> read_config(const std::string& path, const Terminal& terminal) {
  auto read = read_config_quietly(path, terminal);
  if (!read) return sched::Unexpected{read.error()};
  for (const std::string& warning : read->loaded.warnings) terminal.message(warning);
  return std::move(read->loaded);
}

}  // namespace paceline::tools
