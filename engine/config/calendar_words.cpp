#include "engine/config/calendar_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/config/table_reader.h"
#include "sched/local_time.h"

namespace paceline::config {
namespace {

constexpr uint32_t minutes_per_day = 1'440;
constexpr std::array<std::string_view, 6> ordinals = {"last", "1st", "2nd", "3rd", "4th", "5th"};

template <size_t size>
std::optional<uint8_t> position(const std::array<std::string_view, size>& words,
                                std::string_view word) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) return std::nullopt;
  return static_cast<uint8_t>(found - words.begin());
}

/// A number of exactly so many digits.
std::optional<unsigned> digits(std::string_view text, size_t size) {
  if (text.size() != size) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

/// "09:00" as minutes; 24:00 is the end of the day.
std::optional<uint32_t> minute_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = digits(text.substr(0, 2), 2);
  const auto minute = digits(text.substr(3), 2);
  if (!hour || !minute || *minute > 59) return std::nullopt;
  const uint32_t of_day = *hour * 60 + *minute;
  if (of_day > minutes_per_day) return std::nullopt;
  return of_day;
}

std::optional<sched::YearlyDay> easter_day(std::string_view offset) {
  sched::YearlyDay on;
  on.kind = sched::YearlyDay::Kind::easter;
  if (offset.empty()) return on;
  const bool plus = offset.front() == '+';
  if (plus) offset.remove_prefix(1);
  if (offset.empty() || (plus && offset.front() == '-')) return std::nullopt;
  const auto [end, error] =
      std::from_chars(offset.data(), offset.data() + offset.size(), on.offset_days);
  if (error != std::errc() || end != offset.data() + offset.size()) return std::nullopt;
  if (on.offset_days < -366 || on.offset_days > 366) return std::nullopt;
  return on;
}

std::optional<sched::YearlyDay> nth_weekday(std::string_view text) {
  const size_t first = text.find(' ');
  const size_t second = first == std::string_view::npos ? first : text.find(' ', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto nth = position(ordinals, text.substr(0, first));
  const auto weekday = position(weekday_words, text.substr(first + 1, second - first - 1));
  const auto month = position(month_words, text.substr(second + 1));
  if (!nth || !weekday || !month) return std::nullopt;
  sched::YearlyDay on;
  on.kind = sched::YearlyDay::Kind::weekday_of_month;
  on.nth = *nth;
  on.weekday = *weekday;
  on.month = static_cast<uint8_t>(*month + 1);
  return on;
}

}  // namespace

std::optional<std::vector<uint8_t>> parse_weekdays(std::string_view text) {
  const size_t dash = text.find('-');
  const auto first = position(weekday_words, text.substr(0, dash));
  const auto last =
      dash == std::string_view::npos ? first : position(weekday_words, text.substr(dash + 1));
  if (!first || !last) return std::nullopt;
  std::vector<uint8_t> days;
  for (uint8_t at = *first;; at = static_cast<uint8_t>((at + 1) % 7)) {
    days.push_back(at);
    if (at == *last) return days;
  }
}

sched::Expected<sched::DayHours, std::string> parse_hours(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return sched::Unexpected{fmt::format("{}: {}", in_quotes(text), why)};
  };
  if (text.size() != 11 || text[5] != '-') return refuse("write opening hours as 09:00-17:30");
  const auto open = minute_of(text.substr(0, 5));
  const auto close = minute_of(text.substr(6));
  if (!open || !close) return refuse("times of day go from 00:00 to 24:00");
  if (*open == minutes_per_day)
    return refuse("nothing opens at 24:00: write 00:00 of the next day");
  if (*open == *close) return refuse("it has no length: the whole day is 00:00-24:00");
  const uint32_t next_day = *close < *open ? minutes_per_day : 0;
  return sched::DayHours{*open * 60, (*close + next_day) * 60};
}

std::optional<sched::LocalDate> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits(text.substr(0, 4), 4);
  const auto month = digits(text.substr(5, 2), 2);
  const auto day = digits(text.substr(8), 2);
  if (!year || !month || !day || *year < 1 || *month < 1 || *month > 12 || *day < 1 ||
      *day > sched::days_in_month(*year, *month))
    return std::nullopt;
  return sched::LocalDate{static_cast<int16_t>(*year), static_cast<uint8_t>(*month),
                          static_cast<uint8_t>(*day)};
}

sched::Expected<sched::YearlyDay, std::string> parse_yearly_day(std::string_view text) {
  if (text.starts_with("easter"))
    if (const auto on = easter_day(text.substr(6))) return *on;
  if (const auto on = nth_weekday(text)) return *on;
  if (text.size() == 5 && text[2] == '-') {
    const auto month = digits(text.substr(0, 2), 2);
    const auto day = digits(text.substr(3), 2);
    if (month && day) {
      if (*month < 1 || *month > 12 || *day < 1 || *day > sched::days_in_month(2'000, *month))
        return sched::Unexpected{
            fmt::format("{} is no day of any year: write month-day", in_quotes(text))};
      sched::YearlyDay on;
      on.month = static_cast<uint8_t>(*month);
      on.day = static_cast<uint8_t>(*day);
      return on;
    }
  }
  return sched::Unexpected{
      fmt::format("{} is not a yearly day: write 12-25, \"1st mon may\", \"last mon may\", "
                  "easter-2 or easter+1",
                  in_quotes(text))};
}

std::string print(sched::LocalDate date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string print(const sched::YearlyDay& day) {
  switch (day.kind) {
    case sched::YearlyDay::Kind::month_day:
      return fmt::format("{:02}-{:02}", day.month, day.day);
    case sched::YearlyDay::Kind::weekday_of_month:
      return fmt::format("{} {} {}", ordinals.at(day.nth), weekday_words.at(day.weekday),
                         month_words.at(day.month - 1U));
    case sched::YearlyDay::Kind::easter:
      break;
  }
  return day.offset_days == 0 ? "easter" : fmt::format("easter{:+}", day.offset_days);
}

std::string print(sched::DayHours hours) {
  const uint32_t close_s = hours.close_s > 86'400 ? hours.close_s - 86'400 : hours.close_s;
  return fmt::format("{:02}:{:02}-{:02}:{:02}", hours.open_s / 3'600, hours.open_s / 60 % 60,
                     close_s / 3'600, close_s / 60 % 60);
}

}  // namespace paceline::config
