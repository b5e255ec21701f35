// Laws of times: `{ law = "lognormal", mean = "6m", cv = 1.1 }`.
#include <fmt/format.h>

#include "engine/config/units.h"
#include "sim/scenario/cycle.h"
#include "sim/scenario/values.h"

namespace paceline::sim {

namespace {

using config::Node;
using config::TableReader;

constexpr size_t values_max = 100'000;
constexpr size_t parts_max = 1'000;
constexpr double shape_max = 1e6;
constexpr std::string_view exponential_example = R"({ law = "exponential", mean = "4m" })";

constexpr std::string_view law_names[] = {
    "exponential", "deterministic", "uniform",          "lognormal", "gamma",
    "weibull",     "empirical",     "hyperexponential", "never"};
enum class LawName : uint8_t {
  exponential,
  deterministic,
  uniform,
  lognormal,
  gamma,
  weibull,
  empirical,
  hyperexponential,
  never
};

double us_of(TableReader& table, std::string_view key, std::string_view example) {
  require(table, key, example);
  return static_cast<double>(table.positive_us(key).value_or(1));
}

double number_in(TableReader& table, std::string_view key, std::string_view example) {
  require(table, key, example);
  return read_positive(table, key, shape_max).value_or(1);
}

/// `[["30s", "20%"], …]`; empty if something is wrong with it.
std::vector<Law::Atom> read_pairs(TableReader& table, std::string_view key, bool all_of_them) {
  constexpr std::string_view example = R"([["2m", "70%"], ["9m", "30%"]])";
  require(table, key, example);
  const Node::Member* member = table.find(key);
  if (member == nullptr) return {};
  const auto wrong = [&](uint32_t line, std::string_view what) {
    table.error(code::wrong_law, line,
                fmt::format("{} {}: write for example {} = {}", key, what, key, example));
    return std::vector<Law::Atom>{};
  };
  const Node& list = member->value;
  if (list.kind != Node::Kind::array || list.elements.empty() || list.elements.size() > values_max)
    return wrong(list.line, "must be a list of times and their shares");
  std::vector<Law::Atom> pairs;
  double sum = 0;
  for (const Node& each : list.elements) {
    if (each.kind != Node::Kind::array || each.elements.size() != 2 ||
        each.elements[0].kind != Node::Kind::text)
      return wrong(each.line, "must be a list of times and their shares");
    const auto time = config::parse_duration(each.elements[0].text);
    if (!time) return wrong(each.line, "has a wrong time, " + time.error());
    const auto share = share_of(each.elements[1]);
    if (!share) return wrong(each.line, "has a share that is none");
    sum += *share;
    pairs.push_back({static_cast<double>(time->us), *share});
  }
  if (sum > 1 + 1e-9 || sum <= 0 || (all_of_them && sum < 1 - 1e-9))
    return wrong(list.line,
                 fmt::format("has shares of {} % together where {}", figure(sum * 100),
                             all_of_them ? "they must make 100 %"
                                         : "more than 0 and at most 100 % makes sense, the rest "
                                           "being never"));
  return pairs;
}

std::optional<Answer<Law>> make(LawName law, TableReader& table) {
  switch (law) {
    case LawName::exponential:
      return Law::exponential(us_of(table, "mean", "\"4m\""));
    case LawName::deterministic:
      return Law::deterministic(us_of(table, "value", "\"4m\""));
    case LawName::uniform: {
      require(table, "least", "\"2m\"");
      require(table, "most", "\"6m\"");
      const auto least = table.duration("least");
      const auto most = table.duration("most");
      if (!least || !most) return std::nullopt;
      return Law::uniform(static_cast<double>(least->us), static_cast<double>(most->us));
    }
    case LawName::lognormal: {
      const double mean = us_of(table, "mean", "\"4m\"");
      return Law::lognormal(mean, number_in(table, "cv", "1.2"));
    }
    case LawName::gamma: {
      const double mean = us_of(table, "mean", "\"4m\"");
      return Law::gamma(mean, number_in(table, "shape", "2"));
    }
    case LawName::weibull: {
      const double scale = us_of(table, "scale", "\"4m\"");
      return Law::weibull(scale, number_in(table, "shape", "0.8"));
    }
    case LawName::empirical: {
      auto values = read_pairs(table, "values", false);
      if (values.empty()) return std::nullopt;
      return Law::empirical(std::move(values));
    }
    case LawName::hyperexponential: {
      std::vector<Law::Phase> phases;
      for (const Law::Atom& each : read_pairs(table, "phases", true))
        phases.push_back({each.share, each.value});
      if (phases.empty()) return std::nullopt;
      return Law::hyperexponential(std::move(phases));
    }
    case LawName::never:
      return Answer<Law>(Law::never());
  }
  return std::nullopt;
}

/// Reads the keys of a law; `table` may have others.
std::optional<Law> read_keys(TableReader& table) {
  if (table.find("law") == nullptr) {
    table.error(config::code::missing, table.line(),
                fmt::format("law is missing: write for example {}", exponential_example));
    return std::nullopt;
  }
  const auto law = table.one_of("law", law_names);
  if (!law) return std::nullopt;
  const auto made = make(static_cast<LawName>(*law), table);
  if (!made) return std::nullopt;
  if (*made) return made->value();
  table.error(code::wrong_law, table.line(), made->error().text);
  return std::nullopt;
}

}  // namespace

std::optional<Law> law_of(const Node& value, uint32_t line, std::string subject, Reading& reading) {
  if (value.kind == Node::Kind::text && value.text == "never") return Law::never();
  if (value.kind != Node::Kind::table) {
    const std::string time =
        value.kind == Node::Kind::text && config::parse_duration(value.text) ? value.text : "4m";
    reading.diagnostics.error(
        code::wrong_law, line,
        fmt::format("{} must say how it is spread: write {{ law = \"exponential\", mean = \"{}\" "
                    "}}, or {{ law = \"deterministic\", value = \"{}\" }} where it is always the "
                    "same",
                    subject, time, time));
    return std::nullopt;
  }
  TableReader table(value, line, std::move(subject), reading.diagnostics);
  const auto law = read_keys(table);
  if (law) table.finish();
  return law;
}

Law read_law(TableReader& table, Reading& reading, std::string_view key) {
  const Node::Member* member = table.find(key);
  if (member == nullptr) return Law::never();
  return law_of(member->value, member->line, fmt::format("{}: {}", table.subject(), key), reading)
      .value_or(Law::never());
}

LawByTime read_law_by_time(TableReader& table, Reading& reading, std::string_view key) {
  LawByTime laws;
  const Node::Member* member = table.find(key);
  if (member == nullptr) return laws;
  const Node& value = member->value;
  const std::string subject = fmt::format("{}: {}", table.subject(), key);
  if (value.kind != Node::Kind::array) {
    if (value.kind == Node::Kind::text && value.text == "never") return laws;
    if (const auto law = law_of(value, member->line, subject, reading))
      laws.parts.push_back({0, *law});
    return laws;
  }
  if (value.elements.empty() || value.elements.size() > parts_max) {
    table.error(code::wrong_law, member->line,
                fmt::format("{} has {} parts: use 1 to {}", key, value.elements.size(), parts_max));
    return laws;
  }
  std::optional<Point::Of> of;
  for (const Node& each : value.elements) {
    TableReader part(each, each.line, subject, reading.diagnostics);
    const std::string from = part.required_text("from", "08:00");
    const auto law = read_keys(part);
    if (law) part.finish();
    if (from.empty() || !law) continue;
    const auto point = parse_point(from);
    if (!point) {
      part.error(code::wrong_time, each.line, point.error());
    } else if (of && *of != point->of) {
      part.error(code::wrong_time, each.line,
                 fmt::format("{} is a point of another kind than the one above it",
                             config::in_quotes(from)));
    } else {
      of = point->of;
      laws.cycle_us = cycle_of(*of);
      laws.parts.push_back({offset_of(*point, reading), *law});
    }
  }
  std::stable_sort(laws.parts.begin(), laws.parts.end(),
                   [](const auto& a, const auto& b) { return a.from_us < b.from_us; });
  for (size_t i = 1; i < laws.parts.size(); ++i)
    if (laws.parts[i].from_us == laws.parts[i - 1].from_us) {
      table.error(code::wrong_law, member->line,
                  fmt::format("{} has two parts from the same time: remove one", key));
      break;
    }
  if (!laws.parts.empty() && laws.parts.front().from_us > 0) {
    if (laws.cycle_us == 0) {
      table.error(
          code::wrong_time, member->line,
          fmt::format("{} says nothing about the beginning: let a part be from \"0s\"", key));
      return laws;
    }
    // The last one goes on until the first of the next cycle.
    laws.parts.insert(laws.parts.begin(), {0, laws.parts.back().law});
  }
  return laws;
}

}  // namespace paceline::sim
