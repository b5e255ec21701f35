// The enumerators of the desk as the words people type and read.
//
// Owner: any thread; constants.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/command.h"
#include "engine/desk/event.h"
#include "sched/priority.h"

namespace paceline::tools {

inline constexpr std::array<std::string_view, 3> kind_words = {"incident", "service_request",
                                                               "task"};
inline constexpr std::array<std::string_view, 4> level_words = {"none", "high", "medium", "low"};
inline constexpr std::array<std::string_view, 4> sentiment_words = {"none", "negative", "neutral",
                                                                    "positive"};
inline constexpr std::array<std::string_view, 4> author_words = {"requester", "agent", "bot",
                                                                 "system"};
inline constexpr std::array<std::string_view, 3> mode_words = {"push", "manual", "pull"};
inline constexpr std::array<std::string_view, 5> discipline_words = {
    "pressing_time", "fifo", "strict_priority", "edf", "priority_minutes"};

inline constexpr std::array<std::string_view, desk::clock_kind_count> clock_words = {
    "response", "resolution", "triage", "own",       "update", "ola",
    "uc",       "approval",   "stage",  "mi_update", "review"};
inline constexpr std::array<std::string_view, 2> migrate_words = {"carry", "retroactive"};

/// "1 ticket", "2 tickets"
inline std::string counted(size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

template <size_t n>
std::string_view word(const std::array<std::string_view, n>& words, uint8_t value) {
  return value < n ? words[value] : std::string_view("?");
}

template <size_t n>
std::optional<uint8_t> value_of(const std::array<std::string_view, n>& words,
                                std::string_view word) {
  for (size_t i = 0; i < n; ++i) {
    if (words[i] == word) return static_cast<uint8_t>(i);
  }
  return std::nullopt;
}

inline std::string priority_word(uint8_t priority) {
  return priority == 0 ? "–" : "P" + std::to_string(priority);
}

/// "75 %", "12.5 %"
inline std::string percent(uint32_t share_bp) {
  std::string text = std::to_string(share_bp / 100);
  if (const uint32_t rest = share_bp % 100; rest != 0)
    text += rest % 10 == 0 ? "." + std::to_string(rest / 10)
                           : (rest < 10 ? ".0" : ".") + std::to_string(rest);
  return text + " %";
}

/// Positions in a table of names, which may be younger than the table at hand.
inline std::string name_at(const std::vector<std::string>& names, uint32_t position) {
  return position < names.size() ? names[position] : "#" + std::to_string(position);
}

}  // namespace paceline::tools
