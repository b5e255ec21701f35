// Values of a scenario file as planners write them: numbers, shares, weights, laws of times.
// Private to the reader.
//
// Each makes its key a known one and reports what is wrong.
//
// Owner: one reading.  Allocates: for values and messages.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/table_reader.h"
#include "sim/scenario/reading.h"

namespace paceline::sim {

/// A whole number or a fraction; nothing for anything else, infinite ones included.
std::optional<double> number_of(const config::Node& value);
/// `"12%"`, `"0.25%"`, 0.12: 0 … 1.
std::optional<double> share_of(const config::Node& value);

std::optional<double> read_number(config::TableReader& table, std::string_view key, double min,
                                  double max);
/// Above 0 and at most `max`.
std::optional<double> read_positive(config::TableReader& table, std::string_view key, double max);
/// A share in parts per million.
std::optional<uint32_t> read_share(config::TableReader& table, std::string_view key);
uint32_t read_required_share(config::TableReader& table, std::string_view key);

/// `"phone"`, or weights such as `{ phone = 3, web = 1.5 }`. Weights of 0 are left out.
Options read_options(config::TableReader& table, Reading& reading, std::string_view key);
/// Likewise over fixed names; false if the key is absent or wrong.
bool read_weights(config::TableReader& table, Reading& reading, std::string_view key,
                  std::span<const std::string_view> names, std::span<uint32_t> weights);

/// `{ law = "exponential", mean = "4m" }` or "never".
std::optional<Law> law_of(const config::Node& value, uint32_t line, std::string subject,
                          Reading& reading);
Law read_law(config::TableReader& table, Reading& reading, std::string_view key);
/// The same, or a list of them with `from`: a cycle of a day, of a week, or once from the start.
LawByTime read_law_by_time(config::TableReader& table, Reading& reading, std::string_view key);
/// Reports a key that is missing.
void require(config::TableReader& table, std::string_view key, std::string_view example);

}  // namespace paceline::sim
