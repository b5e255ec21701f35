#include "tools/scenario_file.h"

#include <fmt/format.h>

#include "tools/byte_source.h"
#include "tools/config_file.h"
#include "tools/csv_reader.h"

namespace paceline::tools {

namespace {

std::string read_records(const std::string& path, const sim::TakeRecord& take) {
  auto source = open_bytes(path);
  if (!source) return source.error().text;
  CsvReader reader(**source);
  std::vector<std::string> fields;
  for (;;) {
    switch (reader.next(fields)) {
      case CsvReader::Result::record:
        take(reader.line(), fields);
        break;
      case CsvReader::Result::malformed:
        return fmt::format("{}:{}: {}", path, reader.line(), reader.why());
      case CsvReader::Result::end:
        return (*source)->error();
    }
  }
}

}  // namespace

sim::ScenarioSources scenario_sources() {
  sim::ScenarioSources sources = sim::files_on_disk();
  sources.records = read_records;
  return sources;
}

Got<sim::Scenario> read_scenario(const std::string& path, const Terminal& terminal) {
  auto read = sim::read_scenario_file(path, scenario_sources());
  if (!read) return sched::Unexpected{config_failure(read.error(), terminal)};
  for (const config::ConfigError& warning : read->noted) terminal.message(config::shown(warning));
  return std::move(read->scenario);
}

}  // namespace paceline::tools
