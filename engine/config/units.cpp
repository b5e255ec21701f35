#include "engine/config/units.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "sched/local_time.h"

namespace paceline::config {
namespace {

using sched::BusinessDuration;
using sched::Duration;
using sched::Expected;
using sched::Instant;
using sched::Unexpected;

struct Unit {
  std::string_view name;
  int64_t us;
};
constexpr Unit units[] = {{"d", sched::day.us},    {"h", sched::hour.us}, {"m", sched::minute.us},
                          {"s", sched::second.us}, {"ms", 1'000},         {"us", 1}};
constexpr int64_t duration_us_max = 36'525 * sched::day.us;

bool digit(char c) { return c >= '0' && c <= '9'; }

Unexpected<std::string> wrong(std::string message) { return {std::move(message)}; }

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text.substr(0, 80)); }

Expected<int64_t, std::string> parse_us(std::string_view text, bool days_allowed) {
  if (text.empty()) return wrong("a duration is missing: write for example 15m");
  int64_t sum_us = 0;
  size_t at = 0;
  size_t next_unit = 0;  // units come from large to small
  while (at < text.size()) {
    int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), count);
    if (error == std::errc::result_out_of_range)
      return wrong(quoted(text) + " is too long: durations end at 100 years");
    if (error != std::errc() || !digit(text[at]))
      return wrong(quoted(text) + " is not a duration: write for example 15m or 4h30m");
    at = static_cast<size_t>(end - text.data());
    size_t size = 0;
    while (at + size < text.size() && !digit(text[at + size])) ++size;
    const std::string_view name = text.substr(at, size);
    if (name.empty())
      return wrong(
          fmt::format("{} has no unit: write {}s, {}m or {}h", quoted(text), text, text, text));
    if (name == "bd")
      return wrong(quoted(text) +
                   " counts business days, whose length varies: a duration is meant here, so write "
                   "hours, as in 8h");
    if (name == "d" && !days_allowed)
      return wrong(quoted(text) + ": a day of business time could be 8 h or 24 h: write hours");
    size_t unit = 0;
    while (unit < std::size(units) && units[unit].name != name) ++unit;
    if (unit == std::size(units))
      return wrong(fmt::format("{} has an unknown unit \"{}\": use {}h, m, s, ms or us",
                               quoted(text), name.substr(0, 20), days_allowed ? "d, " : ""));
    if (unit < next_unit)
      return wrong(quoted(text) + " is out of order: units go from large to small, each once");
    next_unit = unit + 1;
    if (count > (duration_us_max - sum_us) / units[unit].us)
      return wrong(quoted(text) + " is too long: durations end at 100 years");
    sum_us += count * units[unit].us;
    at += size;
  }
  return sum_us;
}

std::string print_us(int64_t us, bool days_allowed) {
  if (us == 0) return "0s";
  std::string text = us < 0 ? "-" : "";
  auto left = us < 0 ? ~static_cast<uint64_t>(us) + 1 : static_cast<uint64_t>(us);
  for (const Unit& unit : units) {
    const auto unit_us = static_cast<uint64_t>(unit.us);
    if ((unit.name == "d" && !days_allowed) || left < unit_us) continue;
    text += fmt::format("{}{}", left / unit_us, unit.name);
    left %= unit_us;
  }
  return text;
}

/// The number written by exactly `size` digits at `at`, which moves past it.
std::optional<int> take_number(std::string_view text, size_t& at, size_t size) {
  if (at + size > text.size()) return std::nullopt;
  int number = 0;
  for (size_t i = 0; i < size; ++i, ++at) {
    if (!digit(text[at])) return std::nullopt;
    number = number * 10 + (text[at] - '0');
  }
  return number;
}

bool take(std::string_view text, size_t& at, std::string_view any_of) {
  if (at >= text.size() || any_of.find(text[at]) == std::string_view::npos) return false;
  ++at;
  return true;
}

/// `Z` or `+01:00`, to the end of the text.
std::optional<int64_t> take_offset_us(std::string_view text, size_t at) {
  if (take(text, at, "Zz")) return at == text.size() ? std::optional<int64_t>(0) : std::nullopt;
  const bool west = at < text.size() && text[at] == '-';
  if (!take(text, at, "+-")) return std::nullopt;
  const auto hours = take_number(text, at, 2);
  if (!hours || !take(text, at, ":")) return std::nullopt;
  const auto minutes = take_number(text, at, 2);
  if (!minutes || at != text.size() || *hours > 23 || *minutes > 59) return std::nullopt;
  const int64_t us = *hours * sched::hour.us + *minutes * sched::minute.us;
  return west ? -us : us;
}

