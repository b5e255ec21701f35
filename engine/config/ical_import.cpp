#include "engine/config/ical_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/config/calendar_words.h"
#include "engine/config/diagnostics.h"
#include "engine/config/ical.h"
#include "engine/config/table_reader.h"
#include "engine/config/zone_resolver.h"
#include "sched/calendar_days.h"
#include "sched/local_time.h"

namespace paceline::config {
namespace {

constexpr int64_t day_s = 86'400;
constexpr int64_t first_year = 1'990;
constexpr int64_t last_year = 2'099;
constexpr size_t work_max = 1'000'000;  // days closed, repeated ones counted each time

/// TOML forbids some characters in comments, and everything that is not UTF-8.
std::string comment_of(std::string_view text) {
  std::string kept;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t size = lead < 0x80   ? 1
                        : lead < 0xc2 ? 0
                        : lead < 0xe0 ? 2
                        : lead < 0xf0 ? 3
                        : lead < 0xf5 ? 4
                                      : 0;
    bool whole = size != 0 && i + size <= text.size();
    for (size_t k = 1; whole && k < size; ++k)
      whole = (static_cast<unsigned char>(text[i + k]) & 0xc0) == 0x80;
    // Overlong forms, surrogates and what lies beyond Unicode.
    const auto second = whole && size > 2 ? static_cast<unsigned char>(text[i + 1]) : 0xa0;
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
        (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f))
      whole = false;
    if (!whole) {
      kept += '?';
      ++i;
      continue;
    }
    kept += size == 1 && (lead < 0x20 || lead == 0x7f) ? " " : std::string(text.substr(i, size));
    i += size;
  }
  return kept;
}

std::string toml_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : comment_of(text)) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string date_text(int64_t date) {
  const auto civil = sched::civil_from_days(date);
  return fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
}

class Importer {
 public:
  Importer(std::string_view file, std::string_view tzdata) : diagnostics_(file), tzdata_(tzdata) {}

  sched::Expected<IcalImport, std::vector<ConfigError>> run(const IcalFile& ical,
                                                            std::string_view file,
                                                            std::string_view zone,
                                                            std::string_view name) {
    if (!choose_zone(zone, ical.zone)) return sched::Unexpected{diagnostics_.take_errors()};
    for (const IcalEvent& event : ical.events) {
      take(event);
      if (work_ > work_max)
        diagnostics_.error(code::wrong_ical, event.line,
                           "the events up to here cover more than a million days: split the file");
      if (closed_.size() > sched::exceptions_max)
        diagnostics_.error(code::wrong_ical, event.line,
                           fmt::format("more than {} closed dates: split the file, or make it "
                                       "yearly rules",
                                       sched::exceptions_max));
      if (diagnostics_.failed()) return sched::Unexpected{diagnostics_.take_errors()};
    }
    return IcalImport{text(ical, file, name), diagnostics_.take_warnings()};
  }

 private:
  bool choose_zone(std::string_view wanted, std::string_view of_file) {
    if (wanted.empty() && !of_file.empty()) {
      if (auto resolved = resolve_zone(of_file, tzdata_)) {
        zone_ = *std::move(resolved);
        return true;
      }
    }
    if (wanted.empty())
      diagnostics_.warn(code::ical_to_review, 0,
                        "the file names no known zone: UTC is written, "
                        "choose another with --zone");
    auto resolved = resolve_zone(wanted.empty() ? "UTC" : wanted, tzdata_);
    if (!resolved) {
      diagnostics_.error(code::unknown_zone, 0, resolved.error());
      return false;
    }
    zone_ = *std::move(resolved);
    return true;
  }

  /// As the clocks of the calendar's zone show it, in seconds since 1970.
  int64_t local_s(const IcalTime& time, uint32_t line) {
    const int64_t shown_s = time.date * day_s + time.second;
    if (time.utc) return shown_s + offset_s_at(zone_, {shown_s * sched::second.us});
    if (time.zone.empty() || time.zone == zone_.name) return shown_s;
    const auto known = zones_.find(time.zone);
    if (known == zones_.end() && zones_.size() < 100) {
      auto resolved = resolve_zone(time.zone, tzdata_);
      if (!resolved)
        diagnostics_.warn(code::ical_to_review, line,
                          fmt::format("TZID {} is no known zone: its times are taken as local",
                                      in_quotes(time.zone)));
      zones_.emplace(time.zone, resolved ? *std::move(resolved) : zone_);
      return local_s(time, line);
    }
    if (known == zones_.end() || known->second.name == zone_.name) return shown_s;
    const sched::Instant at = sched::LocalTimeConverter(known->second).opening(shown_s);
    return at.us / sched::second.us + offset_s_at(zone_, at);
  }

  void take(const IcalEvent& event) {
    const std::string summary = event.summary.empty() ? "(no summary)" : comment_of(event.summary);
    if (event.cancelled)
      return diagnostics_.warn(code::ical_to_review, event.line,
                               fmt::format("\"{}\" is cancelled: left out", summary));
    const int64_t start_s = local_s(event.start, event.line);
    const int64_t end_s = local_s(event.end, event.line);
    if (start_s % day_s != 0 || end_s % day_s != 0 || end_s <= start_s)
      return take_part_day(event, summary, start_s, end_s);

    const int64_t days = (end_s - start_s) / day_s;
    std::set<int64_t> except;
    for (const IcalTime& each : event.except) except.insert(local_s(each, event.line) / day_s);
    for (const IcalTime& each : event.also)
      close(local_s(each, event.line) / day_s, days, except, summary);
    if (!event.yearly) return close(start_s / day_s, days, except, summary);
    if (!take_yearly(*event.yearly, days, except, summary))
      expand(event, start_s / day_s, days, except, summary);
  }

