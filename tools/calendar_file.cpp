#include "tools/calendar_file.h"

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <cstdlib>

#include "engine/config/calendar_words.h"
#include "engine/config/calendars.h"
#include "engine/config/zone_resolver.h"
#include "engine/desk/suggestion.h"
#include "sched/local_time.h"
#include "tools/config_file.h"

namespace paceline::tools {

Got<NamedCalendar> calendar_in(const std::string& file, const std::string& name,
                               const std::string& tzdata, const Terminal& terminal) {
  std::vector<sched::CalendarSpec> calendars = {sched::round_the_clock()};
  if (!file.empty()) {
    auto loaded = config::calendars_in_file(file, tzdata);
    if (!loaded) return sched::Unexpected{config_failure(loaded.error(), terminal)};
    for (sched::CalendarSpec& spec : *loaded) calendars.push_back(std::move(spec));
  } else if (name != "24x7") {
    return sched::Unexpected{
        bad_usage(fmt::format("calendar `{}` is in no file: say --config FILE", name))};
  }
  std::vector<std::string_view> names;
  for (sched::CalendarSpec& spec : calendars) {
    names.push_back(spec.name);
    if (spec.name != name) continue;
    auto calendar = sched::Calendar::compile(spec);
    if (!calendar) return sched::Unexpected{went_wrong("calendar `" + name + "` does not compile")};
    return NamedCalendar{std::move(spec), *std::move(calendar)};
  }
  return sched::Unexpected{not_found(
      fmt::format("{} has no calendar `{}`{}", file, name, desk::suggestion(name, names)))};
}

void CalendarOptions::declare(CLI::App& app) {
  app.add_option("--config", config_, "Configuration file (TOML); not needed for 24x7");
  app.add_option("--calendar", calendar_, "Name of the calendar, or 24x7")->required();
}

Got<NamedCalendar> CalendarOptions::load(const Terminal& terminal) const {
  return calendar_in(config_, calendar_, std::string(config::system_tzdata), terminal);
}

sched::Instant machine_now() {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  return {now.count()};
}

Got<int64_t> date_option(std::string_view option, std::string_view text) {
  const auto date = config::parse_date(text);
  if (!date)
    return sched::Unexpected{
        bad_usage(fmt::format("{}: `{}` is no date: write 2026-12-25", option, text))};
  return sched::days_from_civil(date->year, date->month, date->day);
}

namespace {

int64_t local_second(const sched::Zone& zone, sched::Instant at) {
  const int64_t us = at.us + int64_t{sched::offset_s_at(zone, at)} * sched::second.us;
  const int64_t day = sched::local_date(zone, at);
  return (us - day * sched::day.us) / sched::second.us;
}

}  // namespace

std::string local_clock(const sched::Zone& zone, sched::Instant at) {
  const int64_t s = local_second(zone, at);
  if (s % 60 == 0) return fmt::format("{:02}:{:02}", s / 3'600, s / 60 % 60);
  return fmt::format("{:02}:{:02}:{:02}", s / 3'600, s / 60 % 60, s % 60);
}

std::string local_day(int64_t date) {
  static constexpr std::string_view names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  const auto civil = sched::civil_from_days(date);
  return fmt::format("{} {:04}-{:02}-{:02}", names[sched::weekday_of(date)], civil.year,
                     civil.month, civil.day);
}

std::string local_time(const sched::Zone& zone, sched::Instant at) {
  if (at == sched::never) return "never";
  const int32_t offset_s = sched::offset_s_at(zone, at);
  const int32_t size = std::abs(offset_s);
  return fmt::format("{} {} {}{:02}:{:02}", local_day(sched::local_date(zone, at)),
                     local_clock(zone, at), offset_s < 0 ? '-' : '+', size / 3'600, size / 60 % 60);
}

}  // namespace paceline::tools
