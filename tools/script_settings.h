// The words of one command of a conversation, taken one by one.
//
// Owner: one thread.  Errors: a sentence, the first one kept.
#pragma once

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/units.h"
#include "tools/script_commands.h"
#include "tools/script_time.h"
#include "tools/words.h"

namespace paceline::tools {

/// What nobody took is a mistake.
class Settings {
 public:
  explicit Settings(const Words& words) : words_(words), taken_(words.settings.size()) {}

  std::string_view text(std::string_view name) {
    for (size_t i = 0; i < words_.settings.size(); ++i) {
      if (words_.settings[i].first != name) continue;
      taken_[i] = true;
      return words_.settings[i].second;
    }
    return {};
  }
  bool has(std::string_view name) const {
    for (const auto& [known, value] : words_.settings) {
      if (known == name) return true;
    }
    return false;
  }
  template <class T, size_t n>
  T word(std::string_view name, const std::array<std::string_view, n>& known, T otherwise) {
    if (!has(name)) return otherwise;
    const std::string_view given = text(name);
    const auto value = value_of(known, given);
    if (!value) {
      fail(fmt::format("{}={} is not known", name, given));
      return otherwise;
    }
    return static_cast<T>(*value);
  }
  template <class T>
  T number(std::string_view name, T otherwise) {
    if (!has(name)) return otherwise;
    const std::string_view given = text(name);
    T value{};
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
    if (error != std::errc{} || end != given.data() + given.size()) {
      fail(fmt::format("{}={} is not a number", name, given));
    }
    return value;
  }
  int64_t instant_us(std::string_view name) {
    std::string_view given = text(name);
    if (given.empty()) return 0;
    const auto at = take_script_time(given);
    if (!at || !given.empty()) fail(fmt::format("{} is not a time: \"tue 10:00\"", name));
    return at ? at->us : 0;
  }

  int64_t duration_us(std::string_view name) {
    if (!has(name)) return 0;
    const auto duration = config::parse_duration(text(name));
    if (!duration) fail(fmt::format("{}: {}", name, duration.error()));
    return duration ? duration->us : 0;
  }

  void fail(std::string what) {
    if (problem_.empty()) problem_ = std::move(what);
  }
  std::string problem() const {
    if (!problem_.empty()) return problem_;
    for (size_t i = 0; i < taken_.size(); ++i) {
      if (!taken_[i]) return fmt::format("{} has no {}", words_.verb, words_.settings[i].first);
    }
    return {};
  }

 private:
  const Words& words_;
  std::vector<bool> taken_;
  std::string problem_;
};

inline bool has_flag(const Words& words, std::string_view flag, size_t from = 1) {
  for (size_t i = from; i < words.plain.size(); ++i) {
    if (words.plain[i] == flag) return true;
  }
  return false;
}

inline std::string plain(const Words& words, size_t at) {
  return at < words.plain.size() ? words.plain[at] : std::string();
}

}  // namespace paceline::tools
