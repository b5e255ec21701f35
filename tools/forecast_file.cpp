#include "tools/forecast_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "tools/csv_reader.h"
#include "tools/instants.h"

namespace paceline::tools {

namespace {

std::optional<double> volume_in(const std::string& text) {
  try {
    size_t used = 0;
    const double value = std::stod(text, &used);
    if (used == text.size() && std::isfinite(value) && value >= 0) return value;
  } catch (const std::exception&) {
  }
  return std::nullopt;
}

}  // namespace

Got<std::vector<report::ForecastInterval>> read_forecast(const std::string& path) {
  auto source = open_bytes(path);
  if (!source) return sched::Unexpected{source.error()};
  CsvReader reader(**source);
  const auto wrong = [&](const std::string& what) {
    return sched::Unexpected{not_valid(fmt::format("{}:{}: {}", path, reader.line(), what))};
  };
  std::vector<std::string> fields;
  if (reader.next(fields) != CsvReader::Result::record)
    return sched::Unexpected{not_valid(path + ": no header: write start,volume")};
  const auto column = [&](const char* name) {
    return static_cast<size_t>(std::find(fields.begin(), fields.end(), name) - fields.begin());
  };
  const size_t start = column("start");
  const size_t volume = column("volume");
  if (std::max(start, volume) >= fields.size())
    return wrong(fmt::format("no column {}: the header must name start and volume",
                             start >= fields.size() ? "start" : "volume"));
  std::vector<report::ForecastInterval> intervals;
  for (;;) {
    const auto result = reader.next(fields);
    if (result == CsvReader::Result::end) break;
    if (result == CsvReader::Result::malformed) return wrong(reader.why());
    if (fields.size() <= std::max(start, volume))
      return wrong(fmt::format("{} fields: the header has more", fields.size()));
    const auto at = parse_instant(fields[start]);
    if (!at)
      return wrong(fmt::format("start `{}` is no instant: write 2026-03-02T08:00Z", fields[start]));
    const auto expected = volume_in(fields[volume]);
    if (!expected) return wrong(fmt::format("volume `{}` is no number, 0 or more", fields[volume]));
    if (!intervals.empty() && at->us <= intervals.back().from_us)
      return wrong(
          fmt::format("start `{}` is not after the one before: order the rows", fields[start]));
    if (intervals.size() == forecast_intervals_max)
      return wrong("more than 1,000,000 intervals: split the file");
    if (!intervals.empty()) intervals.back().to_us = at->us;
    intervals.push_back({at->us, at->us, *expected});
  }
  if (const std::string error = (*source)->error(); !error.empty())
    return sched::Unexpected{not_readable(error)};
  if (intervals.size() < 2)
    return sched::Unexpected{
        not_valid(fmt::format("{}: {} intervals: two are wanted at least, to know how long one is",
                              path, intervals.size()))};
  const report::ForecastInterval& before = intervals[intervals.size() - 2];
  intervals.back().to_us = intervals.back().from_us + (before.to_us - before.from_us);
  return intervals;
}

}  // namespace paceline::tools
