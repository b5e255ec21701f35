#include "tools/script_time.h"

#include <fmt/format.h>

#include <array>

#include "tools/instants.h"

namespace paceline::tools {

namespace {

constexpr std::array<std::string_view, 7> weekdays = {"mon", "tue", "wed", "thu",
                                                      "fri", "sat", "sun"};
constexpr int64_t week_us = 7 * sched::day.us;
constexpr int64_t first_monday_us = 1'767'571'200'000'000;  // 2026-01-05T00:00Z
constexpr int64_t named_weeks = 4;

std::string_view take_word(std::string_view& text) {
  const size_t size = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, size);
  text.remove_prefix(size);
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return word;
}

}  // namespace

std::optional<sched::Instant> take_script_time(std::string_view& text) {
  std::string_view rest = text;
  const std::string_view day = take_word(rest);
  const std::string_view clock = take_word(rest);
  std::optional<sched::Instant> at;
  for (size_t i = 0; i < weekdays.size(); ++i) {
    if (!day.starts_with(weekdays[i])) continue;
    const std::string_view week = day.substr(weekdays[i].size());
    const bool numbered = week.size() == 2 && week[0] == '+' && week[1] >= '0' && week[1] <= '9';
    if (!week.empty() && !numbered) return std::nullopt;
    const int64_t weeks = numbered ? week[1] - '0' : 0;
    at = parse_instant(fmt::format("1970-01-01T{}", clock));
    if (at) {
      at->us += first_monday_us + weeks * week_us + static_cast<int64_t>(i) * sched::day.us;
    }
  }
  if (!at) at = parse_instant(fmt::format("{}T{}", day, clock));
  if (at) text = rest;
  return at;
}

std::string script_time(sched::Instant at) {
  if (at == sched::never) return "never";
  std::string text = format_instant(at);  // 2026-01-05T09:00:00[.000001]Z
  text.pop_back();
  std::string clock = text.substr(11);
  if (clock.ends_with(":00") && clock.size() == 8) clock.erase(5);
  const int64_t since = at.us - first_monday_us;
  if (since < 0 || since >= named_weeks * week_us) return text.substr(0, 10) + " " + clock;
  std::string day(weekdays[static_cast<size_t>(since % week_us / sched::day.us)]);
  if (since >= week_us) day += fmt::format("+{}", since / week_us);
  return day + " " + clock;
}

}  // namespace paceline::tools