std::optional<Instant> read_instant(std::string_view text) {
  size_t at = 0;
  const auto year = take_number(text, at, 4);
  if (!year || !take(text, at, "-")) return std::nullopt;
  const auto month = take_number(text, at, 2);
  if (!month || !take(text, at, "-")) return std::nullopt;
  const auto day = take_number(text, at, 2);
  if (!day || !take(text, at, "Tt ")) return std::nullopt;
  const auto hour = take_number(text, at, 2);
  if (!hour || !take(text, at, ":")) return std::nullopt;
  const auto minute = take_number(text, at, 2);
  if (!minute || !take(text, at, ":")) return std::nullopt;
  const auto second = take_number(text, at, 2);
  if (!second) return std::nullopt;
  int64_t fraction_us = 0;
  if (take(text, at, ".")) {
    int64_t place_us = sched::second.us / 10;
    const size_t from = at;
    for (; at < text.size() && digit(text[at]); ++at, place_us /= 10)
      fraction_us += (text[at] - '0') * place_us;
    if (at == from || at - from > 6) return std::nullopt;
  }
  const auto offset_us = take_offset_us(text, at);
  if (!offset_us) return std::nullopt;

  const auto month_number = static_cast<unsigned>(*month);
  if (*year < 1 || *month < 1 || *month > 12 || *day < 1 || *hour > 23 || *minute > 59 ||
      *second > 59 || static_cast<unsigned>(*day) > sched::days_in_month(*year, month_number))
    return std::nullopt;
  const int64_t days = sched::days_from_civil(*year, month_number, static_cast<unsigned>(*day));
  return Instant{days * sched::day.us + *hour * sched::hour.us + *minute * sched::minute.us +
                 *second * sched::second.us + fraction_us - *offset_us};
}

}  // namespace

Expected<Duration, std::string> parse_duration(std::string_view text) {
  auto us = parse_us(text, true);
  if (!us) return Unexpected{us.error()};
  return Duration{*us};
}

Expected<BusinessDuration, std::string> parse_business_duration(std::string_view text) {
  auto us = parse_us(text, false);
  if (!us) return Unexpected{us.error()};
  return BusinessDuration{*us};
}

bool is_business_days(std::string_view text) {
  if (!text.ends_with("bd") || text.size() == 2) return false;
  text.remove_suffix(2);
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

Expected<uint16_t, std::string> parse_business_days(std::string_view text) {
  constexpr unsigned days_max = 366;
  unsigned days = 0;
  if (!is_business_days(text))
    return wrong(quoted(text) + " is no number of business days: write for example 5bd");
  const auto read = std::from_chars(text.data(), text.data() + text.size() - 2, days);
  if (read.ec != std::errc() || days < 1 || days > days_max)
    return wrong(quoted(text) + " is out of range: write 1bd to 366bd");
  return static_cast<uint16_t>(days);
}

Expected<uint32_t, std::string> parse_time_of_day(std::string_view text) {
  size_t at = 0;
  const auto hours = take_number(text, at, 2);
  const bool colon = take(text, at, ":");
  const auto minutes = take_number(text, at, 2);
  if (!hours || !colon || !minutes || at != text.size() || *hours > 23 || *minutes > 59)
    return wrong(quoted(text) + " is no time of day: write 00:00 to 23:59, for example 14:00");
  return static_cast<uint32_t>(*hours * 3'600 + *minutes * 60);
}

std::string print(Duration duration) { return print_us(duration.us, true); }
std::string print(BusinessDuration duration) { return print_us(duration.us, false); }

Expected<Instant, std::string> parse_instant(std::string_view text) {
  const auto instant = read_instant(text);
  if (!instant)
    return wrong(quoted(text) +
                 " is not an instant: write it as 2026-03-27T16:00:00Z (RFC 3339, with its zone)");
  return *instant;
}

std::string print(Instant instant) {
  if (instant == sched::never) return "never";
  int64_t days = instant.us / sched::day.us;
  if (days * sched::day.us > instant.us) --days;  // towards the past, also before 1970
  const int64_t of_day_us = instant.us - days * sched::day.us;
  const sched::CivilDate date = sched::civil_from_days(days);
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", date.year, date.month, date.day,
                  of_day_us / sched::hour.us, of_day_us / sched::minute.us % 60,
                  of_day_us / sched::second.us % 60);
  if (const int64_t fraction_us = of_day_us % sched::second.us; fraction_us != 0) {
    text += fmt::format(".{:06}", fraction_us);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + "Z";
}

}  // namespace paceline::config
