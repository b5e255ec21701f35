// Loads a configuration written in a test, at a fixed instant.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/config/load.h"
#include "engine/config/units.h"

namespace paceline::config {

inline const sched::Instant now = parse_instant("2026-11-24T12:00:00Z").value();

inline Loaded loaded(std::string_view text) {
  auto result = load_text(text, "desk.toml", now);
  if (!result) {
    for (const ConfigError& error : result.error()) ADD_FAILURE() << shown(error);
    return {};
  }
  return *std::move(result);
}

inline desk::Configuration only_desk(std::string_view text) {
  Loaded all = loaded(text);
  if (all.desks.size() != 1) {
    ADD_FAILURE() << all.desks.size() << " desks";
    return {};
  }
  return std::move(all.desks.front().second);
}

inline std::vector<std::string> errors(std::string_view text) {
  const auto result = load_text(text, "desk.toml", now);
  std::vector<std::string> lines;
  if (!result)
    for (const ConfigError& error : result.error()) lines.push_back(shown(error));
  return lines;
}

struct Wrong {
  std::string text;
  const char* says;
};

inline void expect_says(const Wrong& wrong) {
  EXPECT_THAT(errors(wrong.text), testing::Contains(testing::HasSubstr(wrong.says))) << wrong.text;
}

}  // namespace paceline::config
