#include "sim/scenario/values.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "engine/config/units.h"
#include "engine/desk/suggestion.h"

namespace paceline::sim {

namespace {

using config::Node;
using config::TableReader;

constexpr int64_t weight_max = 1'000'000;

/// Of a weight, in thousandths; nothing if it is none.
std::optional<uint32_t> weight_of(const Node& value) {
  const auto number = number_of(value);
  if (!number || *number < 0 || *number > static_cast<double>(weight_max)) return std::nullopt;
  const double milli = std::round(*number * 1'000);
  if (std::abs(*number * 1'000 - milli) > 1e-6) return std::nullopt;
  return static_cast<uint32_t>(milli);
}

struct Weight {
  std::string value;
  uint32_t milli = 0;
  uint32_t line = 0;
};

/// The weights under a key, at least one of them not 0; a text is one of weight 1.
std::vector<Weight> weights_of(TableReader& table, std::string_view key) {
  const Node::Member* member = table.find(key);
  if (member == nullptr) return {};
  const Node& value = member->value;
  if (value.kind == Node::Kind::text) {
    if (!value.text.empty()) return {{value.text, 1'000, value.line}};
    table.error(config::code::wrong_value, value.line, fmt::format("{} is empty: remove it", key));
    return {};
  }
  if (value.kind != Node::Kind::table) {
    table.wrong_type(key, value, "a text, or weights such as { network = 3, desktop = 7 }");
    return {};
  }
  std::vector<Weight> weights;
  uint64_t sum = 0;
  for (const Node::Member& each : value.members) {
    const auto milli = weight_of(each.value);
    if (!milli) {
      table.error(config::code::wrong_value, each.line,
                  fmt::format("{}: the weight of {} must be a number 0 to {}, with at most three "
                              "decimals",
                              key, config::in_quotes(each.key), weight_max));
      return {};
    }
    sum += *milli;
    weights.push_back({each.key, *milli, each.line});
  }
  if (sum == 0 || sum > 0xffff'ffffU) {
    table.error(config::code::wrong_value, value.line,
                sum == 0
                    ? fmt::format("{} has no weight above 0: write for example {{ network = "
                                  "3, desktop = 7 }}",
                                  key)
                    : fmt::format("the weights of {} are too large: only their ratio counts", key));
    return {};
  }
  return weights;
}

/// Whole weights stay as they are written.
uint32_t divisor_of(const std::vector<Weight>& weights) {
  const bool whole = std::all_of(weights.begin(), weights.end(),
                                 [](const Weight& each) { return each.milli % 1'000 == 0; });
  return whole ? 1'000 : 1;
}

}  // namespace

std::optional<double> number_of(const Node& value) {
  if (value.kind == Node::Kind::integer) return static_cast<double>(value.integer);
  if (value.kind == Node::Kind::real && std::isfinite(value.real)) return value.real;
  return std::nullopt;
}

std::optional<double> share_of(const Node& value) {
  std::optional<double> share = number_of(value);
  if (value.kind == Node::Kind::text) {
    const std::string& text = value.text;
    double percent = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), percent, std::chars_format::fixed);
    if (error == std::errc() && text.ends_with('%') && end == text.data() + text.size() - 1)
      share = percent / 100;
  }
  if (!share || !(*share >= 0) || *share > 1) return std::nullopt;
  return share;
}

std::optional<double> read_number(TableReader& table, std::string_view key, double min,
                                  double max) {
  const Node::Member* member = table.find(key);
  if (member == nullptr) return std::nullopt;
  const auto number = number_of(member->value);
  if (!number) {
    table.wrong_type(key, member->value, "a number");
  } else if (*number < min || *number > max) {
    table.error(
        config::code::wrong_value, member->value.line,
        fmt::format("{} is {}: use {} to {}", key, figure(*number), figure(min), figure(max)));
  } else {
    return number;
  }
  return std::nullopt;
}

std::optional<double> read_positive(TableReader& table, std::string_view key, double max) {
  const auto number = read_number(table, key, 0, max);
  if (!number || *number > 0) return number;
  table.error(config::code::wrong_value, table.find(key)->value.line,
              fmt::format("{} must be more than 0", key));
  return std::nullopt;
}

std::optional<uint32_t> read_share(TableReader& table, std::string_view key) {
  const Node::Member* member = table.find(key);
  if (member == nullptr) return std::nullopt;
  if (const auto share = share_of(member->value)) {
    const double ppm = std::round(*share * 1e6);
    if (std::abs(*share * 1e6 - ppm) < 1e-4) return static_cast<uint32_t>(ppm);
  }
  table.error(code::wrong_share, member->value.line,
              fmt::format("{} must be a share, \"0%\" to \"100%\" or 0 to 1, with at most four "
                          "decimals of a percent: write for example {} = \"12%\"",
                          key, key));
  return std::nullopt;
}

uint32_t read_required_share(TableReader& table, std::string_view key) {
  require(table, key, "\"12%\"");
  return read_share(table, key).value_or(0);
}

void require(TableReader& table, std::string_view key, std::string_view example) {
  if (table.find(key) == nullptr)
    table.error(config::code::missing, table.line(),
                fmt::format("{} is missing: add for example {} = {}", key, key, example));
}

Options read_options(TableReader& table, Reading&, std::string_view key) {
  const std::vector<Weight> weights = weights_of(table, key);
  const uint32_t divisor = divisor_of(weights);
  Options options;
  for (const Weight& each : weights)
    if (each.milli > 0) options.push_back({each.value, each.milli / divisor});
  return options;
}

bool read_weights(TableReader& table, Reading&, std::string_view key,
                  std::span<const std::string_view> names, std::span<uint32_t> weights) {
  const std::vector<Weight> stated = weights_of(table, key);
  if (stated.empty()) return false;
  const uint32_t divisor = divisor_of(stated);
  std::fill(weights.begin(), weights.end(), 0);
  bool known = true;
  for (const Weight& each : stated) {
    const auto found = std::find(names.begin(), names.end(), each.value);
    if (found == names.end()) {
      table.error(config::code::wrong_value, each.line,
                  fmt::format("{} has no value {}{}", key, config::in_quotes(each.value),
                              desk::suggestion(each.value, names)));
      known = false;
    } else {
      weights[static_cast<size_t>(found - names.begin())] = each.milli / divisor;
    }
  }
  return known;
}

}  // namespace paceline::sim
