#include "engine/config/ical_values.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "engine/config/calendar_words.h"
#include "engine/config/table_reader.h"
#include "sched/calendar_days.h"
#include "sched/local_time.h"

namespace paceline::config {
namespace {

constexpr size_t summary_size_max = 200;
constexpr std::array<std::string_view, 7> weekday_codes = {"MO", "TU", "WE", "TH",
                                                           "FR", "SA", "SU"};

std::optional<int64_t> number(std::string_view text, int64_t min, int64_t max) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < min || value > max)
    return std::nullopt;
  return value;
}

/// What an RRULE says, before it is known to be a yearly day.
struct Parts {
  std::string frequency;
  std::string by_month, by_month_day, by_day, by_set_position;
  IcalYearly yearly;
};

std::optional<std::string> take_part(std::string_view name, std::string_view value, Parts& parts) {
  const auto wrong = [&] {
    return fmt::format("RRULE: {}={} cannot be read: correct it", name.substr(0, 20),
                       value.substr(0, 40));
  };
  if (name == "FREQ") {
    parts.frequency = value;
  } else if (name == "INTERVAL" || name == "COUNT") {
    const auto count = number(value, 1, 10'000);
    if (!count) return wrong();
    (name == "COUNT" ? parts.yearly.count : parts.yearly.interval) = static_cast<uint32_t>(*count);
  } else if (name == "UNTIL") {
    const auto until = ical_time(IcalLine{}, value);
    if (!until) return wrong();
    parts.yearly.until = *until;
  } else if (name == "BYMONTH") {
    parts.by_month = value;
  } else if (name == "BYMONTHDAY") {
    parts.by_month_day = value;
  } else if (name == "BYDAY") {
    parts.by_day = value;
  } else if (name == "BYSETPOS") {
    parts.by_set_position = value;
  } else if (name != "WKST") {
    return fmt::format("RRULE: {} is not supported: write the dates by hand", name.substr(0, 20));
  }
  return std::nullopt;
}

/// "-1MO", or "MO" with BYSETPOS=-1: the last Monday.
std::optional<sched::YearlyDay> nth_weekday(const Parts& parts) {
  sched::YearlyDay on;
  on.kind = sched::YearlyDay::Kind::weekday_of_month;
  const std::string_view by_day = parts.by_day;
  if (by_day.size() < 2) return std::nullopt;
  const auto weekday =
      std::find(weekday_codes.begin(), weekday_codes.end(), by_day.substr(by_day.size() - 2));
  if (weekday == weekday_codes.end()) return std::nullopt;
  on.weekday = static_cast<uint8_t>(weekday - weekday_codes.begin());
  std::string_view position = by_day.substr(0, by_day.size() - 2);
  if (position.empty())
    position = parts.by_set_position;
  else if (!parts.by_set_position.empty())
    return std::nullopt;
  const auto nth = number(position, -1, 5);
  if (!nth || *nth == 0) return std::nullopt;
  on.nth = *nth < 0 ? 0 : static_cast<uint8_t>(*nth);
  return on;
}

std::optional<sched::YearlyDay> yearly_day(const Parts& parts, const sched::CivilDate& start) {
  const auto month =
      parts.by_month.empty() ? std::optional<int64_t>(start.month) : number(parts.by_month, 1, 12);
  if (!month) return std::nullopt;
  std::optional<sched::YearlyDay> on;
  if (!parts.by_day.empty()) {
    if (parts.by_month.empty() || !parts.by_month_day.empty()) return std::nullopt;
    on = nth_weekday(parts);
  } else if (parts.by_set_position.empty()) {
    const auto day = parts.by_month_day.empty() ? std::optional<int64_t>(start.day)
                                                : number(parts.by_month_day, 1, 31);
    if (!day) return std::nullopt;
    on = sched::YearlyDay{};
    on->day = static_cast<uint8_t>(*day);
  }
  if (on) on->month = static_cast<uint8_t>(*month);
  return on;
}

}  // namespace

