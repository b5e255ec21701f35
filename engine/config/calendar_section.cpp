// [calendar.NAME]: opening hours in local time, exceptions, yearly days, validity, zone; or the
// algebra that makes it of others.
#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>
#include <set>

#include "engine/config/calendar_draft.h"
#include "engine/config/calendar_words.h"
#include "engine/config/sections.h"
#include "engine/config/table_reader.h"
#include "engine/config/zone_resolver.h"
#include "engine/desk/limits.h"

namespace paceline::config {
namespace {

using sched::Algebra;

const size_t calendars_max = desk::Limits{}.calendars_max;

constexpr std::pair<std::string_view, Algebra> algebras[] = {
    {"union", Algebra::union_of}, {"intersect", Algebra::intersect}, {"minus", Algebra::minus}};

class CalendarReader {
 public:
  CalendarReader(const Node::Member& member, Diagnostics& diagnostics)
      : table_(member.value, member.line, fmt::format("calendar {}", in_quotes(member.key)),
               diagnostics) {
    draft_.spec.name = member.key;
    draft_.line = member.line;
  }

  CalendarDraft read(std::string_view tzdata) {
    if (draft_.spec.name == "24x7" || draft_.spec.name.empty())
      refuse(code::wrong_value, table_.line(), "24x7 is built in: choose another name");
    if (read_algebra()) {
      if (table_.find("zone") != nullptr) read_zone(tzdata);
      refuse_days_of_an_algebra();
    } else {
      read_zone(tzdata);
      read_week();
      read_closed();
      read_open();
      read_yearly();
      read_validity();
    }
    table_.finish();
    return std::move(draft_);
  }

 private:
  void refuse(std::string_view error_code, uint32_t line, std::string_view message) {
    table_.error(error_code, line, message);
    draft_.ok = false;
  }
  void refuse_type(std::string_view key, const Node& value, std::string_view expected) {
    table_.wrong_type(key, value, expected);
    draft_.ok = false;
  }

  void read_zone(std::string_view tzdata) {
    const std::string zone = table_.required_text("zone", "Europe/London");
    if (zone.empty()) {
      draft_.ok = false;
    } else if (auto resolved = resolve_zone(zone, tzdata)) {
      draft_.spec.zone = *std::move(resolved);
      draft_.has_zone = true;
    } else {
      refuse(code::unknown_zone, table_.find("zone")->line, resolved.error());
    }
  }

  bool read_algebra() {
    const Node::Member* stated = nullptr;
    for (const auto& [key, algebra] : algebras) {
      const Node::Member* member = table_.find(key);
      if (member == nullptr) continue;
      if (stated != nullptr) {
        refuse(code::duplicate, member->line,
               fmt::format("{} beside {}: keep one, and give the other a calendar of its own", key,
                           stated->key));
        continue;
      }
      stated = member;
      draft_.spec.algebra = algebra;
      read_operands(*member);
    }
    return stated != nullptr;
  }

  void read_operands(const Node::Member& member) {
    if (member.value.kind != Node::Kind::array)
      return refuse_type(member.key, member.value, "a list of calendars such as [\"uk\", \"us\"]");
    for (const Node& element : member.value.elements) {
      if (element.kind != Node::Kind::text)
        return refuse_type(member.key, element, "a list of calendars such as [\"uk\", \"us\"]");
      draft_.operands.push_back({element.text, element.line});
    }
    const size_t least = draft_.spec.algebra == Algebra::minus ? 2 : 1;
    if (draft_.operands.size() < least)
      refuse(code::empty_calendar, member.line,
             least == 2 ? "minus needs two calendars: the one to keep, and what to take from it"
                        : fmt::format("{} names no calendar: name at least one", member.key));
    if (draft_.operands.size() > sched::algebra_operands_max)
      refuse(code::wrong_value, member.line,
             fmt::format("{} of more than {} calendars: put some together first", member.key,
                         sched::algebra_operands_max));
  }

  void refuse_days_of_an_algebra() {
    for (const std::string_view key :
         {"week", "closed", "open", "yearly", "valid_from", "valid_to"}) {
      if (const Node::Member* member = table_.find(key))
        refuse(code::wrong_value, member->line,
               fmt::format("{} in a calendar made of others: put it into one of those", key));
    }
  }

