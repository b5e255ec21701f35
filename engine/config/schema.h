// What a configuration file may hold, as data: each table with its keys, for editors and generators
// of such files.
//
// The readers decide; this says the same in a form that others can read. A test holds the two
// against each other, key by key in both directions.
//
// Owner: anyone; constants.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace paceline::config {

enum class ValueKind : uint8_t {
  text,
  texts,     ///< A list of them.
  duration,  ///< "1h30m"
  business,  ///< Likewise, in a calendar's hours: without days.
  period,    ///< A duration, or "3bd".
  period_or_none,
  target,  ///< A duration of business time, business days, an instant or "promised_at".
  share,   ///< "10%" or 0.1
  band,    ///< "72%..80%", "95%..", "..5"
  boolean,
  integer,   ///< min … max
  number,    ///< min … max, with decimals
  percents,  ///< A list of numbers.
  date,
  dates,
  choice,   ///< One of `choices`.
  choices,  ///< A list of them.
  choices_or_all,
  hours,        ///< A list of "09:00-17:00".
  table,        ///< One of the tables, `of`.
  tables,       ///< A list of them.
  named_tables  ///< Any name, each with such a table.
};

struct SchemaKey {
  std::string_view key;  ///< "*": any.
  ValueKind kind = ValueKind::text;
  std::string_view summary;
  std::string_view of = {};  ///< The table, of the last three kinds.
  std::span<const std::string_view> choices = {};
  int64_t min = 0;
  int64_t max = 0;
  bool required = false;
};

struct SchemaTable {
  std::string_view name;  ///< "queue"; the first is the file.
  std::string_view summary;
  std::span<const SchemaKey> keys;
};

std::span<const SchemaTable> schema_tables();

}  // namespace paceline::config
