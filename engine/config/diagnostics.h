// What is wrong with a file, collected, and the words every message shares. Private to the loader.
//
// Owner: one load.  Allocates: for messages.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/config/load.h"

namespace paceline::config {

/// Stable codes of errors and warnings.
namespace code {
inline constexpr std::string_view syntax = "E2001";
inline constexpr std::string_view unknown_key = "E2002";
inline constexpr std::string_view wrong_type = "E2003";
inline constexpr std::string_view missing = "E2004";
inline constexpr std::string_view wrong_value = "E2005";
inline constexpr std::string_view wrong_duration = "E2006";
inline constexpr std::string_view duplicate = "E2008";
inline constexpr std::string_view unknown_name = "E2009";
inline constexpr std::string_view unreadable = "E2010";
inline constexpr std::string_view unknown_zone = "E2101";
inline constexpr std::string_view wrong_hours = "E2102";
inline constexpr std::string_view empty_calendar = "E2103";
inline constexpr std::string_view never_opens = "E2104";
inline constexpr std::string_view calendar_cycle = "E2105";
inline constexpr std::string_view wrong_condition = "E2201";
inline constexpr std::string_view wrong_need = "E2202";
inline constexpr std::string_view no_business_days = "E2203";
inline constexpr std::string_view too_many_clocks = "E2204";
inline constexpr std::string_view wrong_steps = "E2205";
inline constexpr std::string_view unknown_skill = "E2206";
inline constexpr std::string_view queue_cycle = "E2207";
inline constexpr std::string_view never_fits = "E2208";
inline constexpr std::string_view wrong_ical = "E2301";
inline constexpr std::string_view nobody_can = "W2902";
inline constexpr std::string_view no_effect = "W2903";
inline constexpr std::string_view unreachable = "W2904";
inline constexpr std::string_view ical_to_review = "W2905";
}  // namespace code

class Diagnostics {
 public:
  explicit Diagnostics(std::string_view file) : file_(file) {}

  /// A rule shared by several desks is checked for each and reported once.
  void error(std::string_view code, uint32_t line, std::string message) {
    add(errors_, code, line, std::move(message));
  }
  void warn(std::string_view code, uint32_t line, std::string message) {
    add(warnings_, code, line, std::move(message));
  }

  bool failed() const { return !errors_.empty(); }
  bool full() const { return errors_.size() >= kept_max; }

  /// In the order of the file.
  std::vector<ConfigError> take_errors() {
    sort(errors_);
    return std::move(errors_);
  }
  const std::vector<ConfigError>& warnings() {
    sort(warnings_);
    return warnings_;
  }
  std::vector<std::string> take_warnings() {
    sort(warnings_);
    std::vector<std::string> lines;
    for (const ConfigError& warning : warnings_) lines.push_back(shown(warning));
    return lines;
  }

 private:
  // Beyond this a reader learns nothing more, and a hostile file costs no more.
  static constexpr size_t kept_max = 200;

  void add(std::vector<ConfigError>& list, std::string_view code, uint32_t line,
           std::string message) {
    const bool known = std::any_of(list.begin(), list.end(), [&](const ConfigError& e) {
      return e.line == line && e.message == message;
    });
    if (!known && list.size() < kept_max)
      list.push_back({std::string(code), file_, line, std::move(message)});
  }
  static void sort(std::vector<ConfigError>& list) {
    std::stable_sort(list.begin(), list.end(),
                     [](const ConfigError& a, const ConfigError& b) { return a.line < b.line; });
  }

  std::string file_;
  std::vector<ConfigError> errors_;
  std::vector<ConfigError> warnings_;
};

}  // namespace paceline::config