  /// The list of hours under a day; `add` gets each.
  template <class Add>
  void read_hours(std::string_view day, const Node& value, Add add) {
    if (value.kind != Node::Kind::array)
      return refuse_type(day, value, "a list such as [\"09:00-17:00\"]");
    for (const Node& element : value.elements) {
      if (element.kind != Node::Kind::text) {
        refuse_type(day, element, "a list of texts such as \"09:00-17:00\"");
        continue;
      }
      const auto hours = parse_hours(element.text);
      if (!hours)
        refuse(code::wrong_hours, element.line, fmt::format("{}: {}", day, hours.error()));
      else
        add(*hours);
    }
  }

  const Node* table_under(std::string_view key, std::string_view expected) {
    const Node::Member* member = table_.find(key);
    if (member == nullptr) return nullptr;
    if (member->value.kind == Node::Kind::table) return &member->value;
    refuse_type(key, member->value, expected);
    return nullptr;
  }

  void read_week() {
    if (table_.find("week") == nullptr)
      return refuse(code::missing, table_.line(),
                    "week is missing: add for example week = { mon-fri = [\"09:00-17:00\"] }, or "
                    "make it of others with union, intersect or minus");
    const Node* week = table_under("week", "a table of days");
    if (week == nullptr) return;
    std::array<bool, 7> stated{};
    for (const Node::Member& entry : week->members) {
      const auto days = parse_weekdays(entry.key);
      if (!days) {
        refuse(code::wrong_hours, entry.line,
               fmt::format("week: unknown days {}: write mon, tue, wed, thu, fri, sat, sun or a "
                           "range such as mon-fri",
                           in_quotes(entry.key)));
        continue;
      }
      for (const uint8_t day : *days) {
        if (stated.at(day)) {
          refuse(code::duplicate, entry.line,
                 fmt::format("week: {} is stated twice: keep one", weekday_words.at(day)));
          continue;
        }
        stated.at(day) = true;
        read_hours(entry.key, entry.value, [&](sched::DayHours hours) {
          draft_.spec.week.push_back({day, hours.open_s, hours.close_s});
        });
      }
    }
  }

  std::optional<sched::LocalDate> date_of(std::string_view key, const Node& value) {
    if (value.kind == Node::Kind::date) return value.date;
    const auto date = value.kind == Node::Kind::text ? parse_date(value.text) : std::nullopt;
    if (!date) {
      const std::string shown_text =
          value.kind == Node::Kind::text ? in_quotes(value.text) : std::string(name(value.kind));
      refuse(
          code::wrong_hours, value.line,
          fmt::format("{}: {} is not a date: write for example \"2026-12-25\"", key, shown_text));
    }
    return date;
  }

  /// False, and reported, if the date has been stated before.
  bool state(std::string_view key, sched::LocalDate date, uint32_t line) {
    const auto [known, is_new] = dates_.emplace(date, key);
    if (!is_new)
      refuse(code::duplicate, line,
             known->second == key
                 ? fmt::format("{}: {} is listed twice: remove one", key, print(date))
                 : fmt::format("{}: {} is under {} already: remove one", key, print(date),
                               known->second));
    return is_new;
  }

  void read_closed() {
    const Node::Member* member = table_.find("closed");
    if (member == nullptr) return;
    if (member->value.kind != Node::Kind::array)
      return refuse_type("closed", member->value, "a list of dates such as \"2026-12-25\"");
    for (const Node& element : member->value.elements) {
      const auto date = date_of("closed", element);
      if (date && state("closed", *date, element.line)) draft_.spec.closed.push_back(*date);
    }
    bound("closed", draft_.spec.closed.size(), sched::exceptions_max, member->line);
  }