  void take_part_day(const IcalEvent& event, const std::string& summary, int64_t start_s,
                     int64_t end_s) {
    const auto date_of = [](int64_t s) { return (s - (s % day_s + day_s) % day_s) / day_s; };
    const auto clock = [&](int64_t s) {
      const int64_t of_day_s = s - date_of(s) * day_s;
      return fmt::format("{:02}:{:02}", of_day_s / 3'600, of_day_s / 60 % 60);
    };
    part_days_.push_back(
        fmt::format("{} {} to {}{}{}: {}", date_text(date_of(start_s)), clock(start_s),
                    date_of(end_s) == date_of(start_s) ? "" : date_text(date_of(end_s)) + " ",
                    clock(end_s), event.yearly ? ", every year" : "", summary));
    diagnostics_.warn(code::ical_to_review, event.line,
                      fmt::format("\"{}\" takes a part of {}: write the hours that remain under "
                                  "open or yearly",
                                  summary, date_text(date_of(start_s))));
  }

  void close(int64_t first, int64_t days, const std::set<int64_t>& except,
             const std::string& summary) {
    work_ += static_cast<size_t>(days);
    if (except.count(first) != 0 || work_ > work_max) return;
    for (int64_t date = first; date < first + days; ++date) {
      const int64_t year = sched::civil_from_days(date).year;
      if (year < first_year || year > last_year || closed_.size() > sched::exceptions_max) continue;
      note(closed_[date], summary);
    }
  }

  static void note(std::string& comments, const std::string& summary) {
    if (comments.empty())
      comments = summary;
    else if (comments.size() < 400 && comments.find(summary) == std::string::npos)
      comments += "; " + summary;
  }

  /// False if yearly days cannot say it.
  bool take_yearly(const IcalYearly& yearly, int64_t days, const std::set<int64_t>& except,
                   const std::string& summary) {
    if (yearly.count != 0 || yearly.until || yearly.interval != 1 || !except.empty()) return false;
    std::vector<sched::YearlyDay> list = {yearly.on};
    if (days > 1) {
      // Days on end are yearly days where a leap year has the same ones.
      if (yearly.on.kind != sched::YearlyDay::Kind::month_day) return false;
      for (int64_t i = 1; i < days; ++i) {
        const auto leap = sched::date_in(yearly.on, 2'000);
        const auto common = sched::date_in(yearly.on, 2'001);
        if (!leap || !common) return false;
        const auto a = sched::civil_from_days(*leap + i);
        const auto b = sched::civil_from_days(*common + i);
        if (a.month != b.month || a.day != b.day) return false;
        sched::YearlyDay on;
        on.month = static_cast<uint8_t>(a.month);
        on.day = static_cast<uint8_t>(a.day);
        list.push_back(on);
      }
    }
    if (yearly_.size() + list.size() > sched::yearly_max) return false;
    for (const sched::YearlyDay& on : list) note(yearly_[on], summary);
    return true;
  }

  void expand(const IcalEvent& event, int64_t start, int64_t days, const std::set<int64_t>& except,
              const std::string& summary) {
    const IcalYearly& yearly = *event.yearly;
    const int64_t until = yearly.until ? local_s(*yearly.until, event.line) / day_s
                                       : sched::days_from_civil(2'100, 1, 1);
    uint32_t count = 0;
    for (int64_t year = sched::civil_from_days(start).year; year <= last_year;
         year += yearly.interval) {
      const auto date = sched::date_in(yearly.on, year);
      if (!date || *date < start) continue;
      if (*date > until || (yearly.count != 0 && count == yearly.count)) return;
      ++count;
      close(*date, days, except, summary);
    }
  }

  std::string text(const IcalFile& ical, std::string_view file, std::string_view name) const {
    std::string out = fmt::format("# {} events of {}: review before use.\n[calendar.{}]\n",
                                  ical.events.size(), comment_of(file), toml_text(name));
    out += fmt::format("zone = {}\n", toml_text(zone_.name));
    out += "week = { mon-fri = [\"09:00-17:00\"] }  # not in the file: write your own hours\n";
    if (!part_days_.empty()) {
      out += "# Parts of days; write the hours that remain under open or yearly:\n";
      for (const std::string& each : part_days_) out += "#   " + each + "\n";
    }
    if (!closed_.empty()) {
      out += "closed = [\n";
      for (const auto& [date, summary] : closed_)
        out += fmt::format("  \"{}\",  # {}\n", date_text(date), summary);
      out += "]\n";
    }
    if (!yearly_.empty()) {
      out += fmt::format("\n[calendar.{}.yearly]\n", toml_text(name));
      for (const auto& [on, summary] : yearly_)
        out += fmt::format("\"{}\" = []  # {}\n", print(on), summary);
    }
    return out;
  }

  Diagnostics diagnostics_;
  std::string tzdata_;
  sched::Zone zone_;
  std::map<std::string, sched::Zone> zones_;  // of TZIDs
  std::map<int64_t, std::string> closed_;     // with its summaries
  std::map<sched::YearlyDay, std::string> yearly_;
  std::vector<std::string> part_days_;
  size_t work_ = 0;
};

}  // namespace

sched::Expected<IcalImport, std::vector<ConfigError>> import_ical(std::string_view text,
                                                                  std::string_view file,
                                                                  std::string_view zone,
                                                                  std::string_view name,
                                                                  std::string_view tzdata) {
  const auto ical = parse_ical(text);
  if (!ical) {
    Diagnostics diagnostics(file);
    diagnostics.error(code::wrong_ical, ical.error().line, ical.error().message);
    return sched::Unexpected{diagnostics.take_errors()};
  }
  return Importer(file, tzdata).run(*ical, file, zone, name);
}

}  // namespace paceline::config
