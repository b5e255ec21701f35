// [calendar.NAME]: opening hours in local time, closed dates, zone.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "engine/config/sections.h"
#include "engine/config/units.h"
#include "engine/config/zone_resolver.h"
#include "engine/desk/limits.h"
#include "sched/calendar.h"

namespace paceline::config {
namespace {

using sched::CalendarError;
using sched::CalendarSpec;

constexpr std::string_view weekdays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
const size_t calendars_max = desk::Limits{}.calendars_max;
constexpr uint32_t minutes_per_day = 1'440;

std::optional<uint8_t> weekday(std::string_view name) {
  const auto found = std::find(std::begin(weekdays), std::end(weekdays), name);
  if (found == std::end(weekdays)) return std::nullopt;
  return static_cast<uint8_t>(found - std::begin(weekdays));
}

/// "mon", "mon-fri", "sat-sun", "fri-mon".
std::optional<std::vector<uint8_t>> days_of(std::string_view key) {
  const size_t dash = key.find('-');
  const auto first = weekday(key.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : weekday(key.substr(dash + 1));
  if (!first || !last) return std::nullopt;
  std::vector<uint8_t> days;
  for (uint8_t at = *first;; at = static_cast<uint8_t>((at + 1) % 7)) {
    days.push_back(at);
    if (at == *last) return days;
  }
}

/// "09:00" as minutes; 24:00 is the end of the day.
std::optional<uint32_t> minute_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  uint32_t digits[4];
  for (size_t i = 0, at = 0; i < 4; ++i, at += at == 1 ? 2 : 1) {
    if (text[at] < '0' || text[at] > '9') return std::nullopt;
    digits[i] = static_cast<uint32_t>(text[at] - '0');
  }
  const uint32_t minute = digits[2] * 10 + digits[3];
  const uint32_t of_day = (digits[0] * 10 + digits[1]) * 60 + minute;
  if (minute > 59 || of_day > minutes_per_day) return std::nullopt;
  return of_day;
}

struct Hours {
  uint32_t open_s;
  uint32_t close_s;
};

sched::Expected<Hours, std::string> parse_hours(std::string_view text) {
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
  return Hours{*open * 60, (*close + next_day) * 60};
}

std::optional<sched::LocalDate> parse_date(std::string_view text) {
  // The instant's parser knows which dates exist.
  if (text.size() != 10 || !parse_instant(std::string(text) + "T00:00:00Z")) return std::nullopt;
  const auto number = [&](size_t at, size_t size) {
    int value = 0;
    for (const char c : text.substr(at, size)) value = value * 10 + (c - '0');
    return value;
  };
  return sched::LocalDate{static_cast<int16_t>(number(0, 4)), static_cast<uint8_t>(number(5, 2)),
                          static_cast<uint8_t>(number(8, 2))};
}

class CalendarReader {
 public:
  CalendarReader(const Node::Member& member, Diagnostics& diagnostics, sched::Instant now)
      : table_(member.value, member.line, fmt::format("calendar {}", in_quotes(member.key)),
               diagnostics),
        diagnostics_(diagnostics),
        now_(now) {
    spec_.name = member.key;
  }

  CalendarSpec read(std::string_view tzdata) {
    if (spec_.name == "24x7" || spec_.name.empty())
      refuse(code::wrong_value, table_.line(), "24x7 is built in: choose another name");
    const std::string zone = table_.required_text("zone", "Europe/London");
    if (zone.empty()) {
      ok_ = false;
    } else if (auto resolved = resolve_zone(zone, tzdata)) {
      spec_.zone = *std::move(resolved);
    } else {
      refuse(code::unknown_zone, table_.find("zone")->line, resolved.error());
    }
    read_week();
    read_closed();
    for (const std::string_view later : {"valid_from", "valid_to", "open", "yearly"}) {
      if (const Node::Member* member = table_.find(later))
        refuse(code::not_supported, member->line,
               fmt::format("{} is not supported in this version: remove it", later));
    }
    table_.finish();
    if (ok_) check();
    return std::move(spec_);
  }

 private:
  void refuse(std::string_view error_code, uint32_t line, std::string_view message) {
    table_.error(error_code, line, message);
    ok_ = false;
  }