std::string ical_text(std::string_view escaped) {
  std::string text;
  for (size_t i = 0; i < escaped.size() && text.size() < summary_size_max; ++i) {
    char c = escaped[i];
    if (c == '\\' && i + 1 < escaped.size()) {
      c = escaped[++i];
      if (c == 'n' || c == 'N') c = ' ';
    }
    const auto byte = static_cast<unsigned char>(c);
    text += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return text;
}

sched::Expected<IcalTime, std::string> ical_time(const IcalLine& line, std::string_view value) {
  const auto wrong = [&] {
    return sched::Unexpected{
        fmt::format("{} is not a date or time such as 20261225 or 20261225T090000: correct it",
                    in_quotes(value))};
  };
  const auto digits = [&](size_t at, size_t size) -> int64_t {
    int64_t sum = 0;
    for (const char c : value.substr(at, size)) {
      if (c < '0' || c > '9') return -1;
      sum = sum * 10 + (c - '0');
    }
    return sum;
  };
  if (value.size() < 8) return wrong();
  const int64_t year = digits(0, 4);
  const int64_t month = digits(4, 2);
  const int64_t day = digits(6, 2);
  if (year < 1 || month < 1 || month > 12 || day < 1 ||
      day > sched::days_in_month(year, static_cast<unsigned>(month)))
    return wrong();
  IcalTime time;
  time.date =
      sched::days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
  if (value.size() == 8) {
    time.whole_day = true;
    return time;
  }
  time.utc = value.size() == 16 && value[15] == 'Z';
  if (value[8] != 'T' || (value.size() != 15 && !time.utc)) return wrong();
  const int64_t hour = digits(9, 2);
  const int64_t minute = digits(11, 2);
  const int64_t second = digits(13, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
    return wrong();
  time.second = hour * 3'600 + minute * 60 + std::min<int64_t>(second, 59);
  if (!time.utc) time.zone = line.parameter("TZID");
  return time;
}

std::optional<int64_t> ical_duration(std::string_view value) {
  if (value.starts_with('+')) value.remove_prefix(1);
  if (!value.starts_with('P')) return std::nullopt;
  value.remove_prefix(1);
  int64_t sum_s = 0;
  bool in_time = false;
  bool any = false;
  while (!value.empty()) {
    if (value.front() == 'T' && !in_time) {
      in_time = true;
      value.remove_prefix(1);
      continue;
    }
    const size_t size = std::min(value.find_first_not_of("0123456789"), value.size());
    const auto count = number(value.substr(0, size), 0, 1'000'000);
    if (!count || size == value.size()) return std::nullopt;
    const std::string_view units = in_time ? "HMS" : "WD";
    static constexpr int64_t time_s[] = {3'600, 60, 1};
    static constexpr int64_t date_s[] = {7 * 86'400, 86'400};
    const size_t unit = units.find(value[size]);
    if (unit == std::string_view::npos) return std::nullopt;
    sum_s += *count * (in_time ? time_s[unit] : date_s[unit]);
    if (sum_s > 10'000 * int64_t{86'400}) return std::nullopt;
    value.remove_prefix(size + 1);
    any = true;
  }
  return any ? std::optional(sum_s) : std::nullopt;
}

sched::Expected<IcalYearly, std::string> ical_rule(std::string_view value, const IcalTime& start) {
  Parts parts;
  const std::string capitals = in_capitals(value);
  for (std::string_view left = capitals; !left.empty();) {
    const size_t end = std::min(left.find(';'), left.size());
    const std::string_view part = left.substr(0, end);
    left.remove_prefix(std::min(end + 1, left.size()));
    if (part.empty()) continue;
    const size_t equals = std::min(part.find('='), part.size());
    if (auto wrong = take_part(part.substr(0, equals),
                               part.substr(std::min(equals + 1, part.size())), parts))
      return sched::Unexpected{*wrong};
  }
  if (parts.frequency != "YEARLY")
    return sched::Unexpected{
        fmt::format("RRULE: FREQ={} is not supported, only YEARLY: write the dates by hand",
                    parts.frequency.substr(0, 20))};
  const sched::CivilDate date = sched::civil_from_days(start.date);
  const auto on = yearly_day(parts, date);
  if (!on)
    return sched::Unexpected{std::string(
        "RRULE: only a day of a month, or BYMONTH with one BYDAY such as 1MO or -1MO, is "
        "supported: write the dates by hand")};
  if (sched::date_in(*on, date.year) != start.date)
    return sched::Unexpected{
        std::string("RRULE: DTSTART is not one of its days: correct DTSTART to the first of them")};
  parts.yearly.on = *on;
  return parts.yearly;
}

}  // namespace paceline::config
