// `calendar show` and `calendar next`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/config/calendar_words.h"
#include "sched/calendar_days.h"
#include "sched/local_time.h"
#include "tools/calendar_file.h"
#include "tools/commands.h"
#include "tools/instants.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

using sched::Calendar;
using sched::Instant;
using Json = nlohmann::ordered_json;

constexpr int64_t day_s = 86'400;

/// A day as its local clock shows it; what opens before midnight and closes after is in two days.
struct ShownDay {
  int64_t date = 0;
  std::vector<sched::Span> open;
  int64_t open_us = 0;
  std::string_view note;  // why the hours are not the week's
  std::vector<sched::ZoneTransition> clock_changes;
};

std::string_view note_of(sched::DaySource source) {
  switch (source) {
    case sched::DaySource::closed_date:
      return "closed date";
    case sched::DaySource::open_date:
      return "date with its own hours";
    case sched::DaySource::yearly_closed:
      return "closed every year";
    case sched::DaySource::yearly_open:
      return "own hours every year";
    case sched::DaySource::invalid:
      return "outside its validity";
    case sched::DaySource::week:
      break;
  }
  return {};
}

std::vector<ShownDay> days_from(const NamedCalendar& named, int64_t first, int64_t count) {
  const auto& [spec, calendar] = named;
  const bool has_days = !spec.always_open && spec.algebra == sched::Algebra::none;
  sched::CalendarDays plan(has_days ? spec : sched::CalendarSpec{}, first, first + count);
  sched::LocalTimeConverter midnights(spec.zone);
  std::vector<ShownDay> days;
  for (int64_t date = first; date < first + count; ++date) {
    ShownDay day;
    day.date = date;
    const Instant begin = midnights.opening(date * day_s);
    const Instant end = midnights.opening((date + 1) * day_s);
    for (Instant t = calendar.next_open(begin); t < end; t = calendar.next_open(t)) {
      const Instant close = std::min(calendar.next_close(t), end);
      day.open.push_back({t, close});
      day.open_us += (close - t).us;
      t = close;
    }
    if (has_days) day.note = note_of(plan.on(date).source);
    for (const sched::ZoneTransition& transition : spec.zone.transitions)
      if (transition.at >= begin && transition.at < end) day.clock_changes.push_back(transition);
    days.push_back(std::move(day));
  }
  return days;
}

std::string notes_text(const sched::Zone& zone, const ShownDay& day) {
  std::string text(day.note);
  for (const sched::ZoneTransition& change : day.clock_changes) {
    const int64_t step_s =
        int64_t{change.offset_s} - sched::offset_s_at(zone, change.at - sched::microsecond);
    text += fmt::format(
        "{}clocks {} {} at {}", text.empty() ? "" : ", ", step_s > 0 ? "forward" : "back",
        format_duration(std::abs(step_s) * sched::second.us), format_instant(change.at));
  }
  return text;
}

std::string spans_text(const std::vector<sched::Span>& spans, const sched::Zone& zone) {
  std::string text;
  for (const sched::Span& span : spans) {
    // Midnight at the end of the day is 24:00 there, not 00:00.
    const std::string to = local_clock(zone, span.to);
    text += fmt::format("{}{}-{}", text.empty() ? "" : ", ", local_clock(zone, span.from),
                        to == "00:00" ? "24:00" : to);
  }
  return text;
}

