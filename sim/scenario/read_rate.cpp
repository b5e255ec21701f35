// When a demand's contacts come: a rate in one of its spellings.
#include <fmt/format.h>

#include <cmath>

#include "engine/config/calendar_words.h"
#include "sim/scenario/cycle.h"
#include "sim/scenario/values.h"

namespace paceline::sim {

namespace {

using config::Node;
using config::TableReader;

constexpr double rate_max = 1e8;
constexpr size_t counts_max = 100'000;
constexpr int64_t week_us = 7 * sched::day.us;

constexpr CurveTerms rate_terms{.example = R"([["08:00", 40], ["12:00", 90], ["18:00", 20]])",
                                .code = code::wrong_rate,
                                .between = Between::linear,
                                .max = rate_max,
                                .unit = "per hour"};
constexpr CurveTerms step_terms{.example = R"([["08:00", 40], ["12:00", 90], ["18:00", 0]])",
                                .code = code::wrong_rate,
                                .between = Between::steps,
                                .max = rate_max,
                                .unit = "per hour"};

/// `counts = { from = "08:00", every = "30m", of = [12, 31, 40] }`
Curve read_counts(TableReader& table, Reading& reading, std::optional<int64_t> stated_cycle,
                  int64_t& cycle_us) {
  const Node::Member* member = table.find("counts");
  TableReader counts(member->value, member->line, table.subject() + ": counts",
                     reading.diagnostics);
  if (member->value.kind != Node::Kind::table) return {};  // reported
  const std::string from = counts.required_text("from", "08:00");
  require(counts, "every", "\"30m\"");
  require(counts, "of", "[12, 31, 40]");
  const auto every_us = counts.positive_us("every");
  const Node::Member* list = counts.find("of");
  counts.finish();
  if (from.empty() || !every_us || list == nullptr) return {};
  const auto point = parse_point(from);
  if (!point) {
    counts.error(code::wrong_time, member->line, point.error());
    return {};
  }
  if (list->value.kind != Node::Kind::array || list->value.elements.empty() ||
      list->value.elements.size() > counts_max) {
    counts.error(code::wrong_rate, list->line,
                 "of must be a list of contacts by interval: write for example of = [12, 31, 40]");
    return {};
  }
  const int64_t end_us = point->of == Point::Of::day    ? sched::day.us
                         : point->of == Point::Of::week ? week_us
                                                        : int64_t{1} << 60;
  Curve curve;
  int64_t at_us = point->us;
  const double per_hour = static_cast<double>(sched::hour.us) / static_cast<double>(*every_us);
  for (const Node& each : list->value.elements) {
    const auto count = number_of(each);
    if (!count || *count < 0 || *count * per_hour > rate_max) {
      counts.error(code::wrong_rate, each.line,
                   fmt::format("a number of contacts must be 0 or more{}",
                               count ? ", and not so many: it is " + figure(*count) : ""));
      return {};
    }
    if (at_us + *every_us > end_us) {
      counts.error(code::wrong_time, each.line,
                   fmt::format("{} intervals of this length from {} go beyond the {}",
                               list->value.elements.size(), config::in_quotes(from),
                               point->of == Point::Of::day ? "day" : "week"));
      return {};
    }
    curve.push_back({at_us, at_us + *every_us, *count * per_hour, *count * per_hour});
    at_us += *every_us;
  }
  return placed(std::move(curve), point->of, table, member->line, reading, stated_cycle, cycle_us);
}

/// Cut at local midnights, each day times its factor.
Curve by_weekday(const Curve& curve, const double (&factors)[7], const Reading& reading) {
  const int64_t begin_us = reading.weekday * sched::day.us + reading.of_day_us;
  Curve days;
  for (const Stretch& each : curve) {
    const double slope =
        (each.until - each.from) / static_cast<double>(each.until_us - each.from_us);
    const auto value_at = [&](int64_t us) {
      return us == each.until_us ? each.until
                                 : each.from + slope * static_cast<double>(us - each.from_us);
    };
    for (int64_t from_us = each.from_us; from_us < each.until_us;) {
      const int64_t day = (from_us + begin_us) / sched::day.us;
      const int64_t until_us = std::min(each.until_us, (day + 1) * sched::day.us - begin_us);
      const double factor = factors[day % 7];
      days.push_back({from_us, until_us, value_at(from_us) * factor, value_at(until_us) * factor});
      from_us = until_us;
    }
  }
  return days;
}

bool read_week(TableReader& table, double (&factors)[7]) {
  const Node::Member* member = table.find("week");
  if (member == nullptr) return false;
  if (member->value.kind != Node::Kind::table) {
    table.wrong_type("week", member->value,
                     "a table of factors such as { mon = 1.2, tue-fri = 1, sat-sun = 0.3 }");
    return false;
  }
  const auto days = read_days(member->value, "week", table);
  for (const DayValue& day : days) {
    const auto factor = number_of(*day.value);
    if (!factor || *factor < 0 || *factor > 1'000) {
      table.error(code::wrong_rate, day.value->line,
                  fmt::format("week: the factor of {} must be a number 0 to 1000",
                              config::weekday_words[day.weekday]));
      return false;
    }
    factors[day.weekday] = *factor;
  }
  return !days.empty();
}

double contacts_of(const Curve& curve) {
  double sum = 0;
  for (const Stretch& each : curve)
    sum += (each.from + each.until) / 2 * static_cast<double>(each.until_us - each.from_us) /
           static_cast<double>(sched::hour.us);
  return sum;
}

}  // namespace

void read_rate(TableReader& table, Reading& reading, Demand& demand) {
  auto stated_cycle = read_cycle(table);
  double factors[7] = {};
  const bool weekly = read_week(table, factors);
  if (weekly) {
    if (stated_cycle && *stated_cycle != week_us)
      table.error(code::wrong_time, table.find("cycle")->line,
                  "week makes a cycle of \"7d\": write that, or remove cycle");
    stated_cycle = week_us;
  }
  std::string stated;
  int ways = 0;
  for (const std::string_view key : {"rate", "steps", "counts", "recorded"})
    if (table.find(key) != nullptr) {
      stated += (ways++ == 0 ? "" : ", ") + std::string(key);
    }
  const auto total = read_positive(table, "total", 1e9);
  if (ways != 1) {
    table.error(
        code::wrong_rate, table.line(),
        ways == 0 ? "does not say when contacts come: add for example rate = [[\"08:00\", "
                    "40], [\"12:00\", 90], [\"18:00\", 20]], in contacts per hour"
                  : fmt::format("says in {} ways when contacts come, {}: keep one", ways, stated));
    return;
  }
  if (stated == "recorded") {
    for (const std::string_view key : {"total", "week", "cycle", "busyness"})
      if (const Node::Member* member = table.find(key))
        table.error(code::wrong_rate, member->line,
                    fmt::format("{} means nothing for a recorded stream: remove it", key));
    read_recorded(table, reading, demand);
    demand.cycle_us = 0;
    return;
  }
  int64_t cycle_us = stated_cycle.value_or(sched::day.us);
  Curve curve;
  if (stated == "counts")
    curve = read_counts(table, reading, stated_cycle, cycle_us);
  else
    curve = read_curve(table, reading, stated, stated == "rate" ? rate_terms : step_terms,
                       stated_cycle, cycle_us);
  if (curve.empty()) return;  // reported
  if (weekly) curve = by_weekday(curve, factors, reading);
  const double contacts = contacts_of(curve);
  if (!(contacts > 0)) {
    table.error(code::wrong_rate, table.find(stated)->line,
                fmt::format("{} is 0 all the time, so nobody comes: state a rate, or remove the "
                            "demand",
                            stated));
    return;
  }
  const double scale = total ? *total / contacts : 1.0;
  for (const Stretch& each : curve)
    if (each.from > 0 || each.until > 0)
      demand.rate.push_back({each.from_us, each.until_us, each.from * scale, each.until * scale});
  demand.cycle_us = cycle_us;
}

}  // namespace paceline::sim
