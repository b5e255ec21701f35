// Any bytes as an iCalendar file: a TOML text that parses, or an error with its remedy.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/config/document.h"
#include "engine/config/ical_import.h"
#include "sched/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace paceline;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto imported = config::import_ical(text, "fuzz.ics", "UTC", "fuzz");
  if (!imported) {
    CHECK(!imported.error().empty());
    CHECK(!config::shown(imported.error().front()).empty());
    return 0;
  }
  CHECK(config::parse_document(imported->toml).has_value());
  return 0;
}
