// Reads a scenario written in a test, with its configuration and recorded streams from the test
// too.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/read.h"

namespace paceline::sim {

/// What `config = "desk.toml"` names.
inline constexpr std::string_view desk_text = R"(
[calendar.office]
zone = "Europe/London"
week = { mon-fri = ["08:00-18:00"] }
[calendar.sundays]
zone = "Europe/London"
week = { sun = ["10:00-12:00"] }
[[away]]
code = "lunch"
[[away]]
code = "coaching"
[[queue]]
name = "service-desk"
group = "first"
escalate_to = "network"
[[queue]]
name = "network"
group = "second"
tier = 2
[[route]]
name = "all"
queue = "service-desk"
[[agent]]
name = "ada"
groups = ["first"]
shift = "office"
[[agent]]
name = "bob"
groups = ["first"]
[[agent]]
name = "cleo"
groups = ["second"]
)";

/// The smallest scenario that reads, without its demand, work or teams.
inline std::string framed(std::string_view rest) {
  return "[scenario]\nconfig = 'desk.toml'\nstart = '2026-03-02'\n" + std::string(rest);
}
inline constexpr std::string_view some_demand = "[[demand]]\nname = 'phone'\nrate = 60\n";
inline constexpr std::string_view some_work =
    "[[work]]\nhandling = { law = 'exponential', mean = '4m' }\n";
inline constexpr std::string_view some_team = "[[team]]\nname = 'first'\ngroup = 'first'\n";

/// A whole scenario of which one part is the test's.
inline std::string with_demand(std::string_view keys) {
  return framed("[[demand]]\nname = 'phone'\n" + std::string(keys) + "\n" + std::string(some_work) +
                std::string(some_team));
}
inline std::string with_work(std::string_view keys) {
  return framed(std::string(some_demand) + "[[work]]\n" + std::string(keys) + "\n" +
                std::string(some_team));
}
inline std::string with_outcome(std::string_view keys) {
  return framed(std::string(some_demand) + std::string(some_work) + std::string(some_team) +
                "[[outcome]]\n" + std::string(keys) + "\n");
}
inline std::string with_team(std::string_view keys) {
  return framed(std::string(some_demand) + std::string(some_work) + "[[team]]\nname = 'first'\n" +
                std::string(keys) + "\n");
}
inline std::string with_frame(std::string_view keys) {
  return "[scenario]\nconfig = 'desk.toml'\n" + std::string(keys) + "\n" +
         std::string(some_demand) + std::string(some_work) + std::string(some_team);
}

/// `csv`: the recorded stream there is, "arrivals.csv"; a field holds no comma.
inline ScenarioSources sources_of(std::string csv = {}, std::string desk = std::string(desk_text)) {
  ScenarioSources sources;
  sources.configuration = [desk](const std::string& path, sched::Instant now) {
    return config::load_text(desk, path, now);
  };
  sources.records = [csv](const std::string& path, const TakeRecord& take) -> std::string {
    if (path != "plans/arrivals.csv") return path + ": there is no such file";
    std::istringstream in(csv);
    std::string line;
    for (uint64_t number = 1; std::getline(in, line); ++number) {
      std::vector<std::string> fields(1);
      for (const char c : line)
        if (c == ',')
          fields.emplace_back();
        else
          fields.back() += c;
      take(number, fields);
    }
    return {};
  };
  return sources;
}

inline ReadScenario scenario_read(std::string_view text, const ScenarioSources& sources) {
  auto result = read_scenario(text, "plans/day.toml", sources);
  if (result) return *std::move(result);
  for (const auto& error : result.error()) ADD_FAILURE() << config::shown(error);
  return {};
}
inline Scenario scenario_of(std::string_view text) {
  return scenario_read(text, sources_of()).scenario;
}

inline std::vector<std::string> errors_of(std::string_view text, const ScenarioSources& sources) {
  const auto result = read_scenario(text, "plans/day.toml", sources);
  std::vector<std::string> lines;
  if (!result)
    for (const auto& error : result.error()) lines.push_back(config::shown(error));
  return lines;
}
inline std::vector<std::string> errors_of(std::string_view text) {
  return errors_of(text, sources_of());
}

struct WrongScenario {
  std::string text;
  const char* says;
};
/// The first error says it: what follows from one error is not another.
inline void expect_says(const WrongScenario& wrong) {
  const auto errors = errors_of(wrong.text);
  ASSERT_FALSE(errors.empty()) << wrong.text;
  EXPECT_THAT(errors.front(), testing::HasSubstr(wrong.says)) << wrong.text;
  EXPECT_EQ(errors.size(), 1U) << wrong.text << testing::PrintToString(errors);
}

}  // namespace paceline::sim
