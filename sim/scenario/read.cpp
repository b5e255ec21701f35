#include "sim/scenario/read.h"

#include <fmt/format.h>

#include "engine/config/calendar_words.h"
#include "engine/config/units.h"
#include "engine/desk/suggestion.h"
#include "sched/local_time.h"
#include "sim/scenario/reading.h"
#include "sim/scenario/values.h"

namespace paceline::sim {

namespace {

using config::Node;
using config::TableReader;

constexpr int64_t length_us_max = 366 * sched::day.us;
constexpr int64_t intervals_max = 100'000;
constexpr int64_t tickets_max_max = 16'777'216;

/// Where the local clock of `zone` is at the start.
void set_start(Reading& reading, const sched::Zone& zone, sched::Instant start) {
  const int64_t local_us = start.us + int64_t{sched::offset_s_at(zone, start)} * sched::second.us;
  int64_t days = local_us / sched::day.us;
  if (days * sched::day.us > local_us) --days;
  reading.scenario.start = start;
  reading.weekday = sched::weekday_of(days);
  reading.of_day_us = local_us - days * sched::day.us;
}

/// `2026-03-02` or `2026-03-02 08:00`, as local seconds.
std::optional<int64_t> local_start(const Node& value) {
  std::optional<sched::LocalDate> date;
  int64_t of_day_s = 0;
  if (value.kind == Node::Kind::date) {
    date = value.date;
  } else if (value.kind == Node::Kind::text) {
    const std::string_view text = value.text;
    date = config::parse_date(text.substr(0, 10));
    if (text.size() > 10) {
      const auto time = config::parse_time_of_day(text.substr(11));
      if (!time || (text[10] != ' ' && text[10] != 'T')) return std::nullopt;
      of_day_s = *time;
    }
  }
  if (!date) return std::nullopt;
  return sched::days_from_civil(date->year, date->month, date->day) * 86'400 + of_day_s;
}

void read_start(TableReader& table, Reading& reading) {
  sched::Zone zone;
  if (const auto name = table.text("zone")) {
    const auto resolved = config::resolve_zone(*name, reading.sources.tzdata);
    if (resolved)
      zone = *resolved;
    else
      table.error(config::code::unknown_zone, table.find("zone")->line, resolved.error());
  }
  const Node::Member* member = table.find("start");
  sched::Instant start = reading.scenario.start;
  if (member != nullptr) {
    if (const auto local_s = local_start(member->value)) {
      start = sched::LocalTimeConverter(zone).opening(*local_s);
    } else if (const auto instant = config::parse_instant(member->value.text); instant) {
      start = *instant;
    } else {
      table.error(code::wrong_time, member->line,
                  "start must be a date, a local time or an instant: write for example "
                  "\"2026-03-02\", \"2026-03-02 08:00\" or \"2026-03-02T08:00:00Z\"");
    }
  } else if (table.find("zone") != nullptr) {
    start = sched::LocalTimeConverter(zone).opening(start.us / sched::second.us);
  }
  if (start < sched::Calendar::first_instant ||
      start + sched::Duration{2 * length_us_max} >= sched::Calendar::horizon) {
    table.error(code::wrong_time, member == nullptr ? table.line() : member->line,
                "start is outside the years that calendars know: use 1990 to 2097");
    return;
  }
  set_start(reading, zone, start);
}

void read_lengths(TableReader& table, Scenario& scenario) {
  const auto at_most = [&](std::string_view key, int64_t us, int64_t max_us) {
    if (us <= max_us) return true;
    table.error(
        code::wrong_time, table.find(key)->line,
        fmt::format("{} is too long: use at most {}", key, config::print(sched::Duration{max_us})));
    return false;
  };
  if (const auto us = table.positive_us("length"); us && at_most("length", *us, length_us_max))
    scenario.length_us = *us;
  if (const auto drain = table.duration("drain");
      drain && at_most("drain", drain->us, length_us_max))
    scenario.drain_us = drain->us;
  if (const auto us = table.positive_us("interval"); us) {
    if (*us > scenario.length_us)
      table.error(code::wrong_time, table.find("interval")->line,
                  "interval is longer than the scenario: shorten it, or remove it");
    else if (scenario.length_us / *us > intervals_max)
      table.error(code::wrong_time, table.find("interval")->line,
                  fmt::format("interval makes more than {} intervals: lengthen it", intervals_max));
    else
      scenario.interval_us = *us;
  }
  if (const auto us = table.positive_us("answer_within")) scenario.answer_within_us = *us;
}

/// The desk of the file that is meant.
const desk::Configuration* chosen_desk(const config::Loaded& loaded, TableReader& table) {
  const auto wanted = table.text("desk");
  const uint32_t line = table.find(wanted ? "desk" : "config")->line;
  if (loaded.desks.empty()) {
    table.error(code::no_desk, line,
                "config describes no desk, only a server: name a file with queues and agents");
    return nullptr;
  }
  std::vector<std::string_view> names;
  for (const auto& [name, desk] : loaded.desks) {
    names.push_back(name);
    if (wanted ? *wanted == name : loaded.desks.size() == 1) return &desk;
  }
  table.error(code::no_desk, line,
              wanted ? fmt::format("config has no desk {}{}", config::in_quotes(*wanted),
                                   desk::suggestion(*wanted, names))
                     : fmt::format("config has {} desks: add for example desk = \"{}\"",
                                   names.size(), names.front()));
  return nullptr;
}

void learn_names(const desk::Configuration& rules, KnownNames& known) {
  known.configuration = true;
  for (const auto& queue : rules.queues) known.queues.push_back(queue.name);
  for (const auto& agent : rules.agents) {
    known.agents.push_back(agent.name);
    for (const std::string& group : agent.groups)
      if (std::find(known.groups.begin(), known.groups.end(), group) == known.groups.end())
        known.groups.push_back(group);
  }
  known.calendars.push_back("24x7");
  for (const auto& calendar : rules.calendars) known.calendars.push_back(calendar.name);
  for (const auto& away : rules.settings.away_codes) known.away_codes.push_back(away.name);
}

}  // namespace

bool leads_somewhere(TableReader& table, uint32_t line, std::string_view kind,
                     const std::string& name, const Names& names, bool known) {
  if (!known || std::find(names.begin(), names.end(), name) != names.end()) return true;
  const std::vector<std::string_view> views(names.begin(), names.end());
  table.error(
      code::unknown_name, line,
      fmt::format("no {} {}{}", kind, config::in_quotes(name), desk::suggestion(name, views)));
  return false;
}

std::string read_name(TableReader& table, std::string_view key, std::string_view kind,
                      const Names& names, bool known) {
  const Node::Member* member = table.find(key);
  if (member == nullptr) return {};
  const std::string name = table.required_text(key, "…");
  if (name.empty() || !leads_somewhere(table, member->line, kind, name, names, known)) return {};
  return name;
}

std::vector<config::ConfigError> read_frame(TableReader& file, Reading& reading,
                                            std::vector<config::ConfigError>& noted) {
  const Node::Member* member = file.find("scenario");
  if (member == nullptr) {
    file.error(config::code::missing, 0,
               "[scenario] is missing: begin with [scenario] and config = \"desk.toml\"");
    return {};
  }
  TableReader table(member->value, member->line, "scenario", reading.diagnostics);
  reading.scenario.name = table.text("name").value_or("");
  read_start(table, reading);
  read_lengths(table, reading.scenario);
  reading.scenario.steady = table.boolean("steady").value_or(false);
  if (const auto tickets = table.integer("tickets_max", 1, tickets_max_max))
    reading.scenario.tickets_max = static_cast<uint32_t>(*tickets);
  const std::string name = table.required_text("config", "desk.toml");
  table.find("desk");
  table.finish();
  if (name.empty()) return {};
  auto loaded = reading.sources.configuration(reading.path_of(name), reading.scenario.start);
  if (!loaded) return std::move(loaded.error());
  noted = std::move(loaded.value().noted);
  if (const desk::Configuration* rules = chosen_desk(*loaded, table)) {
    reading.scenario.rules = *rules;
    learn_names(reading.scenario.rules, reading.known);
  }
  return {};
}

ScenarioSources files_on_disk() {
  ScenarioSources sources;
  sources.configuration = [](const std::string& path, sched::Instant now) {
    return config::load_file(path, now);
  };
  return sources;
}

ScenarioResult read_scenario(std::string_view text, const std::string& file,
                             const ScenarioSources& sources) {
  config::Diagnostics diagnostics(file);
  const auto document = config::parse_document(text);
  if (!document) {
    diagnostics.error(config::code::syntax, document.error().line, document.error().message);
    return sched::Unexpected{diagnostics.take_errors()};
  }
  const size_t slash = file.rfind('/');
  Reading reading{
      diagnostics, sources, slash == std::string::npos ? "" : file.substr(0, slash + 1), {}, {}};
  TableReader top(*document, 0, "", diagnostics);
  ReadScenario answer;
  std::vector<config::ConfigError> errors = read_frame(top, reading, answer.noted);
  read_busyness(top, reading);
  read_lines(top, reading);
  read_demands(top, reading);
  read_work(top, reading);
  read_outcomes(top, reading);
  read_teams(top, reading);
  top.finish();
  for (config::ConfigError& error : diagnostics.take_errors()) errors.push_back(std::move(error));
  if (!errors.empty()) return sched::Unexpected{std::move(errors)};
  const auto& warnings = diagnostics.warnings();
  answer.noted.insert(answer.noted.end(), warnings.begin(), warnings.end());
  answer.scenario = std::move(reading.scenario);
  return answer;
}

ScenarioResult read_scenario_file(const std::string& path, const ScenarioSources& sources) {
  const auto text = config::read_text(path);
  if (!text) return sched::Unexpected{text.error()};
  return read_scenario(*text, path, sources);
}

}  // namespace paceline::sim
