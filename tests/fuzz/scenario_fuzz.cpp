// Any bytes as a scenario file: an answer with lines and codes, never a crash or a hang. A file
// named arrivals.csv is the input again, split at line ends and commas.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sched/base/check.h"
#include "sim/scenario/presets.h"
#include "sim/scenario/read.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace paceline;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  sim::ScenarioSources sources;
  sources.configuration = [](const std::string& path, sched::Instant now) {
    return config::load_text(sim::find_preset("small")->configuration.text, path, now);
  };
  sources.records = [text](const std::string&, const sim::TakeRecord& take) {
    std::vector<std::string> fields(1);
    uint64_t line = 1;
    for (const char c : text) {
      if (c == '\n') {
        take(line++, fields);
        fields.assign(1, {});
      } else if (c == ',') {
        fields.emplace_back();
      } else {
        fields.back() += c;
      }
    }
    return std::string();
  };
  const auto read = sim::read_scenario(text, "fuzz.toml", sources);
  if (!read) {
    CHECK(!read.error().empty());
    for (const config::ConfigError& error : read.error()) CHECK(!config::shown(error).empty());
    return 0;
  }
  // What is read keeps what scenario.h promises.
  for (const sim::Demand& demand : read->scenario.demands) {
    CHECK(demand.rate.empty() != demand.recorded.empty());
    int64_t before_us = 0;
    for (const sim::RatePiece& piece : demand.rate) {
      CHECK(piece.from_us >= before_us);
      CHECK(piece.until_us > piece.from_us);
      CHECK(piece.from_per_hour >= 0);
      CHECK(piece.until_per_hour >= 0);
      before_us = piece.until_us;
    }
    CHECK(demand.cycle_us == 0 || before_us <= demand.cycle_us);
    CHECK(demand.patience.none() || demand.patience.parts.front().from_us == 0);
  }
  for (const sim::Team& team : read->scenario.teams)
    CHECK(team.headcounts.empty() || team.headcounts.front().from_us == 0);
  return 0;
}
