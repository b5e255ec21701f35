// Any bytes as a configuration file: an answer with lines and codes, never a crash or a hang.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/config/load.h"
#include "engine/desk/limits.h"
#include "engine/desk/rulebook.h"
#include "sched/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace paceline;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr sched::Instant now{1'795'521'600'000'000};  // 2026-11-24T12:00Z
  const auto loaded = config::load_text(text, "fuzz.toml", now);
  if (!loaded) {
    CHECK(!loaded.error().empty());
    for (const config::ConfigError& error : loaded.error()) CHECK(!config::shown(error).empty());
    return 0;
  }
  // What the loader accepts, a desk accepts.
  static const desk::Rulebook rules{desk::Limits{}};
  for (const auto& [name, configuration] : loaded->desks)
    CHECK(rules.problem_with(configuration).empty());
  return 0;
}