  void read_week() {
    const Node::Member* member = table_.find("week");
    if (member == nullptr) {
      refuse(code::missing, table_.line(),
             "week is missing: add for example week = { mon-fri = [\"09:00-17:00\"] }");
      return;
    }
    if (member->value.kind != Node::Kind::table) {
      table_.wrong_type("week", member->value, "a table of days");
      ok_ = false;
      return;
    }
    for (const Node::Member& entry : member->value.members) {
      const auto days = days_of(entry.key);
      if (!days) {
        refuse(code::wrong_hours, entry.line,
               fmt::format("week: unknown days {}: write mon, tue, wed, thu, fri, sat, sun or a "
                           "range such as mon-fri",
                           in_quotes(entry.key)));
        continue;
      }
      for (const uint8_t day : *days) read_day(day, entry);
    }
  }

  void read_day(uint8_t day, const Node::Member& entry) {
    if (day_stated_[day]) {
      refuse(code::duplicate, entry.line,
             fmt::format("week: {} is stated twice: keep one", weekdays[day]));
      return;
    }
    day_stated_[day] = true;
    if (entry.value.kind != Node::Kind::array) {
      table_.wrong_type(entry.key, entry.value, "a list such as [\"09:00-17:00\"]");
      ok_ = false;
      return;
    }
    for (const Node& element : entry.value.elements) {
      if (element.kind != Node::Kind::text) {
        table_.wrong_type(entry.key, element, "a list of texts such as \"09:00-17:00\"");
        ok_ = false;
        continue;
      }
      const auto hours = parse_hours(element.text);
      if (!hours)
        refuse(code::wrong_hours, element.line, fmt::format("{}: {}", entry.key, hours.error()));
      else
        spec_.week.push_back({day, hours->open_s, hours->close_s});
    }
  }

  void read_closed() {
    const Node::Member* member = table_.find("closed");
    if (member == nullptr) return;
    if (member->value.kind != Node::Kind::array) {
      table_.wrong_type("closed", member->value, "a list of dates such as \"2026-12-25\"");
      ok_ = false;
      return;
    }
    std::set<sched::LocalDate> seen;
    for (const Node& element : member->value.elements) {
      std::optional<sched::LocalDate> date;
      if (element.kind == Node::Kind::date) date = element.date;
      if (element.kind == Node::Kind::text) date = parse_date(element.text);
      if (!date) {
        const std::string shown_text = element.kind == Node::Kind::text
                                           ? in_quotes(element.text)
                                           : std::string(name(element.kind));
        refuse(
            code::wrong_hours, element.line,
            fmt::format("closed: {} is not a date: write for example \"2026-12-25\"", shown_text));
      } else if (!seen.insert(*date).second) {
        refuse(code::duplicate, element.line,
               fmt::format("closed: {:04}-{:02}-{:02} is listed twice: remove one", date->year,
                           date->month, date->day));
      } else {
        spec_.closed.push_back(*date);
      }
    }
  }

  void check() {
    const auto calendar = sched::Calendar::compile(spec_);
    if (!calendar) {
      switch (calendar.error()) {
        case CalendarError::no_open_time:
          return table_.error(code::empty_calendar, table_.line(),
                              "it has no open time at all: add hours to week, or use \"24x7\"");
        case CalendarError::too_many_intervals:
          return table_.error(code::wrong_hours, table_.line(),
                              "it has more than 336 intervals a week: join some");
        default:
          return table_.error(code::wrong_hours, table_.line(),
                              "its hours cannot be converted to UTC: check zone and week");
      }
    }
    constexpr sched::Duration soon = sched::day * 400;
    if (calendar->next_open(now_) > now_ + soon) {
      const std::string today = print(now_).substr(0, 10);
      diagnostics_.error(code::never_opens, table_.line(),
                         fmt::format("{} has no open time in the 400 days after {}: remove dates "
                                     "from closed or add hours to week",
                                     table_.subject(), today));
    }
  }

  TableReader table_;
  Diagnostics& diagnostics_;
  sched::Instant now_;
  CalendarSpec spec_;
  std::array<bool, 7> day_stated_{};
  bool ok_ = true;
};

}  // namespace

void read_calendars(TableReader& file, Diagnostics& diagnostics, sched::Instant now,
                    std::string_view tzdata, Sections& sections) {
  const Node::Member* member = file.find("calendar");
  if (member == nullptr) return;
  sections.has_desk_tables = true;
  if (member->value.kind != Node::Kind::table) {
    file.wrong_type("calendar", member->value, "a table: write [calendar.NAME]");
    return;
  }
  if (member->value.members.size() > calendars_max) {
    file.error(code::wrong_value, member->line,
               fmt::format("{} calendars are more than the {} a desk holds: share some",
                           member->value.members.size(), calendars_max));
    return;
  }
  for (const Node::Member& calendar : member->value.members)
    sections.calendars.push_back(
        {CalendarReader(calendar, diagnostics, now).read(tzdata), {}, calendar.line});
}

}  // namespace paceline::config