  void read_open() {
    const Node* open =
        table_under("open", "a table such as { \"2026-12-24\" = [\"09:00-12:00\"] }");
    if (open == nullptr) return;
    for (const Node::Member& entry : open->members) {
      const auto date = parse_date(entry.key);
      if (!date) {
        refuse(code::wrong_hours, entry.line,
               fmt::format("open: {} is not a date: write for example \"2026-12-24\"",
                           in_quotes(entry.key)));
        continue;
      }
      if (!state("open", *date, entry.line)) continue;
      if (entry.value.kind == Node::Kind::array && entry.value.elements.empty())
        draft_.spec.closed.push_back(*date);
      read_hours(entry.key, entry.value, [&](sched::DayHours hours) {
        draft_.spec.open.push_back({*date, hours.open_s, hours.close_s});
      });
    }
    bound("open", draft_.spec.open.size(), sched::exceptions_max, open->line);
  }

  void read_yearly() {
    const Node* yearly = table_under("yearly", "a table such as { \"12-25\" = [] }");
    if (yearly == nullptr) return;
    std::set<sched::YearlyDay> seen;
    for (const Node::Member& entry : yearly->members) {
      const auto on = parse_yearly_day(entry.key);
      if (!on) {
        refuse(code::wrong_hours, entry.line, fmt::format("yearly: {}", on.error()));
        continue;
      }
      if (!seen.insert(*on).second) {
        refuse(code::duplicate, entry.line,
               fmt::format("yearly: {} is listed twice: remove one", print(*on)));
        continue;
      }
      if (entry.value.kind == Node::Kind::array && entry.value.elements.empty())
        draft_.spec.yearly.push_back({*on, 0, 0});
      read_hours(entry.key, entry.value, [&](sched::DayHours hours) {
        draft_.spec.yearly.push_back({*on, hours.open_s, hours.close_s});
      });
    }
    bound("yearly", draft_.spec.yearly.size(), sched::yearly_max, yearly->line);
  }

  void read_validity() {
    if (const Node::Member* from = table_.find("valid_from"))
      draft_.spec.valid_from = date_of("valid_from", from->value);
    const Node::Member* to = table_.find("valid_to");
    if (to == nullptr) return;
    draft_.spec.valid_to = date_of("valid_to", to->value);
    const auto& spec = draft_.spec;
    if (spec.valid_from && spec.valid_to && *spec.valid_to <= *spec.valid_from)
      refuse(code::wrong_hours, to->line,
             fmt::format("valid_to {} is not after valid_from {}: it is the first date that is no "
                         "longer valid",
                         print(*spec.valid_to), print(*spec.valid_from)));
  }

  void bound(std::string_view key, size_t count, size_t max, uint32_t line) {
    if (count > max)
      refuse(code::wrong_value, line,
             fmt::format("{} has more than {} entries: say some of them with yearly", key, max));
  }

  TableReader table_;
  CalendarDraft draft_;
  std::map<sched::LocalDate, std::string_view> dates_;  // with the key that states them
};

}  // namespace

std::vector<CalendarDraft> read_calendar_table(TableReader& file, Diagnostics& diagnostics,
                                               sched::Instant now, OpenAhead open_ahead,
                                               std::string_view tzdata) {
  std::vector<CalendarDraft> drafts;
  const Node::Member* member = file.find("calendar");
  if (member == nullptr) return drafts;
  if (member->value.kind != Node::Kind::table) {
    file.wrong_type("calendar", member->value, "a table: write [calendar.NAME]");
    return drafts;
  }
  if (member->value.members.size() > calendars_max) {
    file.error(code::wrong_value, member->line,
               fmt::format("{} calendars are more than the {} a desk holds: share some",
                           member->value.members.size(), calendars_max));
    return drafts;
  }
  for (const Node::Member& calendar : member->value.members)
    drafts.push_back(CalendarReader(calendar, diagnostics).read(tzdata));
  complete(drafts, now, open_ahead, diagnostics);
  return drafts;
}

void read_calendars(TableReader& file, Diagnostics& diagnostics, sched::Instant now,
                    std::string_view tzdata, Sections& sections) {
  if (file.find("calendar") == nullptr) return;
  sections.has_desk_tables = true;
  for (CalendarDraft& draft :
       read_calendar_table(file, diagnostics, now, OpenAhead::required, tzdata))
    sections.calendars.push_back({std::move(draft.spec), {}, draft.line});
}

}  // namespace paceline::config
