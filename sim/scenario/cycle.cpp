#include "sim/scenario/cycle.h"

#include <fmt/format.h>

#include <cmath>

#include "engine/config/calendar_words.h"
#include "engine/config/units.h"
#include "sim/scenario/values.h"

namespace paceline::sim {

namespace {

using config::Node;
using config::TableReader;
using sched::Unexpected;

constexpr int64_t week_us = 7 * sched::day.us;
constexpr int64_t cycle_us_max = 366 * sched::day.us;
constexpr int64_t far_us = 100'000 * sched::day.us;  // beyond every scenario

/// `24:00` is the end of a day.
std::optional<int64_t> time_of_day(std::string_view text) {
  if (text == "24:00") return sched::day.us;
  const auto seconds = config::parse_time_of_day(text);
  if (!seconds) return std::nullopt;
  return int64_t{*seconds} * sched::second.us;
}

/// The curve seen from `shift_us` on, coming round after `cycle_us`.
Curve turned(const Curve& curve, int64_t shift_us, int64_t cycle_us) {
  if (shift_us == 0) return curve;
  Curve early, late;
  for (Stretch each : curve) {
    each.from_us -= shift_us;
    each.until_us -= shift_us;
    if (each.until_us <= 0) {
      each.from_us += cycle_us;
      each.until_us += cycle_us;
      late.push_back(each);
    } else if (each.from_us < 0) {
      const double share =
          static_cast<double>(-each.from_us) / static_cast<double>(each.until_us - each.from_us);
      const double at_cut = each.from + (each.until - each.from) * share;
      late.push_back({each.from_us + cycle_us, cycle_us, each.from, at_cut});
      early.push_back({0, each.until_us, at_cut, each.until});
    } else {
      early.push_back(each);
    }
  }
  early.insert(early.end(), late.begin(), late.end());
  return early;
}

Curve repeated(const Curve& day) {
  Curve week;
  for (int64_t n = 0; n < 7; ++n)
    for (Stretch each : day) {
      each.from_us += n * sched::day.us;
      each.until_us += n * sched::day.us;
      week.push_back(each);
    }
  return week;
}

struct CurvePoint {
  int64_t us = 0;
  double value = 0.0;
};

/// One `["08:00", 40]`.
struct PointReader {
  TableReader& table;
  std::string_view key;
  const CurveTerms& terms;

  void say(uint32_t line, std::string message) const {
    table.error(terms.code, line, fmt::format("{}: {}", key, message));
  }

  std::optional<double> value(const Node& node) const {
    const auto number = number_of(node);
    if (!number) {
      say(node.line, node.kind == Node::Kind::real ? std::string("a value must be a finite number")
                                                   : fmt::format("a value must be a number, not {}",
                                                                 config::name(node.kind)));
    } else if (*number < 0) {
      say(node.line, fmt::format("{} is negative: use 0 or more", figure(*number)));
    } else if (*number > terms.max) {
      say(node.line,
          fmt::format("{} is too much: use at most {}", figure(*number), figure(terms.max)));
    } else if (terms.whole && *number != std::floor(*number)) {
      say(node.line, fmt::format("{} must be a whole number", figure(*number)));
    } else {
      return number;
    }
    return std::nullopt;
  }