class CalendarShow final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("--from", from_, "First local date; today if left out");
    app.add_option("--days", days_, "How many days")->check(CLI::Range(1, 3'700));
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    const auto named = options_.load(terminal);
    if (!named) return sched::Unexpected{named.error()};
    const sched::Zone& zone = named->spec.zone;
    int64_t first = sched::local_date(zone, machine_now());
    if (!from_.empty()) {
      const auto date = date_option("--from", from_);
      if (!date) return sched::Unexpected{date.error()};
      first = *date;
    }
    const auto days = days_from(*named, first, days_);
    terminal.data(json_ ? json_of(*named, days).dump(1) + "\n" : text_of(*named, days));
    return {};
  }

 private:
  static std::string text_of(const NamedCalendar& named, const std::vector<ShownDay>& days) {
    const sched::Zone& zone = named.spec.zone;
    Table table({"day", zone.name, "UTC", ">open", ""});
    int64_t sum_us = 0;
    for (const ShownDay& day : days) {
      table.row({local_day(day.date), day.open.empty() ? "closed" : spans_text(day.open, zone),
                 spans_text(day.open, sched::Zone{}), format_duration(day.open_us),
                 notes_text(zone, day)});
      sum_us += day.open_us;
    }
    return table.text() + fmt::format("{} open in {} days\n", format_duration(sum_us), days.size());
  }

  static Json json_of(const NamedCalendar& named, const std::vector<ShownDay>& days) {
    const sched::Zone& zone = named.spec.zone;
    Json list = Json::array();
    for (const ShownDay& day : days) {
      Json open = Json::array();
      for (const sched::Span& span : day.open)
        open.push_back({{"from", format_instant(span.from)},
                        {"to", format_instant(span.to)},
                        {"local_from", local_clock(zone, span.from)},
                        {"local_to", local_clock(zone, span.to)}});
      Json changes = Json::array();
      for (const sched::ZoneTransition& change : day.clock_changes)
        changes.push_back({{"at", format_instant(change.at)}, {"offset_s", change.offset_s}});
      const auto civil = sched::civil_from_days(day.date);
      list.push_back(
          {{"date", fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day)},
           {"weekday", config::weekday_words.at(sched::weekday_of(day.date))},
           {"open", std::move(open)},
           {"open_us", day.open_us},
           {"exception", day.note.empty() ? Json() : Json(day.note)},
           {"clock_changes", std::move(changes)}});
    }
    return {{"calendar", named.spec.name},
            {"zone", zone.name},
            {"tzdata", zone.tzdata_version},
            {"days", std::move(list)}};
  }

  CalendarOptions options_;
  std::string from_;
  int days_ = 14;
  bool json_ = false;
};

class CalendarNext final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("--at", at_, "Instant: 2026-03-08T09:00Z; UTC without a zone; now if left out");
    app.add_option("--business-day", nth_, "Which business day's end to show")
        ->check(CLI::Range(1, 100'000));
    app.add_option("--cut-off", cut_off_, "Local time after which the next day is the first");
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    const auto named = options_.load(terminal);
    if (!named) return sched::Unexpected{named.error()};
    const auto at = at_.empty() ? std::optional(machine_now()) : parse_instant(at_);
    if (!at)
      return sched::Unexpected{
          bad_usage(fmt::format("--at: `{}` is no instant: write 2026-03-08T09:00Z", at_))};
    const auto cut_off = config::parse_hours("00:00-" + cut_off_);
    if (!cut_off && cut_off_ != "00:00")
      return sched::Unexpected{
          bad_usage(fmt::format("--cut-off: `{}` is no time of day: write 14:00", cut_off_))};
    const Calendar& calendar = named->calendar;
    const std::pair<std::string_view, Instant> instants[] = {
        {"at", *at},
        {"next_open", calendar.next_open(*at)},
        {"next_close", calendar.next_close(*at)},
        {"end_of_business_day", calendar.end_of_business_day(*at, static_cast<uint32_t>(nth_),
                                                             cut_off ? cut_off->close_s : 0)}};
    const bool open = calendar.open_at(*at);
    const sched::Zone& zone = named->spec.zone;
    if (json_) {
      Json json{{"calendar", named->spec.name}, {"zone", zone.name}, {"open", open}};
      for (const auto& [name, instant] : instants)
        json[std::string(name)] = instant == sched::never ? Json() : Json(format_instant(instant));
      terminal.data(json.dump(1) + "\n");
      return {};
    }
    Table table({"", "UTC", zone.name});
    for (const auto& [name, instant] : instants) {
      std::string words(name);
      std::replace(words.begin(), words.end(), '_', ' ');
      table.row({words, format_instant(instant), local_time(zone, instant)});
    }
    terminal.data(
        fmt::format("{} is {}\n{}", named->spec.name, open ? "open" : "closed", table.text()));
    return {};
  }

 private:
  CalendarOptions options_;
  std::string at_;
  std::string cut_off_ = "14:00";
  int nth_ = 1;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_calendar_show() { return std::make_unique<CalendarShow>(); }
std::unique_ptr<Subcommand> make_calendar_next() { return std::make_unique<CalendarNext>(); }

}  // namespace paceline::tools