  std::optional<Point> point(const Node& node) const {
    if (node.kind != Node::Kind::text) {
      say(node.line,
          fmt::format("a point must be a text such as \"08:00\", not {}", config::name(node.kind)));
      return std::nullopt;
    }
    const auto parsed = parse_point(node.text);
    if (parsed) return *parsed;
    say(node.line, parsed.error());
    return std::nullopt;
  }
};

/// Points of one kind, ascending; nothing if some are wrong.
std::optional<std::vector<CurvePoint>> read_points(const Node& list, const PointReader& reader,
                                                   Point::Of& of) {
  if (list.elements.empty()) {
    reader.say(list.line, fmt::format("is empty: write for example {}", reader.terms.example));
    return std::nullopt;
  }
  std::vector<CurvePoint> points;
  bool wrong = false;
  for (const Node& each : list.elements) {
    if (each.kind != Node::Kind::array || each.elements.size() != 2) {
      reader.say(each.line, fmt::format("each entry is a point and a value: write for example {}",
                                        reader.terms.example));
      return std::nullopt;
    }
    const auto point = reader.point(each.elements[0]);
    const auto value = reader.value(each.elements[1]);
    if (!point || !value) {
      wrong = true;
      continue;
    }
    if (points.empty()) {
      of = point->of;
    } else if (of != point->of) {
      reader.say(each.line, fmt::format("\"{}\" is a point of another kind than those before: use "
                                        "times of day, or of the week, or durations from the start",
                                        each.elements[0].text));
      return std::nullopt;
    } else if (point->us < points.back().us) {
      reader.say(each.line, fmt::format("\"{}\" is before the point above it: let points ascend",
                                        each.elements[0].text));
      wrong = true;
      continue;
    } else if (point->us == points.back().us && reader.terms.between == Between::steps) {
      reader.say(each.line,
                 fmt::format("\"{}\" is stated twice: remove one", each.elements[0].text));
      wrong = true;
      continue;
    }
    points.push_back({point->us, *value});
  }
  if (wrong) return std::nullopt;
  if (points.size() == 1 && reader.terms.between == Between::linear) {
    reader.say(list.line, fmt::format("one point makes no line: write a number, or for example {}",
                                      reader.terms.example));
    return std::nullopt;
  }
  return points;
}

Curve curve_of(const std::vector<CurvePoint>& points, Between between, int64_t end_us) {
  Curve curve;
  for (size_t i = 0; i < points.size(); ++i) {
    const bool last = i + 1 == points.size();
    if (last && between == Between::linear) break;
    const int64_t until_us = last ? end_us : points[i + 1].us;
    const double until = between == Between::linear ? points[i + 1].value : points[i].value;
    if (until_us > points[i].us) curve.push_back({points[i].us, until_us, points[i].value, until});
  }
  return curve;
}

/// `{ mon-fri = [["08:00", 40], …], sat-sun = 0 }`
Curve read_day_table(const Node& value, std::string_view key, const PointReader& reader) {
  Curve curve;
  for (const DayValue& day : read_days(value, key, reader.table)) {
    const int64_t from_us = day.weekday * sched::day.us;
    Curve hours;
    if (day.value->kind == Node::Kind::array) {
      Point::Of of = Point::Of::day;
      const auto points = read_points(*day.value, reader, of);
      if (!points) return {};
      if (of != Point::Of::day) {
        reader.say(day.value->line, "within a day, points are times such as \"08:00\"");
        return {};
      }
      hours = curve_of(*points, reader.terms.between, sched::day.us);
    } else if (const auto number = reader.value(*day.value)) {
      hours = {{0, sched::day.us, *number, *number}};
    } else {
      return {};
    }
    for (const Stretch& each : hours)
      curve.push_back({each.from_us + from_us, each.until_us + from_us, each.from, each.until});
  }
  return curve;
}

}  // namespace

sched::Expected<Point, std::string> parse_point(std::string_view text) {
  if (const auto of_day = time_of_day(text)) return Point{Point::Of::day, *of_day};
  const size_t blank = text.find(' ');
  if (blank == 3) {
    const auto& words = config::weekday_words;
    const auto word = std::find(words.begin(), words.end(), text.substr(0, 3));
    const auto of_day = time_of_day(text.substr(4));
    if (word != words.end() && of_day)
      return Point{Point::Of::week, (word - words.begin()) * sched::day.us + *of_day};
  }
  const bool unit_at_end = !text.empty() && text.back() >= 'a' && text.back() <= 'z';
  if (unit_at_end && text.find(':') == std::string_view::npos) {
    const auto duration = config::parse_duration(text);
    if (duration) return Point{Point::Of::run, duration->us};
    return Unexpected{duration.error()};
  }
  return Unexpected{
      fmt::format("{} is no point: write a time of day as \"08:00\", of the week as "
                  "\"mon 08:00\", or a duration from the start as \"90m\"",
                  config::in_quotes(text))};
}

std::optional<int64_t> read_cycle(TableReader& table) {
  const Node::Member* member = table.find("cycle");
  if (member == nullptr) return std::nullopt;
  if (member->value.kind == Node::Kind::text && member->value.text == "none") return 0;
  const auto cycle_us = table.positive_us("cycle");
  if (cycle_us && *cycle_us > cycle_us_max) {
    table.error(code::wrong_time, member->line,
                "cycle is longer than 366d: write \"none\" for what does not come round");
    return std::nullopt;
  }
  return cycle_us;
}

std::vector<DayValue> read_days(const Node& value, std::string_view key, TableReader& table) {
  std::vector<DayValue> days;
  uint32_t stated = 0;
  for (const Node::Member& member : value.members) {
    const auto weekdays = config::parse_weekdays(member.key);
    if (!weekdays) {
      table.error(code::wrong_time, member.line,
                  fmt::format("{}: {} is no day: use mon to sun, or a range such as mon-fri", key,
                              config::in_quotes(member.key)));
      return {};
    }
    for (const uint8_t day : *weekdays) {
      if ((stated & 1U << day) != 0) {
        table.error(code::wrong_time, member.line,
                    fmt::format("{} states {} twice: remove one", key, config::weekday_words[day]));
        return {};
      }
      stated |= 1U << day;
      days.push_back({day, &member.value});
    }
  }
  std::string missing;
  for (size_t day = 0; day < 7; ++day)
    if ((stated & 1U << day) == 0)
      missing += (missing.empty() ? "" : ", ") + std::string(config::weekday_words[day]);
  if (!missing.empty()) {
    table.error(code::wrong_time, value.line,
                fmt::format("{} leaves out {}: state every day, with 0 where nothing happens", key,
                            missing));
    return {};
  }
  std::sort(days.begin(), days.end(),
            [](const DayValue& a, const DayValue& b) { return a.weekday < b.weekday; });
  return days;
}

int64_t cycle_of(Point::Of of) {
  switch (of) {
    case Point::Of::day:
      return sched::day.us;
    case Point::Of::week:
      return week_us;
    case Point::Of::run:
      break;
  }
  return 0;
}

int64_t offset_of(Point point, const Reading& reading) {
  const int64_t cycle_us = cycle_of(point.of);
  if (cycle_us == 0) return point.us;
  const int64_t begin_us = reading.weekday * sched::day.us + reading.of_day_us;
  return (point.us - begin_us % cycle_us + cycle_us) % cycle_us;
}

Curve placed(Curve curve, Point::Of of, TableReader& table, uint32_t line, const Reading& reading,
             std::optional<int64_t> stated_cycle, int64_t& cycle_us) {
  cycle_us = stated_cycle.value_or(of == Point::Of::week ? week_us : sched::day.us);
  const auto wrong = [&](std::string_view message) {
    table.error(code::wrong_time, line, message);
    return Curve{};
  };
  const int64_t begin_of_week_us = reading.weekday * sched::day.us + reading.of_day_us;
  switch (of) {
    case Point::Of::day:
      if (cycle_us == sched::day.us) return turned(curve, reading.of_day_us, cycle_us);
      if (cycle_us == week_us) return turned(repeated(curve), begin_of_week_us, cycle_us);
      if (cycle_us != 0)
        return wrong(
            "times of day need a cycle of \"1d\", \"7d\" or \"none\": write durations "
            "from the start");
      curve = turned(curve, reading.of_day_us, far_us);
      std::erase_if(curve, [](const Stretch& each) { return each.until_us > far_us / 2; });
      return curve;
    case Point::Of::week:
      if (cycle_us != week_us) return wrong("times of the week need a cycle of \"7d\"");
      return turned(curve, begin_of_week_us, cycle_us);
    case Point::Of::run:
      if (cycle_us != 0 && !curve.empty() && curve.back().until_us > cycle_us)
        return wrong(
            fmt::format("a point is after the end of the cycle of {}: state a longer "
                        "cycle, or cycle = \"none\"",
                        config::print(sched::Duration{cycle_us})));
      return curve;
  }
  return {};
}

Curve read_curve(TableReader& table, Reading& reading, std::string_view key,
                 const CurveTerms& terms, std::optional<int64_t> stated_cycle, int64_t& cycle_us) {
  const Node::Member* member = table.find(key);
  if (member == nullptr) return {};
  const Node& value = member->value;
  const PointReader reader{table, key, terms};
  const int64_t length_us = reading.scenario.length_us;
  if (value.kind == Node::Kind::table)
    return placed(read_day_table(value, key, reader), Point::Of::week, table, member->line, reading,
                  stated_cycle, cycle_us);
  if (value.kind != Node::Kind::array) {
    const auto number = reader.value(value);
    if (!number) return {};
    const int64_t end_us = stated_cycle.value_or(sched::day.us);
    return placed({{0, end_us == 0 ? length_us : end_us, *number, *number}}, Point::Of::run, table,
                  member->line, reading, stated_cycle, cycle_us);
  }
  Point::Of of = Point::Of::day;
  const auto points = read_points(value, reader, of);
  if (!points) return {};
  const int64_t last_us = points->back().us;
  int64_t end_us = of == Point::Of::week ? week_us : sched::day.us;
  if (of == Point::Of::run && stated_cycle) end_us = *stated_cycle;
  if (stated_cycle == 0) end_us = of == Point::Of::day ? reading.of_day_us + length_us : length_us;
  return placed(curve_of(*points, terms.between, std::max(end_us, last_us)), of, table,
                member->line, reading, stated_cycle, cycle_us);
}

}  // namespace paceline::sim
